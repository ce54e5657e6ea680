"""`make eval-speech`: words, speakers and roles against gold, with intervals, beside the plain pipeline on the same weights.

The sample calls are decoded, and heard as a nightly run hears them: by two processes of one thread each, engines loaded. Some
of them are then heard again by both pipelines for the clock, on the same cores. With ``--data`` the clips of a development
folder (its manifest.jsonl) are checked too, as a regression test only: they are far too little audio for a statement on
quality, so they are printed and never written to the page.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from qa.intake import decode, scan
from qa.model import Call, ChannelKind, RecordingRefused
from qa.settings import Settings
from qa.speech.models import verify
from tools.benchmarks_page import write_section
from tools.intervals import Estimate, bootstrap, wilson
from tools.plain_pipeline import Runtime
from tools.speech_accuracy import CallCounts, diarization_errors, normalised, read_rttm, text_errors
from tools.speech_trials import Trial, trials
from tools.speech_workers import Job, Ours, Round, Workers, prepare

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
SECTION = "Speech"
NOTES = """Error rate: all words in order of time, `qa.language.for_error_rate` on both sides (jiwer). cpWER and DI-cpWER
(meeteval): speakers are roles on stereo, the diarizer's labels on mono; the confusion cost is their difference, with whole
turns or single words free to change speaker. DER (pyannote.metrics; mono only): no collar, overlap scored; who speaks when
after the words settled the speakers, against gold without the pauses over 0.25 s inside turns. Both find pauses by the
recording's energy, which flatters false alarms; the line below it compares whole turns under their roles with gold as it was
written. Words outside gold speech: they touch no gold turn, so they were made up or put at a wrong time. A call is swapped
when fewer than half of its people's words carry their role. Shares of calls: Wilson; the rest: bootstrap over calls, none
under five. The calls are synthetic and clean: real ones are harder."""
PLAIN = """Beside the plain pipeline on the same weights ({embedding} embedding): faster-whisper sequential, beam 5, no speech
gate, and pyannote at its default step 0.1 with its own embedding loop and clustering; on stereo each leg is recognised and
nothing diarized. Ours / plain (errors counted; DER: seconds; too few calls for an interval). Then the same calls by the clock,
one side after the other on the same two cores: ours as it is shipped, two processes of one thread that hear a call each; the
plain pipeline as its engines come, one process of two threads, call by call; and the plain pipeline in two processes of one
thread. Engines are loaded; decoding is in none."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Every call with ours, its seconds by side and stage, ours beside the plain pipeline, and the trials."""

    ours: list[CallCounts]
    stage_s: dict[str, dict[str, float]]
    beside: list[Beside]
    trials: list[Trial]


@dataclass(frozen=True, slots=True)
class Beside:
    """The same calls heard by both pipelines: ours and the plain one each in its way, the plain one also in ours' way."""

    side: Literal["mono", "stereo"]
    ours: Round
    plain: Round
    plain_pair: Round


def measure(samples: Path, n_plain: int, settings: Settings, embedding: Runtime = "torch") -> Measured:
    """Run ours over all sample calls and both over ``n_plain`` mono calls of each language and one stereo call of each."""
    recordings = scan(samples, settings).recordings
    with TemporaryDirectory() as folder:
        jobs = prepare(recordings, samples / "gold", settings, Path(folder))
        sides = {side: found for side, found in _compared(jobs, n_plain).items() if found}
        with Workers("ours", WORKERS, 1) as workers:
            heard = workers.hear(jobs)
            ours = {side: workers.hear(found) for side, found in sides.items()}
            made = trials(workers, jobs, samples / "gold", Path(folder))
        plain, pair = {}, {}
        if sides:
            with Workers("plain", 1, WORKERS, embedding) as workers:
                plain = {side: workers.hear(found) for side, found in sides.items()}
            with Workers("plain", WORKERS, 1, embedding) as workers:
                pair = {side: workers.hear(found) for side, found in sides.items()}
    stage_s: dict[str, dict[str, float]] = {"mono": {}, "stereo": {}}
    for job, outcome in zip(jobs, heard.outcomes, strict=True):
        total = stage_s[_side(job)]
        for stage, seconds in {"decode": job.decode_s, **outcome.stage_s}.items():
            total[stage] = total.get(stage, 0.0) + seconds
    beside = [Beside(side, ours[side], plain[side], pair[side]) for side in sides]
    return Measured(heard.counts, stage_s, beside, made)


def _side(job: Job) -> Literal["mono", "stereo"]:
    return "stereo" if job.kind is ChannelKind.STEREO else "mono"


def _compared(jobs: Sequence[Job], n: int) -> dict[Literal["mono", "stereo"], list[Job]]:
    """The first ``n`` mono calls of each language in order of their names, and the first stereo call of each."""
    wanted: dict[Literal["mono", "stereo"], int] = {"mono": n, "stereo": min(n, 1)}
    chosen: dict[Literal["mono", "stereo"], list[Job]] = {side: [] for side in wanted}
    for side, most in wanted.items():
        for language in ("en", "zh"):
            chosen[side] += [j for j in jobs if _side(j) == side and j.call.language == language][:most]
    return chosen


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


def ratios(beside: Sequence[Beside]) -> list[dict[str, Any]]:
    """Ours / plain: error rate, DER and cpWER, call by call, by side, and over all calls in one figure."""
    pairs = [(o, p) for found in beside for o, p in zip(found.ours.counts, found.plain.counts, strict=True)]
    groups = [(p.call_id, [(o, p)]) for o, p in pairs]
    groups += [(f"all {side}", [pair for pair in pairs if pair[1].side == side]) for side in ("mono", "stereo")]
    groups.append(("all", pairs))
    made = []
    for name, chosen in groups:
        if not chosen:
            continue
        a, b = estimates([o for o, _ in chosen]), estimates([p for _, p in chosen])
        row: dict[str, Any] = {"call": name}
        for key, measure_name in (("error_rate", "error rate (WER; zh: CER)"), ("der", "DER"), ("cpwer", "cpWER")):
            if measure_name in a and measure_name in b:
                x, y = a[measure_name], b[measure_name]
                ratio = x.value / y.value if x.value is not None and y.value else None
                row[key] = {"ours": x.value, "plain": y.value, "ratio": ratio}
                row[key] |= {"ours_n": x.numerator, "plain_n": y.numerator, "of": x.denominator}
        made.append(row)
    return made


def speeds(beside: Sequence[Beside]) -> list[dict[str, Any]]:
    """Seconds for the same calls: by the clock on both cores, and of the processors."""
    made = []
    for found in beside:
        row: dict[str, Any] = {"calls": found.side, "audio_s": round(sum(c.audio_s for c in found.ours.counts), 1)}
        for name, heard in (("ours", found.ours), ("plain", found.plain), ("plain_pair", found.plain_pair)):
            row[name] = {"wall_s": heard.wall_s, "cpu_s": heard.cpu_s}
            row[name] |= {
                "as_fast_wall": heard.wall_s / found.ours.wall_s,
                "as_fast_cpu": heard.cpu_s / found.ours.cpu_s,
            }
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
                turns = ours.hear(audio.samples, audio.facts.channel_kind, audio.channels.active, call).turns
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


def report(measured: Measured, embedding: Runtime) -> dict[str, Any]:
    """Everything as JSON can hold it."""
    audio_s = sum(c.audio_s for c in measured.ours)
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "workers": WORKERS,
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
        "beside_plain": ratios(measured.beside),
        "speeds": speeds(measured.beside),
        "trials": [asdict(trial) for trial in measured.trials],
        "calls": [asdict(counts) for counts in measured.ours],
    }


def page(numbers: dict[str, Any], measured: Measured) -> str:
    """The section of docs/benchmarks.md."""
    lines = [
        f"Measured {numbers['date']} by `make eval-speech` on {numbers['machine']}: {len(measured.ours)} sample calls, "
        f"{numbers['audio_s']:.0f} s, heard by {numbers['workers']} processes of one thread side by side, as in a nightly run, "
        f"engines loaded; load average at the end {numbers['load_average_1_min']}. In brackets the 95 % interval and what was "
        "counted, out of how much.",
        "",
        NOTES,
        "",
    ]
    found = groups(measured.ours)
    lines += ["| measure | " + " | ".join(found) + " |", "|---|" + "---|" * len(found)]
    for name in found[next(iter(found))]:
        lines.append(f"| {name} | " + " | ".join(_cell(name, group.get(name)) for group in found.values()) + " |")
    lines += ["", "| stage | mono: seconds of one process a second of audio | stereo |", "|---|---|---|"]
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
    if numbers["speeds"]:
        lines += ["", PLAIN.format(embedding=numbers["plain_embedding"]), ""]
        lines += ["| call | error rate | DER | cpWER |", "|---|---|---|---|"]
        lines += [_beside(row) for row in numbers["beside_plain"]]
        lines += ["", "| the same calls | ours | plain | as fast | plain, two processes | as fast |", "|" + "---|" * 6]
        lines += [_speed(row, kind) for row in numbers["speeds"] for kind in ("wall", "cpu")]
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
        if not found:
            cells.append("")
            continue
        ratio = f" = {found['ratio']:.2f}" if found["ratio"] is not None else ""
        counted = f"{found['ours_n']:.4g} and {found['plain_n']:.4g} of {found['of']:.4g}"
        cells.append(f"{found['ours']:.1%} / {found['plain']:.1%}{ratio} ({counted})")
    return "| " + " | ".join(cells) + " |"


def _speed(row: dict[str, Any], kind: Literal["wall", "cpu"]) -> str:
    """Seconds with times real time, by the clock or of the processors."""
    what = {"wall": "by the clock", "cpu": "processor time"}[kind]

    def seconds(name: str) -> str:
        spent = row[name][f"{kind}_s"]
        return f"{spent:.1f} s ({row['audio_s'] / spent:.1f} x real time)"

    faster = [f"{row[name][f'as_fast_{kind}']:.1f}" for name in ("plain", "plain_pair")]
    cells = [f"{row['calls']}, {row['audio_s']:.0f} s, {what}", seconds("ours"), seconds("plain"), faster[0]]
    return "| " + " | ".join([*cells, seconds("plain_pair"), faster[1]]) + " |"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tools.eval_speech", description=__doc__)
    parser.add_argument("--samples", type=Path, default=ROOT / "audio_samples")
    parser.add_argument("--data", type=Path, help="folder with a manifest.jsonl of clips: regression only")
    parser.add_argument(
        "--baseline", type=int, default=3, help="mono calls of each language for the plain pipeline, which is slow"
    )
    parser.add_argument("--plain-embedding", choices=("torch", "onnx"), default="torch")
    parser.add_argument("--write", type=Path, help="the page whose section is replaced, such as docs/benchmarks.md")
    chosen = parser.parse_args(arguments)
    settings = Settings()
    measured = measure(chosen.samples, chosen.baseline, settings, chosen.plain_embedding)
    numbers = report(measured, chosen.plain_embedding)
    if chosen.write is not None:
        write_section(chosen.write, SECTION, page(numbers, measured))
    if chosen.data is not None:
        numbers["regression"] = regression(chosen.data, Ours(settings))
    print(json.dumps(numbers, indent=2, ensure_ascii=False))
    print(page(numbers, measured))


if __name__ == "__main__":
    main()
