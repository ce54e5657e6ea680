"""The words of the pages: complete in both languages, and every word that the templates ask for is there."""

from __future__ import annotations

import re
import string
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import pytest

import reports
from qa.measure import measure
from qa.model import ChannelKind, Language, Outcome, Reason, Severity, SpeakerRole, Status
from qa.model.gate import GateReason
from reports.coaching import suggestions
from reports.text import Text, catalogue
from tests.report_builders import CHINESE, CRITERIA, ENGLISH, record

ROOM = Path(reports.__file__).parent
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, chinese = catalogue("en"), catalogue("zh")
    assert english.keys() == chinese.keys()
    assert {k: places(v) for k, v in english.items()} == {k: places(v) for k, v in chinese.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("family", "values"),
    [
        ("reason", Reason),
        ("outcome", Outcome),
        ("severity", Severity),
        ("gate.why", GateReason),
        ("role", SpeakerRole),
        ("status", Status),
        ("channel", ChannelKind),
    ],
)
def test_every_value_of_the_model_has_words(language: Language, family: str, values: type[StrEnum]) -> None:
    missing = [value.value for value in values if f"{family}.{value.value}" not in catalogue(language)]
    assert missing == []


def test_every_key_that_the_templates_name_exists() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOM / "templates").glob("*.j2"))
    keys = catalogue("en").keys()
    whole = set(re.findall(r"""\bt\(["']([\w.]+)["'][,)]""", source))
    counted = set(re.findall(r"""\bt\.count\(["']([\w.]+)["']""", source))
    families = set(re.findall(r"""\bt\(["']([\w.]+)\.["'] ?~""", source))
    families |= set(re.findall(r"""\bt\.named\(["']([\w.]+)["']""", source))
    assert len(whole) > 80
    assert whole - keys == set()
    assert {f"{key}.{form}" for key in counted for form in ("one", "other")} - keys == set()
    assert [family for family in families if not any(key.startswith(f"{family}.") for key in keys)] == []


def test_chinese_is_chinese() -> None:
    unchanged = {
        key for key, value in catalogue("zh").items() if value == catalogue("en")[key] and re.search(r"[a-z]{3}", value)
    }
    assert unchanged == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_that_is_measured_has_words(language: Language) -> None:
    spoken = record("x", lines=ENGLISH).conversation, record("y", lines=CHINESE, language="zh").conversation
    features = [feature for conversation in spoken for feature in measure(conversation, None)]
    assert len(features) > 20
    wanted = {f"feature.{f.name}" for f in features} | {f"unit.{f.unit}" for f in features}
    wanted |= {f"reason.{f.reason}" for f in features if f.reason}
    assert wanted - catalogue(language).keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_core_criterion_has_a_suggestion(language: Language) -> None:
    found = suggestions(language)
    assert list(found) == [criterion for criterion, *_ in CRITERIA]
    assert all(len(s.look) > 10 and len(s.attempt) > 15 for s in found.values())


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "–"), (0, "0:00"), (59.99, "0:59"), (60, "1:00"), (184.2, "3:04"), (3599, "59:59"), (3723.4, "1:02:03")],
)
def test_clock(seconds: float | None, shown: str) -> None:
    assert Text("en").clock(seconds) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (2.0, "2"), (17.5, "17.5"), (0.04, "0"), (1234.56, "1,234.6"), (10.0, "10")]
)
def test_number(value: float | None, shown: str) -> None:
    assert Text("en").number(value) == shown


def test_percent_of_nothing_is_not_zero() -> None:
    text = Text("en")
    assert (text.percent(None), text.percent(0.0), text.percent(87.46, 1), text.share(0.875)) == (
        "–",
        "0%",
        "87.5%",
        "88%",
    )


def test_dates_and_counts_in_both_languages() -> None:
    moment = datetime(2026, 11, 5, 9, 7)
    assert [Text(language).moment(moment) for language in LANGUAGES] == ["5 Nov 2026 09:07", "2026年11月5日 09:07"]
    assert [Text("en").count("calls", n) for n in (0, 1, 1200)] == ["0 calls", "1 call", "1,200 calls"]
    assert Text("zh").date(None) == "无日期"


def test_a_value_from_outside_stands_as_it_is() -> None:
    assert Text("en").named("flag", "<made up>") == "<made up>"
    with pytest.raises(KeyError):
        Text("en")("no.such.key")
