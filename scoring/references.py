"""What the parts of a form say about each other: names that have to exist, circles, weights that contradict."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.answer_types import FreeText, names_of
from scoring.applicability import AnswerIs, asked_answers
from scoring.faults import Fault
from scoring.ordering import find_cycle
from scoring.rubric import Criterion, Rubric, Section
from scoring.signal_files import file_giving
from scoring.yaml_lines import Path, Source


def find_reference_faults(rubric: Rubric, document: Source) -> list[Fault]:
    """Faults between the parts of a form that is well-formed part by part, in the order of the file."""
    faults = [*_signals(rubric, document), *_sections(rubric, document)]
    if isinstance(document.value, dict) and "sha256" in document.value:
        faults.insert(0, document.fault(("sha256",), "expected no such key (it is worked out from the file), got one"))
    known = {criterion.id: criterion for criterion in rubric.criteria}
    for path, criterion in _criteria(rubric):
        faults += _criterion(rubric, path, criterion, known, document)
    if not faults and (circle := find_cycle(rubric)):
        at = next(path for path, criterion in _criteria(rubric) if criterion.id == circle[0])
        what = f"expected no circle, got criteria that wait for each other: {' -> '.join(circle)}"
        faults.append(document.fault((*at, "applies_when"), what))
    return faults


def _signals(rubric: Rubric, document: Source) -> Iterator[Fault]:
    known = set(rubric.signals)
    for name, signal in rubric.signals.items():
        for other in signal.refers_to():
            if other not in known:
                yield _undeclared(("signals", name), other, rubric, document)
        if _reaches(rubric, name, name, frozenset()):
            yield document.fault(("signals", name), "expected no circle, got a signal that is made of itself")


def _undeclared(path: Path, signal: str, rubric: Rubric, document: Source) -> Fault:
    what, shipped = f"expected a declared signal, got {signal!r}", file_giving(signal, rubric.language)
    if shipped is not None:
        return document.fault(path, f"{what}; signals_from: [{shipped}] would give it")
    return document.fault(path, what, set(rubric.signals), signal)


def _reaches(rubric: Rubric, start: str, target: str, passed: frozenset[str]) -> bool:
    for other in rubric.signals[start].refers_to() if start in rubric.signals else ():
        if other == target or (other not in passed and _reaches(rubric, other, target, passed | {other})):
            return True
    return False


def _sections(rubric: Rubric, document: Source) -> Iterator[Fault]:
    names: set[str] = set()
    for at, section in enumerate(rubric.sections):
        path: Path = ("sections", at)
        if section.name in names:
            yield document.fault((*path, "title"), f"expected a new id or title, got {section.name!r} again")
        names.add(section.name)
        if rubric.weights == "criterion" and section.weight is not None:
            what = f"weight and weights: criterion contradict each other: got {section.weight:g}"
            yield document.fault((*path, "weight"), what)
        if rubric.weights == "section" and section.weight is None and _counts(section):
            yield document.fault((*path, "weight"), "expected this key (weights: section), got none")


def _counts(section: Section) -> bool:
    """A section of which something can be possible."""
    return any(criterion.worth and not criterion.bonus for criterion in section.criteria)


def _criteria(rubric: Rubric) -> Iterator[tuple[Path, Criterion]]:
    for at, section in enumerate(rubric.sections):
        for position, criterion in enumerate(section.criteria):
            yield ("sections", at, "criteria", position), criterion


def _criterion(
    rubric: Rubric, path: Path, criterion: Criterion, known: dict[str, Criterion], document: Source
) -> Iterator[Fault]:
    if known[criterion.id] is not criterion:  # the last of the same id is the known one
        again = [place for place, other in _criteria(rubric) if other.id == criterion.id][1]
        yield document.fault((*again, "id"), f"expected a new id, got {criterion.id!r} again")
    explicit = "points" in criterion.model_fields_set or isinstance(criterion.answer, FreeText)
    if not explicit and (rubric.weights == "criterion" or criterion.bonus):
        yield document.fault((*path, "points"), "expected this key, got none")
    for signal in dict.fromkeys(criterion.signal_names()):
        if signal not in rubric.signals:
            yield _undeclared(document.find(path, signal), signal, rubric, document)
    if criterion.applies_when is not None:
        for asked in asked_answers(criterion.applies_when):
            yield from _asked((*path, "applies_when"), asked, known, document)


def _asked(path: Path, asked: AnswerIs, known: dict[str, Criterion], document: Source) -> Iterator[Fault]:
    other = known.get(asked.criterion)
    if other is None:
        what = f"expected the id of another criterion, got {asked.criterion!r}"
        yield document.fault(document.find(path, asked.criterion), what, known, asked.criterion)
        return
    names = names_of(other.answer)
    for name in asked.answers:
        if name not in names:
            takes = f"one of {', '.join(names)}" if names else f"outcome, as {other.id} has no named answers"
            yield document.fault(document.find(path, name), f"expected {takes}, got {name!r}", names, name)
