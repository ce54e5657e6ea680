"""The sample calls on disk are what their README, manifest and gold say. Nothing is synthesised here."""

import csv
import json
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
import yaml

SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples"
CALL_IDS = sorted(path.stem for path in (SAMPLES / "scripts").glob("*.yaml"))
AUDIO_SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".m4a"}
CONTRACT_COLUMNS = [
    "file", "call_id", "agent_id", "agent_name", "team", "queue", "direction", "started_at", "language",
    "customer_id", "customer_tier", "call_type", "agent_channel", "site", "shift", "agent_hired_on",
]  # fmt: skip
CRITERIA = {
    "opening.greeting", "opening.name", "opening.offer_help",
    "compliance.recording_notice", "compliance.verify_identity", "compliance.no_secret_request",
    "compliance.no_guarantee", "compliance.no_abuse",
    "empathy.acknowledge", "empathy.apology", "empathy.ownership",
    "listening.probing", "listening.confirm_understanding", "listening.no_interruptions",
    "hold.permission", "hold.thanks",
    "resolution.solution", "resolution.timeframe", "resolution.confirm", "resolution.escalation",
    "closing.further_help", "closing.thanks",
    "delivery.pace", "delivery.dead_air", "delivery.sentiment_recovery",
}  # fmt: skip
# Where the contract's table knows a partially_met, and where a not_applicable.
MAY_BE_PARTIAL = {
    "opening.greeting", "compliance.verify_identity", "empathy.acknowledge", "hold.permission", "resolution.solution",
}  # fmt: skip
MAY_NOT_APPLY = {
    "opening.offer_help", "compliance.verify_identity", "empathy.acknowledge", "empathy.apology",
    "empathy.ownership", "listening.probing", "hold.permission", "hold.thanks", "resolution.timeframe",
    "resolution.escalation", "delivery.sentiment_recovery",
}  # fmt: skip
SITUATIONS = {
    "routine_good", "ivr", "hold_music", "hold_announced", "hold_bare", "overlap", "back_channel", "interruptions",
    "dead_air", "card_number", "complaint_well", "complaint_badly", "escalation_offered", "escalation_refused",
    "bereavement", "fraud", "crisis", "hardship", "no_recording_notice", "secret_requested", "fast_talker", "outbound",
}  # fmt: skip


def gold(call_id: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / "gold" / f"{call_id}.json").read_text(encoding="utf-8"))
    return data


def manifest() -> list[dict[str, str]]:
    with (SAMPLES / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def probe(path: Path) -> tuple[float, int, int, str]:
    """Seconds, channels, rate and codec as the decoder finds them."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        return samples / stream.rate, stream.channels, stream.rate, stream.codec_context.name


def events(call_id: str, kind: str) -> list[dict[str, Any]]:
    return [event for event in gold(call_id)["events"] if event["kind"] == kind]


def tagged(situation: str) -> list[str]:
    return [call_id for call_id in CALL_IDS if situation in gold(call_id)["situations"]]


def overlap_s(call_id: str) -> float:
    """The longest stretch for which two turns of different roles sound together."""
    turns = gold(call_id)["turns"]
    longest: float = max(
        min(a["end_s"], b["end_s"]) - max(a["start_s"], b["start_s"])
        for i, a in enumerate(turns)
        for b in turns[i + 1 :]
        if a["role"] != b["role"]
    )
    return longest


def pace(call_id: str) -> float:
    """Median words (characters) a minute over the agent's turns of 1.5 s and more."""
    data = gold(call_id)
    chinese = data["call"]["language"] == "zh"
    rates: list[float] = []
    for turn in data["turns"]:
        seconds = turn["end_s"] - turn["start_s"]
        if turn["role"] == "agent" and seconds >= 1.5:
            text = turn["text"]
            count = sum("\u4e00" <= char <= "\u9fff" for char in text) if chinese else len(text.split())
            rates.append(60 * count / seconds)
    return sorted(rates)[len(rates) // 2]


def test_the_set_has_the_promised_mix_of_calls() -> None:
    rows = manifest()
    assert 15 <= len(rows) <= 16
    languages = Counter(row["language"] for row in rows)
    assert languages["en"] >= 9
    assert languages["zh"] >= 5
    assert Counter(row["direction"] for row in rows)["outbound"] == 2
    assert len({row["agent_id"] for row in rows}) == 4
    assert len({row["team"] for row in rows}) == 2
    assert min(Counter(row["agent_id"] for row in rows).values()) >= 3
    days = sorted(datetime.fromisoformat(row["started_at"]) for row in rows)
    assert 14 <= (days[-1] - days[0]).days <= 28
    assert len({day.date() for day in days}) >= 10


def test_manifest_rows_files_scripts_and_gold_match() -> None:
    rows = manifest()
    assert list(rows[0])[: len(CONTRACT_COLUMNS)] == CONTRACT_COLUMNS
    assert "campaign" in rows[0]
    on_disk = {path.name for path in SAMPLES.iterdir() if path.suffix in AUDIO_SUFFIXES}
    assert {row["file"] for row in rows} == on_disk
    assert [row["call_id"] for row in rows] == CALL_IDS
    assert {path.stem for path in (SAMPLES / "gold").glob("*.json")} == set(CALL_IDS)
    for row in rows:
        call = gold(row["call_id"])["call"]
        for column in set(call) & set(row):
            assert call[column] == row[column], (row["call_id"], column)


def test_files_are_small_and_in_many_formats() -> None:
    files = [SAMPLES / row["file"] for row in manifest()]
    assert sum(path.stat().st_size for path in files) <= 12_000_000
    found = {probe(path)[3] for path in files}
    assert found >= {"pcm_s16le", "pcm_mulaw", "pcm_alaw", "flac", "opus", "aac"}
    assert any(name.startswith("mp3") for name in found)
    assert {probe(path)[2] for path in files} >= {8000, 16000}


@pytest.mark.parametrize("call_id", CALL_IDS)
def test_recording_has_the_length_and_channels_that_gold_says(call_id: str) -> None:
    data = gold(call_id)
    row = next(row for row in manifest() if row["call_id"] == call_id)
    seconds, channels, _, _ = probe(SAMPLES / row["file"])
    assert 60 <= data["duration_s"] <= 180
    assert seconds == pytest.approx(data["duration_s"], abs=0.15)  # lossy formats fill up their last frame
    assert channels == (1 if data["channel_kind"] == "mono" else 2)
    assert data["channel_kind"] in {"stereo", "dual_mono", "silent_leg", "mono"}
    if row["agent_channel"]:
        assert data["channel_kind"] == "stereo"
        assert {str(turn["channel"]) for turn in data["turns"] if turn["role"] != "customer"} == {row["agent_channel"]}


@pytest.mark.parametrize("call_id", CALL_IDS)
def test_turns_lie_in_order_inside_the_call(call_id: str) -> None:
    data = gold(call_id)
    assert data["schema"] == "qa.conversation/1"
    assert 14 <= len(data["turns"]) <= 30
    assert [turn["index"] for turn in data["turns"]] == list(range(len(data["turns"])))
    starts = [turn["start_s"] for turn in data["turns"]]
    assert starts == sorted(starts)
    for turn in data["turns"]:
        assert 0 < turn["start_s"] < turn["end_s"] < data["duration_s"]
        assert turn["role"] in {"agent", "customer", "ivr"}
        assert turn["text"].strip() == turn["text"] != ""
        assert "{" not in turn["text"]
    for event in data["events"]:
        assert 0 < event["start_s"] < event["end_s"] < data["duration_s"]
        for turn in data["turns"]:
            assert turn["end_s"] <= event["start_s"] + 0.001 or turn["start_s"] >= event["end_s"] - 0.001


@pytest.mark.parametrize("call_id", CALL_IDS)
def test_rttm_and_stm_say_the_same_as_json(call_id: str) -> None:
    data = gold(call_id)
    expected = [(turn["role"], turn["start_s"], turn["end_s"]) for turn in data["turns"]]
    rttm = [line.split() for line in (SAMPLES / "gold" / f"{call_id}.rttm").read_text().splitlines()]
    assert all(len(fields) == 10 and fields[:3] == ["SPEAKER", call_id, "1"] for fields in rttm)
    assert [(f[7], float(f[3]), round(float(f[3]) + float(f[4]), 3)) for f in rttm] == expected
    lines = (SAMPLES / "gold" / f"{call_id}.stm").read_text(encoding="utf-8").splitlines()
    stm = [line.split(maxsplit=5) for line in lines]
    assert [(f[2], float(f[3]), float(f[4])) for f in stm] == expected
    assert [f[5] for f in stm] == [turn["text"] for turn in data["turns"]]
    assert all(f[:2] == [call_id, "1"] for f in stm)


@pytest.mark.parametrize("call_id", CALL_IDS)
def test_gold_text_is_the_script(call_id: str) -> None:
    script = yaml.safe_load((SAMPLES / "scripts" / f"{call_id}.yaml").read_text(encoding="utf-8"))
    said = [str(turn[key]) for turn in script["turns"] for key in ("a", "c", "i") if key in turn]

    def letters(text: str) -> str:
        return "".join(char for char in text if char.isalpha())

    assert sorted(map(letters, said)) == sorted(letters(turn["text"]) for turn in gold(call_id)["turns"])
    assert script["expected"] == gold(call_id)["expected"]


@pytest.mark.parametrize("call_id", CALL_IDS)
def test_expected_outcomes_obey_the_contract(call_id: str) -> None:
    data = gold(call_id)
    expected = data["expected"]
    assert set(expected) == CRITERIA
    for criterion, outcome in expected.items():
        assert outcome != "partially_met" or criterion in MAY_BE_PARTIAL, criterion
        assert outcome != "not_applicable" or criterion in MAY_NOT_APPLY, criterion
        assert outcome != "not_scored" or criterion == "closing.thanks", criterion
    assert set(data["expected_notes"]) <= CRITERIA
    silences = events(call_id, "dead_air") + events(call_id, "hold")
    long_enough = [event for event in silences if event["end_s"] - event["start_s"] >= 10]
    assert (expected["hold.permission"] == "not_applicable") == (not long_enough)
    assert (expected["delivery.dead_air"] == "not_met") == bool(events(call_id, "dead_air"))
    assert (expected["opening.offer_help"] == "not_applicable") == (data["call"]["direction"] == "outbound")


@pytest.mark.parametrize("call_id", CALL_IDS)
def test_pace_and_interruptions_measured_from_gold_agree_with_expected(call_id: str) -> None:
    data = gold(call_id)
    low, high = (160, 320) if data["call"]["language"] == "zh" else (110, 190)
    assert (data["expected"]["delivery.pace"] == "met") == (low <= pace(call_id) <= high)
    turns = [turn for turn in data["turns"] if turn["kind"] == "turn"]
    cut_in = sum(
        later["role"] == "agent" and earlier["role"] == "customer" and later["start_s"] < earlier["end_s"] - 0.2
        for earlier, later in pairwise(turns)
    )
    assert (data["expected"]["listening.no_interruptions"] == "not_met") == (cut_in > 2)


def test_every_criterion_has_different_outcomes_over_the_set() -> None:
    outcomes: dict[str, set[str]] = {criterion: set() for criterion in CRITERIA}
    for call_id in CALL_IDS:
        for criterion, outcome in gold(call_id)["expected"].items():
            outcomes[criterion].add(outcome)
    for criterion, seen in outcomes.items():
        assert "met" in seen, criterion
        assert seen & {"partially_met", "not_met"}, criterion


def test_every_promised_situation_is_there() -> None:
    assert {tag for call_id in CALL_IDS for tag in gold(call_id)["situations"]} == SITUATIONS


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_languages_come_in_stereo_and_mono(language: str) -> None:
    kinds = Counter(gold(call_id)["channel_kind"] for call_id in CALL_IDS if call_id.startswith(language))
    assert kinds["stereo"] >= 2
    assert kinds["mono"] >= 2
    assert kinds["dual_mono"] >= 1


def test_holds_with_music_are_announced_and_long_enough() -> None:
    assert tagged("hold_music")
    for call_id in tagged("hold_music"):
        [hold] = events(call_id, "hold")
        [music] = events(call_id, "music")
        assert hold["announced"] and hold["music"]
        assert hold["start_s"] <= music["start_s"] < music["end_s"] <= hold["end_s"]
        assert music["end_s"] - music["start_s"] >= 12


def test_dead_air_is_twenty_seconds_and_not_announced() -> None:
    assert tagged("dead_air")
    for call_id in tagged("dead_air"):
        [silence] = events(call_id, "dead_air")
        assert silence["end_s"] - silence["start_s"] == pytest.approx(20, abs=0.01)
        assert not silence["announced"]


def test_overlaps_and_back_channels_are_separate_turns() -> None:
    for call_id in tagged("overlap") + tagged("back_channel"):
        assert overlap_s(call_id) >= 0.2, call_id
    for call_id in tagged("back_channel"):
        assert any(turn["kind"] == "back_channel" for turn in gold(call_id)["turns"])


def test_the_announcement_has_a_role_of_its_own() -> None:
    for call_id in tagged("ivr"):
        turns = [turn for turn in gold(call_id)["turns"] if turn["role"] == "ivr"]
        assert turns
        assert turns[0]["index"] == 0
    assert {gold(call_id)["channel_kind"] for call_id in tagged("ivr")} == {"stereo", "mono"}


def test_readme_names_every_call_and_the_licences() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for call_id in CALL_IDS:
        assert call_id in readme
    for word in ("Apache-2.0", "MIT", "Kokoro", "invented", "make.py --seed 7"):
        assert word in readme, word
