"""Who speaks: the bank's agents and the voices of everybody."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Voice:
    """A mix of the model's voices. `shift` above 1 raises pitch and formants, `speed` above 1 talks faster."""

    mix: dict[str, float]
    shift: float
    speed: float


@dataclass(frozen=True)
class Agent:
    """One agent of the bank, as the manifest shows them."""

    agent_id: str
    agent_name: str
    team: str
    site: str
    agent_hired_on: str
    voice: str


@dataclass(frozen=True)
class Cast:
    """All agents by id and all voices by name."""

    agents: dict[str, Agent]
    voices: dict[str, Voice]


def load_cast(path: Path) -> Cast:
    """Read cast.yaml."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    voices = {
        name: Voice(mix=dict(entry["mix"]), shift=float(entry["shift"]), speed=float(entry["speed"]))
        for name, entry in data["voices"].items()
    }
    agents = {
        agent_id: Agent(agent_id=agent_id, **{key: str(value) for key, value in entry.items()})
        for agent_id, entry in data["agents"].items()
    }
    return Cast(agents=agents, voices=voices)
