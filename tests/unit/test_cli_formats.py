"""Conversations in other people's formats, written out by hand."""

from __future__ import annotations

import pytest

from qa.cli.formats import FORMATS, as_json, as_rttm, as_srt, as_stm, as_txt
from qa.cli.transcribe import agent_channel
from qa.model import Call, Conversation, SpeakerRole, Turn, UsageError


def conversation(*turns: tuple[SpeakerRole, str, float | None, float | None], call_id: str = "c-1") -> Conversation:
    return Conversation(
        call=Call(call_id=call_id),
        turns=tuple(
            Turn(index=index, role=role, text=text, start_s=start, end_s=end)
            for index, (role, text, start, end) in enumerate(turns)
        ),
    )


CALL = conversation(
    (SpeakerRole.AGENT, "Good morning.", 0.5, 2.25),
    (SpeakerRole.CUSTOMER, "你好\n\n2\n00:00 --> x", 3661.9996, 3662.5),
    (SpeakerRole.UNKNOWN, "no times", None, None),
)


def test_txt() -> None:
    assert as_txt(CALL) == (
        "[0:00.5] agent: Good morning.\n[61:02.0] customer: 你好 2 00:00 --> x\nunknown: no times\n"
    )


def test_srt() -> None:
    assert as_srt(CALL) == (
        "1\n00:00:00,500 --> 00:00:02,250\nagent: Good morning.\n"
        "\n"
        "2\n01:01:02,000 --> 01:01:02,500\ncustomer: 你好 2 00:00 --> x\n"
    )


def test_rttm() -> None:
    assert as_rttm(CALL) == (
        "SPEAKER c-1 1 0.500 1.750 <NA> <NA> agent <NA> <NA>\n"
        "SPEAKER c-1 1 3662.000 0.500 <NA> <NA> customer <NA> <NA>\n"
    )


def test_stm() -> None:
    assert as_stm(CALL) == (
        "c-1 1 agent 0.500 2.250 Good morning.\nc-1 1 customer 3662.000 3662.500 你好 2 00:00 --> x\n"
    )


def test_json_is_the_document() -> None:
    assert Conversation.from_json(as_json(CALL)) == CALL


@pytest.mark.parametrize("name", ["rttm", "stm"])
def test_a_call_id_stays_one_field(name: str) -> None:
    spaced = conversation((SpeakerRole.AGENT, "Hi.", 0.0, 1.0), call_id="two words\n;; comment")
    assert "two_words_;;_comment" in FORMATS[name](spaced).split()
    assert FORMATS[name](spaced).count("\n") == 1


@pytest.mark.parametrize("name", ["txt", "srt", "rttm", "stm"])
def test_a_call_without_turns_is_empty(name: str) -> None:
    assert FORMATS[name](conversation()) == ""


@pytest.mark.parametrize(
    ("role_map", "channel"),
    [("agent=0", 0), ("customer=0", 1), ("agent=1,customer=0", 1), (" agent = 0 , customer = 1 ", 0)],
)
def test_a_role_map_names_the_agents_channel(role_map: str, channel: int) -> None:
    assert agent_channel(role_map) == channel


@pytest.mark.parametrize(
    "role_map", ["", "agent", "agent=2", "ivr=0", "agent=0,customer=0", "agent=0,agent=1", "agent=0;customer=1"]
)
def test_a_wrong_role_map_is_refused(role_map: str) -> None:
    with pytest.raises(UsageError, match="agent=0,customer=1"):
        agent_channel(role_map)
