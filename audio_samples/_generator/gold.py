"""What is known to be true of a call: conversation JSON, RTTM, STM, and the manifest over all calls."""

import csv
import json
from pathlib import Path
from typing import Any

from _generator.script import Script
from _generator.timeline import Placed, Timeline

MANIFEST_COLUMNS = [
    "file", "call_id", "agent_id", "agent_name", "team", "queue", "direction", "started_at", "language",
    "customer_id", "customer_tier", "call_type", "agent_channel", "site", "shift", "agent_hired_on", "campaign",
]  # fmt: skip


def _speaker(script: Script, role: str) -> str:
    known = {"agent": script.agent.agent_id, "customer": script.call["customer_id"]}
    return known.get(role, role)


def _channel(script: Script, turn: Placed) -> int | None:
    if script.audio.layout == "stereo":
        own = script.audio.agent_channel
        return 1 - own if turn.line.role == "customer" else own
    return 0 if script.audio.layout == "silent_leg" else None


def conversation(script: Script, timeline: Timeline) -> dict[str, Any]:
    """The call as `qa.conversation/1`, with the fields that only gold has."""
    agent = script.agent
    call = {
        "call_id": script.call_id,
        "agent_id": agent.agent_id,
        "agent_name": agent.agent_name,
        "team": agent.team,
    }
    return {
        "schema": "qa.conversation/1",
        "call": {**call, **{key: value for key, value in script.call.items() if value and key != "campaign"}},
        "duration_s": timeline.duration_s,
        "turns": [
            {
                "index": index,
                "role": turn.line.role,
                "speaker": _speaker(script, turn.line.role),
                "channel": _channel(script, turn),
                "start_s": turn.start_s,
                "end_s": turn.end_s,
                "text": turn.line.spoken,
                "kind": "back_channel" if turn.line.during is not None else "turn",
            }
            for index, turn in enumerate(timeline.turns)
        ],
        "channel_kind": script.audio.layout,
        "situations": script.situations,
        "events": [
            {"kind": event.kind, "start_s": event.start_s, "end_s": event.end_s}
            | ({} if event.announced is None else {"announced": event.announced})
            | ({} if event.music is None else {"music": event.music})
            for event in timeline.events
        ],
        "expected": script.expected,
        "expected_notes": script.notes,
    }


def write_gold(folder: Path, script: Script, timeline: Timeline) -> None:
    """Write gold/<call_id>.json, .rttm and .stm. Labels in RTTM and STM are roles."""
    folder.mkdir(parents=True, exist_ok=True)
    data = conversation(script, timeline)
    name = script.call_id
    text = json.dumps(data, ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    rttm = [
        f"SPEAKER {name} 1 {turn['start_s']:.3f} {turn['end_s'] - turn['start_s']:.3f} "
        f"<NA> <NA> {turn['role']} <NA> <NA>"
        for turn in data["turns"]
    ]
    (folder / f"{name}.rttm").write_text("\n".join(rttm) + "\n", encoding="utf-8")
    stm = [
        f"{name} 1 {turn['role']} {turn['start_s']:.3f} {turn['end_s']:.3f} {turn['text']}" for turn in data["turns"]
    ]
    (folder / f"{name}.stm").write_text("\n".join(stm) + "\n", encoding="utf-8")


def write_manifest(path: Path, scripts: list[Script]) -> None:
    """Write manifest.csv with one row for each finished recording."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, MANIFEST_COLUMNS, lineterminator="\n")
        writer.writeheader()
        for script in scripts:
            agent, audio = script.agent, script.audio
            told = audio.layout == "stereo" and audio.tell_channel
            row = {
                "file": script.file,
                "call_id": script.call_id,
                "agent_id": agent.agent_id,
                "agent_name": agent.agent_name,
                "team": agent.team,
                "site": agent.site,
                "agent_hired_on": agent.agent_hired_on,
                "agent_channel": str(audio.agent_channel) if told else "",
            }
            writer.writerow({column: row.get(column, script.call.get(column, "")) for column in MANIFEST_COLUMNS})
