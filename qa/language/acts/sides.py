"""Which side of a call performs which act."""

from __future__ import annotations

from qa.model import Act, SpeakerRole

EITHER_SIDE = frozenset({Act.THANKS, Act.SAYS_GOODBYE})
OF_CUSTOMER = frozenset(
    {
        Act.STATES_REASON,
        Act.REPORTS_TROUBLE,
        Act.SHOWS_ANGER,
        Act.SHOWS_DISTRESS,
        Act.REPORTS_HARDSHIP,
        Act.SHOWS_FEAR,
        Act.REPORTS_GRIEF,
        Act.ASKS_SUPERVISOR,
        Act.THREATENS,
        Act.AGREES,
        Act.DENIES,
    }
)
OF_AGENT = frozenset(Act) - OF_CUSTOMER - EITHER_SIDE


def acts_of(role: SpeakerRole) -> frozenset[Act]:
    """The acts that a side can perform: a machine those of an agent, an unknown speaker all."""
    if role == SpeakerRole.CUSTOMER:
        return OF_CUSTOMER | EITHER_SIDE
    if role in (SpeakerRole.AGENT, SpeakerRole.IVR):
        return OF_AGENT | EITHER_SIDE
    return frozenset(Act)
