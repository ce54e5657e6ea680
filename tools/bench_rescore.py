"""`make bench-rescore`: how long scoring takes, and scoring ten thousand stored calls again after a change of the form.

The store is made of written calls: the sample calls, and of the gold calls and their translations those that are open for
tuning. Stretches of six of them, drawn and put in another order, make a call of 60 turns; hundreds of such calls in each
language are scored, and each is stored many times under other ids and agents. Every copy is read, compared and written on
its own, so copies cost what calls cost.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from qa.language import annotate, load_embedder
from qa.language.shelf import VectorShelf
from qa.model import AudioFacts, Call, ChannelKind, Conversation, Evaluation, Recording, Turn
from qa.pipeline import CORE_RUBRICS, rescore
from qa.review.verdicts import ReadyForm, ready_form
from qa.settings import Settings
from qa.store import Store
from scoring import find_rubric
from tools.benchmarks_page import write_section

ROOT = Path(__file__).resolve().parent.parent
GOLD, PARITY = ROOT / "tests" / "data" / "gold_calls", ROOT / "tests" / "data" / "parity_calls"
OPEN = tuple(f"{number:02}" for number in range(1, 9))
"""Gold calls of these numbers are open for tuning; the others are for measuring verdicts only."""
N_TURNS = 60
N_PARTS = 6
N_AGENTS = 40
STEP = 0.03
"""By which thresholds of 0..1 are raised."""
_EDGE = 4
_FACTS = AudioFacts(
    duration_s=300.0, sample_rate_hz=8000, n_channels=2, channel_kind=ChannelKind.STEREO, codec="pcm_s16le"
)

Document = dict[str, Any]
Change = Callable[[Document], None]


@dataclass(frozen=True, slots=True)
class Spliced:
    """A call made of written calls, scored once."""

    conversation: Conversation
    evaluation: Evaluation
    vectors: bytes


def written_calls(language: str) -> list[Conversation]:
    """The calls that new ones are made of, with acts and tone."""
    paths = [
        *sorted((ROOT / "audio_samples" / "gold").glob(f"{language}-*.json")),
        *sorted((GOLD / language / "calls").glob("gold-*-0[1-8].json")),
        *(
            PARITY / f"{pair}.{language}.json"
            for pair, original in sorted(json.loads((PARITY / "pairs.json").read_bytes()).items())
            if original[-2:] in OPEN and language not in original
        ),
    ]
    embedder = load_embedder()
    return [annotate(Conversation.from_json(path.read_bytes()), embedder=embedder) for path in paths]


def splice(parts: Sequence[Conversation], chance: random.Random, call_id: str) -> Conversation:
    """A call of ``N_TURNS`` turns: the opening of the first part, stretches of all, the close of the last, in one time."""
    ends = parts[0].turns[:_EDGE], parts[-1].turns[-_EDGE:]
    middle: list[Turn] = []
    while len(middle) < N_TURNS - 2 * _EDGE:
        turns = chance.choice(parts).turns
        start = chance.randrange(len(turns))
        middle += turns[start : start + chance.randint(2, 12)]
    chosen: list[Turn] = []
    clock = 0.0
    for turn in (*ends[0], *middle[: N_TURNS - 2 * _EDGE], *ends[1]):
        length_s = (turn.end_s or 0.0) - (turn.start_s or 0.0)
        times = {"index": len(chosen), "start_s": round(clock, 2), "end_s": round(clock + length_s, 2), "words": ()}
        chosen.append(turn.model_copy(update=times))
        clock += length_s + chance.uniform(-1.0, 2.0)
        clock = max(clock, chosen[-1].start_s or 0.0)
    call = parts[0].call.model_copy(update={"call_id": call_id})
    return Conversation(call=call, duration_s=max(clock, chosen[-1].end_s or 0.0), turns=tuple(chosen))


def spliced(language: str, form: ReadyForm, n: int) -> Iterator[Spliced]:
    """Calls of a language, each of its own mixture."""
    chance = random.Random(language)  # noqa: S311 (the same calls every time)
    written = written_calls(language)
    for number in range(n):
        conversation = splice(chance.sample(written, N_PARTS), chance, f"{language}-{number}")
        shelf = VectorShelf(load_embedder())
        yield Spliced(conversation, form.evaluate(conversation, shelf), shelf.to_bytes())


def fill(store: Store, calls: Sequence[Spliced], numbers: Iterable[int]) -> None:
    """Store copies under ids and agents of their own."""
    name = load_embedder().name
    for number in numbers:
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


def _meanings(form: Document, n: int | None = None) -> None:
    for signal in [signal for signal in form["signals"].values() if "meanings" in signal][:n]:
        signal["meanings"]["threshold"] = signal["meanings"].get("threshold", 0.6) + STEP


def _acts(form: Document) -> None:
    for signal in form["signals"].values():
        if signal.keys() & {"acts", "if_acts", "unless_acts"}:
            signal["min_confidence"] = min(1.0, signal.get("min_confidence", 0.5) + STEP)


def _bands(form: Document) -> None:
    for criterion in _criteria(form):
        check = criterion.get("check", {})
        for limit in ("minimum", "maximum", "maximum_s"):
            if check.get("type") in ("metric", "dead_air") and isinstance(check.get(limit), int | float):
                check[limit] *= 1.1


CHANGES: dict[str, Change] = {
    "every criterion's points": _weights,
    "the threshold of one meaning": partial(_meanings, n=1),
    "the thresholds of all meanings": _meanings,
    "how sure every act must be": _acts,
    "the bands of all metrics": _bands,
}
"""In this order, each on top of the one before."""


def _criteria(form: Document) -> list[Document]:
    return [criterion for section in form["sections"] for criterion in section["criteria"]]


def changed(rubric: str, changes: Sequence[Change], folder: Path) -> Path:
    """The whole form with these changes and another version, as a file (JSON is YAML)."""
    form = find_rubric(rubric).model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"sha256"})
    for change in changes:
        change(form)
    form["version"] = f"99.0.{len(changes)}"
    path = folder / f"{rubric}-{form['version']}.yaml"
    path.write_text(json.dumps(form, ensure_ascii=False), encoding="utf-8")
    return path


def one_call(language: str) -> dict[str, float]:
    """Seconds to score one call of 60 turns: from text, and with acts, tone and vectors stored; engines are loaded."""
    embedder = load_embedder()
    form = ready_form(find_rubric(f"service-core.{language}"), embedder, None)
    chance = random.Random(language)  # noqa: S311
    written = written_calls(language)
    warm = splice(written[:N_PARTS], chance, "warm")
    conversation = _text_of(splice(written[-N_PARTS:], chance, "timed"))
    form.evaluate(warm, VectorShelf(embedder))
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


def _text_of(conversation: Conversation) -> Conversation:
    """The conversation as it comes from elsewhere: without sentences, acts and tone."""
    bare = {"sentences": (), "sentiment": None}
    return conversation.model_copy(update={"turns": tuple(t.model_copy(update=bare) for t in conversation.turns)})


def rescored(store: str, folder: Path, workers: int) -> dict[str, Any]:
    """Seconds for every change over all calls (the forms of both languages together), and what came of it."""
    found: dict[str, Any] = {}
    settings = Settings(workers=workers)
    changes: list[Change] = []
    for name, change in CHANGES.items():
        changes.append(change)
        judged, flips, n = 0, 0, 0
        began, began_cpu = time.perf_counter(), _processor_s()
        for rubric in CORE_RUBRICS:
            impact = rescore(store, str(changed(rubric, changes, folder)), settings=settings)
            judged, flips, n = judged + impact.n_judged, flips + len(impact.flips), n + impact.n_rescored
        seconds, cpu = time.perf_counter() - began, _processor_s() - began_cpu
        found[name] = {
            "seconds": round(seconds, 1),
            "processor_s": round(cpu, 1),
            "calls": n,
            "calls_judged": judged,
            "flips": flips,
        }
        print(name, found[name], file=sys.stderr)
    return found


def _processor_s() -> float:
    """Processor time of this process and of the workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


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
        "| what changed in the form | seconds | processor seconds | calls with something judged anew | answers that flip |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {row['seconds']:.1f} | {row['processor_s']:.1f} | {row['calls_judged']} | {row['flips']} |"
            for name, row in numbers["rescore"].items()
        ),
        "",
        f"The changes are made one on top of the other; thresholds are raised by {STEP}, bands by a tenth. The calls are put",
        f"together from stretches of written calls (the sample calls and the open gold calls), {numbers['mixtures']} different",
        f"ones, each stored under many ids. The whole benchmark took {numbers['seconds'] / 60:.1f} minutes, most of the rest to",
        "make the store.",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--mixtures", type=int, default=400, help="different calls in each language")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args(arguments)
    from tools.bench import MemoryWatch

    began = time.perf_counter()
    one = {language: one_call(language) for language in ("en", "zh")}
    with tempfile.TemporaryDirectory(prefix="callibrate-bench-") as name:
        folder = Path(name)
        target = str(folder / "store.db")
        with Store.open(target) as store:
            for first, language in enumerate(("en", "zh")):
                form = ready_form(find_rubric(f"service-core.{language}"), load_embedder(), None)
                fill(store, list(spliced(language, form, chosen.mixtures)), range(first, chosen.calls, 2))
        print(f"store made in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        watch = MemoryWatch(os.getpid())
        numbers = {
            "calls": chosen.calls,
            "workers": chosen.workers,
            "mixtures": 2 * chosen.mixtures,
            "store_mb": round(Path(target).stat().st_size / 1e6),
            "one_call": one,
            "rescore": rescored(target, folder, chosen.workers),
        }
        numbers["peak_memory_mb"] = round(watch.stop())
    numbers["seconds"] = round(time.perf_counter() - began)
    write_section(chosen.write, "Scoring again", page(numbers))
    print(json.dumps(numbers, indent=2))
    print(page(numbers))


if __name__ == "__main__":
    main()
