"""Sentence borders: tables with near-misses, offsets, and time on hostile input."""

from __future__ import annotations

from itertools import pairwise

import pytest

from qa.language import split


def pieces(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello. How are you?", ["Hello.", "How are you?"]),
        ("  Hello.   Bye.  ", ["Hello.", "Bye."]),
        ("no punctuation at all", ["no punctuation at all"]),
        ("Dr. Smith is in. Mr. Lee is out.", ["Dr. Smith is in.", "Mr. Lee is out."]),
        ("Call at 5 p.m. today.", ["Call at 5 p.m. today."]),
        ("Call at 5 p.m. Then wait.", ["Call at 5 p.m.", "Then wait."]),
        ("It is No. 5 on the list.", ["It is No. 5 on the list."]),
        ("No. I did not.", ["No.", "I did not."]),
        ("It costs $3.50. Fine.", ["It costs $3.50.", "Fine."]),
        ("Write to help@example.com today.", ["Write to help@example.com today."]),
        ("I spoke to J. Smith. So did I. Thanks!", ["I spoke to J. Smith.", "So did I.", "Thanks!"]),
        ("I was... waiting. Really?!", ["I was... waiting.", "Really?!"]),
        ("I was... Never mind.", ["I was...", "Never mind."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("one line\nanother line", ["one line", "another line"]),
        ("您好，请问有什么可以帮您？我的卡丢了。", ["您好，请问有什么可以帮您？", "我的卡丢了。"]),
        ("他说：“别挂。”好的。", ["他说：“别挂。”", "好的。"]),
        ("好的.谢谢", ["好的.", "谢谢"]),
        ("利率是3.5吗？", ["利率是3.5吗？"]),
        ("我的 PIN 是 1234 吗？OK 没问题。", ["我的 PIN 是 1234 吗？", "OK 没问题。"]),
        ("我从后台看……哦，看到了。", ["我从后台看……", "哦，看到了。"]),
        ("...", []),
        ("", []),
        ("，。", []),
    ],
)
def test_marks(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            # 20 words without any mark: over 15, cut before "how can i".
            "thank you for calling maple bank my name is grace this call may be recorded how can i help you today",
            ["thank you for calling maple bank my name is grace this call may be recorded", "how can i help you today"],
        ),
        (
            # The same with a mark is a sentence of ordinary length (20 of 25 words).
            "thank you for calling maple bank, my name is grace this call may be recorded how can i help you today",
            ["thank you for calling maple bank, my name is grace this call may be recorded how can i help you today"],
        ),
        (
            # 15 words: nothing to cut.
            "a mark is missing here but the whole of it is just fifteen words long",
            ["a mark is missing here but the whole of it is just fifteen words long"],
        ),
        (
            # 14 + 13 words: cut where the comma is and not before "and" or "I".
            "I went to town and I asked them for the blue one in the window, the one that was on "
            "sale last week for only ten pounds each.",
            [
                "I went to town and I asked them for the blue one in the window,",
                "the one that was on sale last week for only ten pounds each.",
            ],
        ),
        (
            "您好感谢您致电惠民银行我是客服小王为了保证服务质量本次通话将被录音请问有什么可以帮您的吗",
            ["您好感谢您致电惠民银行我是客服小王", "为了保证服务质量本次通话将被录音", "请问有什么可以帮您的吗"],
        ),
        (
            # A space between characters is where the recogniser heard a pause.
            "您好 这里是惠民银行 请问有什么可以帮您 我是客服小王 为了保证服务质量 本次通话将被录音",
            ["您好 这里是惠民银行 请问有什么可以帮您 我是客服小王", "为了保证服务质量 本次通话将被录音"],
        ),
        ("你能不能先听我把话说完再讲", ["你能不能先听我把话说完再讲"]),
    ],
)
def test_long_stretches_are_cut_into_clauses(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@pytest.mark.parametrize("text", ["word " * 1_000, "so " * 1_000, "a" * 10_000])
def test_words_without_any_sign_are_cut_at_the_limit(text: str) -> None:
    found = pieces(text)
    assert "".join(found).replace(" ", "") == text.replace(" ", "")
    # The last rest may be as long as a sentence; a word without end counts as words of 40 characters.
    assert max(len(piece.split()) for piece in found) <= 25
    assert max(len(piece) for piece in found) <= 25 * 40


def test_characters_without_any_sign_are_cut_at_the_limit() -> None:
    found = pieces("好" * 1_000)
    assert max(len(piece) for piece in found[:-1]) == 24
    assert len(found[-1]) <= 40


def test_every_letter_lies_in_exactly_one_sentence() -> None:
    text = (
        "Mr. Lee, at 9 a.m. — “yes” — 王先生说：好的，行！ok... then i left and then i came back and then i left again"
    )
    sentences = split(text)
    assert all(a.end <= b.start for a, b in pairwise(sentences))
    inside = {index for sentence in sentences for index in range(sentence.start, sentence.end)}
    assert {index for index, character in enumerate(text) if character.isalnum()} <= inside
    assert all(piece == piece.strip() for piece in pieces(text))


@pytest.mark.parametrize("unit", ["a", "word ", "好", "好。", ". ", "a.b", '..."', "so ", "\n", "i. ", "“", "1,", "吗"])
@pytest.mark.timeout(60)  # quadratic time would take many minutes
def test_a_hundred_thousand_characters_come_to_an_end(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    sentences = split(text)
    assert all(0 <= found.start < found.end <= len(text) for found in sentences)
