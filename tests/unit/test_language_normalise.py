"""Equal things look equal, and different things do not."""

from __future__ import annotations

import pytest

from qa.language import for_error_rate, for_matching, pinyin, to_half_width, to_simplified
from qa.language.numerals import chinese_cardinals_to_digits, english_numbers_to_digits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("這個電話會被錄音", "这个电话会被录音"),
        ("後來頭髮乾淨", "后来头发干净"),
        ("等著，我很著急，顯著", "等着，我很着急，显著"),  # t2s would leave the first two
        ("著名的著作", "著名的著作"),
        ("妳說甚麼", "你说什么"),
        ("这个电话", "这个电话"),
        ("Hello", "Hello"),
    ],
)
def test_simplified(text: str, expected: str) -> None:
    assert to_simplified(text) == expected
    assert len(to_simplified(text)) == len(text)


def test_half_width() -> None:
    assert to_half_width("ＡＢＣ１２３，　好！") == "ABC123, 好!"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("twenty five", "25"),
        ("twenty fifty", "20 50"),
        ("one hundred and five", "105"),
        ("two hundred and i", "200 and i"),
        ("a hundred thousand", "100000"),
        ("a dog", "a dog"),
        ("hundred", "hundred"),
        ("two thousand twenty six", "2026"),
        ("one million two hundred thousand and one", "1200001"),
        ("nineteen sixty one", "19 61"),
        ("one three eight", "1 3 8"),
        ("three oh five", "3 0 5"),
        ("oh one more", "oh 1 more"),
        ("march ninth", "march 9th"),
        ("twenty first", "21st"),
        ("twenty", "20"),
        ("twenty twelfth", "20 12th"),
        ("eleventh", "11th"),
        ("twenty second", "22nd"),
    ],
)
def test_english_numbers(words: str, expected: str) -> None:
    assert " ".join(english_numbers_to_digits(words.split())) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二十五", "25"),
        ("十五", "15"),
        ("一百零五", "105"),
        ("三百五", "350"),  # colloquial
        ("三千五", "3500"),
        ("一万二", "12000"),
        ("一千零二十", "1020"),
        ("两千三百块", "2300块"),
        ("一亿两千万", "120000000"),
        ("十分抱歉", "十分抱歉"),
        ("万一", "万一"),
        ("千万别", "千万别"),
        ("三四十", "三四十"),
        ("一三八零", "一三八零"),
        ("亿" * 30 + "一" + "亿" * 30, "亿" * 30 + "一" + "亿" * 30),
    ],
)
def test_chinese_cardinals(text: str, expected: str) -> None:
    assert chinese_cardinals_to_digits(text) == expected


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        ("My number is twenty-five.", "my number is 25"),
        ("It’s $5, OK?", "it's five dollars okay"),
        ("Nineteen sixty-one", "1961"),
        ("one three eight, zero zero", "138 00"),
        ("at nine a.m.", "at 9am"),
        ("Um, I said 1,250.", "i said twelve fifty"),
        ("Mr. Smith", "mister smith"),
        ("five percent", "5%"),
    ],
)
def test_equal_in_english_error_rates(reference: str, hypothesis: str) -> None:
    assert for_error_rate(reference, "en") == for_error_rate(hypothesis, "en")


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        ("twenty five", "twenty nine"),
        ("I can", "I can't"),
        ("yeah", "yes"),
        ("its", "it's"),
        ("nine", "ninth"),
    ],
)
def test_different_in_english_error_rates(reference: str, hypothesis: str) -> None:
    assert for_error_rate(reference, "en") != for_error_rate(hypothesis, "en")


@pytest.mark.parametrize(
    ("reference", "hypothesis"),
    [
        ("這個電話，會被錄音。", "这个电话会被录音"),
        ("二十五块", "25块"),
        ("一三八零零", "13800"),
        ("幺三八", "138"),
        ("两点", "2点"),
        ("百分之五点五", "5.5%"),
        ("两万块", "2萬塊"),
        ("一万五千元", "1.5万元"),
        ("三千", "3千"),
        ("十点三十", "10:30"),
        ("ＡＢＣ 卡", "abc卡"),
    ],
)
def test_equal_in_mandarin_error_rates(reference: str, hypothesis: str) -> None:
    assert for_error_rate(reference, "zh") == for_error_rate(hypothesis, "zh")


@pytest.mark.parametrize(
    ("reference", "hypothesis"), [("二十五", "二十六"), ("账户", "账号"), ("五十", "五"), ("两万", "2千")]
)
def test_different_in_mandarin_error_rates(reference: str, hypothesis: str) -> None:
    assert for_error_rate(reference, "zh") != for_error_rate(hypothesis, "zh")


def test_error_rate_text_is_what_it_says() -> None:
    assert for_error_rate("Uh, I've paid $12.50 on the 21st!", "en") == "i've paid 1 2 5 0 dollars on the 21st"
    assert for_error_rate("您好，25块。", "zh") == "您好二五块"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("My PIN is one two three four.", "en", "my pin is 1234"),
        ("Twelve fifty, or $12.50?", "en", "12 50 or 12.50 dollars"),
        ("尾號是三六八，對嗎？", "zh", "尾号是368对吗"),
        ("等三四天", "zh", "等三四天"),
        ("一共25.5元", "zh", "一共25.5元"),
    ],
)
def test_for_matching(text: str, language: str, expected: str) -> None:
    assert for_matching(text, "zh" if language == "zh" else "en") == expected


def test_pinyin_hears_homophones() -> None:
    assert pinyin("验证码") == ("yan", "zheng", "ma") == pinyin("驗證碼")
    assert pinyin("公信部投宿") == pinyin("工信部投诉")
    assert pinyin("银行") == ("yin", "hang")
    assert pinyin("PIN 码，好") == ("pin", "ma", "hao")
    assert pinyin("") == ()
