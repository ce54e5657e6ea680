"""What counts as a strength and what comes first among the priorities."""

from __future__ import annotations

import pytest

from qa.model import Evidence, Outcome, Severity, SpeakerRole
from reports.tally import agents_words, best_quote, priorities, results_by_criterion, strengths, tallies
from tests.report_builders import MET, NA, NOT, NS, PART, data, evaluation, record, result

PROOF = Evidence(turn=1, role=SpeakerRole.AGENT, quote="Good morning", start_s=6.0)


def found(*outcomes: dict[str, Outcome]):  # type: ignore[no-untyped-def]
    run = data([record(f"c-{i}", given) for i, given in enumerate(outcomes)])
    return tallies(run, run.calls)


def named(tallied: list) -> list[str]:  # type: ignore[type-arg]
    return [tally.criterion for tally in tallied]


def test_counts_add_up() -> None:
    (tally,) = found(*({"hold.thanks": o} for o in (MET, MET, PART, NOT, NA, NA, NS)))
    assert [tally.n(o) for o in (MET, PART, NOT, NA, NS)] == [2, 1, 1, 2, 1]
    assert tally.n("met") == 2
    assert tally.n_scored == 4
    assert tally.met_share == 2 / 4
    assert tally.missed == 1.5


def test_a_criterion_never_scored_has_no_share() -> None:
    (tally,) = found({"hold.thanks": NA})
    assert tally.met_share is None
    assert priorities([tally]) == []
    assert strengths([tally]) == []


@pytest.mark.parametrize(
    ("outcomes", "urgency"),
    [
        # missed / (scored + 1) x severity x points
        ([{"closing.thanks": NOT}], 1 / 2 * 1 * 1),
        ([{"closing.thanks": NOT}] * 4 + [{"closing.thanks": MET}], 4 / 6 * 1 * 1),
        ([{"closing.thanks": PART}], 0.5 / 2 * 1 * 1),
        ([{"resolution.solution": NOT}, {"resolution.solution": MET}], 1 / 3 * 3 * 4),
        ([{"compliance.no_abuse": NOT}], 1 / 2 * 5 * 3),
    ],
)
def test_urgency(outcomes: list[dict[str, Outcome]], urgency: float) -> None:
    (tally,) = found(*outcomes)
    assert tally.urgency == pytest.approx(urgency)


def test_priorities_are_at_most_three_most_urgent_first() -> None:
    # solution 1/3*3*4 = 4; acknowledge 2/3*1*2 = 1.33; name 2/3*1*1 = .67; further_help 1/3*1*1 = .33; greeting all met
    tallied = found(
        {"opening.greeting": MET, "opening.name": NOT, "empathy.acknowledge": NOT, "resolution.solution": NOT},
        {"opening.greeting": MET, "opening.name": NOT, "empathy.acknowledge": NOT, "resolution.solution": MET}
        | {"closing.further_help": NOT},
    )
    assert named(priorities(tallied)) == ["resolution.solution", "empathy.acknowledge", "opening.name"]


def test_equal_urgency_goes_by_the_rubrics_order() -> None:
    tallied = found({"closing.thanks": NOT, "opening.name": NOT, "hold.thanks": NOT})
    assert named(priorities(tallied)) == ["opening.name", "hold.thanks", "closing.thanks"]


def test_strengths_need_two_scored_calls_and_four_fifths() -> None:
    tallied = found(
        *([{"opening.greeting": MET, "opening.name": MET}] * 4),
        {"opening.greeting": MET, "opening.name": NOT, "hold.thanks": MET},
    )
    # greeting 5 of 5, name 4 of 5 = 0.8 counts; hold.thanks was scored once
    assert named(strengths(tallied)) == ["opening.greeting", "opening.name"]
    below = found(*([{"opening.name": MET}] * 3), {"opening.name": NOT})  # 0.75
    assert strengths(below) == []


def test_a_strength_with_words_comes_before_one_without() -> None:
    said = result("closing.thanks", MET, evidence=(PROOF,))
    silent = result("compliance.no_abuse", MET)  # more points, nothing to show
    run = data([record(f"c-{i}", results=[silent, said]) for i in range(2)])
    assert named(strengths(tallies(run, run.calls))) == ["closing.thanks", "compliance.no_abuse"]


def test_the_best_quote_is_the_surest() -> None:
    calls = [
        record(f"c-{i}", results=[result("opening.greeting", MET, evidence=(PROOF,), confidence=c)])
        for i, c in enumerate((0.7, 0.95, 0.8))
    ]
    (tally,) = tallies(data(calls), calls)
    shown = best_quote(tally)
    assert shown is not None
    assert shown.record.call.call_id == "c-1"


@pytest.mark.parametrize("role", [SpeakerRole.CUSTOMER, SpeakerRole.IVR, SpeakerRole.UNKNOWN])
def test_words_of_others_are_no_example_of_the_agents_work(role: SpeakerRole) -> None:
    other = Evidence(turn=0, role=role, quote="my card is four five five six")
    (tally,) = tallies(data(calls := [record("c", results=[result("x", MET, evidence=(other,))])]), calls)
    assert best_quote(tally) is None
    (tally,) = tallies(data(calls := [record("c", results=[result("x", MET, evidence=(other, PROOF))])]), calls)
    example = best_quote(tally)
    assert example is not None
    assert agents_words(example.result) == PROOF


def test_where_two_rubrics_share_a_criterion_the_first_counts() -> None:
    first = record("c", {"opening.name": NOT})
    second = evaluation("c", [result("opening.name", MET), result("extra.one", MET)])
    both = type(first)(first.conversation, (*first.evaluations, second))
    merged = results_by_criterion(both)
    assert {c: r.outcome for c, r in merged.items()} == {"opening.name": NOT, "extra.one": MET}
    assert named(tallies(data([both]), [both])) == ["opening.name", "extra.one"]


def test_the_worst_severity_counts() -> None:
    mild = record("a", results=[result("x", NOT)])
    grave = record("b", results=[result("x", NOT, severity=Severity.CRITICAL_BUSINESS)])
    (tally,) = tallies(data([mild, grave]), [mild, grave])
    assert tally.severity is Severity.CRITICAL_BUSINESS
