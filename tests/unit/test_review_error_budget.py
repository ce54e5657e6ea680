"""Where errors come from: the shares worked by hand, and turns matched by time."""

from __future__ import annotations

import pytest

from qa.model import Conversation, Evaluation, Outcome, SpeakerRole, UsageError
from qa.review.error_budget import Budget, Versions, error_budget, versions_of
from scoring import evaluate
from tests.report_builders import evaluation, result
from tests.scoring_builders import call, rubric

MET, NOT = Outcome.MET, Outcome.NOT_MET
HEARD, WORDS, ROLES, BOTH = (call("A: x").model_copy(update={"duration_s": float(n)}) for n in range(4))
VERSIONS = Versions(HEARD, WORDS, ROLES, BOTH)


def scored(*outcomes: Outcome) -> dict[float, Outcome]:
    return dict(zip((0.0, 1.0, 2.0, 3.0), outcomes, strict=True))


@pytest.mark.parametrize(
    ("outcomes", "budget"),
    [
        # heard, right words, right roles, both; people say met
        ((NOT, MET, NOT, MET), Budget(1, 1, recognition=1)),
        ((NOT, NOT, MET, MET), Budget(1, 1, roles=1)),
        ((NOT, NOT, NOT, NOT), Budget(1, 1, check=1)),
        ((NOT, NOT, NOT, MET), Budget(1, 1, recognition=0.5, roles=0.5)),  # only both repairs together help
        ((NOT, MET, MET, MET), Budget(1, 1, recognition=0.5, roles=0.5)),  # either does
        ((MET, MET, MET, MET), Budget(1, 0)),
        ((MET, MET, MET, NOT), Budget(1, 0, recognition=-0.5, roles=-0.5, check=1)),  # two faults that cancelled out
        ((Outcome.NOT_SCORED, MET, Outcome.NOT_SCORED, MET), Budget(1, 1, recognition=1)),
    ],
)
def test_shares_worked_by_hand(outcomes: tuple[Outcome, ...], budget: Budget) -> None:
    said = scored(*outcomes)

    def score(conversation: Conversation) -> Evaluation:
        return evaluation("c", [result("opening.name", said[conversation.duration_s or 0.0])])

    found = error_budget([(VERSIONS, {"opening.name": MET})], score)
    assert found.criteria == {"opening.name": budget}
    overall = error_budget([(VERSIONS, {"opening.name": MET})] * 3, score).overall
    assert (overall.n, overall.wrong) == (3, 3 * budget.wrong)
    assert overall.recognition + overall.roles + overall.check == overall.wrong


def test_a_label_for_an_unknown_criterion_is_said() -> None:
    with pytest.raises(UsageError, match=r"closing\.thanks"):
        error_budget([(VERSIONS, {"closing.thanks": MET})], lambda _: evaluation("c", [result("opening.name", MET)]))


THANKS = rubric(
    """
signals:
  thanks: {title: thanks, phrases: [thank you]}
sections:
  - title: All
    criteria:
      - {id: closing.thanks, title: T, question: "T?", points: 1, check: {type: said, met: thanks}}
"""
)


@pytest.mark.parametrize(
    ("heard", "budget"),
    [
        (("A: hello", "C: bye"), Budget(1, 1, recognition=1)),
        (("C: thank you", "A: bye"), Budget(1, 1, roles=1)),
        (("C: hello", "A: bye"), Budget(1, 1, recognition=0.5, roles=0.5)),
        (("A: thank you", "C: bye"), Budget(1, 0)),
    ],
)
def test_calls_as_they_are_heard(heard: tuple[str, ...], budget: Budget) -> None:
    versions = versions_of(call(*heard), call("A: thank you", "C: bye"))
    found = error_budget([(versions, {"closing.thanks": MET})], lambda talk: evaluate(talk, THANKS))
    assert found.overall == budget


def test_turns_are_matched_by_time() -> None:
    script = call("A: thank you", "C: bye")
    one = script.turns[0].model_copy(update={"end_s": script.turns[1].end_s, "role": SpeakerRole.CUSTOMER})
    heard = script.model_copy(update={"turns": (one,)})
    versions = versions_of(heard, script)
    assert [turn.role for turn in versions.right_words.turns] == [SpeakerRole.CUSTOMER] * 2
    assert [turn.text for turn in versions.right_words.turns] == ["thank you", "bye"]
    assert [turn.text for turn in versions.right_roles.turns] == ["thank you"]


def test_turns_without_times_cannot_be_matched() -> None:
    with pytest.raises(UsageError, match="without times"):
        versions_of(call("A: x", timed=False), call("A: x"))
