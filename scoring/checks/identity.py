"""Enough identifiers checked before something account-specific is disclosed or changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qa.model import Outcome
from scoring.checks.result import CheckResult, Context, found, not_applicable
from scoring.form import Form
from scoring.signals.book import Hit


class IdentityParams(Form):
    """``identifiers`` is a signal whose labels tell the kinds apart (an ``answer`` detector)."""

    type: Literal["identity"]
    identifiers: str
    discloses: str
    tells: str | None = None
    """Tells of the account only where an identifier was given before: what is explained or done then is the caller's own."""
    at_least: int = Field(default=2, ge=1)
    telling: tuple[str, ...] = ()
    """Kinds that are asked for only to open an account or an order: then something of it was told, in words unknown to us."""

    def signal_names(self) -> Iterator[str]:
        yield self.identifiers
        yield self.discloses
        if self.tells is not None:
            yield self.tells


def _without_disclosure(context: Context, params: IdentityParams, checked: tuple[Hit, ...]) -> CheckResult:
    """Nobody checks identity twice over for the opening hours: the call is account-specific in words we did not know."""
    kinds = dict.fromkeys(hit.label for hit in checked)
    enough = len(kinds) >= params.at_least
    if not enough and not kinds.keys() & set(params.telling):
        return not_applicable(context.say("nothing_disclosed"))
    titles = context.titles(kinds)
    outcome = Outcome.MET if enough else Outcome.PARTIALLY_MET
    return found(context, outcome, context.say("identified_unprompted", what=titles), checked)


def identity(context: Context, params: IdentityParams) -> CheckResult:
    """Enough before the first disclosure: met; some, or too late: partially met; none: not met; no disclosure: n/a."""
    checked = context.signals.hits(params.identifiers)
    disclosures = _disclosures(context, params, checked)
    if not disclosures:
        return _without_disclosure(context, params, checked)
    first = disclosures[0]
    early = [hit for hit in checked if hit.turn < first.turn]
    kinds = dict.fromkeys(hit.label for hit in early)
    titles = context.titles(kinds)
    if len(kinds) >= params.at_least:
        return found(context, Outcome.MET, context.say("identified", what=titles, turn=first.turn), tuple(early))
    if kinds:
        text = context.say("one_identifier", what=titles, turn=first.turn, n=params.at_least)
        return found(context, Outcome.PARTIALLY_MET, text, (*early, first))
    later = tuple(hit for hit in checked if hit.turn > first.turn)
    if len({hit.label for hit in later}) >= params.at_least:
        return found(context, Outcome.PARTIALLY_MET, context.say("identified_late", turn=first.turn), (first, *later))
    return found(context, Outcome.NOT_MET, context.say("not_identified", turn=first.turn), (first,))


def _disclosures(context: Context, params: IdentityParams, checked: tuple[Hit, ...]) -> list[Hit]:
    plain = context.signals.hits(params.discloses)
    if params.tells is None or not checked:
        return list(plain)
    return sorted({*plain, *(hit for hit in context.signals.hits(params.tells) if hit.turn > checked[0].turn)})
