"""Rubric files: YAML in, :class:`~scoring.rubric.Rubric` out, faults with file, line and path."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from qa.model import RubricError
from scoring.faults import Fault, from_validation
from scoring.patterns import PhraseError, Words, compile_phrase, compile_phrases
from scoring.rubric import Rubric
from scoring.yaml_lines import Source, read

_MAX_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class _Checked:
    rubric: Rubric | None
    faults: list[Fault]


def load_rubric(path: Path) -> Rubric:
    """Read and check a rubric file; raises :class:`~qa.model.RubricError` for the first fault."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RubricError(f"expected at most {_MAX_BYTES:,} bytes, got {path.stat().st_size:,}", where=f"{path}:1")
        data = path.read_bytes()
    except OSError as fault:
        raise RubricError(f"cannot be read ({fault.strerror})", where=str(path), expected="a rubric file") from fault
    return parse_rubric(data, str(path))


def parse_rubric(source: str | bytes, name: str) -> Rubric:
    """Check a rubric's text; ``name`` stands for the file in messages. Raises :class:`~qa.model.RubricError`."""
    checked = _check(source, name)
    if checked.rubric is None:
        first, more = checked.faults[0], len(checked.faults) - 1
        fix = f"({more} more: qa rubric check {name})" if more else ""
        raise RubricError(first.what, where=first.where, fix=fix)
    return checked.rubric


def find_faults(source: str | bytes, name: str) -> list[str]:
    """Every fault of a rubric's text as ``FILE:LINE: path: expected, got``; empty for a good one."""
    return [str(fault) for fault in _check(source, name).faults]


def shipped_rubrics() -> list[Path]:
    """The rubric files that come with the product, by name."""
    folder = resources.files("rubrics")  # a folder of data, no package: it may even lie in several places
    return sorted(Path(str(entry)) for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def find_rubric(id_or_file: str) -> Rubric:
    """A shipped rubric by its id, or any rubric by its path; raises :class:`~qa.model.RubricError`."""
    shipped = {path.stem: path for path in shipped_rubrics()}
    if id_or_file in shipped:
        return load_rubric(shipped[id_or_file])
    path = Path(id_or_file)
    if path.suffix in (".yaml", ".yml") or path.exists():
        return load_rubric(path)
    known = ", ".join(sorted(shipped))
    raise RubricError(f"no rubric {id_or_file!r}", expected=f"one of {known}, or the path of a YAML file")


def _check(source: str | bytes, name: str) -> _Checked:
    data = source.encode() if isinstance(source, str) else source
    document = read(data, name)
    if document.faults:
        return _Checked(None, document.faults)
    try:
        rubric = Rubric.model_validate(document.value)
    except ValidationError as error:
        return _Checked(None, from_validation(error, document))
    faults = _references(rubric, document) + _patterns(rubric, document)
    if faults:
        return _Checked(None, faults)
    return _Checked(rubric.model_copy(update={"sha256": hashlib.sha256(data).hexdigest()}), [])


def _references(rubric: Rubric, document: Source) -> list[Fault]:
    faults = []
    known = set(rubric.signals)
    if isinstance(document.value, dict) and "sha256" in document.value:
        faults.append(document.fault(("sha256",), "expected no such key (it is worked out from the file), got one"))
    for name, signal in rubric.signals.items():
        for other in signal.refers_to():
            if other not in known:
                faults.append(
                    document.fault(("signals", name), f"expected a declared signal, got {other!r}", known, other)
                )
        if _reaches(rubric, name, name, frozenset()):
            faults.append(document.fault(("signals", name), "expected no circle, got a signal that is made of itself"))
    seen: set[str] = set()
    for at, section in enumerate(rubric.sections):
        for position, criterion in enumerate(section.criteria):
            path = ("sections", at, "criteria", position)
            if criterion.id in seen:
                faults.append(document.fault((*path, "id"), f"expected a new id, got {criterion.id!r} again"))
            seen.add(criterion.id)
            for other in dict.fromkeys(criterion.signal_names()):
                if other not in known:
                    where = document.find((*path,), other)
                    faults.append(document.fault(where, f"expected a declared signal, got {other!r}", known, other))
    return faults


def _reaches(rubric: Rubric, start: str, target: str, passed: frozenset[str]) -> bool:
    for other in rubric.signals[start].refers_to() if start in rubric.signals else ():
        if other == target or (other not in passed and _reaches(rubric, other, target, passed | {other})):
            return True
    return False


def _patterns(rubric: Rubric, document: Source) -> list[Fault]:
    words = tuple(sorted(rubric.words.items()))
    faults: list[Fault] = []
    for name, signal in rubric.signals.items():
        for phrases in signal.patterns():
            try:
                compile_phrases(phrases, words, rubric.language)
            except PhraseError as together:
                alone = [_phrase_fault(phrase, words, rubric, document, name) for phrase in phrases]
                found = [fault for fault in alone if fault is not None]
                faults += found or [document.fault(("signals", name), f"expected phrases, got together: {together}")]
    return faults


def _phrase_fault(phrase: str, words: Words, rubric: Rubric, document: Source, signal: str) -> Fault | None:
    try:
        compile_phrase(phrase, words, rubric.language)
    except PhraseError as error:
        where = document.find(("signals", signal), phrase)
        return document.fault(where, f"expected a phrase, got {phrase!r}: {error}")
    return None
