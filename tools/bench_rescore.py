"""`make bench-rescore`: how long scoring takes, and scoring ten thousand stored calls again after a change of the form.

The store is made of the sample calls: turns of several of them are spliced into calls of about 60 turns, and each of these is
stored many times under other ids. Every copy is read, compared and written on its own, so copies cost what calls cost.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.language import annotate, load_embedder
from qa.language.shelf import VectorShelf
from qa.model import AudioFacts, Call, ChannelKind, Conversation, Evaluation, Recording, Turn
from qa.pipeline import CORE_RUBRICS, rescore
from qa.review.verdicts import ReadyForm, ready_form
from qa.settings import Settings
from qa.store import Store
from scoring import find_rubric, shipped_rubrics
from scoring.yaml_lines import read
from tools.benchmarks_page import write_section

ROOT = Path(__file__).resolve().parent.parent
N_TURNS = 60
N_AGENTS = 40
_FACTS = AudioFacts(
    duration_s=300.0, sample_rate_hz=8000, n_channels=2, channel_kind=ChannelKind.STEREO, codec="pcm_s16le"
)

Document = dict[str, Any]
Change = Callable[[Document], None]


@dataclass(frozen=True, slots=True)
class Spliced:
    """A call made of sample calls, scored once."""

    conversation: Conversation
    evaluation: Evaluation
    vectors: bytes


def splice(parts: Sequence[Conversation], call_id: str) -> Conversation:
    """A call of ``N_TURNS`` turns: the opening of the first part, the close of the last, the middles between, in one time."""
    first, *rest = parts
    turns = [*first.turns[:-4], *(turn for part in rest for turn in part.turns[4:-4])][: N_TURNS - 4]
    chosen: list[Turn] = []
    clock = 0.0
    for turn in (*turns, *parts[-1].turns[-4:]):
        length_s = (turn.end_s or 0.0) - (turn.start_s or 0.0)
        times = {"index": len(chosen), "start_s": round(clock, 2), "end_s": round(clock + length_s, 2), "words": ()}
        chosen.append(turn.model_copy(update=times))
        clock += length_s + 0.5
    call = first.call.model_copy(update={"call_id": call_id})
    return Conversation(call=call, duration_s=clock, turns=tuple(chosen), features=first.features)


def spliced(samples: Path, language: str, form: ReadyForm, n: int) -> Iterator[Spliced]:
    """Calls of a language, each of its own mixture."""
    chance = random.Random(language)  # noqa: S311 (the same calls every time)
    embedder = load_embedder()
    gold = [Conversation.from_json(path.read_bytes()) for path in sorted((samples / "gold").glob(f"{language}-*.json"))]
    for number in range(n):
        conversation = annotate(splice(chance.sample(gold, 6), f"{language}-{number}"), embedder=embedder)
        shelf = VectorShelf(embedder)
        yield Spliced(conversation, form.evaluate(conversation, shelf), shelf.to_bytes())


def fill(store: Store, calls: Sequence[Spliced], n: int) -> None:
    """Store ``n`` copies under ids and agents of their own."""
    name = load_embedder().name
    for number in range(n):
        of = calls[number % len(calls)]
        changes = {"call_id": f"c-{number:06d}", "agent_id": f"a-{number % N_AGENTS:02d}"}
        call: Call = of.conversation.call.model_copy(update=changes)
        recording_id = hashlib.sha256(call.call_id.encode()).hexdigest()
        recording = Recording(
            recording_id=recording_id, path="", file=f"{call.call_id}.wav", n_bytes=4_800_000, call=call
        )
        conversation = of.conversation.model_copy(update={"call": call})
        evaluation = of.evaluation.model_copy(update={"call_id": call.call_id})
        store.save_call(recording, _FACTS, "bench", conversation, [evaluation], vectors={name: of.vectors})


def _weights(form: Document) -> None:
    for number, criterion in enumerate(_criteria(form)):
        criterion["points"] = criterion.get("points", 1) + number % 3


def _meaning_threshold(form: Document) -> None:
    signal = next(signal for signal in form["signals"].values() if "meanings" in signal)
    signal["meanings"]["threshold"] = signal["meanings"].get("threshold", 0.6) + 0.03


def _metric_band(form: Document) -> None:
    check = next(c["check"] for c in _criteria(form) if c.get("check", {}).get("type") == "metric")
    for limit in ("minimum", "maximum"):
        if isinstance(check.get(limit), int | float):
            check[limit] *= 1.1


def _every_threshold(form: Document) -> None:
    for signal in form["signals"].values():
        if "meanings" in signal:
            signal["meanings"]["threshold"] = signal["meanings"].get("threshold", 0.6) + 0.03
    _metric_band(form)


CHANGES: dict[str, Change] = {
    "every criterion's points": _weights,
    "the threshold of one meaning": _meaning_threshold,
    "the band of a metric": _metric_band,
    "the thresholds of all meanings, and a band": _every_threshold,
}


def _criteria(form: Document) -> list[Document]:
    return [criterion for section in form["sections"] for criterion in section["criteria"]]


def changed(rubric: str, change: Change, version: str, folder: Path) -> Path:
    """The form with a change and another version, as a file (JSON is YAML)."""
    source = next(path for path in shipped_rubrics() if path.stem == rubric)
    form = read(source.read_bytes(), str(source)).value
    change(form)
    form["version"] = version
    path = folder / f"{rubric}-{version}.yaml"
    path.write_text(json.dumps(form, ensure_ascii=False), encoding="utf-8")
    return path


def one_call(samples: Path, language: str) -> dict[str, float]:
    """Seconds to score one call of 60 turns: from text, and with acts, tone and vectors stored; engines are loaded."""
    embedder = load_embedder()
    form = ready_form(find_rubric(f"service-core.{language}"), embedder, None)
    gold = [Conversation.from_json(path.read_bytes()) for path in sorted((samples / "gold").glob(f"{language}-*.json"))]
    warm, conversation = splice(gold[:5], "warm"), splice(gold[-5:], "timed")
    form.evaluate(annotate(warm, embedder=embedder), VectorShelf(embedder))
    fresh = type(embedder)()  # one that knows none of the call's sentences
    fresh.embed(["warm"])
    shelf = VectorShelf(fresh)
    began = time.perf_counter()
    annotated = annotate(conversation, embedder=fresh)
    form.evaluate(annotated, shelf)
    from_text_s = time.perf_counter() - began
    stored = shelf.to_bytes()
    times = []
    for _ in range(5):
        began = time.perf_counter()
        form.evaluate(annotated, VectorShelf(fresh, stored))
        times.append(time.perf_counter() - began)
    return {
        "turns": len(conversation.turns),
        "from_text_s": round(from_text_s, 3),
        "with_stored_vectors_s": round(sorted(times)[len(times) // 2], 3),
    }


def rescored(store: str, folder: Path, workers: int) -> dict[str, Any]:
    """Seconds for every change over all calls (the forms of both languages together), and what came of it."""
    found: dict[str, Any] = {}
    settings = Settings(workers=workers)
    for number, (name, change) in enumerate(CHANGES.items(), start=1):
        seconds, judged, flips, n = 0.0, 0, 0, 0
        for rubric in CORE_RUBRICS:
            path = changed(rubric, change, f"2.0.{number}", folder)
            began = time.perf_counter()
            impact = rescore(store, str(path), settings=settings)
            seconds += time.perf_counter() - began
            judged, flips, n = judged + impact.n_judged, flips + len(impact.flips), n + impact.n_rescored
            rescore(store, rubric, settings=settings)  # back to the shipped form
        found[name] = {"seconds": round(seconds, 1), "calls": n, "calls_judged": judged, "flips": flips}
    return found


def page(numbers: dict[str, Any]) -> str:
    """The section of docs/benchmarks.md."""
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}, Python "
        f"{platform.python_version()}), by `make bench-rescore`.",
        "",
        "| one call of 60 turns | from text | with stored vectors |",
        "|---|---|---|",
        *(
            f"| {language} | {row['from_text_s']:.2f} s | {row['with_stored_vectors_s']:.3f} s |"
            for language, row in numbers["one_call"].items()
        ),
        "",
        f"{numbers['calls']} stored calls of {N_TURNS} turns, half of them Mandarin, scored again with both core forms and "
        f"{numbers['workers']} processes; the store holds {numbers['store_mb']} MB, and the peak memory of all processes was "
        f"{numbers['peak_memory_mb']} MB.",
        "",
        "| what changed in the form | seconds | calls of which something was judged anew | answers that flip |",
        "|---|---|---|---|",
        *(
            f"| {name} | {row['seconds']:.1f} | {row['calls_judged']} | {row['flips']} |"
            for name, row in numbers["rescore"].items()
        ),
        "",
        f"The calls are spliced from the sample calls, {numbers['mixtures']} different ones, each stored under many ids.",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=ROOT / "audio_samples")
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--mixtures", type=int, default=50, help="different calls in each language")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args(arguments)
    from tools.bench import MemoryWatch

    with tempfile.TemporaryDirectory(prefix="callibrate-bench-") as name:
        folder = Path(name)
        target = str(folder / "store.db")
        calls: list[Spliced] = []
        for language in ("en", "zh"):
            form = ready_form(find_rubric(f"service-core.{language}"), load_embedder(), None)
            calls += spliced(chosen.samples, language, form, chosen.mixtures)
        with Store.open(target) as store:
            fill(store, calls, chosen.calls)
        watch = MemoryWatch(os.getpid())
        numbers = {
            "calls": chosen.calls,
            "workers": chosen.workers,
            "mixtures": len(calls),
            "store_mb": round(Path(target).stat().st_size / 1e6),
            "one_call": {language: one_call(chosen.samples, language) for language in ("en", "zh")},
            "rescore": rescored(target, folder, chosen.workers),
        }
        numbers["peak_memory_mb"] = round(watch.stop())
    write_section(chosen.write, "Scoring again", page(numbers))
    print(json.dumps(numbers, indent=2))
    print(page(numbers))


if __name__ == "__main__":
    main()
