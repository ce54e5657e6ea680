"""`make eval-speech`: words, speakers and roles against gold, with intervals, beside the plain pipeline on the same weights.

Each sample call is decoded and heard as the product does it, in this process, engines loaded, with two threads. With
``--data`` the clips of a development folder (its manifest.jsonl) are checked too, as a regression test only: they are far too
little audio for a statement on quality, so they are printed and never written to the page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.intake import DecodedAudio, decode, scan
from qa.model import Call, ChannelKind, Conversation, Provenance, Recording, RecordingRefused, Span
from qa.settings import Settings
from qa.speech import Heard
from qa.speech.models import verify
from tools.benchmarks_page import write_section
from tools.intervals import Estimate, bootstrap, wilson
from tools.plain_pipeline import PlainPipeline, Runtime, plain_counts
from tools.speech_accuracy import (
    CallCounts,
    Truth,
    compare,
    diarization_errors,
    invented_words,
    normalised,
    read_rttm,
    speaker_attributed,
    text_errors,
)
from tools.speech_trials import Ours, Trial, trials

ROOT = Path(__file__).resolve().parent.parent
THREADS = 2
SECTION = "Speech"
NOTES = """Error rate: all words in order of time, `qa.language.for_error_rate` on both sides (jiwer). cpWER and DI-cpWER
(meeteval): speakers are roles on stereo, the diarizer's labels on mono; the confusion cost is their difference, with whole
turns or single words free to change speaker. DER (pyannote.metrics; mono only): no collar, overlap scored; who speaks when
after the words settled the speakers, against gold without the pauses over 0.25 s inside turns. Both find pauses by the
recording's energy, which flatters false alarms; the line below it compares whole turns under their roles with gold as it was
written. Words outside gold speech: they touch no gold turn, so they were made up or put at a wrong time. A call is swapped
when fewer than half of its people's words carry their role. Shares of calls: Wilson; the rest: bootstrap over calls, none
under five. The calls are synthetic and clean: real ones are harder."""
PLAIN = """It is faster-whisper sequential, beam 5, no speech gate, and pyannote at its default step 0.1 with its own
embedding loop and clustering; on stereo each leg is recognised and nothing diarized. Each call was heard by ours and then
at once by it, with the same threads; decoding is in neither. Ours / plain; too few calls for an interval."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Every call with ours, the first few with the plain pipeline, ours' seconds by side and stage, and the trials."""

    ours: list[CallCounts]
    plain: list[CallCounts]
    stage_s: dict[str, dict[str, float]]
    trials: list[Trial]


def measure(samples: Path, n_plain: int, ours: Ours, embedding: Runtime = "torch") -> Measured:
    """Run ours over all sample calls and, call by call right after it, the plain pipeline over ``n_plain`` of them."""
    settings = ours.settings
    recordings = scan(samples, settings).recordings
    plain = PlainPipeline(settings, embedding) if n_plain else None
    compared = _compared(recordings, samples, n_plain)
    found, beside = [], []
    stage_s: dict[str, dict[str, float]] = {"mono": {}, "stereo": {}}
    for recording in recordings:
        call_id = recording.call.call_id
        gold = Conversation.from_json((samples / "gold" / f"{call_id}.json").read_bytes())
        rttm = (samples / "gold" / f"{call_id}.rttm").read_text(encoding="utf-8")
        start = time.perf_counter()
        with decode(Path(recording.path), settings) as audio:
            decode_s = time.perf_counter() - start
            heard, wall_s, cpu_s = _heard(ours, audio, recording.call)
            truth = Truth(gold, rttm, audio.samples, audio.sample_rate_hz)
            conversation = _conversation(heard, audio, recording.call)
            found.append(ours_counts(conversation, truth, heard.speaking, wall_s, cpu_s))
            side = stage_s[found[-1].side]
            for stage, seconds in {"decode": decode_s, **heard.stage_s}.items():
                side[stage] = side.get(stage, 0.0) + seconds
            if plain is not None and call_id in compared:
                kind, active = audio.facts.channel_kind, audio.channels.active
                result = plain.run(audio.samples, kind, active, gold.language or "en")
                beside.append(plain_counts(result, truth, audio.facts.duration_s, call_id))
    return Measured(found, beside, stage_s, trials(ours, recordings, samples / "gold"))


def _heard(ours: Ours, audio: DecodedAudio, call: Call) -> tuple[Heard, float, float]:
    return ours.run(audio.samples, audio.facts.channel_kind, audio.channels.active, call)


def _compared(recordings: Sequence[Recording], samples: Path, n: int) -> set[str]:
    """One English mono, one Mandarin mono, one English stereo, then the rest in order of their names; the first n."""
    wanted = [("en", "mono"), ("zh", "mono"), ("en", "stereo")]
    kinds = {}
    for recording in recordings:
        gold = json.loads((samples / "gold" / f"{recording.call.call_id}.json").read_text(encoding="utf-8"))
        kinds[recording.call.call_id] = (gold["call"]["language"], gold.get("channel_kind", "mono"))
    order: list[str] = []
    for kind in wanted:
        order += [call_id for call_id, found in kinds.items() if found == kind][:1]
    return set([*order, *(call_id for call_id in kinds if call_id not in order)][:n])


def ours_counts(
    found: Conversation, truth: Truth, speaking: Mapping[str, Sequence[Span]], wall_s: float, cpu_s: float
) -> CallCounts:
    """Counts of a conversation; its speakers are roles on stereo and the diarizer's labels on mono.

    ``speaking`` is who speaks when, by label; DER is measured on mono only.
    """
    base = compare(found, truth.conversation, truth.rttm)
    stereo = found.provenance.channel_kind is ChannelKind.STEREO
    texts = [(str(turn.role) if stereo else turn.speaker or "speaker", turn.text) for turn in found.turns]
    speakers = speaker_attributed(texts, truth.stretches(), truth.language)
    words = [word for turn in found.turns for word in turn.words]
    swapped = 2 * base.role_words_right < base.role_words
    uncertain = "role_uncertain" in found.provenance.flags
    return CallCounts(
        call_id=found.call.call_id,
        language=truth.language,
        side="stereo" if stereo else "mono",
        audio_s=found.duration_s or 0.0,
        units=base.units,
        errors=base.errors,
        cp_errors=speakers.cp_errors,
        di_errors=speakers.di_errors,
        di_unit_errors=speakers.di_unit_errors,
        role_words=base.role_words,
        role_words_right=base.role_words_right,
        roles_right=base.calls_roles_right,
        swapped_silently=int(swapped and not uncertain),
        uncertain=int(uncertain),
        n_words=len(words),
        invented=invented_words(words, (span for _, span in truth.written)),
        wall_s=wall_s,
        cpu_s=cpu_s,
        der=None if stereo else truth.speaker_errors(speaking, found.duration_s),
        der_of_turns=None if stereo else truth.speaker_errors(_turn_spans(found), found.duration_s).written,
    )


def _turn_spans(found: Conversation) -> dict[str, list[Span]]:
    """Turns as ``qa transcribe --format rttm`` prints them: whole, under their role."""
    spans: dict[str, list[Span]] = {}
    for turn in found.turns:
        if turn.span is not None:
            spans.setdefault(str(turn.role), []).append(turn.span)
    return spans


def _conversation(heard: Heard, audio: DecodedAudio, call: Call) -> Conversation:
    return Conversation(
        call=call.model_copy(update={"language": heard.language}),
        duration_s=round(audio.facts.duration_s, 3),
        turns=heard.turns,
        provenance=Provenance(channel_kind=audio.facts.channel_kind, flags=heard.flags),
    )


def estimates(counts: Sequence[CallCounts]) -> dict[str, Estimate]:
    """Every measure of a group of calls. Shares of calls by Wilson, everything else by the bootstrap over calls."""
    hours = [c.audio_s / 3600 for c in counts]
    units = [c.units for c in counts]
    der = [c.der for c in counts if c.der is not None]
    turns = [c.der_of_turns for c in counts if c.der_of_turns is not None]
    speech_s = [d.without_pauses.speech_s for d in der]
    roles = [c for c in counts if c.role_words]
    made = {
        "error rate (WER; zh: CER)": bootstrap([c.errors for c in counts], units),
        "cpWER": bootstrap([c.cp_errors for c in counts], units),
        "DI-cpWER, turns": bootstrap([c.di_errors for c in counts], units),
        "speaker confusion cost, turns": bootstrap([c.cp_errors - c.di_errors for c in counts], units),
        "speaker confusion cost, single words": bootstrap([c.cp_errors - c.di_unit_errors for c in counts], units),
        "words outside gold speech an hour": bootstrap([c.invented for c in counts], hours),
        "DER": bootstrap([d.without_pauses.wrong_s for d in der], speech_s),
        "DER: missed": bootstrap([d.without_pauses.missed_s for d in der], speech_s),
        "DER: false alarm": bootstrap([d.without_pauses.false_alarm_s for d in der], speech_s),
        "DER: confused": bootstrap([d.without_pauses.confusion_s for d in der], speech_s),
        "DER of whole turns (the RTTM output), pauses in turns as speech": bootstrap(
            [d.wrong_s for d in turns], [d.speech_s for d in turns]
        ),
        "words with the right role": bootstrap([c.role_words_right for c in roles], [c.role_words for c in roles]),
        "calls with roles right": wilson(sum(c.roles_right for c in roles), len(roles)),
        "calls swapped and not flagged": wilson(sum(c.swapped_silently for c in roles), len(roles)),
        "calls flagged role_uncertain": wilson(sum(c.uncertain for c in roles), len(roles)),
        "seconds a second of audio: wall": bootstrap([c.wall_s for c in counts], [c.audio_s for c in counts]),
        "seconds a second of audio: processor": bootstrap([c.cpu_s for c in counts], [c.audio_s for c in counts]),
    }
    return {name: estimate for name, estimate in made.items() if estimate.denominator}


def ratios(ours: Sequence[CallCounts], plain: Sequence[CallCounts]) -> list[dict[str, Any]]:
    """Ours against plain, call by call and, for mono, over all: error rate and DER as ours / plain, speed as times as fast."""
    pairs = [(next(o for o in ours if o.call_id == p.call_id), p) for p in plain]
    rows = [(p.call_id, [o], [p]) for o, p in pairs]
    mono = [(o, p) for o, p in pairs if p.side == "mono"]
    rows.append(("all mono", [o for o, _ in mono], [p for _, p in mono]))
    made = []
    for name, left, right in rows:
        if not left:
            continue
        a, b = estimates(left), estimates(right)
        row: dict[str, Any] = {"call": name, "side": left[0].side, "audio_s": round(sum(c.audio_s for c in left), 1)}
        for key, measure_name in (("error_rate", "error rate (WER; zh: CER)"), ("der", "DER"), ("cpwer", "cpWER")):
            if measure_name in a and measure_name in b:
                x, y = a[measure_name].value, b[measure_name].value
                row[key] = {"ours": x, "plain": y, "ratio": x / y if x is not None and y else None}
        for key in ("wall_s", "cpu_s"):
            x, y = sum(getattr(c, key) for c in left), sum(getattr(c, key) for c in right)
            row[key] = {"ours": x, "plain": y, "times_as_fast": y / x}
        made.append(row)
    return made


def regression(data: Path, ours: Ours) -> dict[str, Any]:
    """Pooled error rate by language and DER on the clips of ``data``/manifest.jsonl that have a reference. Regression only."""
    errors: dict[str, list[float]] = {}
    refused: list[str] = []
    for line in (data / "manifest.jsonl").read_text(encoding="utf-8").splitlines():
        clip = json.loads(line)
        texts = clip["ref_channels"] or ({"": clip["ref_text"]} if clip["ref_text"] else {})
        if clip["lang"] not in ("en", "zh") or not (texts or clip["rttm"]):
            continue
        with decode(data / clip["file"], ours.settings) as audio:
            if clip["rttm"]:
                file, _, recording = clip["rttm"].partition("#")
                gold = read_rttm((data / file).read_text(encoding="utf-8"), recording)
                speakers = ours.engines.diarizer.diarize(audio.samples[0]).speakers
                spans = [(name, span) for name, found in speakers.items() for span in found]
                parts = diarization_errors(spans, gold, audio.facts.duration_s)
                _add(errors, "DER", parts.wrong_s, parts.speech_s)
            if not texts:
                continue
            call = Call(call_id=Path(clip["file"]).stem, language=clip["lang"])
            try:
                turns = _heard(ours, audio, call)[0].turns
            except RecordingRefused as refusal:
                refused.append(f"{clip['file']}: {refusal.reason}")
                turns = ()
            for channel, text in texts.items():
                heard = " ".join(turn.text for turn in turns if channel in ("", str(turn.channel)))
                wrong, units = text_errors(normalised(text, clip["lang"]), normalised(heard, clip["lang"]))
                _add(errors, f"error rate {clip['lang']}", wrong, units)
    return {
        "note": "regression only: too little audio for a statement on quality; not to be published",
        "refused": refused,
        **{
            name: {"clips": int(n), "wrong": round(wrong, 1), "of": round(of, 1), "rate": round(wrong / of, 4)}
            for name, (wrong, of, n) in sorted(errors.items())
        },
    }


def _add(errors: dict[str, list[float]], name: str, wrong: float, of: float) -> None:
    old = errors.get(name, [0.0, 0.0, 0.0])
    errors[name] = [old[0] + wrong, old[1] + of, old[2] + 1]


def groups(counts: Sequence[CallCounts]) -> dict[str, dict[str, Estimate]]:
    """Estimates for all calls, and by language and by side."""
    chosen = {"all": list(counts)}
    for name in ("en", "zh", "mono", "stereo"):
        chosen[name] = [c for c in counts if name in (c.language, c.side)]
    return {f"{name} ({len(found)} calls)": estimates(found) for name, found in chosen.items() if found}


def report(measured: Measured, settings: Settings, embedding: Runtime) -> dict[str, Any]:
    """Everything as JSON can hold it."""
    audio_s = sum(c.audio_s for c in measured.ours)
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "threads": settings.threads_per_worker,
        "plain_embedding": embedding,
        "audio_s": round(audio_s, 1),
        "models": [{"name": m.name, "file": Path(m.path).name, "sha256": m.sha256, "ok": m.verified} for m in verify()],
        "load_average_1_min": round(os.getloadavg()[0], 2),
        "stage_rtf": {
            side: {
                name: round(s / sum(c.audio_s for c in measured.ours if c.side == side), 5) for name, s in found.items()
            }
            for side, found in measured.stage_s.items()
        },
        "groups": {
            name: {key: {**asdict(e), "value": e.value} for key, e in found.items()}
            for name, found in groups(measured.ours).items()
        },
        "beside_plain": ratios(measured.ours, measured.plain),
        "trials": [asdict(trial) for trial in measured.trials],
        "calls": [asdict(counts) for counts in measured.ours],
    }


def page(numbers: dict[str, Any], measured: Measured) -> str:
    """The section of docs/benchmarks.md."""
    lines = [
        f"Measured {numbers['date']} by `make eval-speech` on {numbers['machine']}: {len(measured.ours)} sample calls, "
        f"{numbers['audio_s']:.0f} s, one process with {numbers['threads']} threads, engines loaded (a nightly run has two "
        f"processes of one thread), load average at the end {numbers['load_average_1_min']} (what else ran slows the wall "
        "clock, hardly the processor time). In brackets the 95 % interval and what was counted, out of how much.",
        "",
        NOTES,
        "",
    ]
    found = groups(measured.ours)
    lines += ["| measure | " + " | ".join(found) + " |", "|---|" + "---|" * len(found)]
    for name in found[next(iter(found))]:
        lines.append(f"| {name} | " + " | ".join(_cell(name, group.get(name)) for group in found.values()) + " |")
    lines += ["", "| stage | mono: wall seconds a second of audio | stereo |", "|---|---|---|"]
    mono, stereo = (numbers["stage_rtf"][side] for side in ("mono", "stereo"))
    lines += [f"| {name} | {mono.get(name, 0):.4f} | {stereo.get(name, 0):.4f} |" for name in {**mono, **stereo}]
    lines += [
        "",
        "| made recording | seconds | words stored | x real time: wall | processor |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {t.name} | {t.audio_s:.0f} | {t.n_words} | {t.audio_s / t.wall_s:.1f} | {t.audio_s / t.cpu_s:.1f} |"
        for t in measured.trials
    ]
    if numbers["beside_plain"]:
        lines += [
            "",
            f"Beside the plain pipeline on the same weights ({numbers['plain_embedding']} embedding). {PLAIN}",
            "",
        ]
        lines += [
            "| call | error rate | DER | cpWER | x real time | as fast: wall | as fast: processor |",
            "|" + "---|" * 7,
        ]
        lines += [_beside(row) for row in numbers["beside_plain"]]
    lines += ["", "| model file | SHA-256 |", "|---|---|"]
    lines += [
        f"| {m['name']}: {m['file']} | {m['sha256'][:16]}{'' if m['ok'] else ' (differs)'} |" for m in numbers["models"]
    ]
    return "\n".join(lines)


def _cell(name: str, estimate: Estimate | None) -> str:
    if estimate is None or estimate.value is None:
        return ""
    form = ".3g" if name.startswith(("words outside", "seconds")) else ".1%"
    interval = ""
    if estimate.low is not None and estimate.high is not None:
        interval = f"{estimate.low:{form}}-{estimate.high:{form}}; "
    return f"{estimate.value:{form}} ({interval}{estimate.numerator:.4g}/{estimate.denominator:.4g})"


def _beside(row: dict[str, Any]) -> str:
    cells = [row["call"]]
    for key in ("error_rate", "der", "cpwer"):
        found = row.get(key)
        ratio = f" = {found['ratio']:.2f}" if found and found["ratio"] is not None else ""
        cells.append(f"{found['ours']:.1%} / {found['plain']:.1%}{ratio}" if found else "")
    wall = row["wall_s"]
    cells.append(f"{row['audio_s'] / wall['ours']:.1f} / {row['audio_s'] / wall['plain']:.1f}")
    cells += [f"{row[key]['times_as_fast']:.1f}" for key in ("wall_s", "cpu_s")]
    return "| " + " | ".join(cells) + " |"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tools.eval_speech", description=__doc__)
    parser.add_argument("--samples", type=Path, default=ROOT / "audio_samples")
    parser.add_argument("--data", type=Path, help="folder with a manifest.jsonl of clips: regression only")
    parser.add_argument("--baseline", type=int, default=3, help="calls for the plain pipeline, which is slow")
    parser.add_argument("--plain-embedding", choices=("torch", "onnx"), default="torch")
    parser.add_argument("--write", type=Path, help="the page whose section is replaced, such as docs/benchmarks.md")
    chosen = parser.parse_args(arguments)
    settings = Settings().model_copy(update={"threads_per_worker": THREADS})
    ours = Ours(settings)
    measured = measure(chosen.samples, chosen.baseline, ours, chosen.plain_embedding)
    numbers = report(measured, settings, chosen.plain_embedding)
    if chosen.write is not None:
        write_section(chosen.write, SECTION, page(numbers, measured))
    if chosen.data is not None:
        numbers["regression"] = regression(chosen.data, ours)
    print(json.dumps(numbers, indent=2, ensure_ascii=False))
    print(page(numbers, measured))


if __name__ == "__main__":
    main()
