"""`qa score`, `qa rubric`, `qa transcribe`, `qa models` and the coverage table."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from qa.cli.coverage_table import print_coverage
from qa.cli.evaluation_text import evaluation_text
from qa.model import Conversation, CoverageRow, Evaluation, Outcome, Reason, Status
from qa.model.gate import GateReason
from qa.review.calibration import close_session
from qa.settings import Settings
from qa.store import Store
from scoring import evaluate
from scoring.loading import find_rubric
from scoring.rubric import Rubric
from tests.calibration_builders import RATERS, hand_in_all, opened, spoken
from tests.store_builders import conversation, evaluation, recording
from tests.unit.test_cli_main import run


@pytest.fixture
def scored(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Conversation, Rubric]]:
    """What was given to the pipeline to score; nothing is loaded for it."""
    given: list[tuple[Conversation, Rubric]] = []

    def score(talk: Conversation, rubric: Rubric) -> Evaluation:
        given.append((talk, rubric))
        return evaluation(talk.call.call_id)

    monkeypatch.setattr("qa.pipeline.score", score)
    return given


def test_score_prints_the_evaluation_and_nothing_else(
    tmp_path: Path, scored: list[tuple[Conversation, Rubric]], capsys: pytest.CaptureFixture[str]
) -> None:
    talk = conversation(recording("a"))
    (tmp_path / "c.json").write_text(talk.to_json(), encoding="utf-8")
    assert run("score", str(tmp_path / "c.json"), "--rubric", "service-core.zh") == 0
    printed = capsys.readouterr()
    assert Evaluation.from_json(printed.out) == evaluation("c-a")
    assert printed.err == ""
    assert [(given, rubric.id) for given, rubric in scored] == [(talk, "service-core.zh")]


CHECKED = """
id: small.en
version: 1.0.0
language: en
title: Small
signals:
  hello: {title: hello, phrases: [hello]}
sections:
  - title: All
    criteria:
      - {id: opening.greeting, title: Greeting, question: "Hello?", points: 1, check: {type: said, met: hello}}
      - {id: closing.thanks, title: Thanks, question: "Thanks?", points: 3, check: {type: said, met: hello}}
"""


def half_greeted(call_id: str, criterion: str) -> str:
    return "met" if criterion == "opening.greeting" and int(call_id[2:]) % 2 else "not_met"


def test_score_with_a_store_leaves_out_what_people_contradict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("qa.pipeline.score", evaluate)
    form, at = tmp_path / "small.yaml", str(tmp_path / "callibrate.db")
    form.write_text(CHECKED, encoding="utf-8")
    (tmp_path / "c.json").write_text(spoken("c-new").to_json(), encoding="utf-8")
    asked = ("score", str(tmp_path / "c.json"), "--rubric", str(form))
    with Store.open(at) as store:
        session, rubric = opened(store, tmp_path, 30, form=form)
        # People: every second greeting is none, and nobody was ever thanked. The machine says met to all.
        hand_in_all(store, session, rubric, dict.fromkeys(RATERS, half_greeted))
        assert run(*asked, "--store", at) == 0
        before = Evaluation.from_json(capsys.readouterr().out)
        close_session(store, session.session_id, "lead")
    assert (before.totals.possible, {r.gate.reason for r in before.results if r.gate}) == (
        4,
        {GateReason.NOT_CALIBRATED},
    )
    assert run(*asked, "--store", at) == 0
    found = Evaluation.from_json(capsys.readouterr().out)
    assert all(r.report_only and r.gate and r.gate.reason is GateReason.LOW_AGREEMENT for r in found.results)
    assert (found.totals.possible, found.totals.percent, found.totals.n_report_only) == (0, None, 2)
    assert run(*asked, "--store", at, "--format", "text") == 0
    assert "met            opening.greeting  (report only, not counted)" in capsys.readouterr().out
    assert run(*asked) == 0
    plain = Evaluation.from_json(capsys.readouterr().out)
    assert (plain.totals.possible, [r.gate for r in plain.results]) == (4, [None, None])


def test_score_refuses_a_store_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.json").write_text(conversation(recording("a")).to_json(), encoding="utf-8")
    no_store = str(tmp_path / "none.db")
    assert run("score", str(tmp_path / "c.json"), "--rubric", "service-core.en", "--store", no_store) == 2
    assert no_store in capsys.readouterr().err
    assert not Path(no_store).exists()


def test_score_names_the_known_rubrics(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "c.json").write_text(conversation(recording("a")).to_json(), encoding="utf-8")
    assert run("score", str(tmp_path / "c.json"), "--rubric", "service-core.fr") == 2
    assert "service-core.en, service-core.zh" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"call": {"call_id": 1}, "turns": []}', "call.call_id: Input should be a valid string"),
        ('{"call": {"call_id": "c"}, "turns": [{"index": 0, "role": "boss", "text": ""}]}', "turns[0].role: Input should be"),
        ('{"call": {"call_id": "c"}, "turns": [{"index": 1, "role": "agent", "text": ""}]}', "turns[0].index: expected 0"),
        ('{"schema": "qa.conversation/2", "call": {"call_id": "c"}}', "schema: Input should be 'qa.conversation/1'"),
        ('{"turns": []}', "call: Field required"),
        ("[]", "Input should be an object"),
        ("{", "Invalid JSON"),
        ("", "Invalid JSON"),
    ],
)  # fmt: skip
def test_a_wrong_conversation_is_one_line(
    tmp_path: Path, text: str, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.json"
    path.write_text(text, encoding="utf-8")
    assert run("score", str(path), "--rubric", "service-core.en") == 2
    line = capsys.readouterr().err
    assert line.startswith(f"{path}: ")
    assert fault in line
    assert "expected a document qa.conversation/1" in line
    assert line.count("\n") == 1


def test_text_names_each_verdict_with_its_proof() -> None:
    rubric = find_rubric("service-core.zh")
    lines = evaluation_text(evaluation(), rubric).splitlines()
    assert lines[:2] == ["c-a  service-core.zh 1.0.0", "100.0 %  2 of 2 points  passed"]
    assert "  met            opening.greeting 2/2" in lines
    assert "      turn 0 at 0:00, agent: “您好”" in lines
    nothing = evaluation_text(evaluation(outcome=Outcome.NOT_APPLICABLE), rubric).splitlines()
    assert nothing[1] == "no score  0 of 0 points"
    assert "  not applicable opening.greeting" in nothing
    failed = evaluation(outcome=Outcome.NOT_MET).model_copy(update={"auto_fail": True})
    assert evaluation_text(failed, rubric).splitlines()[1] == "0.0 %  0 of 2 points  auto-fail"


def test_rubric_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rubric", "list", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    names = ("complaint", "crisis", "sales-compliance", "service-core")
    assert [row["id"] for row in rows] == [f"{name}.{language}" for name in names for language in ("en", "zh")]
    assert all(len(row["criteria"]) == 25 for row in rows if row["id"].startswith("service-core"))
    assert all(row["criteria"] and len(row["sha256"]) == 64 for row in rows)


def test_rubric_check_says_ok_or_each_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rubric", "check", "rubrics/service-core.en.yaml") == 0
    assert capsys.readouterr().out == "ok\n"
    path = tmp_path / "mine.yaml"
    path.write_text("id: mine\nversion: one\n")
    assert run("rubric", "check", str(path)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()
    assert all(line.startswith(f"{path}:") for line in printed.err.splitlines())


def test_transcribe_hands_over_what_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []

    def transcribe(path: Path, settings: Settings, *, language: str, agent_channel: int | None) -> Conversation:
        asked.extend([path, language, agent_channel])
        return conversation(recording("a"))

    monkeypatch.setattr("qa.pipeline.transcribe", transcribe)
    assert run("transcribe", "a.wav", "--language", "zh", "--role-map", "customer=0", "--format", "stm") == 0
    assert asked == [Path("a.wav"), "zh", 1]
    assert capsys.readouterr().out == "c-a 1 agent 0.500 2.250 您好，很高兴为您服务。\n"


def test_models_end_with_1_when_one_is_not_what_we_tested(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from qa.packaged import ModelFile

    good = ModelFile("whisper-base", "some-package", "/lib/model.bin", "ab" * 32, verified=True)
    monkeypatch.setattr("qa.speech.models.verify", lambda: [good])
    assert run("models") == 0
    assert "ab" * 32 in capsys.readouterr().out
    monkeypatch.setattr("qa.language.minilm.verify", lambda: [replace(good, verified=False)])
    assert run("models", "--format", "json") == 1
    assert [row["verified"] for row in json.loads(capsys.readouterr().out)] == [True, False]


def test_the_coverage_table_has_every_file_and_adds_up() -> None:
    rows = [
        CoverageRow(file="[red]a[/red].wav", status=Status.SCORED, duration_s=61.0, rubric="r", percent=87.5, auto_fail=True),
        CoverageRow(file="b.wav", status=Status.REFUSED, reason_code=Reason.NO_SPEECH, detail="nobody speaks"),
    ]  # fmt: skip
    summary = {"n_scored": 1, "n_skipped": 0, "n_refused": 1, "n_files": 2, "audio_s": 61.0, "wall_s": 5.0, "out": "/o"}
    out = io.StringIO()
    print_coverage(rows, summary, Console(file=out, width=200))
    text = out.getvalue()
    first = next(line for line in text.splitlines() if "[red]a[/red].wav" in line)
    assert all(part in first for part in ("scored", "1:01", "87.5", "auto-fail"))
    second = next(line for line in text.splitlines() if "b.wav" in line)
    assert all(part in second for part in ("refused", "no_speech", "nobody speaks"))
    assert "1 scored + 0 skipped + 1 refused = 2 files; 1:01 of audio in 0:05" in text
    assert "Reports: /o/index.html" in text
