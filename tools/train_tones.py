"""Fine-tune the encoder of the comment expert: ``python -m tools.train_tones --data DIR [--minutes N] [--start FILE]``.

DIR holds ``goemotions``. What is learned is a low-rank change of the matrices in the upper four of MiniLM's six blocks and a
linear head for the three tones; the 28 emotions are learned beside them and then dropped. The lower two blocks stay as they
are, so that their outputs are computed once. The learning rate falls to zero at the end of the time given. The weight of the
shipped network beside the encoder, and a shift for each tone, are fitted on the comments that neither was trained on.

It lies here and not in ``qa.language`` because it needs PyTorch, which only the speech room may load at run time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch.nn import functional

from qa.language.adapter import Adapter, FineTuned
from qa.language.encoder import Encoder, Weights
from qa.language.minilm import N_BLOCKS, N_HEADS, read_minilm, tokens_of
from qa.language.network import Network, softmax
from qa.language.packed import Matrix
from qa.language.sentiment import COMMENTS_FILE, LABELS, TONES_FILE
from qa.language.train_comments import HELD_OUT, read_comments
from qa.language.train_sentiment import agreement
from qa.language.vectors import load_embedder
from tools.tone_student import LowerBlocks, Student, Tokens

_MODELS = Path(__file__).parents[1] / "qa" / "language" / "models"
_SEED = 7
_MOST_TOKENS = 48
_BATCH, _POOL = 16, 50
_RATE, _WARM_UP_STEPS, _FALL, _DECAY = 8e-4, 100, 0.9, 0.01
_SMOOTHING = 0.1
_BALANCE = 0.7
_SECOND_TASK = 5.0
_LOG_EVERY = 50


@dataclass(frozen=True, slots=True)
class Lessons:
    """Comments as tokens, with their tone and their 28 emotions as 0 and 1."""

    tokens: Tokens
    tones: NDArray[np.int64]
    marks: Matrix


def fine_tuned(
    weights: Weights,
    lessons: Lessons,
    minutes: float,
    *,
    rate: float = _RATE,
    seed: int = _SEED,
    start: Adapter | None = None,
) -> Adapter:
    """The adapter after as many steps as fit into the time, from its beginning or from an earlier one."""
    student = Student(weights, len(LABELS) + lessons.marks.shape[1], seed, start)
    lower = LowerBlocks(student, lessons.tokens)
    counts = np.bincount(lessons.tones)
    balance = torch.tensor((counts.sum() / (len(LABELS) * counts)) ** _BALANCE, dtype=torch.float32)
    learned = list(student.learned.values())
    optimizer = torch.optim.AdamW(learned, lr=rate, weight_decay=_DECAY, betas=(0.9, 0.98))
    began, total = time.monotonic(), 0.0
    for step, rows in enumerate(batches(np.array([len(row) for row in lessons.tokens]), seed), start=1):
        done = (time.monotonic() - began) / (minutes * 60)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = rate * min(step / _WARM_UP_STEPS, 1.0, (1 - done) / _FALL)
        outputs = student.outputs(*lower.of(rows), training=True)
        tones = torch.tensor(lessons.tones[rows])
        wrong = functional.cross_entropy(outputs[:, : len(LABELS)], tones, label_smoothing=_SMOOTHING, reduction="none")
        marks = functional.binary_cross_entropy_with_logits(
            outputs[:, len(LABELS) :], torch.tensor(lessons.marks[rows])
        )
        loss = (wrong * balance[tones]).mean() + _SECOND_TASK * marks
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        total += loss.item()
        if step % _LOG_EVERY == 0:
            print(f"step {step}, {done:.0%} of the time, loss {total / _LOG_EVERY:.4f}", file=sys.stderr)
            total = 0.0
    return student.adapter()


def batches(lengths: NDArray[np.int64], seed: int) -> Iterator[NDArray[np.int64]]:
    """Rows in random order, pass after pass without end; those of one batch are of like length."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(lengths))
        found: list[NDArray[np.int64]] = []
        for start in range(0, len(order), _BATCH * _POOL):
            pool = order[start : start + _BATCH * _POOL]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            found += [pool[at : at + _BATCH] for at in range(0, len(pool), _BATCH)]
        for index in rng.permutation(len(found)):
            yield found[index]


def beside(adapter: Adapter, tones: Matrix, network: Matrix, gold: NDArray[np.int64]) -> tuple[Adapter, float]:
    """The adapter, scaled and shifted, and the network's weight that together give the likeliest logits of the gold tones."""

    def joined(values: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(tones * values[0] + network * values[1] + values[2:])

    def loss(values: NDArray[Any]) -> float:
        return float(-np.log(softmax(joined(values))[np.arange(len(gold)), gold] + 1e-12).mean())

    slope, weight, *shifts = minimize(loss, np.array([1.0, 1.0, 0, 0, 0]), method="L-BFGS-B").x
    bias = (adapter.bias * slope + np.array(shifts) - np.mean(shifts)).astype(np.float32)
    head = (adapter.head * slope).astype(np.float32)
    return Adapter(adapter.encoder, adapter.labels, adapter.changes, head, bias), round(float(weight), 4)


def document(adapter: Adapter, network_weight: float, measured: dict[str, Any], n_comments: int) -> dict[str, Any]:
    """What the file holds: the adapter, the weight of the network beside it, and where they come from."""
    return {
        "licence": "Apache-2.0; trained on the data below, whose attributions go with it",
        "trained_on": [
            {
                "name": "goemotions",
                "licence": "CC BY 4.0",
                "attribution": "GoEmotions, Google Research",
                "n": n_comments,
            }
        ],
        "date": date.today().isoformat(),
        "measured": measured,
        "network_weight": network_weight,
        **adapter.to_document(),
    }


def shipped_network() -> Network:
    """The network that ``qa.language.train_comments`` made."""
    return Network.from_document(_read(_MODELS / COMMENTS_FILE)["network"])


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def finished(adapter: Adapter, weights: Weights, texts: Sequence[str], tones: NDArray[np.int64]) -> dict[str, Any]:
    """The document of an adapter whose weight beside the network is fitted to the comments held out."""
    held = len(texts) - HELD_OUT + np.flatnonzero(tones[-HELD_OUT:] >= 0)
    unseen, gold = [texts[int(row)] for row in held], tones[held]
    encoder = Encoder(adapter.changed(weights), N_BLOCKS, N_HEADS)
    alone = FineTuned(encoder, tokens_of, adapter.head, adapter.bias).logits(unseen)
    network = shipped_network().logits(unseen, load_embedder().embed(unseen))
    scaled, weight = beside(adapter, alone, network, gold)
    joined = FineTuned(encoder, tokens_of, scaled.head, scaled.bias).logits(unseen) + network * weight
    names = [LABELS[tone] for tone in gold]
    measured = {
        f"comments held out, {name}": agreement(names, [LABELS[index] for index in logits.argmax(axis=1)])
        for name, logits in (("encoder", alone), ("network", network), ("both", joined))
    }
    return document(scaled, weight, measured, int((tones[:-HELD_OUT] >= 0).sum()))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, fit the weight beside the network, write the file, print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with goemotions")
    parser.add_argument("--minutes", type=float, default=30, help="how long to train (default: 30, on one quiet core)")
    parser.add_argument("--rate", type=float, default=_RATE, help="the highest learning rate (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=_SEED, help="(default: %(default)s)")
    parser.add_argument("--start", type=Path, help="a file of an earlier run to go on from")
    parser.add_argument("--out", type=Path, default=_MODELS / TONES_FILE)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    texts, tones, marks = read_comments(options.data / "goemotions")
    clear = np.flatnonzero(tones[:-HELD_OUT] >= 0)
    tokens = [row if len(row) <= _MOST_TOKENS else [*row[: _MOST_TOKENS - 1], row[-1]] for row in tokens_of(texts)]
    weights = read_minilm()
    lessons = Lessons([tokens[row] for row in clear], tones[clear], marks[clear])
    start = Adapter.from_document(_read(options.start), where=str(options.start)) if options.start else None
    adapter = fine_tuned(weights, lessons, options.minutes, rate=options.rate, seed=options.seed, start=start)
    found = finished(adapter, weights, texts, tones)
    options.out.write_text(json.dumps(found, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(found["measured"], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
