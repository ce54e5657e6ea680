"""Roles turned round: every turn and number changes side, what is nobody's stays, and twice is where it began."""

from __future__ import annotations

from qa.model import Call, Conversation, Feature, Provenance, SpeakerRole, Turn
from qa.model.swapping import ROLES_CORRECTED, swap_roles

TALK = Conversation(
    call=Call(call_id="c"),
    turns=(
        Turn(index=0, role=SpeakerRole.IVR, text="This call is recorded."),
        Turn(index=1, role=SpeakerRole.AGENT, text="Hello?", role_confidence=0.4),
        Turn(index=2, role=SpeakerRole.CUSTOMER, text="How can I help?"),
        Turn(index=3, role=SpeakerRole.UNKNOWN, text="Hm."),
    ),
    features=(
        Feature(name="pace", value=120.0, unit="words/min", role=SpeakerRole.AGENT),
        Feature(name="silence_ratio", value=0.2, unit="ratio"),
    ),
    provenance=Provenance(role_method="cues", role_confidence=0.4, flags=("role_uncertain", "music")),
)


def test_turns_and_numbers_change_sides() -> None:
    swapped = swap_roles(TALK)
    assert [turn.role for turn in swapped.turns] == ["ivr", "customer", "agent", "unknown"]
    assert [turn.text for turn in swapped.turns] == [turn.text for turn in TALK.turns]
    assert [feature.role for feature in swapped.features] == [SpeakerRole.CUSTOMER, None]
    made = swapped.provenance
    assert (made.role_method, made.role_confidence, made.flags) == (ROLES_CORRECTED, 1.0, ("music", ROLES_CORRECTED))


def test_twice_is_where_it_began() -> None:
    back = swap_roles(swap_roles(TALK))
    assert [turn.role for turn in back.turns] == [turn.role for turn in TALK.turns]
    assert back.features == TALK.features
    assert back.provenance.flags.count(ROLES_CORRECTED) == 1
