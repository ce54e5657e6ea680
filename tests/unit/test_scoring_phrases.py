"""Slots and misspelt words in phrases, spoken and written, in both languages, with what must not match."""

from __future__ import annotations

from typing import Any

import pytest

from qa.model import RubricError
from scoring import evaluate
from scoring.patterns import compile_phrases, find_all
from scoring.signals import SignalBook
from scoring.text import fold
from scoring.transcript import Transcript
from tests.scoring_builders import call, rubric

SLOTS: list[tuple[str, str, str, str | None]] = [
    # language, slot, text, what is found (None: nothing)
    ("en", "amount", "that is $20.50 back", "$20.50"),
    ("en", "amount", "one hundred and five dollars", "one hundred and five dollars"),
    ("en", "amount", "twenty pounds fifty", "twenty pounds fifty"),
    ("en", "amount", "1,250 euros", "1,250 euros"),
    ("en", "amount", "a twenty minute wait", None),
    ("en", "amount", "dollars and cents", None),
    ("en", "days", "three to five working days", "three to five working days"),
    ("en", "days", "3-5 business days", "3-5 business days"),
    ("en", "days", "a day", "a day"),
    ("en", "days", "these days", None),
    ("en", "days", "three hours", None),
    ("en", "date", "the 20th of november", "the 20th of november"),
    ("en", "date", "march the twentieth", "march the twentieth"),
    ("en", "date", "2026-11-20", "2026-11-20"),
    ("en", "date", "on tuesday", "tuesday"),
    ("en", "date", "may i ask", None),
    ("en", "date", "the second thing", None),
    ("en", "time", "half past nine", "half past nine"),
    ("en", "time", "at nine thirty", "nine thirty"),
    ("en", "time", "9:30 am", "9:30 am"),
    ("en", "time", "five o'clock", "five o'clock"),
    ("en", "time", "nine calls", None),
    ("en", "number", "forty-two", "forty-two"),
    ("en", "number", "42", "42"),
    ("en", "number", "somebody", None),
    ("zh", "amount", "退您五百块钱", "五百块钱"),
    ("zh", "amount", "一共¥300", "¥300"),
    ("zh", "amount", "两万多元", "两万多元"),
    ("zh", "amount", "块头很大", None),
    ("zh", "days", "三到五个工作日内", "三到五个工作日"),
    ("zh", "days", "3天", "3天"),
    ("zh", "days", "天天都忙", None),
    ("zh", "days", "三个小时", None),
    ("zh", "date", "十一月二十号", "十一月二十号"),
    ("zh", "date", "11月20日", "11月20日"),
    ("zh", "date", "下周三之前", "下周三"),
    ("zh", "date", "坐二十号线", None),
    ("zh", "time", "下午三点半", "下午三点半"),
    ("zh", "time", "15:30", "15:30"),
    ("zh", "time", "三次电话", None),
    ("zh", "number", "三百二十", "三百二十"),
    ("zh", "number", "没有", None),
]


@pytest.mark.parametrize(("language", "slot", "text", "expected"), SLOTS)
def test_slots(language: str, slot: str, text: str, expected: str | None) -> None:
    pattern = compile_phrases((f"{{{slot}}}",), (), language)  # type: ignore[arg-type]
    assert pattern is not None
    folded = fold(text)
    found = [folded[start:end] for start, end in find_all(pattern, folded)]
    assert found == ([] if expected is None else [expected])


def test_an_entry_of_the_rubric_s_words_goes_before_a_slot() -> None:
    pattern = compile_phrases(("{number} apples {amount}",), (("number", "some"),), "en")
    assert pattern is not None
    assert list(find_all(pattern, "some apples five dollars"))  # the amount still knows its own numbers
    assert not list(find_all(pattern, "five apples five dollars"))


def heard(phrase: str, text: str, *, language: str = "en", tolerance: float = 0.0, **data: Any) -> bool:
    """Whether an agent who says the text is heard to say the phrase."""
    body = (
        f"signals:\n  s: {{title: s, phrases: ['{phrase}'], tolerance: {tolerance}}}\n"
        "sections: [{title: S, criteria: [{id: c.s, title: T, question: Q, points: 1, check: {type: said, met: s}}]}]\n"
    )
    conversation = call(f"A: {text}", language=language, **data)
    return evaluate(conversation, rubric(body, language=language)).results[0].outcome == "met"


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("My name is Grace.", "Grace Lee", True),
        ("My name is Grace Lee", "Grace Lee", True),
        ("My name is Grase, hello", "Grace Lee", True),  # one letter in five
        ("My name is Lee", "Grace Lee", True),
        ("My name is Lea", "Grace Lee", False),  # three letters bear no error
        ("My name is Grass", "Grace Lee", False),  # two
        ("My name is Kathrine", "Catherine", True),  # K for C, e lost: two in nine
        ("My name is Dave", "Grace Lee", False),
        ("My name is O'Brien", "Sean O'Brien", True),
        ("My name is Dave", None, True),  # nobody told us: any name
        ("My name is", None, False),
        ("My name is a(b", "a(b", False),
        ("My name is Dave", "x" * 500, True),  # no name at all
    ],
)
def test_the_agent_s_name(text: str, name: str | None, expected: bool) -> None:
    assert heard("my name is {agent_name}", text, agent_name=name) is expected


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("我叫王小明", "王小明", True),
        ("我叫小明", "王小明", True),
        ("我叫小王", "王小明", True),
        ("我叫汪晓鸣", "王小明", True),  # by sound
        ("我叫李雷", "王小明", False),
        ("我叫李雷", None, True),
    ],
)
def test_the_agent_s_chinese_name(text: str, name: str | None, expected: bool) -> None:
    assert heard("我叫{agent_name}", text, language="zh", agent_name=name) is expected


def test_the_customer_s_name_is_a_further_column() -> None:
    for language, phrase, text, name, other in (
        ("en", "thank you ({customer_name}|mr {customer_name})", "Thank you, Mr. Jones", "Tom Jones", "Tom Brown"),
        ("zh", "{customer_name}您好", "王先生您好", "王小明", "李雷"),
    ):
        assert heard(phrase, text, language=language, tags={"customer_name": name})
        assert not heard(phrase, text, language=language, tags={"customer_name": other})


@pytest.mark.parametrize(
    ("text", "exact", "tolerant"),
    [
        ("calls are recorded", True, True),
        ("call is recorded", True, True),
        ("calls are recoded", False, True),  # a letter lost
        ("calls are recorrded", False, True),  # one too many
        ("calls are recarded", False, True),  # another one
        ("calls are reordered", False, False),  # two
        ("falls are recorded", False, False),  # "call" is too short for an error at 0.2
        ("calls are never recorded", False, False),
        ("calls are recor ded", False, False),  # an error is a letter, not a gap
    ],
)
def test_tolerance_of_recognition_errors(text: str, exact: bool, tolerant: bool) -> None:
    phrase = "calls? (is|are) recorded"
    assert heard(phrase, text) is exact
    assert heard(phrase, text, tolerance=0.2) is tolerant


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("within {days}", "withen three days", True),
        ("within {days}", "within free days", False),  # numbers are heard exactly
        ("guarantees?", "we guarante", True),  # the repeated last letter stays as it is
        ("(?!x)recorded", "recoded", False),  # a look-around makes the phrase exact
        (r"\\brecorded", "recoded", True),
        ("[rp]ecorded", "pecorded", True),
    ],
)
def test_tolerance_leaves_the_rest_of_the_pattern_alone(phrase: str, text: str, expected: bool) -> None:
    assert heard(phrase.replace("\\\\", "\\"), text, tolerance=0.2) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("本次通话会录音", True), ("本次通话会路因", True), ("本次童话会录音", True), ("本次谈话会录像", False)],
)
def test_tolerance_in_chinese_is_by_sound(text: str, expected: bool) -> None:
    assert heard("通话...录音", text, language="zh", tolerance=0.2) is expected
    assert heard("通话...录音", text, language="zh") is (text == "本次通话会录音")


def test_a_misheard_phrase_is_still_negated_quoted_or_asked() -> None:
    assert not heard("recorded", "this call is not recoded", tolerance=0.2)
    assert not heard("recorded", 'she said "recoded" once', tolerance=0.2)
    assert not heard("录音", "本次通话不会路因", language="zh", tolerance=0.2)


GUARDS = [
    # text, guard, does it count?
    ("do I have to give you my pin", "asked", False),
    ("give me your pin?", "asked", False),
    ("give me your pin", "asked", True),
    ("what is it. give me your pin", "asked", True),  # the question is over
    ("if you give me your pin", "supposed", False),
    ("never give me your pin", "negated", False),
    ('he said "give me your pin"', "quoted", False),
    ("somebody told me give me your pin", "quoted", False),
]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("您把密码告诉我", True),
        ("要把密码告诉你吗", False),
        ("要把密码告诉你吗？", False),
        ("是不是要把密码告诉你", False),
        ("需不需要把密码告诉你", False),
        ("是不是您本人，请把密码告诉我", True),  # the question is another clause
    ],
)
def test_the_question_guard_in_chinese(text: str, counts: bool) -> None:
    body = """\
signals:
  s: {title: s, phrases: [密码告诉], guards: [asked]}
sections: [{title: S, criteria: [{id: c.s, title: T, question: Q, points: 1, check: {type: said, met: s}}]}]
"""
    form = rubric(body, language="zh")
    assert (evaluate(call(f"A: {text}", language="zh"), form).results[0].outcome == "met") is counts


@pytest.mark.parametrize(("text", "guard", "counts"), GUARDS)
def test_guards(text: str, guard: str, counts: bool) -> None:
    body = f"""\
signals:
  s: {{title: s, phrases: ["(give|giving) (me|you) (your|my) pin"], guards: [{guard}]}}
sections: [{{title: S, criteria: [{{id: c.s, title: T, question: Q, points: 1, check: {{type: said, met: s}}}}]}}]
"""
    assert (evaluate(call(f"A: {text}"), rubric(body)).results[0].outcome == "met") is counts


def test_patterns_without_names_are_compiled_once_for_all_calls() -> None:
    books = [
        SignalBook(Transcript(call("A: hi", agent_name=name), "en"), {}, {}, None)
        for name in ("Grace Lee", "Tom Jones")
    ]
    plain, named = [[book.pattern((phrase,)) for book in books] for phrase in ("hello", "i am {agent_name}")]
    assert plain[0] is plain[1]
    assert named[0] is not named[1]


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        ("{title: t, phrases: ['{amont}']}", "no entry 'amont' in words, and no slot of that name"),
        ("{title: t, phrases: [a], tolerance: 0.9}", "expected <= 0.4, got 0.9"),
        ("{title: t, meanings: {like: [a]}, tolerance: 0.2}", "tolerance without phrases"),
    ],
)
def test_phrases_that_cannot_be(signal: str, message: str) -> None:
    check = "{type: never, signals: [s]}"
    criterion = f"{{id: c.s, title: T, question: Q, points: 1, check: {check}}}"
    body = f"signals: {{s: {signal}}}\nsections: [{{title: S, criteria: [{criterion}]}}]\n"
    with pytest.raises(RubricError) as raised:
        rubric(body)
    assert message in str(raised.value)
