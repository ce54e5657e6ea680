"""Train the comment expert: ``python -m qa.language.train_comments --data DIR [--cache DIR] [--out FILE]``.

DIR holds ``goemotions`` (group and original labels of the same comments) and ``multidogo``. The network learns the three tones
from comments that have one of them, and the 28 emotions of all comments beside it. A second, linear model tells service talk
from comments; the two experts are mixed by it. Seeded: the same data give the same weights.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from math import log
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from qa.language.acts.examples import TEST_BATCH, read_batches
from qa.language.network import Network
from qa.language.ngrams import Vocabulary
from qa.language.packed import Matrix
from qa.language.sentiment import COMMENTS_SCHEMA, LABELS
from qa.language.train_network import Lessons, calibrated, fit_network
from qa.language.train_sentiment import embedded, read_multidogo, read_service_turns
from qa.language.vectors import Embedder, UniversalSentenceEncoder, Vectors

HELD_OUT = 2_000
"""Comments that only calibrate."""
_MOST_TERMS = 20_000
_LEAST_TEXTS = 4
_BALANCE = 0.7
"""Weights of the tones: 0 as they occur, 1 as if they were equally common."""
_TURN_WEIGHT = 30.0
_SERVICE_ODDS = 3.0
_DECIMALS = 4


def read_comments(folder: Path) -> tuple[list[str], NDArray[np.int64], Matrix]:
    """Texts, tone (an index into ``LABELS``, -1 for none, several or ambiguous) and the 28 emotions as 0 and 1."""
    texts: list[str] = []
    tones: list[int] = []
    names = (folder / "group" / "labels.txt").read_text(encoding="utf-8").split()
    n_emotions = len((folder / "original" / "labels.txt").read_text(encoding="utf-8").split())
    marks = []
    for group, original in zip(
        *((folder / kind / "train.tsv").read_text(encoding="utf-8").split("\n") for kind in ("group", "original")),
        strict=True,
    ):
        if group:
            text, tone, _ = group.split("\t")
            emotions = original.split("\t")[1].split(",")
            texts.append(text)
            name = names[int(tone)] if "," not in tone else ""
            tones.append(LABELS.index(name) if name in LABELS else -1)
            marks.append([str(index) in emotions for index in range(n_emotions)])
    return texts, np.array(tones), np.array(marks, dtype=np.float32)


def fit_comments(texts: list[str], vectors: Vectors, tones: NDArray[np.int64], marks: Matrix) -> Network:
    """The network, fitted to all but the last rows and calibrated on those."""
    vocabulary = Vocabulary.fitted(texts, at_least=_LEAST_TEXTS, at_most=_MOST_TERMS)
    terms = vocabulary.matrix(texts)
    counts = np.bincount(tones[tones >= 0])
    weights = ((counts.sum() / (len(LABELS) * counts)) ** _BALANCE)[np.maximum(tones, 0)].astype(np.float32)

    def part(rows: slice | NDArray[np.intp]) -> Lessons:
        return Lessons(vectors[rows], terms[rows], tones[rows], weights[rows], marks[rows])

    seen = slice(0, len(texts) - HELD_OUT)
    unseen = np.flatnonzero((np.arange(len(texts)) >= seen.stop) & (tones >= 0))
    return calibrated(fit_network(part(seen), vocabulary, len(LABELS)), part(unseen))


def fit_service_share(
    service: Vectors, comments: Vectors, weights: Sequence[float]
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias of a logistic regression that tells service talk, weighted as given, from comments.

    Service talk counts as three times as common: it is what this product hears.
    """
    from sklearn.linear_model import LogisticRegression

    labels = [1] * len(service) + [0] * len(comments)
    model = LogisticRegression(C=10, max_iter=500)
    shared = [sum(weights) / len(comments)] * len(comments)
    model.fit(np.concatenate([service, comments]), labels, sample_weight=[*weights, *shared])
    bias = float(model.intercept_[0]) + log(_SERVICE_ODDS)
    return model.coef_[0].astype(float).round(_DECIMALS), round(bias, _DECIMALS)


def service_texts(data: Path) -> tuple[list[str], list[float]]:
    """Service talk in both languages and how much each text counts: service turns most, as they hold the same feelings."""
    turns = [item.text for language in ("en", "zh") for item in read_service_turns(language, "train")]
    written = [item.unit.text for item in read_batches() if item.batch != TEST_BATCH]
    rest = [*written, *(item.text for item in read_multidogo(data / "multidogo" / "sentence_level"))]
    return [*turns, *rest], [_TURN_WEIGHT] * len(turns) + [1.0] * len(rest)


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder that keeps the vectors.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path(__file__).parent / "models" / "sentiment_comments.json",
)
def main(data: Path, cache: Path | None, out: Path) -> None:
    """Train the comment expert on DIR/goemotions; DIR/multidogo and our own sentences are service talk."""
    embedder: Embedder = UniversalSentenceEncoder(cache_size=0)
    try:
        texts, tones, marks = read_comments(data / "goemotions")
        service, counts = service_texts(data)
    except FileNotFoundError as error:
        raise click.UsageError(f"{error.filename}: training data are missing; see --help") from error
    vectors = embedded(embedder, texts, cache)
    network = fit_comments(texts, vectors, tones, marks)
    weights, bias = fit_service_share(embedded(embedder, service, cache), vectors, counts)
    document = {
        "schema": COMMENTS_SCHEMA,
        "labels": list(LABELS),
        "embedder": embedder.name,
        "licence": "Apache-2.0; trained on the data below, whose attributions go with it",
        "trained_on": [
            {
                "name": "goemotions",
                "licence": "CC BY 4.0",
                "attribution": "GoEmotions, Google Research",
                "n": len(texts),
            },
            {
                "name": "service talk: written for this project, and multidogo",
                "licence": "Apache-2.0; CDLA-Permissive-1.0",
                "attribution": "MultiDoGO, Copyright Amazon.com, Inc. or its affiliates",
                "n": len(service),
            },
        ],
        "date": date.today().isoformat(),
        "service_bias": bias,
        "service_weights": weights.tolist(),
        "network": network.to_document(),
    }
    out.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{out}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
