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
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from qa.intake import decode, scan
from qa.model import Call, ChannelKind, RecordingRefused
from qa.settings import Settings
from qa.speech.models import verify
from tools.benchmarks_page import write_section
from tools.plain_pipeline import Runtime
from tools.speech_accuracy import CallCounts, diarization_errors, normalised, read_rttm, text_errors
from tools.speech_figures import Beside, Measured, groups, ratios, speeds, word_ratios
from tools.speech_page import page
from tools.speech_trials import trials
from tools.speech_workers import Job, Ours, Workers, prepare

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
SECTION = "Speech"


def measure(samples: Path, n_plain: int, settings: Settings, embedding: Runtime = "torch") -> Measured:
    """Run ours over all sample calls, the plain recognition over all mono ones, and both pipelines over ``n_plain`` mono calls
    of each language and one stereo call of each; with 0 ours alone."""
    recordings = scan(samples, settings).recordings
    with TemporaryDirectory() as folder:
        jobs = prepare(recordings, samples / "gold", settings, Path(folder))
        sides = {side: found for side, found in _compared(jobs, n_plain).items() if found}
        with Workers("ours", WORKERS, 1) as workers:
            heard = workers.hear(jobs)
            ours = {side: workers.hear(found) for side, found in sides.items()}
            made = trials(workers, jobs, samples / "gold", Path(folder))
        words: list[CallCounts] = []
        plain, pair = {}, {}
        if sides:
            with Workers("plain words", WORKERS, 1) as workers:
                words = workers.hear([job for job in jobs if _side(job) == "mono"]).counts
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
    return Measured(heard.counts, words, stage_s, beside, made)


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
        "words_beside_plain": word_ratios(measured.ours, measured.plain_words),
        "beside_plain": ratios(measured.beside),
        "speeds": speeds(measured.beside),
        "trials": [asdict(trial) for trial in measured.trials],
        "calls": [asdict(counts) for counts in measured.ours],
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="tools.eval_speech", description=__doc__)
    parser.add_argument("--samples", type=Path, default=ROOT / "audio_samples")
    parser.add_argument("--data", type=Path, help="folder with a manifest.jsonl of clips: regression only")
    parser.add_argument(
        "--baseline", type=int, default=1, help="mono calls of each language for the plain pipeline, which is slow"
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
