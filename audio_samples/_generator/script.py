"""One call's script: what is said by whom, how it is recorded, and how it should be scored."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from _generator.cast import Agent, Cast

ROLES = {"a": "agent", "c": "customer", "i": "ivr"}
OUTCOMES = {"met", "partially_met", "not_met", "not_applicable", "not_scored"}
PAUSE = re.compile(r"\s*\{(\d+(?:\.\d+)?)\}\s*")


class ScriptError(Exception):
    """A script says something that the generator cannot make; the message names file and place."""


@dataclass(frozen=True)
class Line:
    """One turn of the script. `gap_s` below zero overlaps the turn before; `during` places a back-channel."""

    role: str
    text: str
    gap_s: float | None = None
    during: float | None = None
    speed: float = 1.0
    gain_db: float = 0.0

    @property
    def spoken(self) -> str:
        """The text without pause marks, as it stands in gold."""
        return PAUSE.sub(" " if self.text.isascii() else "", self.text).strip()


@dataclass(frozen=True)
class Wait:
    """A hold or a silence between two turns."""

    kind: str
    seconds: float
    music: bool = False
    announced: bool = False


@dataclass(frozen=True)
class Audio:
    """How the call is recorded and stored."""

    codec: str
    rate: int
    layout: str
    agent_channel: int = 0
    tell_channel: bool = True
    band: str = "wide"
    g711: str | None = None
    noise_db: float | None = -60.0
    crosstalk_db: float | None = None
    agent_db: float = -22.0
    customer_db: float = -23.0
    bit_rate: int | None = None


@dataclass(frozen=True)
class Script:
    """Everything about one call that a person wrote."""

    call_id: str
    file: str
    call: dict[str, str]
    agent: Agent
    audio: Audio
    voices: dict[str, str]
    situations: list[str]
    items: list[Line | Wait]
    expected: dict[str, str]
    notes: dict[str, str]

    @property
    def language(self) -> str:
        """`en` or `zh`."""
        return self.call["language"]


def _items(path: Path, entries: list[dict[str, Any]]) -> Iterator[Line | Wait]:
    for number, entry in enumerate(entries):
        rest = dict(entry)
        where = f"{path}: turns[{number}]"
        kind = next(iter(rest))
        value = rest.pop(kind)
        try:
            if kind in ROLES:
                yield Line(role=ROLES[kind], text=str(value), **rest)
            elif kind in {"hold", "dead_air"}:
                yield Wait(kind=kind, seconds=float(value), **rest)
            else:
                raise ScriptError(f"{where}: expected a, c, i, hold or dead_air, got {kind}")
        except TypeError as error:
            raise ScriptError(f"{where}: {error}") from error


def load_script(path: Path, cast: Cast) -> Script:
    """Read and check one script."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    call = {key: str(value) for key, value in data["call"].items()}
    agent_id = call.pop("agent_id")
    if agent_id not in cast.agents:
        raise ScriptError(f"{path}: call.agent_id: expected one of {', '.join(cast.agents)}, got {agent_id}")
    agent = cast.agents[agent_id]
    voices = {"agent": agent.voice, **data["voices"]}
    for role, voice in voices.items():
        if voice not in cast.voices:
            raise ScriptError(f"{path}: voices.{role}: no voice {voice} in cast.yaml")
    expected = {key: str(value) for key, value in data["expected"].items()}
    for key, outcome in expected.items():
        if outcome not in OUTCOMES:
            raise ScriptError(f"{path}: expected.{key}: expected one of {sorted(OUTCOMES)}, got {outcome}")
    return Script(
        call_id=str(data["call_id"]),
        file=str(data["file"]),
        call=call,
        agent=agent,
        audio=Audio(**data["audio"]),
        voices=voices,
        situations=[str(tag) for tag in data["situations"]],
        items=list(_items(path, data["turns"])),
        expected=expected,
        notes={key: str(value) for key, value in (data.get("notes") or {}).items()},
    )


def load_scripts(folder: Path, cast: Cast) -> list[Script]:
    """Read all scripts of a folder in the order of their call ids."""
    return sorted((load_script(path, cast) for path in folder.glob("*.yaml")), key=lambda script: script.call_id)
