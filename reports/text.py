"""The words of the pages: one catalogue per language, and numbers, times and dates as that language writes them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qa.model import Language

_FOLDER = Path(__file__).parent
_HTML_LANG: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}


class Text:
    """Strings of one language by dotted key."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self.html_lang = _HTML_LANG[language]
        self._strings = catalogue(language)

    def __call__(self, key: str, **values: object) -> str:
        """The string with ``{name}`` places filled; raises KeyError for a key that the catalogue lacks."""
        return self._strings[key].format(**values)

    def has(self, key: str) -> bool:
        return key in self._strings

    def named(self, family: str, value: str) -> str:
        """The string of ``family.value``; a value from outside that nobody worded stands as it is."""
        return self._strings.get(f"{family}.{value}", value)

    def count(self, key: str, n: int) -> str:
        """``key.one`` for 1, else ``key.other``."""
        return self(f"{key}.one" if n == 1 else f"{key}.other", n=f"{n:,}")

    def percent(self, value: float | None, digits: int = 0) -> str:
        """A number in 0..100; a dash for None, because nothing measured is not 0."""
        return "–" if value is None else f"{value:.{digits}f}%"

    def share(self, value: float | None) -> str:
        """A number in 0..1 as percent."""
        return self.percent(None if value is None else value * 100)

    def number(self, value: float | None) -> str:
        """At most one digit after the point, and none when it would be 0."""
        return "–" if value is None else f"{value:,.1f}".removesuffix(".0")

    def clock(self, seconds: float | None) -> str:
        """A position or length in a call: ``3:04``, ``1:02:03``."""
        if seconds is None:
            return "–"
        whole = int(seconds)
        hours, rest = divmod(whole, 3600)
        minutes = f"{rest // 60:02d}" if hours else f"{rest // 60}"
        return f"{hours}:{minutes}:{rest % 60:02d}" if hours else f"{minutes}:{rest % 60:02d}"

    def date(self, moment: datetime | None) -> str:
        """``20 Nov 2026`` or ``2026年11月20日``."""
        if moment is None:
            return self("no_date")
        if self.language == "zh":
            return f"{moment.year}年{moment.month}月{moment.day}日"
        return f"{moment.day} {self(f'month.{moment.month}')} {moment.year}"

    def moment(self, moment: datetime | None) -> str:
        """Date and time of day, in the time zone that the value carries."""
        return self("no_date") if moment is None else f"{self.date(moment)} {moment:%H:%M}"

    def join(self, parts: list[str]) -> str:
        """An enumeration."""
        return self("mark.comma").join(parts)


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Dotted key to string, from ``text.LANGUAGE.yaml``."""
    return _flat(yaml.safe_load((_FOLDER / f"text.{language}.yaml").read_text(encoding="utf-8")), "")


def _flat(node: dict[str, Any], prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in node.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = str(value)
    return found
