"""Met as long as something is never said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qa.model import Outcome
from scoring.checks.result import CheckResult, Context, absent, found
from scoring.form import Form
from scoring.signals.book import Hit


class NeverParams(Form):
    """The forbidden signals."""

    type: Literal["never"]
    signals: tuple[str, ...] = Field(min_length=1)

    def signal_names(self) -> Iterator[str]:
        yield from self.signals


def never(context: Context, params: NeverParams) -> CheckResult:
    """Not met by the first forbidden thing said, with its words."""
    hits: tuple[Hit, ...] = tuple(sorted(hit for name in params.signals for hit in context.signals.hits(name)))
    titles = context.titles(params.signals)
    if hits:
        first = hits[0]
        explanation = context.say("forbidden", what=context.title(first.signal), turn=first.turn)
        return found(context, Outcome.NOT_MET, explanation, hits)
    roles = {role for name in params.signals for role in context.signals.signals[name].roles}
    looked = [turn.index for turn in context.transcript.turns if turn.role in roles]
    explanation = f"{context.say('never_said', what=titles, n=len(looked))} {context.skipped(params.signals)}".strip()
    return absent(context, Outcome.MET, explanation, looked_in=looked)
