"""Holds: the customer is left waiting by the agent, announced or not."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from qa.model import SpeakerRole
from scoring.form import Form
from scoring.signals.book import Hit, SignalBook
from scoring.text import words

HOLD_MIN_S = 10.0
"""From the contract: 10 s or more."""
_SHORT_WORDS = {"en": 4, "zh": 6}


class HoldSignals(Form):
    """The signals that tell a hold from the customer's own pause."""

    announces: str
    """The agent asks the customer to wait, in whatever words."""
    on_hold: str
    """Words that name a hold outright, enough without times."""
    returns: str
    """Thanks or apology for the wait."""
    customer_waits: str
    """The customer asks the agent to wait: not a hold."""
    customer_calls: str
    """The customer asks whether anybody is there."""
    min_s: float = Field(default=HOLD_MIN_S, gt=0)

    def signal_names(self) -> tuple[str, ...]:
        return (self.announces, self.on_hold, self.returns, self.customer_waits, self.customer_calls)


@dataclass(frozen=True, slots=True)
class Hold:
    """Waiting after turn ``before`` until turn ``after``; ``seconds`` is None when the times are missing."""

    before: int
    after: int
    seconds: float | None
    announcements: tuple[Hit, ...]


def find_holds(book: SignalBook, names: HoldSignals) -> list[Hold]:
    """Holds by the gaps between turns; by what was said where times are missing."""
    if not book.transcript.has_times:
        return _spoken_holds(book, names)
    found = []
    for gap in book.transcript.gaps:
        if gap.seconds < names.min_s:
            continue
        announcements = _announcements(book, names, gap.before)
        if _left_waiting(book, names, gap.before, gap.after, bool(announcements)):
            found.append(Hold(gap.before, gap.after, gap.seconds, announcements))
    return found


def _announcements(book: SignalBook, names: HoldSignals, before: int) -> tuple[Hit, ...]:
    """What the agent announced before the wait: on the floor before it, or on the one before if all that came then was short.

    "Could you hold for two minutes?" "Two minutes?" "Yes, sir." and the customer's "all right" may come in between.
    """
    transcript = book.transcript
    floors = [floor for floor in transcript.role_floors(SpeakerRole.AGENT) if floor[0] <= before]
    own = [index for index in (floors[-1] if floors else ()) if index <= before]
    if not own or transcript.floor_of[before] - transcript.floor_of[own[-1]] > 1:
        return ()
    n_words = sum(len(words(transcript.folded[index])) for index in own)
    if n_words <= _SHORT_WORDS[transcript.language] and len(floors) > 1:
        own += floors[-2]
    return tuple(hit for hit in book.hits(names.announces) if hit.turn in own)


def _left_waiting(book: SignalBook, names: HoldSignals, before: int, after: int, announced: bool) -> bool:
    transcript = book.transcript
    turns = transcript.turns
    if announced:
        return True
    if any(before - 1 <= hit.turn <= before for hit in book.hits(names.customer_waits)):
        return False
    calls = any(hit.turn == after for hit in book.hits(names.customer_calls))
    speaker, following = turns[before].role, turns[after].role
    if following == SpeakerRole.CUSTOMER:
        return calls
    if speaker == SpeakerRole.CUSTOMER:
        return following == SpeakerRole.AGENT
    # The agent falls silent and speaks again: waiting for an answer to a question is no hold.
    return following == SpeakerRole.AGENT and not transcript.folded[before].rstrip().endswith(("?", "？", "吗", "呢"))


def _spoken_holds(book: SignalBook, names: HoldSignals) -> list[Hold]:
    transcript = book.transcript
    returns = book.hits(names.returns)
    found: list[Hold] = []
    for hit in book.hits(names.announces):
        following = [i for floor in transcript.next_floors(hit.turn, SpeakerRole.AGENT, 1) for i in floor]
        thanked = any(back.turn in following for back in returns)
        outright = any(named.turn == hit.turn for named in book.hits(names.on_hold))
        if (thanked or outright) and not any(hold.before == hit.turn for hold in found):
            after = following[0] if following else hit.turn
            same = tuple(other for other in book.hits(names.announces) if other.turn == hit.turn)
            found.append(Hold(hit.turn, after, None, same))
    return found
