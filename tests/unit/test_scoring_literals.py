"""Strings that a text must hold for a phrase to match: read from the phrase, and never a match lost by them."""

from __future__ import annotations

import pytest
import regex

from qa.model import Language
from scoring.literals import LiteralIndex, Required
from scoring.patterns import Phrase, compile_phrase, compile_phrases, find_all

READ: list[tuple[Language, str, float, Required]] = [
    ("en", "thank you", 0, ((("thank",), ("you",)),)),  # the longer first
    ("en", "refund|(money|cash) back", 0, ((("refund",),), (("back",), ("money", "cash")))),
    ("en", "calls?", 0, ((("call",),),)),  # the last letter may be missing
    ("en", "hold( please)?", 0, ((("hold",),),)),
    ("en", "hold( please)+", 0, ((("please",), ("hold",)),)),
    ("en", "hold( please){0,2} line", 0, ((("hold",), ("line",)),)),
    ("en", "hold( please){1,2}", 0, ((("please",), ("hold",)),)),
    ("en", "hold (?!please)(?<!on )there", 0, ((("there",), ("hold",)),)),
    ("en", "don't", 0, ((("don",),),)),  # recognisers drop apostrophes
    ("en", "pin [a-z]+ code", 0, ((("code",), ("pin",)),)),
    ("en", "pay {amount} today", 0, ((("today",), ("pay",)),)),
    ("en", r"pay \d+ now", 0, ((("now",), ("pay",)),)),
    # 8 letters x 0.25 = 2 wrong ones: one of three parts stands; 4 x 0.25 = 1: one of two.
    ("en", "supplied call", 0.25, ((("ca", "ll"), ("su", "ppl", "ied")),)),
    ("zh", "录音|(投诉|举报)了?", 0, ((("录音",),), (("投诉", "举报"),))),
    ("zh", "工号吗?", 0, ((("工号",),),)),
    # Nothing can be said of these.
    ("en", "(a|b) c", 0, ()),
    ("en", "refund|\\w+ back?|\\d+", 0, ()),
    ("en", "refund (please)?|(now)?x", 0, ()),
    ("en", "PIN code", 0, ()),  # without regard to case
    ("en", r"code\x41", 0, ()),
    ("en", r"code[\]]x", 0, ()),
]


@pytest.mark.parametrize(("language", "phrase", "tolerance", "expected"), READ)
def test_what_a_phrase_asks_for(language: Language, phrase: str, tolerance: float, expected: Required) -> None:
    (compiled,) = compile_phrase(phrase, (), language, tolerance)
    assert compiled.required == expected


def test_only_texts_with_all_that_a_phrase_asks_for_are_searched() -> None:
    pattern = compile_phrases(("money back|refund", "thank you", r"\d+"), (), "en")
    assert pattern is not None
    index = LiteralIndex(("my money", "i want my money back", "thank you for the refund", ""))
    money, thanks, digits = pattern
    assert index.candidates(pattern) == [
        (0, [digits]),
        (1, [money, digits]),
        (2, [money, thanks, digits]),
        (3, [digits]),
    ]


@pytest.mark.parametrize(
    ("literal", "found"),
    [
        ("y", [0, 1]),  # shorter than what words are looked up by
        ("pay", [0, 1]),
        ("paym", [0]),
        ("ment", [0]),
        ("yment", [0]),
        ("menta", []),
        ("ents", [0]),  # the end of a word
        ("tsof", []),  # two words are not one
        ("127", [0]),
        ("127845", [0]),
        ("1278456", []),
        ("退", [2]),
        ("退款", [2]),
        ("款了", [2]),
        ("款退", []),
        ("款五", []),
    ],
)
def test_literals_are_found_anywhere_in_a_word(literal: str, found: list[int]) -> None:
    texts = ("payments of 127845", "i'll pay", "给您退款了，五天到账")
    phrase = Phrase(regex.compile("x"), (((literal,),),))
    assert [position for position, _ in LiteralIndex(texts).candidates([phrase])] == found


def test_other_texts_at_some_positions_are_searched_anew() -> None:
    index = LiteralIndex(("工号", "公号是五", "五"))
    assert index.with_texts({1: "公号是五"}) is index
    pattern = compile_phrase("工号", (), "zh")
    assert index.candidates(pattern) == [(0, list(pattern))]
    repaired = index.with_texts({1: "工号是五", 2: "五"})
    assert list(repaired.texts) == ["工号", "工号是五", "五"]
    assert repaired.candidates(pattern) == [(0, list(pattern)), (1, list(pattern))]


@pytest.mark.parametrize("heard", ["supplied", "suplied", "sxpplxed", "supplyed", "zupplie", "suppliered"])
def test_misspelt_words_are_still_searched(heard: str) -> None:
    pattern = compile_phrase("supplied", (), "en", 0.25)
    assert LiteralIndex((heard,)).candidates(pattern)
    assert list(find_all(pattern, heard))


@pytest.mark.parametrize(
    ("phrases", "text", "found"),
    [
        # Of two that begin at the same word the first phrase wins, however long; what follows may not overlap.
        (("call", "call me back"), "call me back", ["call"]),
        (("call me back", "me", "back now"), "call me back now me", ["call me back", "me"]),
        (("b c", "a b"), "a b c", ["a b"]),
        (("c d", "b c", "a"), "a b c d", ["a", "b c"]),
        (("(?=a)", "a"), "a", ["a"]),  # what has no letters is no match
    ],
)
def test_phrases_share_a_text_as_alternatives_of_one_expression_do(
    phrases: tuple[str, ...], text: str, found: list[str]
) -> None:
    pattern = compile_phrases(phrases, (), "en")
    assert pattern is not None
    assert [text[start:end] for start, end in find_all(pattern, text)] == found
