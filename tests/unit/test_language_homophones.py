"""What recognisers write for the same sound, number or English word comes out equal; what differs in meaning does not."""

from __future__ import annotations

import pytest

from qa.language import for_error_rate, for_matching, pinyin
from qa.model import Language


@pytest.mark.parametrize(
    ("written", "heard"),
    [("工号", "公号"), ("工号", "功号"), ("录音", "路音"), ("录音", "錄音"), ("银港", "银岗"), ("清算", "轻算")],
)
def test_homophones_sound_the_same(written: str, heard: str) -> None:
    assert pinyin(written) == pinyin(heard)


@pytest.mark.parametrize(
    ("one", "other"),
    [("客服", "客户"), ("录音", "录影"), ("录音", "录用"), ("账户", "账号"), ("还款", "付款"), ("工号", "工行")],
)
def test_other_words_sound_different(one: str, other: str) -> None:
    """录影 differs from 录音 by -ng only; a rubric that wants both equal says so (``scoring.homophones``)."""
    assert pinyin(one) != pinyin(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("尾号零一二三", "尾号0123"),
        ("尾号零幺二三", "尾号0123"),
        ("尾号〇一二三", "尾号 0123"),
        ("尾号五二，九零", "尾号5290"),
        ("尾号五二 九零", "尾号5290"),
        ("尾号零一二三", "尾号０１２３"),
        ("幺三八零零幺三八", "13800138"),
        ("工号二零三", "工号203"),
        ("二十五块五", "25块5"),
        ("三千二百四十六块五毛", "3,246块5毛"),
        ("十五号", "15号"),
        ("改到十号", "改到10号"),
        ("八月八号", "8月8号"),
        ("下午两点", "下午2点"),
        ("百分之五", "5%"),
        ("百分之二十五", "25%"),
        ("手机App", "手机 ＡＰＰ"),
        ("打开A P P", "打开app"),
        ("您的PIN码", "您的 pin 码"),
        ("连Wi-Fi", "连 WiFi"),
    ],
)
def test_equal_when_matched_in_mandarin(one: str, other: str) -> None:
    assert for_matching(one, "zh") == for_matching(other, "zh")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("等一下", "等一下"),
        ("早一点", "早一点"),
        ("十分抱歉", "十分抱歉"),
        ("三四天", "三四天"),
        ("三，四天", "三四天"),
        ("十几号", "十几号"),
        ("第一点", "第一点"),
        ("一块二毛", "一块二毛"),
        ("25.5元", "25.5元"),
        ("打12,3", "打12,3"),
        ("您好，两位", "您好两位"),
    ],
)
def test_stays_when_matched_in_mandarin(text: str, expected: str) -> None:
    assert for_matching(text, "zh") == expected


@pytest.mark.parametrize(
    ("one", "other"), [("尾号零一二三", "尾号0124"), ("八号", "9号"), ("25块5", "255块"), ("App", "APK")]
)
def test_different_when_matched_in_mandarin(one: str, other: str) -> None:
    assert for_matching(one, "zh") != for_matching(other, "zh")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Wi-Fi", "wifi"), ("the Wi Fi", "the WiFi"), ("P.I.N. code", "PIN code"), ("e-mails", "emails"), ("App", "app")],
)
def test_equal_in_english(one: str, other: str) -> None:
    assert for_matching(one, "en") == for_matching(other, "en")
    assert for_error_rate(one, "en") == for_error_rate(other, "en")


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("零一二三", "0123", "zh"),
        ("零幺二三", "0123", "zh"),
        ("打开App", "打开 APP", "zh"),
        ("Wi-Fi密码", "wifi密码", "zh"),
        ("I can pay the fee at nine a.m.", "i can pay the fee at 9 am", "en"),
    ],
)
def test_equal_in_error_rates(one: str, other: str, language: Language) -> None:
    assert for_error_rate(one, language) == for_error_rate(other, language)
