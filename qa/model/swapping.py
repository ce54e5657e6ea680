"""Agent and customer changed about, when a person or a user says that the machine had them the wrong way round."""

from __future__ import annotations

from qa.model.call import SpeakerRole
from qa.model.conversation import Conversation

ROLES_CORRECTED = "roles_corrected"
"""Flag and role method of a conversation whose roles a person set right."""

SWAPPED = "+roles-swapped"
"""Ends the fingerprint of a conversation that a person corrected; the machine's stands beside it without."""

_OTHER = {SpeakerRole.AGENT: SpeakerRole.CUSTOMER, SpeakerRole.CUSTOMER: SpeakerRole.AGENT}


def shown_fingerprint(fingerprint: str, swapped: bool) -> str:
    """Under which fingerprint the conversation is stored that runs show: the machine's, or the corrected one beside it."""
    return fingerprint + SWAPPED if swapped else fingerprint


def swap_roles(conversation: Conversation) -> Conversation:
    """The conversation with every agent's turn and number the customer's and the other way round; IVR stays.

    Nothing needs to be heard or measured again: what was measured of one side is now the other's. A person's word stands,
    so the role confidence is 1 and the flags about roles go.
    """
    made = conversation.provenance
    flags = [flag for flag in made.flags if flag not in ("role_uncertain", "channel_map_contradicted", ROLES_CORRECTED)]
    return conversation.model_copy(
        update={
            "turns": tuple(
                turn.model_copy(update={"role": _OTHER.get(turn.role, turn.role), "role_confidence": None})
                for turn in conversation.turns
            ),
            "features": tuple(
                feature.model_copy(update={"role": _OTHER.get(feature.role, feature.role) if feature.role else None})
                for feature in conversation.features
            ),
            "provenance": made.model_copy(
                update={"role_method": ROLES_CORRECTED, "role_confidence": 1.0, "flags": (*flags, ROLES_CORRECTED)}
            ),
        }
    )
