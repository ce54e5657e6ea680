"""`qa agreement`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.test_cli_main import run

HEADER = "item,criterion,rater,rating\n"
NAMES = {
    "percent_agreement", "cohen_kappa", "weighted_kappa", "fleiss_kappa", "krippendorff_alpha", "krippendorff_alpha_ordinal",
    "krippendorff_alpha_interval", "gwet_ac1", "gwet_ac2", "icc_2_1", "lin_ccc",
}  # fmt: skip


def write(tmp_path: Path, *pairs: tuple[str, str], times: int = 1) -> str:
    """Two raters' ratings of one criterion."""
    rows = [
        f"i{n},greeting,{rater},{x}"
        for n, pair in enumerate(pairs * times)
        for rater, x in zip("ab", pair, strict=True)
    ]
    path = tmp_path / "r.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def test_json_has_the_shape_of_the_contract_and_nothing_else_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, ("met", "met"), ("not_met", "not_met"), ("met", "partially_met"), times=10)
    assert run("agreement", path, "--format", "json") == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert printed.err == ""
    assert set(found) == {"criteria", "overall"}
    for block in (found["criteria"]["greeting"], found["overall"]):
        assert (block["n_items"], block["n_raters"]) == (30, 2)
        assert set(block) >= NAMES
        for name in NAMES:
            assert {"value", "low", "high", "n"} <= set(block[name])
            assert (block[name]["value"] is None) <= ("reason" in block[name])
        kappa = block["cohen_kappa"]
        assert kappa["low"] < kappa["value"] < kappa["high"]
        assert block["prevalence"] == pytest.approx({"met": 0.5, "partially_met": 1 / 6, "not_met": 1 / 3})
        assert "fewer than 50" in block["warnings"][0]


def test_under_20_items_there_is_no_interval_and_the_table_shows_no_coefficient(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, *[("met", "met")] * 12, *[("not_met", "not_met")] * 6, ("met", "not_met"))
    assert run("agreement", path, "--format", "json") == 0
    kappa = json.loads(capsys.readouterr().out)["criteria"]["greeting"]["cohen_kappa"]
    # agreed 18 of 19; first says met 13 times, second 12: chance (13 * 12 + 6 * 7) / 361 = 198 / 361
    assert kappa["value"] == pytest.approx((342 - 198) / (361 - 198))
    assert (kappa["low"], kappa["high"], kappa["n"], kappa["reason"]) == (None, None, 19, "fewer_than_20_items")
    assert run("agreement", path) == 0
    table = capsys.readouterr().out
    assert "0.88" not in table and "0.95" not in table
    assert "greeting: only 19 items have two ratings" in table


def test_the_table_shows_values_intervals_and_prevalence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, ("met", "met"), ("not_met", "not_met"), ("met", "not_met"), ("met", "met"), times=15)
    assert run("agreement", path) == 0
    table = capsys.readouterr().out
    # agreed .75; first says met .75, second .5: chance .5; kappa .5. Met: 75 of 120 ratings.
    for shown in ("0.75", "0.50", "met 62%", "overall", " to "):
        assert shown in table


def test_a_numbers_file_has_icc_ccc_and_limits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = [(str(n % 7 + n % 3), str(n % 7 + n % 2)) for n in range(60)]
    assert run("agreement", write(tmp_path, *pairs), "--scale", "0", "10", "--format", "json") == 0
    block = json.loads(capsys.readouterr().out)["criteria"]["greeting"]
    for name in ("icc_2_1", "lin_ccc", "weighted_kappa"):
        assert block[name]["low"] < block[name]["value"] < block[name]["high"]
    # The second rater adds n % 2 (mean .5), the first n % 3 (mean 1).
    assert block["bland_altman"]["bias"]["value"] == pytest.approx(-0.5)


@pytest.mark.parametrize(
    ("rows", "reason", "warning"),
    [
        ("".join(f"i{n},x,a,met\n" for n in range(30)), "no_item_rated_twice", "only one rater"),
        ("".join(f"i{n},x,{r},met\n" for n in range(30) for r in "ab"), "all_ratings_equal", "every rating is met"),
    ],
    ids=["one rater", "all equal"],
)
def test_what_cannot_be_computed_says_why(
    tmp_path: Path, rows: str, reason: str, warning: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.csv").write_text(HEADER + rows, encoding="utf-8")
    assert run("agreement", str(tmp_path / "r.csv"), "--format", "json") == 0
    block = json.loads(capsys.readouterr().out)["criteria"]["x"]
    alpha = block["krippendorff_alpha"]
    assert (alpha["value"], alpha["low"], alpha["high"], alpha["reason"]) == (None, None, None, reason)
    assert warning in " ".join(block["warnings"])


def test_a_criterion_without_any_rating_is_there_with_nulls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.csv").write_text(HEADER + "i,x,a,met\ni,x,b,met\ni,y,a,\n", encoding="utf-8")
    assert run("agreement", str(tmp_path / "r.csv"), "--format", "json") == 0
    empty = json.loads(capsys.readouterr().out)["criteria"]["y"]
    assert (empty["n_items"], empty["n_raters"], empty["prevalence"]) == (0, 0, {})
    assert empty["percent_agreement"]["value"] is None


def test_a_fifth_missing_is_no_obstacle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["met", "not_met", "met", "met", ""]
    pairs = [(words[n % 5], words[(n * n + n // 5) % 5]) for n in range(200)]
    assert run("agreement", write(tmp_path, *pairs), "--format", "json") == 0
    block = json.loads(capsys.readouterr().out)["overall"]
    both = sum(bool(a) and bool(b) for a, b in pairs)
    assert 100 < both < 170
    assert block["cohen_kappa"]["n"] == block["krippendorff_alpha"]["n"] == both
    n_items = block["n_items"]
    assert f"{n_items - both} of {n_items} items have fewer than two ratings" in block["warnings"][-1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEADER + "a,x,r1,met\na,x,r1,met\n", "row 3, column 'rater'"),
        (HEADER + "a,x,r1,=1+1\n", "row 2, column 'rating'"),
        ("call,question,who,score\n", "row 1: column 'item' is missing"),
    ],
)
def test_a_bad_file_ends_with_2_and_one_line(
    tmp_path: Path, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    assert run("agreement", str(tmp_path / "r.csv")) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert says in printed.err and printed.err.count("\n") == 1


def test_a_scale_upside_down_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("agreement", write(tmp_path, ("1", "2")), "--scale", "5", "1") == 2
    assert "LOW below HIGH" in capsys.readouterr().err


def test_names_are_not_read_as_markup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.csv").write_text(HEADER + "i,[red]x[/red],a,met\ni,[red]x[/red],b,met\n", encoding="utf-8")
    assert run("agreement", str(tmp_path / "r.csv")) == 0
    assert "[red]x[/red]" in capsys.readouterr().out
