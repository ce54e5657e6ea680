"""Train the act classifier: ``python -m qa.language.train_acts [--data DIR] [--out FILE]``.

Learns from the author batches in ``training/acts`` (all but the test batch), and from what DIR holds beside them:
``harper_valley`` and ``star`` and ``multidogo`` for what ordinary talk is not, ``labelled_calls`` for the thresholds. The weights
follow from the data alone: nothing is sampled.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import numpy as np

from qa.language.acts.call_links import LabelledCall, all_units, read_calls
from qa.language.acts.examples import TEST_BATCH, ActExample, read_batches, without_marks
from qa.language.acts.fitting import fit, out_of_fold, platt
from qa.language.acts.head import LANGUAGES, ActHead, logistic
from qa.language.acts.real_talk import negatives_of, read_harper_valley, read_multidogo, read_star
from qa.language.acts.thresholds import accuracy_on_calls, best_threshold
from qa.language.acts.units import ActUnit, features_of
from qa.language.ngrams import Vocabulary
from qa.language.packed import Matrix
from qa.language.vectors import Embedder, UniversalSentenceEncoder
from qa.model import Act, Language

_MOST_TERMS = 12_000
_LEAST_TEXTS = 3
_FOLDS = 5
_LEAST_EXAMPLES = 20
"""Of every act in each language, from which an author's batch can teach alone."""
_REAL_TALK_WEIGHT = 0.3
_OWN = ("Apache-2.0", "written for this project")
_LICENCES = {
    "harper_valley": ("CC BY 4.0", "HarperValleyBank, Gridspace and Stanford University; converted"),
    "star": ("MIT", "STAR, Rasa Technologies (Mosig, Mehri and Kober 2020)"),
    "multidogo": ("CDLA-Permissive-1.0", "MultiDoGO, Copyright Amazon.com, Inc. or its affiliates"),
}


def labels_of(examples: Sequence[ActExample], acts: Sequence[Act]) -> tuple[Matrix, Matrix]:
    """Labels (n, acts) in {0, 1} and how much each counts (0 where an act was not judged)."""
    labels = np.array([[act in example.acts for act in acts] for example in examples], dtype=np.float32)
    counts = np.array([[example.weight * (act in example.judged) for act in acts] for example in examples])
    return labels, counts.astype(np.float32)


def folds_of(examples: Sequence[ActExample]) -> list[int]:
    """By author batch, for a language in which several authors wrote of every act; else by the order of the texts.

    Sentences of one call stay together.
    """
    authors = {language: _complete_authors(examples, language) for language in LANGUAGES}
    place = {text: index for index, text in enumerate(dict.fromkeys(_key(example) for example in examples))}
    folds = []
    for example in examples:
        several = authors[example.language] if len(authors[example.language]) > 1 else []
        by_order = place[_key(example)] % (len(several) or _FOLDS)
        folds.append(several.index(example.batch) if example.batch in several else by_order)
    return folds


def _complete_authors(examples: Sequence[ActExample], language: Language) -> list[str]:
    mine = [example for example in examples if example.language == language and example.batch not in _LICENCES]
    counts = Counter((example.batch, act) for example in mine for act in example.acts)
    judged: dict[str, set[Act]] = {}
    for example in mine:
        judged.setdefault(example.batch, set()).update(example.judged)
    return [
        batch for batch, acts in sorted(judged.items()) if all(counts[batch, act] >= _LEAST_EXAMPLES for act in acts)
    ]


def train(examples: Sequence[ActExample], calls: Sequence[LabelledCall], embedder: Embedder) -> ActHead:
    """Fit on all examples; calibrate by folds that a fit did not see; thresholds from those and from labelled calls."""
    acts = tuple(Act)
    vocabulary = Vocabulary.fitted(
        (example.unit.text for example in examples), at_least=_LEAST_TEXTS, at_most=_MOST_TERMS
    )
    features = features_of([example.unit for example in examples], embedder, vocabulary)
    labels, counts = labels_of(examples, acts)
    unseen = out_of_fold(features, labels, counts, folds_of(examples))
    weights, bias = fit(features, labels, counts)
    for column in range(len(acts)):
        judged = counts[:, column] > 0
        slope, shift = platt(unseen[judged, column], labels[judged, column])
        unseen[:, column] = unseen[:, column] * slope + shift
        bias[column] = bias[column] * slope + shift
        for block in weights.values():
            block[column] *= slope
    head = ActHead(embedder.name, acts, vocabulary, weights, bias, {})
    chances = logistic(unseen)
    on_calls = chances_on_calls(head, embedder, all_units(calls), examples, chances)
    thresholds: dict[Language, dict[Act, float]] = {language: {} for language in LANGUAGES}
    for column, act in enumerate(acts):
        accuracy = accuracy_on_calls(act, on_calls[:, column], calls)
        for language in LANGUAGES:
            spoken = np.array([example.language == language for example in examples])
            mine = (counts[:, column] > 0) & spoken
            thresholds[language][act] = best_threshold(chances[mine, column], labels[mine, column], accuracy)
    return replace(head, thresholds=thresholds)


def chances_on_calls(
    head: ActHead, embedder: Embedder, units: Sequence[ActUnit], examples: Sequence[ActExample], unseen: Matrix
) -> Matrix:
    """Probabilities (n, acts) of units of calls; of a unit that is an example too, those of a fit that did not see it."""
    if not units:
        return np.zeros((0, len(head.acts)), dtype=np.float32)
    found = head.probabilities(units, embedder)
    learnt = {example.unit: row for row, example in zip(unseen, examples, strict=True)}
    for place, unit in enumerate(units):
        found[place] = learnt.get(unit, found[place])
    return found


def _key(example: ActExample) -> str:
    return example.call or "".join(character for character in example.unit.text.lower() if character.isalnum())


def real_talk(data: Path) -> list[ActExample]:
    """The examples that the public sets in the folder give; a set that is not there gives none."""
    found: list[ActExample] = []
    if (data / "harper_valley").exists():
        found += negatives_of(read_harper_valley(data / "harper_valley"), weight=_REAL_TALK_WEIGHT)
    if (data / "star").exists():
        found += read_star(data / "star", weight=_REAL_TALK_WEIGHT)
    if (data / "multidogo").exists():
        found += read_multidogo(data / "multidogo" / "sentence_level", weight=_REAL_TALK_WEIGHT)
    return found


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder with public sets.")
@click.option(
    "--calls",
    default=".*",
    help="Only labelled calls whose id matches this regular expression, for the thresholds and to learn from.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=Path(__file__).parent / "models" / "acts.json"
)
def main(data: Path | None, calls: str, out: Path) -> None:
    """Train the act classifier on the author batches and DIR."""
    wanted = re.compile(calls)
    written = [example for example in read_batches() if example.batch != TEST_BATCH]
    written = [example for example in written if not example.call or wanted.fullmatch(example.call)]
    talk = real_talk(data) if data else []
    labelled: list[LabelledCall] = []
    if data and (data / "labelled_calls").exists():
        labelled = read_calls(data / "labelled_calls", lambda name: bool(wanted.fullmatch(name)))
    examples = [*written, *without_marks(written), *talk]
    head = train(examples, labelled, UniversalSentenceEncoder(cache_size=100_000))
    counts = Counter(example.batch for example in (*written, *talk))
    document = {
        "date": date.today().isoformat(),
        "licence": "Apache-2.0; trained on the data below, whose attributions go with it",
        "trained_on": [
            {"name": name, "n": n} | dict(zip(("licence", "attribution"), _LICENCES.get(name, _OWN), strict=True))
            for name, n in sorted(counts.items())
        ],
        "thresholds_from_calls": len(labelled),
    } | head.to_document()
    out.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{out}: {out.stat().st_size} bytes; " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items())))


if __name__ == "__main__":
    main()
