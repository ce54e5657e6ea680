"""A conversation as text in the formats that others read. A turn without times is left out where times are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from qa.model import Conversation, Turn


def as_json(conversation: Conversation) -> str:
    """The document ``qa.conversation/1``."""
    return conversation.to_json(indent=2) + "\n"


def as_txt(conversation: Conversation) -> str:
    """A line a turn for people: ``[0:01.1] agent: Thank you for calling``."""
    lines = []
    for turn in conversation.turns:
        stamp = "" if turn.start_s is None else f"[{int(turn.start_s // 60)}:{turn.start_s % 60:04.1f}] "
        lines.append(f"{stamp}{turn.role}: {_flat(turn.text)}\n")
    return "".join(lines)


def as_srt(conversation: Conversation) -> str:
    """SubRip subtitles."""
    blocks = [
        f"{number}\n{_srt_time(start)} --> {_srt_time(end)}\n{turn.role}: {_flat(turn.text)}\n"
        for number, (turn, start, end) in enumerate(_timed(conversation), start=1)
    ]
    return "\n".join(blocks)


def as_rttm(conversation: Conversation) -> str:
    """Rich Transcription Time Marked (NIST): who spoke when; the role is the speaker's name."""
    name = _token(conversation.call.call_id)
    return "".join(
        f"SPEAKER {name} 1 {start:.3f} {end - start:.3f} <NA> <NA> {turn.role} <NA> <NA>\n"
        for turn, start, end in _timed(conversation)
    )


def as_stm(conversation: Conversation) -> str:
    """Segment time marks (NIST sclite): who said what when; the role is the speaker's name."""
    name = _token(conversation.call.call_id)
    return "".join(
        f"{name} 1 {turn.role} {start:.3f} {end:.3f} {_flat(turn.text)}\n" for turn, start, end in _timed(conversation)
    )


FORMATS: Mapping[str, Callable[[Conversation], str]] = {
    "json": as_json,
    "txt": as_txt,
    "srt": as_srt,
    "rttm": as_rttm,
    "stm": as_stm,
}


def _timed(conversation: Conversation) -> Iterator[tuple[Turn, float, float]]:
    for turn in conversation.turns:
        if turn.span is not None:
            yield turn, turn.span.start_s, turn.span.end_s


def _flat(text: str) -> str:
    """One line: a line break in a transcript would begin a record of its own."""
    return " ".join(text.split())


def _token(name: str) -> str:
    """One field: these formats separate by white space."""
    return "_".join(name.split()) or "call"


def _srt_time(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"
