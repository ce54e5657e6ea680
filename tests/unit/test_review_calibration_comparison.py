"""What a comparison says: numbers worked by hand, verdicts with their near-misses, consensus, pooling, drift."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from qa.model import UsageError
from qa.review.calibration import Decision, Draw, calibration_report, close_session, decide, new_session, open_questions
from qa.review.calibration.bias import difference_figure, mean_figure
from qa.review.calibration.comparison import verdict
from qa.review.calibration.consensus import read_decisions, write_open_questions
from qa.store import Store
from reports.calibration_data import CalibrationReport, Figure, HeatCell, MachineCounts, Reliability, Verdict
from reports.calibration_tables import report_json
from scoring import Rubric, load_rubric
from scoring.gate_rule import GateRule
from tests.calibration_builders import Answers, ask, fill, form_file, hand_in_all, opened, refill

ONE = ask("opening.greeting")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.db") as found:
        yield found


def closed(
    store: Store, form: Path, calls: list[str], answers: Mapping[str, Answers], session_id: str = "cal-1"
) -> Rubric:
    session = new_session(
        store, raters=list(answers), expert="Dora", author="lead", calls=calls, forms=[str(form)], session_id=session_id
    )
    hand_in_all(store, session, load_rubric(form), answers)
    close_session(store, session_id, "lead", unfinished=True)
    return load_rubric(form)


def twenty(store: Store, folder: Path) -> None:
    """20 calls, one question, the machine always met. Both met on 15, neither on 3; on 2 Anna met and Ben not."""
    form = form_file(folder, ONE)
    ids = fill(store, 20, load_rubric(form))
    low = set(ids[:3])
    differ = set(ids[3:5])
    closed(store, form, ids, {
        "Anna": lambda call, _: "not_met" if call in low else "met",
        "Ben": lambda call, _: "not_met" if call in low | differ else "met",
    })  # fmt: skip


def test_the_numbers_of_twenty_calls(store: Store, tmp_path: Path) -> None:
    twenty(store, tmp_path)
    report = calibration_report(store, "x")
    (line,) = report.criteria
    people = line.people
    assert people.n_calls == 20
    assert people.prevalence == {"met": 0.8, "not_met": 0.2}  # 32 and 8 of 40
    value = {name: figure.value for name, figure in people.figures.items()}
    assert value["percent_agreement"] == pytest.approx(0.9)  # 18 of 20
    assert value["gwet_ac1"] == pytest.approx((0.9 - 0.32) / 0.68)  # chance: 2 x 0.8 x 0.2
    # Expected disagreement: 1 - (32 x 31 + 8 x 7) / (40 x 39)
    assert value["krippendorff_alpha"] == pytest.approx(1 - 0.1 / (1 - 1048 / 1560))
    assert line.cells == {"Anna": HeatCell(18, 20, 20), "Ben": HeatCell(18, 20, 20)}
    assert line.cells["Anna"].shade == 1  # 10 % differ: not more
    assert (report.by_consensus, report.n_undecided) == (False, 2)
    anna, ben = report.raters
    # Differences: 1 on two calls, 0 on 18. Variance (2 x 0.9^2 + 18 x 0.1^2) / 19 = 1.8 / 19; t(19) = 2.093024.
    half = 2.093024 * (1.8 / 19 / 20) ** 0.5
    assert (anna.bias.value, anna.bias.low, anna.bias.high) == pytest.approx((0.1, 0.1 - half, 0.1 + half))
    assert ben.bias.value == pytest.approx(-0.1)
    assert anna.drift.reason == "no_item_rated_twice"  # one session


def test_the_machine_is_compared_with_the_consensus(store: Store, tmp_path: Path) -> None:
    twenty(store, tmp_path)
    (line,) = calibration_report(store, "x").criteria
    assert line.counts == MachineCounts(n_same=15, n_higher=3, n_open=2)
    assert line.machine.n_calls == 18  # not 20: two calls wait for the expert
    assert line.verdict is Verdict.UNSURE  # 0.85, but down to below 0.6
    waiting = open_questions(store, "cal-1", "Dora")
    assert {q.call_id for q in waiting} == {"c-003", "c-004"}
    decide(store, "cal-1", "Dora", [Decision(q.call_id, q.criterion.id, "met", "first thought") for q in waiting])
    decide(store, "cal-1", "Dora", [Decision("c-003", "opening.greeting", "not_met", "heard again")])
    report = calibration_report(store, "x")
    (line,) = report.criteria
    assert line.counts == MachineCounts(n_same=16, n_higher=4)
    assert line.machine.figures["cohen_kappa"].value == pytest.approx(0)  # always met: no better than chance
    assert report.by_consensus
    anna, ben = report.raters
    assert (anna.bias.value, ben.bias.value) == pytest.approx((1 / 20, -1 / 20))  # each wrong on one of the two
    final = {call.call_id: call.questions[0].final for call in report.calls}
    assert {call: (said.answer, said.comment) for call, said in final.items() if said} == {
        "c-003": ("not_met", "heard again"),
        "c-004": ("met", "first thought"),
    }


def test_under_twenty_calls_nothing_is_shown(store: Store, tmp_path: Path) -> None:
    form = form_file(tmp_path, ONE)
    ids = fill(store, 19, load_rubric(form))
    closed(store, form, ids, {"Anna": lambda *_: "met", "Ben": lambda call, _: "met" if call != "c-000" else "not_met"})
    report = calibration_report(store, "x")
    (line,) = report.criteria
    assert line.verdict is Verdict.TOO_FEW
    figures = [*line.people.figures.values(), *line.machine.figures.values(), report.sessions[0].agreement,
               *(rater.bias for rater in report.raters)]  # fmt: skip
    assert not any(figure.shown for figure in figures)
    assert not any(figure.low is not None for figure in figures)
    assert line.cells["Anna"].shade is None


def reliability(n: int, low: float | None, beside: float | None = 0.3, high: float = 1.0) -> Reliability:
    def figure(end: float | None) -> Figure:
        value = None if end is None else (end + high) / 2
        return Figure(value, end, None if end is None else high, n)

    names = ("gwet_ac1", "krippendorff_alpha", "cohen_kappa")
    return Reliability(n, {name: figure(low if name == "gwet_ac1" else beside) for name in names}, {})


GOOD, UNSURE, BAD = reliability(20, 0.6), reliability(20, 0.59), reliability(20, 0.1, high=0.59)


@pytest.mark.parametrize(
    ("people", "machine", "expected"),
    [
        (GOOD, GOOD, Verdict.AGREED),
        (reliability(19, 0.9), GOOD, Verdict.TOO_FEW),
        (reliability(19, 0.1, high=0.5), GOOD, Verdict.TOO_FEW),
        (BAD, GOOD, Verdict.PEOPLE_DIFFER),
        (BAD, BAD, Verdict.PEOPLE_DIFFER),  # people first
        (GOOD, BAD, Verdict.MACHINE_DIFFERS),
        (UNSURE, BAD, Verdict.MACHINE_DIFFERS),
        (UNSURE, GOOD, Verdict.UNSURE),
        (GOOD, UNSURE, Verdict.UNSURE),
        (GOOD, reliability(20, 0.1, high=0.6), Verdict.UNSURE),
        (GOOD, reliability(19, 0.9), Verdict.MACHINE_UNKNOWN),
        (GOOD, reliability(19, 0.1, high=0.5), Verdict.MACHINE_UNKNOWN),
        (reliability(20, None, None), GOOD, Verdict.ONE_ANSWER),
        (reliability(20, None, None), BAD, Verdict.MACHINE_DIFFERS),
        (GOOD, reliability(20, None, None), Verdict.ONE_ANSWER),
        (GOOD, reliability(20, 0.9, 0.0), Verdict.ONE_ANSWER),  # a machine that always gives the common answer
        (reliability(20, 0.9, -0.1), GOOD, Verdict.ONE_ANSWER),
    ],
)
def test_verdicts(people: Reliability, machine: Reliability, expected: Verdict) -> None:
    assert verdict(people, machine, GateRule()) is expected


def test_the_forms_gate_says_what_is_enough(store: Store, tmp_path: Path) -> None:
    gate = {"coefficient": "cohen_kappa", "min_agreement": -0.5}
    form = form_file(tmp_path, ONE, ask("closing.thanks", gate={"coefficient": "percent_agreement"}), gate=gate)
    ids = fill(store, 24, load_rubric(form))
    closed(store, form, ids, {name: lambda call, _: "met" if call > "c-003" else "not_met" for name in ("A", "B", "C")})
    first, second = calibration_report(store, "x").criteria
    assert (first.coefficient, first.needed, first.verdict) == ("cohen_kappa", -0.5, Verdict.ONE_ANSWER)  # kappa is 0
    assert (second.coefficient, second.needed, second.verdict) == ("percent_agreement", -0.5, Verdict.ONE_ANSWER)


def test_flagged_calls_say_nothing_of_the_machine(store: Store, tmp_path: Path) -> None:
    serious = ask("compliance.pin", severity="critical_compliance", auto_fail=True)
    form = form_file(tmp_path, serious)
    fill(store, 30, load_rubric(form), {"compliance.pin": "not_met"})
    session = new_session(store, raters=["Anna", "Ben"], expert="Dora", author="lead", calls=Draw(21, 1),
                          forms=[str(form)], session_id="cal-1")  # fmt: skip
    hand_in_all(store, session, load_rubric(form), {"Anna": lambda *_: "met", "Ben": lambda *_: "met"})
    close_session(store, "cal-1", "lead")
    report = calibration_report(store, "x")
    (line,) = report.criteria
    assert (line.people.n_calls, line.machine.n_calls, line.counts) == (30, 21, MachineCounts(n_lower=21))
    assert report.sessions[0].n_targeted == 9


def test_graded_answers_are_categories_of_their_own(store: Store, tmp_path: Path) -> None:
    """On a scale of four, two answers between worst and best are both partially met, and still no agreement."""
    levels = [{"name": name, "share": share} for name, share in (("bad", 0), ("poor", 0.2), ("fair", 0.6), ("good", 1))]
    form = form_file(tmp_path, ask("tone", answer={"type": "scale", "levels": levels}),
                     {"id": "note", "title": "note", "question": "note?", "answer": {"type": "free_text"}})  # fmt: skip
    fill(store, 1, load_rubric(form), {"tone": "fair"})
    closed(store, form, ["c-000"], {"Anna": lambda _, name: "poor" if name == "tone" else "words",
                                    "Ben": lambda _, name: "fair" if name == "tone" else "other words"})  # fmt: skip
    report = calibration_report(store, "x")
    (line,) = report.criteria  # a free text has no verdict
    assert line.cells["Anna"] == HeatCell(0, 1, 1)
    (call,) = report.calls
    assert call.distance == pytest.approx(0.4)
    assert [given.answer for given in call.questions[0].given] == ["poor", "fair"]
    decide(store, "cal-1", "Dora", [Decision("c-000", "tone", "fair", "as Ben")])
    (line,) = calibration_report(store, "x").criteria
    assert line.counts == MachineCounts(n_same=1)


def test_an_answer_left_out_is_missing_and_not_scored_is_an_answer(store: Store, tmp_path: Path) -> None:
    form = form_file(tmp_path)
    ids = fill(store, 2, load_rubric(form))
    closed(store, form, ids, {"Anna": lambda _, name: "not_scored" if name == "opening.greeting" else None,
                              "Ben": lambda *_: "met"})  # fmt: skip
    cells = {line.criterion: line.cells for line in calibration_report(store, "x").criteria}
    assert cells == {
        "opening.greeting": {"Anna": HeatCell(0, 2, 2), "Ben": HeatCell(0, 2, 2)},
        "closing.thanks": {},
    }


def test_the_calls_where_people_differ_most_come_first(store: Store, tmp_path: Path) -> None:
    form = form_file(tmp_path)
    ids = fill(store, 3, load_rubric(form))
    given = {"c-000": ["met", "met"], "c-001": ["not_met", "not_met"], "c-002": ["partially_met", "met"]}
    place = ["opening.greeting", "closing.thanks"].index
    closed(store, form, ids, {"Anna": lambda *_: "met", "Ben": lambda call, name: given[call][place(name)]})
    report = calibration_report(store, "x")
    assert [(call.call_id, call.distance, call.n_questions) for call in report.calls] == [
        ("c-001", 2, 2),
        ("c-002", 0.5, 2),
    ]
    assert report.n_disputed == 2


def test_sessions_are_pooled_by_form_version_and_the_later_score_of_a_call_counts(store: Store, tmp_path: Path) -> None:
    old, new = form_file(tmp_path, ONE), form_file(tmp_path, ONE, version="1.1.0")
    ids = fill(store, 3, load_rubric(new))
    met: Answers = lambda *_: "met"  # noqa: E731
    missed: Answers = lambda *_: "not_met"  # noqa: E731
    closed(store, old, ids, {"Anna": met, "Ben": missed}, "cal-0")
    closed(store, new, ids[:2], {"Anna": met, "Ben": missed}, "cal-1")
    closed(store, new, ids[1:], {"Anna": met, "Ben": met}, "cal-2")
    report = calibration_report(store, "x")
    (line,) = report.criteria
    assert (line.version, report.left_out) == ("1.1.0", ("small.en 1.0.0",))
    assert line.cells["Anna"] == HeatCell(2, 3, 3)
    alone = calibration_report(store, "x", ["cal-0"])
    assert (alone.criteria[0].version, alone.left_out) == ("1.0.0", ())


def test_drift_is_the_last_session_against_those_before() -> None:
    # Means 0 and 0.5, variances 20/19 x 0.25 and the same; Welch: 38 degrees of freedom, t = 2.024394.
    earlier, last = [-0.5, 0.5] * 10, [0.0, 1.0] * 10
    half = 2.024394 * (2 * (20 / 19 * 0.25) / 20) ** 0.5
    found = difference_figure(earlier, last)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5 - half, 0.5 + half))
    few = difference_figure(earlier, last[:19])
    assert (few.low, few.reason, few.shown) == (None, "fewer_than_20_items", False)
    assert mean_figure([0.25] * 20).reason == "no_variance"
    assert mean_figure([]).value is None


def test_a_rater_who_changes_is_marked(store: Store, tmp_path: Path) -> None:
    form = form_file(tmp_path, ONE)
    ids = fill(store, 48, load_rubric(form))
    half: Answers = lambda call, _: "met" if int(call[2:]) % 2 else "not_met"  # noqa: E731
    strict: Answers = lambda call, _: "met" if int(call[2:]) % 8 == 1 else "not_met"  # noqa: E731
    closed(store, form, ids[:24], {"Anna": half, "Ben": half, "Cai": half}, "cal-1")
    closed(store, form, ids[24:], {"Anna": half, "Ben": half, "Cai": strict}, "cal-2")
    drifted = {rater.rater: rater.drifted for rater in calibration_report(store, "x").raters}
    assert drifted == {"Anna": True, "Ben": True, "Cai": True}  # against the others, all three move ...
    for q in open_questions(store, "cal-2", "Dora"):
        decide(store, "cal-2", "Dora", [Decision(q.call_id, q.criterion.id, half(q.call_id, ""), "heard again")])
    found = {rater.rater: rater for rater in calibration_report(store, "x").raters}
    assert {name: rater.drifted for name, rater in found.items()} == {"Anna": False, "Ben": False, "Cai": True}
    assert found["Cai"].drift.value == pytest.approx(-9 / 24)  # ... against the consensus only Cai: 12 met fell to 3


def test_final_answers_come_back_from_a_file(store: Store, tmp_path: Path) -> None:
    twenty(store, tmp_path)
    path = tmp_path / "open.csv"
    assert write_open_questions(store, "cal-1", "Dora", path) == 2
    assert "Anna: met; Ben: not_met" in path.read_text("utf-8-sig")
    assert read_decisions(store, "cal-1", path) == []
    refill(path, lambda rows: rows[0].update(answer="Met", reason="clear"))
    (one,) = read_decisions(store, "cal-1", path)
    assert (one.answer, one.reason) == ("met", "clear")
    for column, value, message in (
        ("reason", "", "row 2, column 'reason': the reason is missing"),
        ("answer", "fine", "row 2, column 'answer': 'fine' is no answer"),
        ("call_id", "c-9", "row 2, column 'call_id': no such call"),
        ("criterion", "x", "row 2, column 'criterion': no such criterion"),
        ("session", "cal-2", "row 2, column 'session': another session's file"),
    ):
        write_open_questions(store, "cal-1", "Dora", path)
        refill(path, lambda rows, c=column, v=value: rows[0].update({"answer": "met", "reason": "clear", c: v}))  # type: ignore[misc]
        with pytest.raises(UsageError, match=message):
            read_decisions(store, "cal-1", path)


def test_decisions_are_all_saved_or_none(store: Store, tmp_path: Path) -> None:
    twenty(store, tmp_path)
    good = Decision("c-003", "opening.greeting", "met", "heard again")
    for author, bad in (("Dora", Decision("c-9", "opening.greeting", "met", "why")), ("Anna", good),
                        ("Dora", Decision("c-004", "x", "met", "why")),
                        ("Dora", Decision("c-004", "opening.greeting", "maybe", "why")),
                        ("Dora", Decision("c-004", "opening.greeting", "met", " "))):  # fmt: skip
        with pytest.raises(UsageError):
            decide(store, "cal-1", author, [good, bad])
    assert store.calibration.finals("cal-1") == []


def test_a_session_in_which_nobody_scored_has_a_report(store: Store, tmp_path: Path) -> None:
    session, _ = opened(store, tmp_path, 1)
    with pytest.raises(UsageError, match="no calibration session is closed"):
        calibration_report(store, "x")
    close_session(store, session.session_id, "lead", unfinished=True)
    report: CalibrationReport = calibration_report(store, "x")
    assert {line.verdict for line in report.criteria} == {Verdict.TOO_FEW}
    assert json.loads(report_json(report))["schema"] == "qa.calibration_report/1"
