"""``qa calibration`` and ``qa report calibration`` from the first command to the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from qa.cli import cli
from qa.model import UsageError
from qa.model.calibration import StillBlind
from qa.store import Store
from scoring import load_rubric
from tests.calibration_builders import fill, form_file, refill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    form = form_file(tmp_path)
    with Store.open(tmp_path / "s.db") as store:
        fill(store, 3, load_rubric(form))
    return tmp_path


def qa(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, [*words, "--store", str(folder / "s.db")])


def done(folder: Path, *words: str) -> list[str]:
    """The lines of standard output of a command that has to work."""
    result = qa(folder, *words)
    if result.exception is not None:
        raise result.exception
    return result.stdout.splitlines()


def start(folder: Path, *more: str) -> str:
    form = str(folder / "small.en-1.0.0.yaml")
    return done(folder, "calibration", "new", "--rater", "Anna", "--rater", "Ben", "--expert", "Dora", "--rubric", form,
                *more)[0]  # fmt: skip


def test_from_a_draw_to_the_report(folder: Path) -> None:
    key = start(folder, "--size", "2", "--seed", "3", "--title", "October")
    out = str(folder / "out")
    paths = done(folder, "calibration", "export", key, "--out", out)
    assert [Path(path).name for path in paths] == [
        f"{key}.{name}" for name in ("transcripts.csv", "Anna.xlsx", "Anna.csv", "Ben.xlsx", "Ben.csv")
    ]
    for rater, answer in (("Anna", "met"), ("Ben", "not_met")):
        path = refill(
            Path(out) / f"{key}.{rater}.csv",
            lambda rows, a=answer: [row.update(answer=a) for row in rows],  # type: ignore[misc]
        )
        assert done(folder, "calibration", "import", key, str(path)) == [f"{rater}: 4 answers on 2 calls"]
    assert isinstance(qa(folder, "calibration", "report", key).exception, StillBlind)
    (session,) = json.loads("\n".join(done(folder, "calibration", "list", "--format", "json")))
    assert (session["title"], session["n_calls"], session["n_scored"]) == ("October", 2, {"Anna": 2, "Ben": 2})
    assert done(folder, "calibration", "close", key) == [f"{key} closed"]
    waiting = done(folder, "calibration", "consensus", key)
    assert len(waiting) == 4
    call, criterion, _ = waiting[0].split("  ")
    decision = ("--call", call, "--criterion", criterion, "--answer", "met", "--reason", "heard again")
    assert done(folder, "calibration", "consensus", key, *decision, "--author", "Dora") == ["1 final answers saved"]
    sheet = folder / "open.csv"
    done(folder, "calibration", "consensus", key, "--write", str(sheet))
    refill(sheet, lambda rows: [row.update(answer="met", reason="as the form says") for row in rows])
    read = done(folder, "calibration", "consensus", key, "--read", str(sheet), "--author", "Dora")
    assert read == ["3 final answers saved"]
    pages = done(folder, "calibration", "report", key, "--out", out)
    assert pages == done(folder, "report", "calibration", "--out", out)
    assert [Path(path).name for path in pages] == ["calibration.html", "calibration.zh.html"]
    assert "October" in Path(pages[0]).read_text("utf-8")
    assert done(folder, "report", "calibration", "--out", out, "--format", "xlsx") == [f"{out}/calibration.xlsx"]
    written = done(folder, "report", "calibration", "--out", out, "--format", "json")
    on_stdout = json.loads("\n".join(done(folder, "report", "calibration", "--format", "json")))
    in_file = json.loads(Path(written[0]).read_text("utf-8"))
    assert on_stdout | {"made_at": ""} == in_file | {"made_at": ""}
    assert {line["counts"]["n_same"] for line in on_stdout["criteria"]} == {2}
    assert key in "\n".join(done(folder, "calibration", "list"))


def test_named_calls_and_an_id(folder: Path) -> None:
    assert start(folder, "--call", "c-001", "--call", "c-002", "--id", "week-47") == "week-47"
    again = qa(folder, "calibration", "new", "--rater", "A", "--rater", "B", "--expert", "D", "--call", "c-001",
               "--id", "week-47", "--rubric", str(folder / "small.en-1.0.0.yaml"))  # fmt: skip
    assert isinstance(again.exception, UsageError)


def test_a_sample_that_was_drawn_before(folder: Path) -> None:
    sample = folder / "sample.csv"
    done(folder, "calibration", "draw", "--design", "random", "--size", "2", "--out", str(sample))
    key = start(folder, "--sample", str(sample))
    with Store.open(folder / "s.db") as store:
        calls = store.calibration.session(key).calls
    assert [call.inclusion_probability for call in calls] == pytest.approx([2 / 3] * 2)
    assert {(call.seed, call.frame, call.targeted, call.weighted) for call in calls} == {(20, "all", False, False)}
    form = ("--rubric", str(folder / "small.en-1.0.0.yaml"))
    for column, value, message in (
        ("inclusion_probability", "1.5", "row 2, column 'inclusion_probability': '1.5'; expected a number from 0 to 1"),
        ("seed", "x", "row 2, column 'seed': 'x'"),
        ("targeted", "maybe", "row 2, column 'targeted': 'maybe'; expected true or false"),
        ("call_id", "", "row 2, column 'call_id': the cell is empty"),
        ("call_id", "c-9", "no call 'c-9'"),
    ):
        done(folder, "calibration", "draw", "--design", "random", "--size", "2", "--out", str(sample))
        refill(sample, lambda rows, c=column, v=value: rows[0].update({c: v}))  # type: ignore[misc]
        with pytest.raises(UsageError, match=message):
            start(folder, "--sample", str(sample), *form)


@pytest.mark.parametrize(
    "words",
    [
        ("calibration", "new", "--rater", "A", "--rater", "B", "--expert", "D", "--call", "c-001", "--size", "2"),
        ("calibration", "new", "--rater", "A", "--rater", "B", "--expert", "D", "--call", "c-001", "--sample", "x.csv"),
        ("calibration", "new", "--rater", "A", "--rater", "B", "--expert", "D", "--call", "c-001", "--call", "c-001"),
        ("calibration", "consensus", "x", "--call", "c-001"),
        ("calibration", "export", "x"),
        ("calibration", "close", "x"),
        ("report", "calibration"),
        ("report", "calibration", "--session", "x"),
    ],
)
def test_wrong_usage_is_refused(folder: Path, words: tuple[str, ...]) -> None:
    result = qa(folder, *words)
    assert result.exit_code == 2 or isinstance(result.exception, UsageError)
