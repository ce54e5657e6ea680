"""Labels of whole calls as a test of the acts: what a criterion's outcome says about acts that the call must hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from qa.language.acts.annotate import units_of
from qa.language.acts.units import ActUnit
from qa.language.sentences import split
from qa.model import Act, Conversation, SpeakerRole

_MET, _PARTIAL, _NOT, _NONE = "met", "partially_met", "not_met", "not_applicable"
_OPENING = 3
_CLOSING = 3


class Link(NamedTuple):
    """If ``criterion`` came out as one of ``present``, one of ``acts`` occurs; as one of ``absent``, none does.

    ``opening`` and ``closing`` count the side's turns from the start and the end of the call in which to look; 0 is everywhere.
    """

    acts: tuple[Act, ...]
    criterion: str
    present: frozenset[str]
    absent: frozenset[str]
    roles: tuple[SpeakerRole, ...] = (SpeakerRole.AGENT,)
    opening: int = 0
    closing: int = 0


def _link(
    acts: Iterable[Act],
    criterion: str,
    present: Iterable[str],
    absent: Iterable[str],
    *,
    opening: int = 0,
    closing: int = 0,
) -> Link:
    return Link(tuple(acts), criterion, frozenset(present), frozenset(absent), opening=opening, closing=closing)


_CUES = (Act.SHOWS_ANGER, Act.SHOWS_DISTRESS, Act.REPORTS_HARDSHIP, Act.SHOWS_FEAR, Act.REPORTS_GRIEF)
_CUSTOMER = (SpeakerRole.CUSTOMER,)

LINKS = (
    _link([Act.GREETS], "opening.greeting", [_MET], [_NOT], opening=_OPENING),
    _link([Act.NAMES_COMPANY], "opening.greeting", [_MET], [_NOT], opening=_OPENING),
    _link([Act.GIVES_NAME], "opening.name", [_MET], [_NOT], opening=_OPENING),
    _link([Act.OFFERS_HELP], "opening.offer_help", [_MET], [_NOT], opening=_OPENING),
    _link([Act.ANNOUNCES_RECORDING], "compliance.recording_notice", [_MET], [_NOT])._replace(
        roles=(SpeakerRole.AGENT, SpeakerRole.IVR)
    ),
    _link([Act.ASKS_IDENTIFIER], "compliance.verify_identity", [_MET, _PARTIAL], [_NOT]),
    _link([Act.ASKS_SECRET], "compliance.no_secret_request", [_NOT], [_MET]),
    _link([Act.GUARANTEES], "compliance.no_guarantee", [_NOT], [_MET]),
    _link([Act.BLAMES_OR_INSULTS], "compliance.no_abuse", [_NOT], [_MET]),
    _link([Act.ACKNOWLEDGES_FEELING], "empathy.acknowledge", [_MET], [_NOT]),
    _link([Act.APOLOGISES_FOR_TROUBLE], "empathy.apology", [_MET], [_NOT]),
    _link([Act.TAKES_OWNERSHIP], "empathy.ownership", [_MET], [_NOT]),
    _link([Act.ASKS_ABOUT_MATTER], "listening.probing", [_MET], [_NOT]),
    _link([Act.READS_BACK], "listening.confirm_understanding", [_MET], [_NOT]),
    _link([Act.ASKS_HOLD, Act.ANNOUNCES_HOLD], "hold.permission", [_MET, _PARTIAL], [_NOT, _NONE]),
    _link([Act.RETURNS_FROM_HOLD], "hold.thanks", [_MET], [_NOT, _NONE]),
    _link([Act.PROPOSES_SOLUTION], "resolution.solution", [_MET], [_NOT]),
    _link([Act.PROMISES_FOLLOW_UP], "resolution.timeframe", [_MET, _NOT], [_NONE]),
    _link([Act.GIVES_TIME], "resolution.timeframe", [_MET], [_NOT]),
    _link([Act.CHECKS_SETTLED], "resolution.confirm", [_MET], [_NOT]),
    _link([Act.ESCALATES], "resolution.escalation", [_MET], [_NOT, _NONE]),
    _link([Act.ASKS_FURTHER_WISHES], "closing.further_help", [_MET], [_NOT]),
    _link([Act.THANKS, Act.SAYS_GOODBYE], "closing.thanks", [_MET], [_NOT], closing=_CLOSING),
    _link([Act.ASKS_SUPERVISOR, Act.THREATENS], "resolution.escalation", [_MET, _NOT], [_NONE])._replace(
        roles=_CUSTOMER
    ),
    _link(_CUES, "empathy.acknowledge", [_MET, _PARTIAL, _NOT], [_NONE])._replace(roles=_CUSTOMER),
    _link([Act.REPORTS_TROUBLE], "empathy.apology", [_MET, _NOT], [_NONE])._replace(roles=_CUSTOMER),
)
"""After the table of core criteria in the rubrics."""


class LabelledCall(NamedTuple):
    """A call, its units by turn, and the outcome that a person gave each criterion."""

    conversation: Conversation
    units: tuple[tuple[ActUnit, ...], ...]
    labels: dict[str, str]

    def truth(self, link: Link) -> bool | None:
        """Whether the link's acts occur; None if the label does not say."""
        outcome = self.labels.get(link.criterion)
        return True if outcome in link.present else False if outcome in link.absent else None

    def turns(self, link: Link) -> list[int]:
        """The turns in which the link looks."""
        found = [turn.index for turn in self.conversation.turns if turn.role in link.roles]
        if link.opening:
            return found[: link.opening]
        return found[-link.closing :] if link.closing else found


def read_calls(folder: Path, wanted: Callable[[str], bool] = lambda _: True) -> list[LabelledCall]:
    """``calls/ID.json`` with ``labels/ID.json`` (``{"labels": {criterion: outcome}}``), for the ids wanted."""
    found = []
    for path in sorted((folder / "calls").glob("*.json")):
        if wanted(path.stem):
            labels = json.loads((folder / "labels" / path.name).read_text(encoding="utf-8"))["labels"]
            found.append(labelled(Conversation.from_json(path.read_bytes()), labels))
    return found


def labelled(conversation: Conversation, labels: dict[str, str]) -> LabelledCall:
    """The call in sentences."""
    turns = tuple(turn.model_copy(update={"sentences": split(turn.text)}) for turn in conversation.turns)
    return LabelledCall(conversation, tuple(tuple(units_of(turn, turns)) for turn in turns), labels)


def all_units(calls: Sequence[LabelledCall]) -> list[ActUnit]:
    """The calls' units one after another."""
    return [unit for call in calls for units in call.units for unit in units]
