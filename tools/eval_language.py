"""How well the language room understands: acts, sentiment and empathy, each against labels that it never learned from.

DIR holds ``labelled_calls`` (calls/ and labels/) and ``goemotions`` as their publishers lay them out; a set that is missing is
left out. Empathy is measured by its training script in cross-validation, since all its data are needed to train; the figure
comes from the model file. Prints JSON on stdout and tables on stderr; ``--write FILE`` puts the tables into a section of a
Markdown file, and the reliability plot beside it into ``images/``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.language import annotate
from qa.language.acts.call_links import LINKS, LabelledCall, read_calls
from qa.language.acts.examples import TEST_BATCH, read_batches
from qa.language.acts.head import LANGUAGES, ActHead, load_act_head
from qa.language.sentiment import LABELS, load_sentiment
from qa.language.train_sentiment import read_goemotions, read_service_turns
from qa.language.vectors import Embedder, UniversalSentenceEncoder
from qa.model import Act, Call, Conversation, Language, SpeakerRole, Turn
from tools.benchmarks_page import write_section

TITLE = "Acts, sentiment and empathy"
_BINS = 10


def f1(gold: NDArray[Any], found: NDArray[Any]) -> dict[str, float | int | None]:
    """Precision, recall and F1 of what was found, with the counts behind them."""
    hits, said, true = int((gold & found).sum()), int(found.sum()), int(gold.sum())
    return {
        "n": true,
        "found": said,
        "right": hits,
        "precision": round(hits / said, 3) if said else None,
        "recall": round(hits / true, 3) if true else None,
        "f1": round(2 * hits / (said + true), 3) if true else None,
    }


def acts_on_sentences(head: ActHead, embedder: Embedder, batch: str) -> dict[str, Any]:
    """F1 of every act that an author batch was labelled with, by language, at the shipped thresholds."""
    found: dict[str, Any] = {}
    labelled = [item for item in read_batches() if item.batch == batch]
    for language in LANGUAGES:
        examples = [item for item in labelled if item.language == language]
        if not examples:
            continue
        rows = head.probabilities([item.unit for item in examples], embedder)
        table = {}
        for column, act in enumerate(head.acts):
            fits = np.array([act in item.judged for item in examples])
            if not fits.any():
                continue
            gold = np.array([act in item.acts for item in examples])[fits]
            table[act.value] = f1(gold, rows[fits, column] >= head.thresholds[language][act])
        scores = [row["f1"] for row in table.values() if row["f1"] is not None]
        found[language] = {"sentences": len(examples), "macro_f1": round(float(np.mean(scores)), 3), "acts": table}
    return found


def acts_on_calls(head: ActHead, embedder: Embedder, calls: Sequence[LabelledCall]) -> list[dict[str, Any]]:
    """How often "the call holds the act" agrees with what the call's labels say of it, for every link and language."""
    marks = [_performed(head, embedder, call) for call in calls]
    table = []
    for link in LINKS:
        for language in LANGUAGES:
            pairs = [
                (truth, any(act in said[turn] for turn in call.turns(link) for act in link.acts))
                for call, said in zip(calls, marks, strict=True)
                if (truth := call.truth(link)) is not None and (call.conversation.language or "en") == language
            ]
            if pairs:
                gold, guess = (np.array(side) for side in zip(*pairs, strict=True))
                name = " / ".join(act.value for act in link.acts)
                kappa = _kappa(gold, guess)
                table.append({"acts": name, "criterion": link.criterion, "language": language, "calls": len(pairs)})
                table[-1] |= f1(gold, guess) | {"agreement": round(float((gold == guess).mean()), 3), "kappa": kappa}
    return table


def _performed(head: ActHead, embedder: Embedder, call: LabelledCall) -> list[set[Act]]:
    """For each turn the acts that reach their threshold."""
    language: Language = call.conversation.language or "en"
    limits = np.array([head.thresholds[language][act] for act in head.acts])
    found: list[set[Act]] = []
    for units in call.units:
        rows = head.probabilities(units, embedder) if units else np.zeros((0, len(head.acts)))
        found.append({head.acts[column] for column in np.flatnonzero((rows >= limits).any(axis=0))})
    return found


def _kappa(gold: NDArray[Any], guess: NDArray[Any]) -> float | None:
    observed = float((gold == guess).mean())
    chance = float(gold.mean() * guess.mean() + (1 - gold.mean()) * (1 - guess.mean()))
    return None if chance == 1 else round((observed - chance) / (1 - chance), 3)


def reliability(chances: NDArray[Any], right: NDArray[Any]) -> dict[str, Any]:
    """Ten bins of probability: how many, their mean probability, and the share that was right; and the expected error."""
    places = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    bins = [
        {
            "n": int((places == place).sum()),
            "said": round(float(chances[places == place].mean()), 3),
            "right": round(float(right[places == place].mean()), 3),
        }
        for place in range(_BINS)
        if (places == place).any()
    ]
    error = sum(row["n"] * abs(row["said"] - row["right"]) for row in bins) / len(chances)
    return {"expected_calibration_error": round(error, 3), "bins": bins}


def sentiment_on(texts: Sequence[str], labels: Sequence[str], embedder: Embedder) -> dict[str, Any]:
    """Macro-F1, accuracy and reliability of the most probable tone."""
    chances = load_sentiment().probabilities(texts, embedder.embed(texts))
    gold, guess = np.array([LABELS.index(label) for label in labels]), chances.argmax(axis=1)
    by_label = {label: f1(gold == index, guess == index) for index, label in enumerate(LABELS)}
    return {
        "n": len(texts),
        "macro_f1": round(float(np.mean([row["f1"] for row in by_label.values()])), 3),
        "accuracy": round(float((gold == guess).mean()), 3),
        "labels": by_label,
        "reliability": reliability(chances.ravel(), (np.arange(len(LABELS)) == gold[:, None]).ravel()),
    }


def through_turns(texts: Sequence[str], labels: Sequence[str], embedder: Embedder) -> float:
    """Macro-F1 when each text is a customer's turn of a conversation, as the product meets it."""
    turns = tuple(Turn(index=index, role=SpeakerRole.CUSTOMER, text=text) for index, text in enumerate(texts))
    found = annotate(Conversation(call=Call(call_id="eval"), turns=turns), embedder=embedder)
    tones = [turn.sentiment for turn in found.turns if turn.sentiment is not None]
    guess = np.array([int(np.argmax([tone.negative, tone.neutral, tone.positive])) for tone in tones])
    gold = np.array([LABELS.index(label) for label in labels])
    scores = [f1(gold == index, guess == index)["f1"] or 0.0 for index in range(len(LABELS))]
    return round(float(np.mean(scores)), 3)


def evaluate(data: Path, wanted: Callable[[str], bool]) -> dict[str, Any]:
    """Everything for which ``data`` or the repository holds labels."""
    embedder = UniversalSentenceEncoder(cache_size=100_000)
    head = load_act_head()
    on_sentences = acts_on_sentences(head, embedder, TEST_BATCH)
    found: dict[str, Any] = {
        "acts": {"test_batch": TEST_BATCH, "sentences": on_sentences, "calls": []},
        "sentiment": {},
    }
    if (data / "labelled_calls").exists():
        found["acts"]["calls"] = acts_on_calls(head, embedder, read_calls(data / "labelled_calls", wanted))
    sets = {f"service turns {language}, test": read_service_turns(language, "test") for language in LANGUAGES}
    if (data / "goemotions").exists():
        sets["GoEmotions dev, single label"] = read_goemotions(data / "goemotions" / "group", "dev")
    for name, items in sets.items():
        texts, labels = [item.text for item in items], [item.label for item in items]
        found["sentiment"][name] = sentiment_on(texts, labels, embedder)
        found["sentiment"][name]["macro_f1_as_turns"] = through_turns(texts, labels, embedder)
    model = resources.files("qa.language") / "models" / "empathy.json"
    found["empathy"] = json.loads(model.read_text(encoding="utf-8"))["measured"]
    return found


def tables(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as Markdown, line by line."""
    acts = figures["acts"]
    for language, block in acts["sentences"].items():
        yield f"Acts, {language}: {block['sentences']} sentences of author batch {acts['test_batch']}, never trained on; "
        yield f"macro-F1 {block['macro_f1']}.\n"
        yield "| act | n | found | right | precision | recall | F1 |\n|---|---|---|---|---|---|---|"
        for act, row in block["acts"].items():
            yield f"| {act} | " + " | ".join(_cell(row[key]) for key in _COLUMNS) + " |"
        yield ""
    if acts["calls"]:
        yield "Acts on whole calls: does the call hold the act, against what the call's labels say of it.\n"
        yield "| acts | criterion | language | calls | agreement | kappa |\n|---|---|---|---|---|---|"
        for row in acts["calls"]:
            keys = ("acts", "criterion", "language", "calls", "agreement", "kappa")
            yield "| " + " | ".join(_cell(row[key]) for key in keys) + " |"
        yield ""
    yield "| sentiment on | n | macro-F1 | as turns | accuracy | calibration error |\n|---|---|---|---|---|---|"
    for name, row in figures["sentiment"].items():
        cells = (
            row["macro_f1"],
            row["macro_f1_as_turns"],
            row["accuracy"],
            row["reliability"]["expected_calibration_error"],
        )
        yield f"| {name} | {row['n']} | " + " | ".join(_cell(cell) for cell in cells) + " |"
    yield "\n![Reliability of sentiment](images/sentiment-reliability.svg)\n"
    kappas = ", ".join(f"{name} {value}" for name, value in figures["empathy"]["quadratic_weighted_kappa"].items())
    yield f"Empathy level, {figures['empathy']['n']} sentences, cross-validated, quadratic weighted kappa: {kappas}."


_COLUMNS = ("n", "found", "right", "precision", "recall", "f1")


def _cell(value: object) -> str:
    return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def reliability_svg(figures: dict[str, Any]) -> str:
    """Said probability against the share that was right, one line for each set; the diagonal is perfect."""
    side, margin, colours = 320, 46, ("#1b6ca8", "#c05621", "#2f855a", "#805ad5")

    def point(said: float, right: float) -> str:
        return f"{margin + said * side:.1f},{margin / 2 + (1 - right) * side:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side + 2 * margin} {side + 2 * margin}" '
        'font-family="sans-serif" font-size="11" role="img" aria-label="Reliability of sentiment probabilities">',
        f'<rect x="{margin}" y="{margin / 2}" width="{side}" height="{side}" fill="none" stroke="#999"/>',
        f'<polyline points="{point(0, 0)} {point(1, 1)}" stroke="#999" stroke-dasharray="4 4"/>',
        f'<text x="{margin + side / 2}" y="{side + margin + 8}" text-anchor="middle">said probability</text>',
        f'<text transform="translate(14 {side / 2}) rotate(-90)" text-anchor="middle">share right</text>',
    ]
    for colour, (place, (name, row)) in zip(colours, enumerate(figures["sentiment"].items()), strict=False):
        bins = row["reliability"]["bins"]
        line = " ".join(point(item["said"], item["right"]) for item in bins)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{at[0]}" cy="{at[1]}" r="3" fill="{colour}"><title>n = {item["n"]}</title></circle>'
            for item in bins
            if (at := point(item["said"], item["right"]).split(","))
        ]
        parts.append(
            f'<text x="{margin + 8}" y="{margin / 2 + 16 + 15 * place}" fill="{colour}">{name} ({row["n"]})</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print JSON on stdout, tables on stderr."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with labelled_calls and goemotions")
    parser.add_argument("--ids", default=".*", help="only labelled calls whose id matches this regular expression")
    parser.add_argument("--write", type=Path, help="Markdown file whose section is replaced")
    options = parser.parse_args(arguments)
    wanted = re.compile(options.ids)
    figures = evaluate(options.data, lambda name: bool(wanted.fullmatch(name)))
    json.dump(figures, sys.stdout, indent=1)
    sys.stdout.write("\n")
    body = "\n".join(tables(figures))
    sys.stderr.write(f"{body}\n")
    if options.write:
        picture = options.write.parent / "images" / "sentiment-reliability.svg"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_text(reliability_svg(figures), encoding="utf-8")
        write_section(
            options.write, TITLE, f"`python -m tools.eval_language --data DIR --write {options.write.name}`\n\n{body}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
