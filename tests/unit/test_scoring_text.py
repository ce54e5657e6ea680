"""Folding, phrases, guards, homophones: what the matchers read and what takes a match back."""

from __future__ import annotations

import pytest

from qa.model import Language
from scoring import homophones, patterns
from scoring.guards import Guard, spoiled_by
from scoring.patterns import PhraseError, compile_phrase, compile_phrases, find_all
from scoring.text import MAX_TURN_CHARACTERS, clause, fold, split_sentences, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hello THERE", "hello there"),
        ("I’m “fine”", 'i\'m "fine"'),
        ("ＡＢＣ１２３", "abc123"),
        ("İstanbul İ", "İstanbul İ"),  # i with a dot is two characters in lower case: kept, so that offsets stay
        ("😀 ok שלום", "😀 ok שלום"),
    ],
)
def test_fold_keeps_every_offset(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert len(fold(text)) == len(text)


def test_fold_cuts_what_nobody_says_in_one_turn() -> None:
    assert len(fold("a" * 100_000)) == MAX_TURN_CHARACTERS


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two? Three", ["One.", "Two?", "Three"]),
        ("您好。请讲！", ["您好。", "请讲！"]),
        ("no marks at all", ["no marks at all"]),
        ("  . ", ["."]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    found = [text[start:end] for start, end in split_sentences(text)]
    assert [s for s in found if s.strip(". ")] == [s for s in sentences if s.strip(". ")]


def test_clause_ends_at_the_nearest_marks() -> None:
    text = "first, the second part; third"
    assert text[slice(*clause(text, 11, 17))].strip() == "the second part"


def test_words_are_english_words_and_chinese_characters() -> None:
    assert words("i'm on app 2 查一下") == ["i'm", "on", "app", "2", "查", "一", "下"]


WORDS = (("act", "check|call"), ("both", "{will} {act}"), ("will", "i'll|i will"))

MATCHES: list[tuple[Language, str, str, str | None]] = [
    ("en", "how can i help", "so how, um, can i help you", "how, um, can i help"),  # a pause may hold a hesitation
    ("en", "{will} {act}", "ill check that", "ill check"),  # recognisers drop apostrophes
    ("en", "{both}", "i will call you", "i will call"),
    ("en", "can i", "i can't imagine", None),
    ("en", "i can do", "i can't do that", None),  # the apostrophe is no pause
    ("en", "call ... recorded", "this call is being recorded", "call is being recorded"),
    ("en", "call ... recorded", "this call is not recorded", None),  # a negation ends the gap
    ("en", "call ... recorded", "call one two three four five six seven eight recorded", None),  # too far
    ("en", "manager", "the manager's here", "manager"),
    ("en", "pin", "spinning", None),
    ("en", r"\w+ will call", "so someone will call", "someone will call"),
    ("en", r"(\w+ ){1,2}will", "the old team will", "old team will"),
    ("en", r"\w+ ?s", "their cars", "cars"),  # no pause needed: a shorter word will do
    ("en", r"(?<=\bs\w+ )call", "someone, call them", "call"),  # looking behind, the word is read from its end
    ("en", "yes.{0,20}no", "yes. no", None),  # a dot stays within the sentence
    ("zh", "请问 有什么", "请问，嗯，有什么", "请问，嗯，有什么"),
    ("zh", "通话...录音", "本次通话将会全程录音", "通话将会全程录音"),
    ("zh", "通话.{0,9}录音", "通话。有录音", None),
]


@pytest.mark.parametrize(("language", "phrase", "text", "expected"), MATCHES)
def test_phrases(language: Language, phrase: str, text: str, expected: str | None) -> None:
    found = [text[start:end] for start, end in find_all(compile_phrase(phrase, WORDS, language), text)]
    assert found == ([] if expected is None else [expected])


@pytest.mark.parametrize("phrase", ["(a", "a?", "{nothing}", "x" * 2_001])
def test_phrases_that_are_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        compile_phrase(phrase, WORDS, "en")


def test_case_makes_no_difference() -> None:
    assert list(find_all(compile_phrase(r"PIN\W", WORDS, "en"), fold("Your Pin."))) == [(5, 9)]


def test_no_phrases_is_no_pattern() -> None:
    assert compile_phrases((), WORDS, "en") is None


def test_an_exploding_pattern_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SEARCH_TIMEOUT_S", 0.1)
    pattern = compile_phrase("(a|a)+b", (), "en")
    with pytest.raises(TimeoutError):
        list(find_all(pattern, "a" * 60))


ALL: tuple[Guard, ...] = ("negated", "quoted", "asked", "supposed")

GUARDED: list[tuple[Language, str, str, Guard | None]] = [
    ("en", "i guarantee it", "guarantee", None),
    ("en", "i can't really guarantee it", "guarantee", "negated"),
    ("en", "i never said i guarantee it", "guarantee", "negated"),
    ("en", "no guarantee", "guarantee", "negated"),
    ("en", "no, i guarantee it", "guarantee", None),
    ("en", "i want to guarantee it", "guarantee", None),  # "want" ends like a negation
    ("en", "that is not right but i guarantee it", "guarantee", None),
    ("en", 'he said "we guarantee it" to me', "guarantee", "quoted"),
    ("en", "the other guy said we guarantee it", "guarantee", "quoted"),
    ("en", "do you want a guarantee?", "guarantee", "asked"),
    ("en", "did they guarantee that", "guarantee", "asked"),
    ("en", "if i guarantee it now", "guarantee", "supposed"),
    ("zh", "我保证", "保证", None),
    ("zh", "我不能保证", "保证", "negated"),
    ("zh", "不好意思，我保证", "保证", None),
    ("zh", "我特别保证", "保证", None),  # 特别 is no negation
    ("zh", "保证不了", "保证", "negated"),
    ("zh", "上一个客服说保证到账", "保证", "quoted"),
    ("zh", "他说“我们保证”的", "保证", "quoted"),
    ("zh", "您要我保证吗？", "保证", "asked"),
    ("zh", "要是我保证的话", "保证", "supposed"),
]


@pytest.mark.parametrize(("language", "text", "phrase", "expected"), GUARDED)
def test_guards(language: Language, text: str, phrase: str, expected: Guard | None) -> None:
    folded = fold(text)
    start = folded.index(phrase)
    assert spoiled_by(folded, start, start + len(phrase), language, ALL) == expected
    assert spoiled_by(folded, start, start + len(phrase), language, ()) is None


@pytest.mark.parametrize(
    ("heard", "repaired"),
    [
        ("你公号多少", "你工号多少"),
        ("我要投宿你们", "我要投诉你们"),
        ("工号多少", "工号多少"),
        ("公园", "公园"),
        ("通话有录影", "通话有录音"),  # ing for in
        ("头书", "投诉"),  # sh for s
        ("abc 公号", "abc 工号"),
        ("公", "公"),
        ("", ""),
    ],
)
def test_homophones(heard: str, repaired: str) -> None:
    assert homophones.repairer(("工号", "投诉", "录音"))(heard) == repaired
    assert len(repaired) == len(heard)
