"""Kept verdicts: a changed form gives what scoring from the start would give, and judges only what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from qa.model import Conversation, CriterionResult, Evaluation
from scoring import Rubric, evaluate, parse_rubric
from scoring.again import evaluate_again, kept_results, stamped
from scoring.fingerprint import fingerprints
from tests.scoring_builders import HEAD, call

CODE = "code-1"

BODY = """\
sure_from: {words: 0.4}
words: {hi: "hello|good {day}", day: "morning|evening"}
signals:
  greets: {title: a greeting, phrases: ["{hi}"]}
  name: {title: a name, phrases: ["my name is"], window: {after: greets}}
  sorry: {title: an apology, phrases: ["sorry"]}
  care: {title: care, meanings: {like: ["that must be hard"], threshold: 0.6}}
  early: {title: early, any_of: [greets, sorry]}
sections:
  - title: Opening
    weight: 4
    criteria:
      - {id: greeting, title: Greeting, question: "Greets?", points: 2, check: {type: said, met: greets}}
      - {id: name, title: Name, question: "Name?", points: 1, check: {type: said, met: name}}
      - id: parts
        title: Parts
        question: "Which?"
        points: 3
        answer:
          type: checklist
          items:
            - {name: hello, check: {type: said, met: greets}}
            - {name: regret, check: {type: said, met: sorry}}
            - {name: care, check: {type: said, met: care}}
  - title: Rest
    weight: 6
    criteria:
      - {id: care, title: Care, question: "Cares?", severity: critical_customer, on_fail: flag, check: {type: said, met: care}}
      - id: after
        title: After
        question: "Sorry where not greeted?"
        applies_when: {criterion: greeting, outcome: not_met}
        check: {type: said, met: sorry}
      - {id: early, title: Early, question: "Early?", points: 1, bonus: true, check: {type: said, met: early}}
"""

CALLS = (
    call("A: Good morning, my name is Ann.", "C: I lost my job and my card.", "A: That must be hard. I am sorry."),
    call("A: My name is Ann. Hello.", "C: My card is lost.", "A: One moment please."),
    call("A: Yes?", "C: My card is lost and nobody helps me.", "A: Sorry."),
    call("C: Hello?", "C: Anybody there?"),
)


def embed(texts: Sequence[str]) -> Any:
    """Bags of letters: alike texts have alike vectors."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return np.array([[1 + text.lower().count(letter) for letter in letters] for text in texts], dtype=np.float32)


def form(*changes: tuple[str, str]) -> Rubric:
    body = HEAD.replace("title: Test", "title: Test\nweights: section") + BODY
    for old, new in changes:
        assert body.count(old) == 1, old
        body = body.replace(old, new)
    return parse_rubric(body, "test.yaml")


def scored(rubric: Rubric, conversation: Conversation) -> Evaluation:
    return stamped(evaluate(conversation, rubric, embed=embed), fingerprints(rubric, CODE))


def again(rubric: Rubric, conversation: Conversation, earlier: Evaluation) -> tuple[Evaluation, set[str]]:
    """The evaluation and the criteria that were judged for it."""
    judged: set[str] = set()

    def judge(part: Rubric) -> Evaluation:
        judged.update(criterion.id for criterion in part.criteria)
        return evaluate(conversation, part, embed=embed)

    prints = fingerprints(rubric, CODE)
    kept = kept_results(earlier, prints)
    return stamped(evaluate_again(rubric, conversation.call, earlier, kept, judge), prints), judged


EVERYTHING = {"greeting", "name", "parts", "care", "after", "early"}


@pytest.mark.parametrize(
    ("changes", "judged"),
    [
        ([], set()),
        ([("points: 2", "points: 5"), ("weight: 6", "weight: 9")], set()),
        ([("on_fail: flag", "on_fail: zero_call")], set()),
        ([("title: Greeting, question", "title: Hello, question")], set()),
        ([("version: 1.0.0", "version: 2.0.0\npass_mark: 30\ncap_percent: false")], set()),
        # care is in a checklist and in a criterion of its own
        ([("threshold: 0.6", "threshold: 0.99")], {"care", "parts"}),
        # greets is also in the window of name, in early, and asked about by after; sorry alone is not
        ([('phrases: ["{hi}"]', 'phrases: ["{hi}", "yes"]')], {"greeting", "name", "parts", "after", "early"}),
        # a word inside a word of the signal
        ([("morning|evening", "morning|noon")], {"greeting", "name", "parts", "after", "early"}),
        ([('phrases: ["sorry"]', 'phrases: ["sorry", "regret"]')], {"parts", "after", "early", "greeting"}),
        ([("words: 0.4", "words: 0.5")], EVERYTHING),
        # a criterion that is asked about is judged with the one that asks, and kept ones stay
        ([("outcome: not_met}", "outcome: met}")], {"after", "greeting"}),
    ],
)
def test_a_changed_form_gives_what_scoring_from_the_start_gives(
    changes: list[tuple[str, str]], judged: set[str]
) -> None:
    before, after = form(), form(*changes)
    for conversation in CALLS:
        found, asked = again(after, conversation, scored(before, conversation))
        assert found == scored(after, conversation)
        assert asked == judged


def test_other_code_keeps_nothing() -> None:
    rubric = form()
    earlier = scored(rubric, CALLS[0])
    assert kept_results(earlier, fingerprints(rubric, "code-2")) == {}
    assert set(kept_results(earlier, fingerprints(rubric, CODE))) == EVERYTHING


def test_what_took_too_long_is_tried_again() -> None:
    rubric = form()
    earlier = scored(rubric, CALLS[0])

    def slow(result: CriterionResult) -> CriterionResult:
        return result.model_copy(update={"reason_code": "check_failed"}) if result.criterion == "care" else result

    earlier = earlier.model_copy(update={"results": tuple(slow(result) for result in earlier.results)})
    assert set(kept_results(earlier, fingerprints(rubric, CODE))) == EVERYTHING - {"care"}


def test_a_language_models_verdicts_are_never_kept_nor_those_that_ask_about_them() -> None:
    judge = 'check: {type: judge, guidance: "x"}'
    rubric = form(("check: {type: said, met: greets}}\n      - {id: name", judge + "}\n      - {id: name"))
    assert set(fingerprints(rubric, CODE)) == EVERYTHING - {"greeting", "after"}


def test_a_criterion_that_is_new_or_gone() -> None:
    before = form()
    after = form(("{id: early, title: Early", "{id: soon, title: Soon"))
    found, asked = again(after, CALLS[0], scored(before, CALLS[0]))
    assert found == scored(after, CALLS[0])
    assert asked == {"soon"}
