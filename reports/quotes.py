"""The words behind a verdict, ready to be shown with call and time."""

from __future__ import annotations

from dataclasses import dataclass

from reports.data import CallRecord
from reports.links import Links
from reports.tally import Verdict, agents_words
from reports.text import Text


@dataclass(frozen=True, slots=True)
class Quote:
    """What was said in a call. ``text`` is None when the point is that something was not said."""

    call_id: str
    text: str | None
    role: str
    lang: str
    clock: str | None
    href: str
    """To the second in the call, or to the verdict when there are no words to go to."""
    explanation: str
    cue: str | None = None
    cue_role: str = ""


def quote(verdict: Verdict, links: Links, text: Text) -> Quote:
    """What the agent said, else the first piece of evidence; without any, the explanation of where it was looked for."""
    record, result = verdict.record, verdict.result
    shown = agents_words(result) or (result.evidence[0] if result.evidence else None)
    return Quote(
        call_id=record.call.call_id,
        text=shown.quote if shown else None,
        role=text(f"role.{shown.role}") if shown else "",
        lang=html_lang(record),
        clock=text.clock(shown.start_s) if shown and shown.start_s is not None else None,
        href=links.at(record, shown.turn, shown.start_s) if shown else links.verdict(record, result),
        explanation=result.explanation,
        cue=result.cue.quote if result.cue else None,
        cue_role=text(f"role.{result.cue.role}") if result.cue else "",
    )


def html_lang(record: CallRecord) -> str:
    """The ``lang`` attribute for words of this call."""
    return "zh-Hans" if record.language == "zh" else "en"
