"""Train the sentiment head: ``python -m qa.language.train_sentiment --data DIR [--cache DIR] [--out FILE]``.

DIR holds ``goemotions`` and ``multidogo`` as their publishers lay them out. The sentences written for this project lie
in ``training/``; their test part is measured, never trained on. Prints macro-F1 and accuracy with counts. Sampling is
seeded: the same data give the same weights.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import yaml

from qa.language.sentiment import LABELS, SCHEMA, SentimentHead
from qa.language.vectors import Embedder, Vectors, load_embedder

_HERE = Path(__file__).parent
_SEED = 7
_PER_GOEMOTIONS_GROUP = 3_500
_GOEMOTIONS_DEV = 2_000
_PER_MULTIDOGO_DOMAIN = 300
_SHORTEST_MULTIDOGO_WORDS = 4
_MULTIDOGO_WITHOUT = frozenset({"thankyou", "closinggreeting", "openinggreeting", "outofdomain"})
# Chosen by 8-fold cross-validation on the service turns' train part (docs/model_cards/sentiment.md).
_REGULARISATION_C = 0.1
_SERVICE_TURN_WEIGHT = 30.0
_WEIGHT_DECIMALS = 4
_FOLDS = 8


class Example(NamedTuple):
    """A text and its tone, one of ``LABELS``."""

    text: str
    label: str


class Source(NamedTuple):
    """A part of the training data with the licence that it comes under."""

    name: str
    licence: str
    attribution: str
    weight: float
    examples: list[Example]


def read_goemotions(folder: Path, part: str) -> list[Example]:
    """Comments with exactly one group, which is negative, neutral or positive (not ambiguous), in a seeded order."""
    names = (folder / "labels.txt").read_text(encoding="utf-8").split()
    found = []
    for line in (folder / f"{part}.tsv").read_text(encoding="utf-8").split("\n"):
        if not line:
            continue
        text, indexes, _comment_id = line.split("\t")
        if "," not in indexes and names[int(indexes)] in LABELS:
            found.append(Example(text, names[int(indexes)]))
    random.Random(_SEED).shuffle(found)  # noqa: S311 (sampling, not security)
    return found


def read_multidogo(folder: Path) -> list[Example]:
    """Plain customer requests and answers of four words and more: neutral service language."""
    found = []
    for domain in sorted(path for path in folder.iterdir() if path.is_dir()):
        with (domain / "train.tsv").open(encoding="utf-8", newline="") as file:
            texts = [
                row["utterance"]
                for row in csv.DictReader(file, delimiter="\t")
                if row["intent"] not in _MULTIDOGO_WITHOUT
                and "<div>" not in row["intent"]
                and len(row["utterance"].split()) >= _SHORTEST_MULTIDOGO_WORDS
            ]
        random.Random(_SEED).shuffle(texts)  # noqa: S311
        found += [Example(text, "neutral") for text in texts[:_PER_MULTIDOGO_DOMAIN]]
    return found


def read_service_turns(language: str, part: str) -> list[Example]:
    """The turns written for this project: ``language`` en or zh, ``part`` train or test."""
    path = _HERE / "training" / f"service_turns.{language}.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Example(text, label) for label in LABELS for text in document[part][label]]


def sources(data: Path) -> list[Source]:
    """Everything that is trained on."""
    goemotions = read_goemotions(data / "goemotions" / "group", "train")
    balanced = [
        example
        for label in LABELS
        for example in [example for example in goemotions if example.label == label][:_PER_GOEMOTIONS_GROUP]
    ]
    own = "written for this project"
    multidogo = read_multidogo(data / "multidogo" / "sentence_level")
    by_amazon = "MultiDoGO, Copyright Amazon.com, Inc. or its affiliates"
    return [
        Source("goemotions", "CC BY 4.0", "GoEmotions, Google Research", 1.0, balanced),
        Source("multidogo", "CDLA-Permissive-1.0", by_amazon, 1.0, multidogo),
        Source("service_turns.en", "Apache-2.0", own, _SERVICE_TURN_WEIGHT, read_service_turns("en", "train")),
        Source("service_turns.zh", "Apache-2.0", own, _SERVICE_TURN_WEIGHT, read_service_turns("zh", "train")),
    ]


def fit(vectors: Vectors, labels: Sequence[str], weights: Sequence[float], *, embedder: str) -> SentimentHead:
    """Multinomial logistic regression with balanced classes."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_REGULARISATION_C, max_iter=2_000, class_weight="balanced")
    model.fit(vectors, labels, sample_weight=weights)
    order = [list(model.classes_).index(label) for label in LABELS]
    # In double precision, so that four decimals are four decimals in the file.
    coefficients, intercept = model.coef_[order].astype(float), model.intercept_[order].astype(float)
    return SentimentHead(embedder, coefficients.round(_WEIGHT_DECIMALS), intercept.round(_WEIGHT_DECIMALS))


def cross_validated(parts: Sequence[Source], vectors: Sequence[Vectors], *, embedder: str) -> dict[str, float | int]:
    """How the service turns' train part is judged by heads that saw the other folds and all the other data."""
    from sklearn.model_selection import StratifiedKFold

    own = [index for index, part in enumerate(parts) if part.name.startswith("service_turns")]
    others = [index for index in range(len(parts)) if index not in own]
    rest = np.concatenate([vectors[index] for index in others])
    rest_labels = [example.label for index in others for example in parts[index].examples]
    turns = np.concatenate([vectors[index] for index in own])
    gold = np.array([example.label for index in own for example in parts[index].examples])
    found = np.empty_like(gold)
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED).split(turns, gold):
        weights = [1.0] * len(rest_labels) + [_SERVICE_TURN_WEIGHT] * len(seen)
        labels = [*rest_labels, *gold[seen]]
        head = fit(np.concatenate([rest, turns[seen]]), labels, weights, embedder=embedder)
        found[unseen] = judged(head, turns[unseen])
    return agreement(list(gold), list(found))


def judged(head: SentimentHead, vectors: Vectors) -> list[str]:
    """The most probable tone of each text."""
    return [LABELS[index] for index in head.probabilities(vectors).argmax(axis=1)]


def agreement(gold: Sequence[str], found: Sequence[str]) -> dict[str, float | int]:
    """Macro-F1 over the three tones, accuracy, and the number of texts."""
    from sklearn.metrics import accuracy_score, f1_score

    f1 = f1_score(gold, found, average="macro", labels=LABELS)
    return {"n": len(gold), "macro_f1": round(float(f1), 3), "accuracy": round(accuracy_score(gold, found), 3)}


def embedded(embedder: Embedder, texts: Sequence[str], cache: Path | None) -> Vectors:
    """The texts' vectors, kept in ``cache`` under a name made of encoder and texts."""
    if cache is None:
        return embedder.embed(texts)
    key = hashlib.sha256("\0".join([embedder.name, *texts]).encode()).hexdigest()[:16]
    path = cache / f"{key}.npy"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, embedder.embed(texts))
    return np.asarray(np.load(path), dtype=np.float32)


def _texts(examples: Iterable[Example]) -> list[str]:
    return [example.text for example in examples]


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder that keeps the vectors.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=_HERE / "models" / "sentiment.json")
def main(data: Path, cache: Path | None, out: Path) -> None:
    """Train the sentiment head on DIR/goemotions, DIR/multidogo and our own turns."""
    embedder = load_embedder()
    try:
        parts = sources(data)
        goemotions_dev = read_goemotions(data / "goemotions" / "group", "dev")[:_GOEMOTIONS_DEV]
    except FileNotFoundError as error:
        raise click.UsageError(f"{error.filename}: training data are missing; see --help") from error
    vectors = [embedded(embedder, _texts(part.examples), cache) for part in parts]
    labels = [example.label for part in parts for example in part.examples]
    weights = [part.weight for part in parts for _ in part.examples]
    head = fit(np.concatenate(vectors), labels, weights, embedder=embedder.name)
    tests = {
        "goemotions dev (single label)": goemotions_dev,
        "service turns en, test": read_service_turns("en", "test"),
        "service turns zh, test": read_service_turns("zh", "test"),
    }
    measured = {"service turns, train part, cross-validated": cross_validated(parts, vectors, embedder=embedder.name)}
    for name, examples in tests.items():
        found = judged(head, embedded(embedder, _texts(examples), cache))
        measured[name] = agreement([example.label for example in examples], found)
    for name, numbers in measured.items():
        click.echo(f"{name}: " + ", ".join(f"{key} {value}" for key, value in numbers.items()))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(document(head, parts, measured), ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{out}: {out.stat().st_size} bytes")


def document(head: SentimentHead, parts: Sequence[Source], measured: dict[str, Any]) -> dict[str, Any]:
    """What ``sentiment.json`` holds: the weights, and where they come from."""
    return {
        "schema": SCHEMA,
        "labels": list(LABELS),
        "embedder": head.embedder,
        "licence": "Apache-2.0; trained on the data below, whose attributions go with it",
        "trained_on": [
            {
                "name": part.name,
                "licence": part.licence,
                "attribution": part.attribution,
                "n": len(part.examples),
                "weight": part.weight,
            }
            for part in parts
        ],
        "date": date.today().isoformat(),
        "measured": measured,
        "bias": head.bias.tolist(),
        "weights": head.weights.tolist(),
    }


if __name__ == "__main__":
    main()
