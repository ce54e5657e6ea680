"""The evidence rule: altered proof is refused, no verdict stands without proof, unsure words prove nothing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.model import Conversation, Cue, Evaluation, Evidence, Outcome, SpeakerRole, Turn, Word
from scoring import evaluate
from scoring.evidence import ConfidenceFloors, cue_verified, verified, word_confidence
from tests.scoring_builders import TALK, call, core, rubric

CHINESE = (
    "A: 您好，光明银行客服，工号三零七，本次通话会录音，请问有什么可以帮您？",
    "C: 我的卡被扣了两次钱，已经打了三次电话，太气人了！",
    "A: 给您添麻烦了，真的非常抱歉，我理解您的心情。请问您的姓名和身份证后四位？",
    "C: 王小明，一二三四。",
    "A: 好的，请您稍等，我查一下交易记录。",
    "C: 好。",
    "20s",
    "A: 感谢您的等待。多扣的钱三个工作日内退回您的卡里。这样可以吗？",
    "C: 可以，谢谢。",
    "A: 请问还有其他需要吗？感谢您的来电，再见。",
)


def with_words(conversation: Conversation) -> Conversation:
    """Each turn with its words spread evenly over its time."""
    turns = []
    for turn in conversation.turns:
        texts = turn.text.split() if conversation.language == "en" else list(turn.text)
        assert turn.start_s is not None
        step = 4.0 / max(1, len(texts))
        words = tuple(
            Word(text=text, start_s=turn.start_s + i * step, end_s=turn.start_s + (i + 1) * step, confidence=0.9)
            for i, text in enumerate(texts)
        )
        turns.append(turn.model_copy(update={"words": words}))
    return conversation.model_copy(update={"turns": tuple(turns)})


CALLS = {
    "en": call(*TALK),
    "zh": call(*CHINESE, language="zh"),
    "en words": with_words(call(*TALK)),
    "zh words": with_words(call(*CHINESE, language="zh")),
}


def scored(conversation: Conversation) -> Evaluation:
    return evaluate(conversation, core(conversation.language or "en"))


def test_altered_quote_role_or_time_of_200_results_is_refused() -> None:
    proofs = [
        (evidence, conversation)
        for conversation in CALLS.values()
        for result in scored(conversation).results
        for evidence in result.evidence
    ]
    assert len(proofs) >= 50
    assert all(verified((evidence,), conversation) for evidence, conversation in proofs)
    pick = random.Random(8)
    for _ in range(200):
        evidence, conversation = pick.choice(proofs)
        assert evidence.start_s is not None
        assert evidence.end_s is not None
        at = pick.randrange(len(evidence.quote))
        other = next(role for role in pick.sample(list(SpeakerRole), 2) if role != evidence.role)
        altered: list[dict[str, Any]] = [
            {"quote": evidence.quote[:at] + "§" + evidence.quote[at + 1 :]},
            {"quote": evidence.quote[:at] + "§" + evidence.quote[at:]},
            {"quote": evidence.quote.swapcase() if evidence.quote.isascii() else evidence.quote[::-1] + "。"},
            {"quote": ""},
            {"role": other},
            {"turn": evidence.turn + 1},
            {"turn": -1},
            {"turn": 10_000},
            {"start_s": evidence.start_s + pick.choice((-1, 1)) * pick.uniform(0.01, 5)},
            {"end_s": evidence.end_s + pick.choice((-1, 1)) * pick.uniform(0.01, 5)},
            {"start_s": evidence.start_s + 2, "end_s": evidence.end_s + 2},
            {"start_s": None},
            {"start_s": None, "end_s": None},
            {"start_s": float("nan")},
        ]
        assert not verified((evidence.model_copy(update=pick.choice(altered)),), conversation)


def test_a_quote_said_twice_may_be_either() -> None:
    conversation = with_words(call("A: yes yes"))
    halves = [Evidence(turn=0, role=SpeakerRole.AGENT, quote="yes", start_s=a, end_s=a + 2) for a in (0.0, 2.0)]
    assert verified(halves, conversation)
    assert not verified([halves[0].model_copy(update={"end_s": 4.0})], conversation)


def test_an_altered_cue_is_refused() -> None:
    conversation = CALLS["en"]
    cue = Cue(turn=1, role=SpeakerRole.CUSTOMER, quote="I am furious")
    assert cue_verified(cue, conversation)
    assert cue_verified(None, conversation)
    for update in ({"turn": 0}, {"turn": 99}, {"role": SpeakerRole.AGENT}, {"quote": "I was furious"}, {"quote": ""}):
        assert not cue_verified(cue.model_copy(update=update), conversation)


SPOKEN = (Outcome.MET, Outcome.PARTIALLY_MET, Outcome.NOT_MET)
LOOKED_EN = ("Looked in", "Not found in", "without a word of announcement in", "No thanks or apology for the wait in")
LOOKED_ZH = ("查找范围", "均未发现", "中未找到", "此前的发言没有", "返回后的第一次发言")


def proven(evaluation: Evaluation, conversation: Conversation) -> None:
    """No verdict on words without words that can be played, or without where they were looked for."""
    looked = LOOKED_ZH if evaluation.rubric.id.endswith("zh") else LOOKED_EN
    for result in evaluation.results:
        if result.outcome not in SPOKEN or result.method in ("metric", "sentiment"):
            continue
        assert verified(result.evidence, conversation), result
        if not result.evidence:
            assert any(words in result.explanation for words in looked), result.explanation
        for proof in result.evidence:
            turn = conversation.turns[proof.turn]
            if turn.span is not None:
                assert proof.start_s is not None
                assert proof.end_s is not None
                assert turn.span.start_s <= proof.start_s <= proof.end_s <= turn.span.end_s


@pytest.mark.parametrize("name", sorted(CALLS))
def test_no_verdict_of_the_core_rubric_lacks_its_proof(name: str) -> None:
    evaluation = scored(CALLS[name])
    assert sum(bool(result.evidence) for result in evaluation.results) >= 12
    proven(evaluation, CALLS[name])


SAMPLES = sorted((Path(__file__).resolve().parents[2] / "audio_samples" / "gold").glob("*.json"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_verdict_on_a_sample_call_lacks_its_proof(path: Path) -> None:
    conversation = Conversation.from_json(path.read_bytes())
    proven(scored(conversation), conversation)


_LINES = {
    language: st.lists(
        st.tuples(st.sampled_from(tuple(SpeakerRole)), st.sampled_from([line[3:] for line in lines if line[1] == ":"])),
        max_size=12,
    )
    for language, lines in (("en", TALK), ("zh", CHINESE))
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), language=st.sampled_from(("en", "zh")), words=st.booleans(), timed=st.booleans())
def test_no_verdict_on_any_conversation_lacks_its_proof(
    data: st.DataObject, language: str, words: bool, timed: bool
) -> None:
    said = data.draw(_LINES[language])
    gaps = data.draw(st.lists(st.floats(-2, 40), min_size=len(said), max_size=len(said)))
    turns, clock = [], 0.0
    for index, ((role, text), gap) in enumerate(zip(said, gaps, strict=True)):
        clock = max(0.0, clock + gap)
        times = {"start_s": clock, "end_s": clock + 4.0} if timed else {}
        turns.append(Turn(index=index, role=role, text=text, **times))
        clock += 4.0
    conversation = call("A: x", language=language).model_copy(update={"turns": tuple(turns)})
    if words and timed:
        conversation = with_words(conversation)
    proven(scored(conversation), conversation)


BODY = """\
signals:
  apple: {title: apple, phrases: [apple]}
  pear: {title: pear, phrases: [pear]}
  ouch: {title: ouch, role: customer, phrases: [ouch]}
sections:
  - title: S
    criteria:
      - {id: c.one, title: T, question: Q, points: 1, check: CHECK}
"""
SAID = "{type: said, met: {any: [apple, pear]}}"
BOTH = "{type: said, met: {all: [apple, pear]}, partially_met: apple}"
NEVER = "{type: never, signals: [apple]}"
REPLY = "{type: reply, cue: ouch, met: apple}"


def unsure(check: str, lines: tuple[str, ...], **turns: dict[str, float]) -> tuple[str, str | None]:
    """Outcome and reason when the turns named like ``t1`` have these confidences."""
    conversation = call(*lines)
    changed = tuple(turn.model_copy(update=turns.get(f"t{turn.index}", {})) for turn in conversation.turns)
    result = evaluate(conversation.model_copy(update={"turns": changed}), rubric(BODY.replace("CHECK", check))).results[
        0
    ]
    return result.outcome, result.reason_code


LOW = (Outcome.NOT_SCORED, "low_confidence")
WEAK, SURE = {"confidence": 0.3}, {"confidence": 0.9}
WEAK_ROLE = {"role_confidence": 0.4}


@pytest.mark.parametrize(
    ("check", "lines", "turns", "expected"),
    [
        (SAID, ("A: an apple",), {"t0": SURE}, ("met", None)),
        (SAID, ("A: an apple",), {"t0": {"confidence": 0.45}}, ("met", None)),
        (SAID, ("A: an apple",), {"t0": {"confidence": 0.44}}, LOW),
        (SAID, ("A: an apple",), {"t0": WEAK_ROLE}, LOW),
        (SAID, ("A: an apple",), {"t0": {"role_confidence": 0.5, "confidence": 0.9}}, ("met", None)),
        (SAID, ("A: an apple", "A: a pear"), {"t0": WEAK}, ("met", None)),  # the other suffices
        (BOTH, ("A: an apple", "A: a pear"), {"t1": WEAK}, LOW),  # without it: partially met
        (BOTH, ("A: an apple", "A: a plum"), {"t1": WEAK}, ("partially_met", None)),  # not in the proof
        (NEVER, ("A: an apple", "A: a pear"), {"t0": WEAK}, LOW),  # the accusation hangs on it
        (NEVER, ("A: a pear", "A: a plum, and many more words that are sure"), {"t0": WEAK}, ("met", None)),
        (NEVER, ("A: a pear and many more words", "A: a plum"), {"t0": WEAK}, LOW),  # nearly all of it is unsure
        (SAID, ("A: some other words",), {"t0": WEAK}, LOW),  # perhaps it was an apple
        (REPLY, ("A: hi", "C: ouch", "A: an apple"), {"t1": WEAK}, LOW),  # was there a cue at all?
        (REPLY, ("A: hi", "C: ouch", "A: an apple", "C: ouch", "A: apple"), {"t1": WEAK}, ("met", None)),
        (REPLY, ("A: hi", "C: fine"), {"t1": WEAK}, ("not_applicable", None)),
    ],
)
def test_unsure_words_prove_nothing(
    check: str, lines: tuple[str, ...], turns: dict[str, dict[str, float]], expected: tuple[str, str | None]
) -> None:
    assert unsure(check, lines, **turns) == expected


def test_the_sure_words_are_shown() -> None:
    conversation = call("A: an apple", "A: a pear")
    turns = (conversation.turns[0].model_copy(update=WEAK), conversation.turns[1])
    result = evaluate(conversation.model_copy(update={"turns": turns}), rubric(BODY.replace("CHECK", SAID))).results[0]
    assert [proof.quote for proof in result.evidence] == ["a pear"]


def test_the_span_s_own_words_count_before_the_turn_s() -> None:
    words = tuple(
        Word(text=text, start_s=i, end_s=i + 1.0, confidence=sure)
        for i, (text, sure) in enumerate((("well", 0.9), ("then.", 0.9), ("an", 0.2), ("apple.", 0.3)))
    )
    turn = Turn(index=0, role=SpeakerRole.AGENT, text="well then. an apple.", words=words, confidence=0.9)
    assert word_confidence(turn, 11, 20) == pytest.approx(0.25)  # (0.2 + 0.3) / 2
    assert word_confidence(turn, 0, 10) == pytest.approx(0.9)
    assert word_confidence(turn.model_copy(update={"words": ()}), 11, 20) == 0.9
    conversation = call("A: x").model_copy(update={"turns": (turn,)})
    assert evaluate(conversation, rubric(BODY.replace("CHECK", SAID))).results[0].reason_code == "low_confidence"


@pytest.mark.parametrize(("sure_from", "outcome"), [("{words: 0.2}", "met"), ("{words: 0.2, role: 0.9}", "not_scored")])
def test_a_rubric_sets_its_own_floors(sure_from: str, outcome: str) -> None:
    form = rubric(f"sure_from: {sure_from}\n" + BODY.replace("CHECK", SAID))
    conversation = call("A: an apple")
    turn = conversation.turns[0].model_copy(update={"confidence": 0.3, "role_confidence": 0.8})
    conversation = conversation.model_copy(update={"turns": (turn,)})
    assert evaluate(conversation, form).results[0].outcome == outcome
    nothing = ConfidenceFloors(words=0, role=0)
    assert evaluate(conversation, form, sure_from=nothing).results[0].outcome == "met"
