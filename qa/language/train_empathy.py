"""Train the empathy head: ``python -m qa.language.train_empathy --data DIR [--out FILE]``.

DIR holds ``empathetic_personas_en_zh`` as its folder is laid out: the same sentences in English and machine-translated into
Mandarin, each rated 0..2 by three people. Prints the quadratic weighted kappa in cross-validation, in which a sentence, its
translation and its near copies lie in one fold.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray

from qa.language.empathy import SCHEMA, EmpathyHead
from qa.language.ngrams import Vocabulary
from qa.language.packed import Matrix
from qa.language.vectors import Vectors, load_embedder

_PENALTY = 0.33
_FOLDS = 10
_NEAR = 0.6
"""Cosine of terms from which two sentences count as near copies."""
_DECIMALS = 4


class RatedSentence(NamedTuple):
    """A sentence in both languages, the mean of its raters and their consensus, 0..2."""

    english: str
    mandarin: str
    mean: float
    level: int


def read_rated(folder: Path) -> list[RatedSentence]:
    """The rated sentences of EmpatheticPersonas."""
    rows: dict[str, list[dict[str, str]]] = {}
    for name in ("EN", "ZH"):
        with (folder / "empathy" / f"{name}_dev.csv").open(encoding="utf-8-sig", newline="") as file:
            rows[name] = list(csv.DictReader(file))
    return [
        RatedSentence(
            english["response"],
            mandarin["response"],
            float(np.mean([int(english[f"annotator{rater}_score"]) for rater in (1, 2, 3)])),
            int(english["empathy_score"]),
        )
        for english, mandarin in zip(rows["EN"], rows["ZH"], strict=True)
    ]


def fit(vectors: Vectors, means: NDArray[Any], levels: NDArray[Any], *, embedder: str) -> EmpathyHead:
    """Ridge regression of the raters' means, and the two cuts with the best kappa on the same sentences."""
    from sklearn.linear_model import Ridge

    model = Ridge(alpha=_PENALTY).fit(vectors, means)
    head = EmpathyHead(embedder, model.coef_.round(_DECIMALS), round(float(model.intercept_), _DECIMALS), 0, 0)
    weak_from, strong_from = best_cuts(head.scores(vectors), levels)
    return EmpathyHead(embedder, head.weights, head.bias, weak_from, strong_from)


def best_cuts(scores: Matrix, levels: NDArray[Any]) -> tuple[float, float]:
    """The two scores that cut best, by quadratic weighted kappa."""
    places = [round(float(score), _DECIMALS) for score in np.quantile(scores, np.arange(0.05, 0.96, 0.03))]
    pairs = [(low, high) for index, low in enumerate(places) for high in places[index + 1 :]]
    return max(pairs, key=lambda pair: quadratic_kappa(levels, (scores >= pair[0]).astype(int) + (scores >= pair[1])))


def quadratic_kappa(gold: NDArray[Any], found: NDArray[Any]) -> float:
    """Cohen's kappa with quadratic weights over the levels 0, 1, 2."""
    cells = np.bincount(gold * 3 + found, minlength=9).reshape(3, 3)
    distance = (np.arange(3)[:, None] - np.arange(3)) ** 2
    by_chance = np.outer(cells.sum(axis=1), cells.sum(axis=0)) / cells.sum()
    return float(1 - (distance * cells).sum() / (distance * by_chance).sum())


def near_copies(texts: Sequence[str]) -> list[int]:
    """A group number for each text; texts that share most of their terms, also by way of others, share a group."""
    from scipy.sparse.csgraph import connected_components

    terms = Vocabulary.fitted(texts, at_least=2, at_most=20_000).matrix(texts)
    _, groups = connected_components(terms @ terms.T >= _NEAR, directed=False)
    return [int(group) for group in groups]


def cross_validated(rated: Sequence[RatedSentence], vectors: dict[str, Vectors], *, embedder: str) -> dict[str, float]:
    """Quadratic weighted kappa for each language, by heads that saw other sentences in both."""
    from sklearn.model_selection import GroupKFold

    means, levels = np.array([item.mean for item in rated]), np.array([item.level for item in rated])
    found = {language: np.zeros(len(rated), dtype=int) for language in vectors}
    groups = near_copies([item.english for item in rated])
    for seen, unseen in GroupKFold(_FOLDS).split(means, groups=groups):
        both = np.concatenate([rows[seen] for rows in vectors.values()])
        head = fit(both, np.tile(means[seen], len(vectors)), np.tile(levels[seen], len(vectors)), embedder=embedder)
        for language, rows in vectors.items():
            found[language][unseen] = head.levels(rows[unseen])
    return {language: round(quadratic_kappa(levels, guess), 3) for language, guess in found.items()}


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path(__file__).parent / "models" / "empathy.json"
)
def main(data: Path, out: Path) -> None:
    """Train the empathy head on DIR/empathetic_personas_en_zh."""
    try:
        rated = read_rated(data / "empathetic_personas_en_zh")
    except FileNotFoundError as error:
        raise click.UsageError(f"{error.filename}: training data are missing; see --help") from error
    embedder = load_embedder()
    vectors = {
        "en": embedder.embed([item.english for item in rated]),
        "zh": embedder.embed([item.mandarin for item in rated]),
    }
    measured = cross_validated(rated, vectors, embedder=embedder.name)
    means, levels = np.array([item.mean for item in rated]), np.array([item.level for item in rated])
    head = fit(np.concatenate([*vectors.values()]), np.tile(means, 2), np.tile(levels, 2), embedder=embedder.name)
    document = {
        "schema": SCHEMA,
        "embedder": head.embedder,
        "licence": "Apache-2.0; trained on the data below, whose notice goes with it",
        "trained_on": [
            {
                "name": "EmpatheticPersonas, English and machine-translated Mandarin",
                "licence": "MIT",
                "attribution": "L. Alazraki 2021 and R. Hu 2022, Imperial College London",
                "n": len(rated),
            }
        ],
        "date": date.today().isoformat(),
        "measured": {"n": len(rated), "quadratic_weighted_kappa": measured},
        "cuts": [head.weak_from, head.strong_from],
        "bias": head.bias,
        "weights": [round(float(value), _DECIMALS) for value in head.weights],
    }
    out.write_text(json.dumps(document) + "\n", encoding="utf-8")
    click.echo(f"quadratic weighted kappa, cross-validated, {len(rated)} sentences: {measured}")


if __name__ == "__main__":
    main()
