"""Kept verdicts: a changed form gives what scoring from the start would give, and judges only what changed."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.model import Act, ActScore, Conversation, CriterionResult, Evaluation, Sentence
from scoring import Rubric, evaluate, parse_rubric
from scoring.again import evaluate_again, kept_results, stamped
from scoring.checks.metric import MetricParams
from scoring.fingerprint import fingerprints, signal_fingerprints
from scoring.rubric import Criterion
from scoring.signals.kept import KeptHits
from scoring.text import split_sentences
from tests.scoring_builders import HEAD, call, core

CODE = "code-1"
REPO = Path(__file__).resolve().parents[2]

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


BY_MEANING = {"care", "parts"}
"""The criteria behind which the threshold of a meaning stands."""


@pytest.mark.parametrize("conversation", CALLS[:2])
def test_a_threshold_within_its_margin_judges_nothing_and_beyond_it_what_hangs_on_it(
    conversation: Conversation,
) -> None:
    earlier = scored(form(), conversation)
    above, up_to = earlier.margins["care.threshold"]
    assert above < 0.6 <= up_to
    for threshold, judged in (
        (above + 1e-4, set()),
        (min(up_to, 1.0), set()),
        (above, BY_MEANING),
        (up_to + 1e-4, BY_MEANING if up_to < 1 else set()),
    ):
        if 0 < threshold <= 1:
            after = form(("threshold: 0.6", f"threshold: {threshold}"))
            found, asked = again(after, conversation, earlier)
            assert found == scored(after, conversation)
            assert asked == judged, threshold


def _with_acts(conversation: Conversation, chance: random.Random) -> Conversation:
    """Sentences with acts drawn at random: what matters here is only that they are the same each time."""

    def sentence(start: int, end: int) -> Sentence:
        acts = chance.sample(sorted(Act), 4)
        scores = sorted((ActScore(act=act, confidence=round(chance.uniform(0.1, 1), 3)) for act in acts), key=_surest)
        return Sentence(start=start, end=end, acts=tuple(scores))

    turns = (
        turn.model_copy(update={"sentences": tuple(sentence(*span) for span in split_sentences(turn.text))})
        for turn in conversation.turns
    )
    return conversation.model_copy(update={"turns": tuple(turns)})


def _surest(score: ActScore) -> float:
    return -score.confidence


def _edited(rubric: Rubric, chance: random.Random) -> Rubric:
    """Two edits of a form at random: thresholds small and large, a phrase taken out, points, a band, a condition."""
    for _ in range(2):
        name = chance.choice(sorted(rubric.signals))
        signal = rubric.signals[name]
        match chance.randrange(6):
            case 0 | 1:  # often, and among signals that have one
                name = chance.choice([n for n, s in rubric.signals.items() if s.meanings is not None])
                signal = rubric.signals[name]
                moved = min(1.0, max(0.05, signal.meanings.threshold + chance.choice((-0.2, -0.03, 0.01, 0.03, 0.2))))  # type: ignore[union-attr]
                signal = signal.model_copy(
                    update={"meanings": signal.meanings.model_copy(update={"threshold": moved})}  # type: ignore[union-attr]
                )
            case 2 | 3:
                name = chance.choice([n for n, s in rubric.signals.items() if s.acts or s.if_acts or s.unless_acts])
                signal = rubric.signals[name]
                moved = min(1.0, max(0.0, signal.min_confidence + chance.choice((-0.3, -0.02, 0.02, 0.3))))
                signal = signal.model_copy(update={"min_confidence": moved})
            case 4 if len(signal.phrases) > 1:
                signal = signal.model_copy(update={"phrases": signal.phrases[1:]})
            case _:
                sections = tuple(
                    section.model_copy(
                        update={"criteria": tuple(_criterion_edited(each, chance) for each in section.criteria)}
                    )
                    for section in rubric.sections
                )
                rubric = rubric.model_copy(update={"sections": sections})
        rubric = rubric.model_copy(update={"signals": {**rubric.signals, name: signal}})
    return rubric


def _criterion_edited(criterion: Criterion, chance: random.Random) -> Criterion:
    if chance.random() < 0.3:
        criterion = criterion.model_copy(update={"points": criterion.points + 1})
    if isinstance(criterion.check, MetricParams) and criterion.check.maximum and chance.random() < 0.3:
        wider = criterion.check.model_copy(update={"maximum": criterion.check.maximum * 1.2})
        criterion = criterion.model_copy(update={"check": wider})
    return criterion


def _meaning(texts: Sequence[str]) -> Any:
    """Vectors by the pairs of characters in a text, so that cosines spread over the thresholds of a form."""
    rows = np.zeros((len(texts), 96), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for pair in pairwise(text.lower()):
            row[zlib.crc32("".join(pair).encode()) % 96] += 1
    return rows - rows.mean(axis=1, keepdims=True) + 1e-3


@pytest.mark.parametrize("with_hits", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_core_form_edited_again_and_again_gives_what_scoring_from_the_start_gives(
    language: str, with_hits: bool
) -> None:
    chance = random.Random(f"edits-{language}")
    paths = sorted((REPO / "audio_samples" / "gold").glob(f"{language}-*.json"))
    paths += sorted((REPO / "tests" / "data" / "gold_calls" / language / "calls").glob("gold-*-0[1-8].json"))
    n_kept = n = 0
    for path in chance.sample(paths, 4):
        conversation = _with_acts(Conversation.from_json(path.read_bytes()), chance)
        now = core(language)
        prints = fingerprints(now, CODE)
        kept_hits = KeptHits(signal_fingerprints(now, CODE)) if with_hits else None
        evaluation = stamped(evaluate(conversation, now, embed=_meaning, kept=kept_hits), prints)
        for _ in range(6):
            now = _edited(now, chance)
            prints = fingerprints(now, CODE)
            kept = kept_results(evaluation, prints)
            kept_hits = KeptHits(signal_fingerprints(now, CODE), evaluation) if with_hits else None
            judge = partial(evaluate, conversation, embed=_meaning, kept=kept_hits)
            evaluation = stamped(evaluate_again(now, conversation.call, evaluation, kept, judge), prints)
            fresh = stamped(evaluate(conversation, now, embed=_meaning), prints)
            # Margins may be left over from signals that nothing hangs on any more.
            bare = {"margins": {}, "hits": b""}
            assert evaluation.model_copy(update=bare) == fresh.model_copy(update=bare)
            assert bool(evaluation.hits) is with_hits
            # With kept hits also others: which turns were passed over hangs on the thresholds before.
            for name, margin in fresh.margins.items() if not with_hits else ():
                assert evaluation.margins[name] == pytest.approx(margin, abs=2e-5), name
            n_kept, n = n_kept + len(kept), n + len(now.criteria)
    assert 0.5 < n_kept / n < 1  # the edits touched something, and not everything


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
