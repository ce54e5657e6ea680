"""What the gate and the drift alarm ask of a store, on both databases."""

from __future__ import annotations

from qa.model import Outcome, Status
from qa.store import Store
from tests.store_builders import FACTS, conversation, covered, evaluation, recording


def test_totals_are_replaced_and_the_rest_stays(target: str) -> None:
    a = recording("a")
    with Store.open(target) as store:
        store.begin_run("run-1", "/in", {})
        made = evaluation()
        store.save_call(a, FACTS, "speech", conversation(a), [made], covers=("run-1", covered(a)))
        (key,) = store.conversations_of(made.call_id)
        (before,) = store.rescoring.rescorable([key.conversation_id], made.rubric.id)
        other = made.model_copy(update={"totals": made.totals.model_copy(update={"percent": 12.5})})
        store.save_totals(key.conversation_id, [other])
        (after,) = store.rescoring.rescorable([key.conversation_id], made.rubric.id)
        assert (before.earlier, after.earlier) == (made, other)
        assert before.up_to_date and after.up_to_date
        (shown,) = store.calls_for_run("run-1")
        assert shown.evaluations == (other,)


def test_outcomes_count_for_the_run_that_scored_them(target: str) -> None:
    a, b = recording("a"), recording("b")
    with Store.open(target) as store:
        made = evaluation()
        for run_id, status in (("run-1", Status.SCORED), ("run-2", Status.SKIPPED)):
            store.begin_run(run_id, "/in", {})
            for each in (a, b):
                covers = (run_id, covered(each, status))
                store.save_call(each, FACTS, "speech", conversation(each), [made], covers=covers)
        counts = store.outcome_counts(made.rubric.sha256, ["run-1", "run-2"])
        assert store.outcome_counts("another", ["run-1"]) == {}
        assert store.outcome_counts(made.rubric.sha256, ["run-2"]) == {}
    assert list(counts) == ["run-1"]
    expected = {r.criterion: {Outcome(r.outcome): 2} for r in made.results}
    assert {name: dict(found) for name, found in counts["run-1"].items()} == expected
