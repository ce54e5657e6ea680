"""Count the characters of Mandarin service talk: ``python -m qa.language.train_characters [--out FILE]``.

Counts the sentences of the acts' author batches (``training/acts``) and the turns before them, each once. It needs nothing
else and gives the same file every time.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from qa.language.acts.examples import read_batches
from qa.language.characters import CharacterModel
from qa.language.homophones import MODEL
from qa.language.normalise import to_simplified


def mandarin_texts() -> list[str]:
    """The written sentences and what stands before them, in simplified characters."""
    units = [example.unit for example in read_batches() if example.language == "zh"]
    return sorted({to_simplified(text) for unit in units for text in (unit.text, unit.before)})


@click.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=MODEL, show_default=True)
def main(out: Path) -> None:
    """Write the counts of characters, pairs and triples."""
    document = CharacterModel.counted(mandarin_texts()).to_document()
    out.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
