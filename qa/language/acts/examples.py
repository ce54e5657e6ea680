"""Sentences whose acts are known: those written for this project, by author batch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from qa.language.acts.sides import acts_of
from qa.language.acts.units import ActUnit
from qa.model import Act, Language, SpeakerRole, UsageError

FOLDER = Path(__file__).parents[1] / "training" / "acts"
TEST_BATCH = "c"
"""Never trained on."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Six times as fast where PyYAML was built with its C library."""
_MARKS = re.compile(r"[^\w'’\s]+")


@dataclass(frozen=True, slots=True)
class ActExample:
    """A unit with its acts. ``judged`` are the acts of which the label says whether it performs them: all of its side but
    those that its batch was written without.

    ``call`` is the id of the labelled call that the unit is from, empty for a sentence written for its own sake.
    """

    unit: ActUnit
    acts: frozenset[Act]
    judged: frozenset[Act]
    language: Language
    batch: str
    weight: float = 1.0
    call: str = ""


def read_batches(folder: Path = FOLDER) -> list[ActExample]:
    """Every sentence of ``BATCH.LANGUAGE.yaml``; raises ``UsageError`` naming file and sentence for a wrong one."""
    return [example for path in sorted(folder.glob("*.??.yaml")) for example in _read(path)]


def without_marks(examples: Iterable[ActExample]) -> list[ActExample]:
    """The same sentences as a recogniser without punctuation writes them, where that differs."""
    found = []
    for example in examples:
        unit = ActUnit(_bare(example.unit.text), example.unit.role, _bare(example.unit.before))
        if unit != example.unit:
            found.append(replace(example, unit=unit))
    return found


def _read(path: Path) -> list[ActExample]:
    batch, language, _ = path.name.split(".")
    document = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506 (a safe one)
    unlabelled = frozenset(Act(name) for name in document.get("unlabelled", ()))
    found = []
    for number, sentence in enumerate(document["sentences"]):
        try:
            role = SpeakerRole(sentence["side"])
            acts = frozenset(Act(name) for name in sentence["acts"])
            unit = ActUnit(sentence["text"], role, sentence.get("before") or "")
        except (KeyError, ValueError, TypeError) as error:
            raise UsageError(
                f"{error}", where=f"{path.name}: sentences[{number}]", expected="side, acts and text"
            ) from error
        call = sentence.get("call") or ""
        judged = acts_of(role) - unlabelled
        found.append(ActExample(unit, acts, judged, "zh" if language == "zh" else "en", batch, call=call))
    return found


def _bare(text: str) -> str:
    return " ".join(_MARKS.sub(" ", text).lower().split())
