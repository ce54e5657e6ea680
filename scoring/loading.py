"""Rubric files: YAML in, :class:`~scoring.rubric.Rubric` out, faults with file, line and path."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa.model import RubricError
from scoring.faults import Fault, from_validation
from scoring.inheritance import derive
from scoring.patterns import PhraseError, Words, compile_phrase, compile_phrases
from scoring.references import find_reference_faults
from scoring.rubric import Rubric
from scoring.rubric_files import named_file, read_bytes, shipped_rubrics
from scoring.signal_files import KEY, take_signals
from scoring.yaml_lines import Source, read


@dataclass(frozen=True, slots=True)
class _Checked:
    rubric: Rubric | None
    faults: list[Fault]


def load_rubric(path: Path) -> Rubric:
    """Read and check a rubric file; raises :class:`~qa.model.RubricError` for the first fault."""
    return parse_rubric(read_bytes(path), str(path))


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
    document, sha256 = _resolved(data, name, ())
    if document.faults:
        return _Checked(None, document.faults)
    try:
        rubric = Rubric.model_validate(document.value)
    except ValidationError as error:
        return _Checked(None, from_validation(error, document, Rubric, also=("remove", KEY)))
    faults = find_reference_faults(rubric, document) + _patterns(rubric, document)
    if faults:
        return _Checked(None, faults)
    return _Checked(rubric.model_copy(update={"sha256": sha256}), [])


def _resolved(data: bytes, name: str, derived: tuple[str, ...]) -> tuple[Source, str]:
    """A file with its base (and that one's) and the signals of other files worked in, and the hash over all of them.

    ``derived`` are the files that led here by ``extends``.
    """
    document, sha256 = read(data, name), hashlib.sha256(data).hexdigest()
    if document.faults or not isinstance(document.value, dict):
        return document, sha256
    if "extends" not in document.value:
        if "remove" in document.value:
            document.faults.append(
                document.fault(("remove",), "remove needs extends: there is no base to take it from")
            )
        return _with_signals(document, sha256, {})
    base_name = _base_file(document)
    if base_name is None:
        return document, sha256
    if base_name in (*derived, name):
        document.faults.append(document.fault(("extends",), "expected no circle, got a form that extends itself"))
        return document, sha256
    try:
        base_data = read_bytes(Path(base_name))
    except RubricError as error:
        document.faults.append(
            document.fault(("extends",), f"expected a form to extend, got {base_name!r}: {error.what}")
        )
        return document, sha256
    base, base_sha256 = _resolved(base_data, base_name, (*derived, name))
    if base.faults or not isinstance(base.value, dict):
        document.faults += base.faults or [base.fault((), "expected a mapping, got something else")]
        return document, sha256
    document, sha256 = _with_signals(document, sha256, base.value)
    if document.faults:
        return document, sha256
    return derive(base, document), _over(sha256, base_sha256)


def _with_signals(document: Source, sha256: str, base: dict[str, Any]) -> tuple[Source, str]:
    if KEY not in document.value:
        return document, sha256
    whole, sha256s = take_signals(document, base)
    return whole, _over(sha256, *sha256s)


def _over(*sha256s: str) -> str:
    return hashlib.sha256(" ".join(sha256s).encode()).hexdigest()


def _base_file(document: Source) -> str | None:
    """The path of the form that this one extends; None and a fault when it names none."""
    named = document.value["extends"]
    path = named_file(named, shipped_rubrics(), document.name)
    if path is not None:
        return str(path)
    what = f"expected the id of a shipped form or a YAML file, got {named!r}"
    document.faults.append(document.fault(("extends",), what, [path.stem for path in shipped_rubrics()], str(named)))
    return None


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
