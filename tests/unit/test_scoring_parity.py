"""One meaning in both languages: a call and its translation get the same outcomes under `.en` and `.zh`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from qa.language import annotate
from qa.language.vectors import UniversalSentenceEncoder, load_embedder
from qa.model import Call, Conversation
from scoring import evaluate
from tests.scoring_builders import core

DATA = Path(__file__).parents[1] / "data"
SOURCES: dict[str, str] = json.loads((DATA / "parity_calls" / "pairs.json").read_text(encoding="utf-8"))
"""Pair to the gold call that was translated."""
AGREED = 0.90
TIMES_ALONE = {"delivery.pace", "listening.no_interruptions"}
"""Pace: the translation has the original's times, not its own. Interruptions: equal times, so always the same."""
LOCALISED = {"call_id", "language", "agent_name", "queue"}

Outcomes = Mapping[str, str]


def both(pair: str) -> tuple[Conversation, Conversation]:
    """The English and the Mandarin call of a pair."""
    source = SOURCES[pair]
    spoken = source.split("-")[1]
    original = DATA / "gold_calls" / spoken / "calls" / f"{source}.json"
    translation = DATA / "parity_calls" / f"{pair}.{'zh' if spoken == 'en' else 'en'}.json"
    english, mandarin = (original, translation) if spoken == "en" else (translation, original)
    return Conversation.from_json(english.read_bytes()), Conversation.from_json(mandarin.read_bytes())


def unlocalised(call: Call) -> dict[str, object]:
    return call.model_dump(exclude=LOCALISED)


def disagreements(pairs: Iterable[tuple[Outcomes, Outcomes]]) -> tuple[Counter[str], int]:
    """How often each criterion came out differently, and how many outcomes were compared."""
    differing: Counter[str] = Counter()
    compared = 0
    for english, mandarin in pairs:
        for criterion in (english.keys() | mandarin.keys()) - TIMES_ALONE:
            compared += 1
            differing[criterion] += english[criterion] != mandarin[criterion]
    return +differing, compared


def outcomes(call: Conversation, embedder: UniversalSentenceEncoder) -> Outcomes:
    assert call.language is not None
    evaluation = evaluate(annotate(call, embedder=embedder), core(call.language), embed=embedder.embed)
    return {result.criterion: result.outcome.value for result in evaluation.results}


def test_ten_pairs_or_more_from_both_languages_each_translated_once() -> None:
    assert len(SOURCES) >= 10
    assert len(set(SOURCES.values())) == len(SOURCES)
    assert Counter(source.split("-")[1] for source in SOURCES.values()) == {"en": 6, "zh": 6}
    translations = {path.name.split(".")[0] for path in (DATA / "parity_calls").glob("PAIR-*.json")}
    assert translations == set(SOURCES)


@pytest.mark.parametrize("pair", SOURCES)
def test_a_translation_has_the_turns_times_and_call_data_of_its_original(pair: str) -> None:
    english, mandarin = both(pair)
    assert (english.language, mandarin.language) == ("en", "zh")
    assert unlocalised(english.call) == unlocalised(mandarin.call)
    assert [(t.role, t.start_s, t.end_s) for t in english.turns] == [
        (t.role, t.start_s, t.end_s) for t in mandarin.turns
    ]
    assert english.turns[0].text != mandarin.turns[0].text


def test_disagreements_by_hand() -> None:
    # Two pairs of two criteria that words decide: one of four differs. Pace differs too and is left out.
    alike = {"opening.name": "met", "closing.thanks": "not_met", "delivery.pace": "met"}
    other = {"opening.name": "met", "closing.thanks": "met", "delivery.pace": "not_met"}
    assert disagreements([(alike, alike), (alike, other)]) == (Counter({"closing.thanks": 1}), 4)


@pytest.mark.engines
def test_a_call_and_its_translation_get_the_same_outcomes() -> None:
    embedder = load_embedder()
    found = [tuple(outcomes(call, embedder) for call in both(pair)) for pair in SOURCES]
    differing, compared = disagreements((english, mandarin) for english, mandarin in found)
    share = 1 - differing.total() / compared
    assert share >= AGREED, f"{share:.1%} of {compared} outcomes agree; differing: {dict(differing.most_common())}"
