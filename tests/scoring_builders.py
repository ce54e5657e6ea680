"""Conversations and rubrics in a few words, for the scoring tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from qa.model import Call, Conversation, CriterionResult, SpeakerRole, Turn
from scoring import Rubric, evaluate, find_rubric, parse_rubric

_ROLES = {"A": SpeakerRole.AGENT, "C": SpeakerRole.CUSTOMER, "I": SpeakerRole.IVR, "?": SpeakerRole.UNKNOWN}
_SPEAKING_S = 4.0
_PAUSE_S = 0.5

TALK = (
    "A: Good morning, Brightwater Energy, this is Helen, calls are recorded, how can I help?",
    "C: I am furious, my heating has been off for a week and nobody calls me back.",
    "A: That must be awful, I am so sorry. Can I take your name and your postcode?",
    "C: Ann Lee, B one two.",
    "A: Thank you. May I put you on hold while I check with the engineers?",
    "C: Yes.",
    "30s",
    "A: Thanks for waiting. I've booked an engineer who will come tomorrow by nine. Does that help?",
    "C: Yes, thank you.",
    "A: Is there anything else? No? Thank you for calling, goodbye.",
)
"""A whole call with most of what the core form asks for."""


def call(*lines: str, language: str = "en", timed: bool = True, **data: Any) -> Conversation:
    """A conversation from lines like ``A: hello``; ``12s`` is a silence. A turn takes 4 s, the pause after it 0.5 s."""
    turns: list[Turn] = []
    clock = 0.0
    for line in lines:
        if line.endswith("s") and line[:-1].isdigit():
            clock += float(line[:-1]) - _PAUSE_S  # the pause of the turn before is part of the silence
            continue
        who, _, text = line.partition(": ")
        times = {"start_s": clock, "end_s": clock + _SPEAKING_S} if timed else {}
        turns.append(Turn(index=len(turns), role=_ROLES[who], text=text, **times))
        clock += _SPEAKING_S + _PAUSE_S
    data.setdefault("direction", "inbound")
    return Conversation(
        call=Call(call_id="c-1", language=language, **data), duration_s=clock if timed else None, turns=tuple(turns)
    )


@cache
def shipped(form: str, language: str) -> Rubric:
    """A shipped rubric in a language."""
    return find_rubric(f"{form}.{language}")


def core(language: str) -> Rubric:
    """The shipped core rubric of a language."""
    return shipped("service-core", language)


def judge(criterion: str, conversation: Conversation, form: str = "service-core") -> CriterionResult:
    """One criterion of a shipped rubric in the conversation's language, by wordings only."""
    language = conversation.language
    assert language is not None
    result = evaluate(conversation, shipped(form, language)).result(criterion)
    assert result is not None
    return result


HEAD = """\
id: test.en
version: 1.0.0
language: en
title: Test
"""
"""The first four lines of every small rubric."""


def rubric(body: str, *, language: str = "en") -> Rubric:
    """A small rubric: ``body`` begins at line 5."""
    return parse_rubric(HEAD.replace("language: en", f"language: {language}") + body, "test.yaml")
