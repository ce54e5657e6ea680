"""A form made from another one: criteria changed, added and removed, with the place of every value kept."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from scoring.faults import Fault
from scoring.yaml_lines import Path, Source

_BY_ENTRY = ("words", "signals")
"""Mappings of which the derived form changes and adds entries; what else it gives replaces the base's."""
_OWN = ("id", "version")
"""What a derived form cannot take from its base: its results must not pass for the base's."""

_Piece = tuple[Source, Path]
"""A value in one of the two files."""


@dataclass(slots=True)
class _Section:
    """Where a section's keys and its criteria stand: in the base, in the derived form, or in both (the later wins)."""

    pieces: list[_Piece]
    criteria: list[tuple[str | None, list[_Piece]]] = field(default_factory=list)

    def is_named(self, wanted: dict[str, Any]) -> bool:
        """Whether a section of the derived form means this one: by id, or without an id by title."""
        source, path = self.pieces[0]
        own = source.at(path)
        if not isinstance(own, dict):
            return False
        return own.get("id") == wanted["id"] if "id" in wanted else own.get("title") == wanted.get("title")

    def criterion(self, name: str) -> list[_Piece] | None:
        return next((pieces for known, pieces in self.criteria if known == name), None)


def derive(base: Source, child: Source) -> Source:
    """The whole form that ``child`` makes of ``base``; both hold mappings. Faults name the file that has to be mended."""
    derived = Source(child.name, value={}, lines={(): child.line(())})
    for key in base.value:
        if key not in ("sections", "extends", "remove"):
            _put(derived, (key,), base, (key,))
    for key, value in child.value.items():
        if key in _BY_ENTRY and isinstance(value, dict) and isinstance(derived.value.get(key), dict):
            for entry in value:
                _put(derived, (key, entry), child, (key, entry))
        elif key not in ("sections", "remove"):
            _put(derived, (key,), child, (key,))
    derived.faults += [child.fault((key,), "expected this key, got none") for key in _OWN if key not in child.value]
    language = base.value.get("language")
    if child.value.get("language", language) != language:
        derived.faults.append(child.fault(("language",), f"expected the base's language {language!r}"))
    _put_sections(derived, _change(_sections(base), child, derived.faults))
    return derived


def _sections(source: Source) -> list[_Section]:
    listed = source.value.get("sections")
    found = []
    for at, value in enumerate(listed if isinstance(listed, list) else []):
        section = _Section([(source, ("sections", at))])
        section.criteria = [(name, [(source, path)]) for name, path in _criteria(value, ("sections", at))]
        found.append(section)
    return found


def _criteria(section: Any, path: Path) -> list[tuple[str | None, Path]]:
    listed = section.get("criteria") if isinstance(section, dict) else None
    return [
        (value["id"] if isinstance(value, dict) and isinstance(value.get("id"), str) else None, (*path, "criteria", at))
        for at, value in enumerate(listed if isinstance(listed, list) else [])
    ]


def _change(sections: list[_Section], child: Source, faults: list[Fault]) -> list[_Section]:
    """The base's sections without what is removed, with what the derived form changes and adds."""
    known = [name for section in sections for name, _ in section.criteria if name]
    removed = child.value.get("remove", [])
    if not isinstance(removed, list):
        faults.append(child.fault(("remove",), "expected a list of criteria"))
        removed = []
    for at, name in enumerate(removed):
        if name not in known:
            what = f"expected the id of a criterion of the base, got {name!r}"
            faults.append(child.fault(("remove", at), what, known, str(name)))
    faults += _no_lists(child)
    for section in sections:
        section.criteria = [(name, pieces) for name, pieces in section.criteria if name not in removed]
    for new in _sections(child):
        _, path = new.pieces[0]
        value = child.at(path)
        same = next((s for s in sections if isinstance(value, dict) and s.is_named(value)), None)
        if same is None:
            sections.append(new)
            same = new
        else:
            same.pieces += new.pieces
            for name, pieces in new.criteria:
                mine = same.criterion(name) if name else None
                if mine is not None:
                    mine += pieces
                else:
                    same.criteria.append((name, pieces))
        for name, pieces in new.criteria:
            if any(name and other is not same and other.criterion(name) for other in sections):
                faults.append(child.fault((*pieces[-1][1], "id"), f"expected {name!r} in the section of the base"))
    return [section for section in sections if section.criteria or section.pieces[0][0] is child]


def _no_lists(child: Source) -> Iterator[Fault]:
    """What should be a list of sections or criteria and is none: it cannot be worked into the base."""
    listed = child.value.get("sections", [])
    if not isinstance(listed, list):
        yield child.fault(("sections",), "expected a list, got something else")
        return
    for at, section in enumerate(listed):
        if isinstance(section, dict) and not isinstance(section.get("criteria", []), list):
            yield child.fault(("sections", at, "criteria"), "expected a list, got something else")


def _put_sections(derived: Source, sections: list[_Section]) -> None:
    derived.value["sections"] = []
    for at, section in enumerate(sections):
        path: Path = ("sections", at)
        first, place = section.pieces[0]
        derived.value["sections"].append({})
        derived.mark(path, first, place)
        for source, where in section.pieces:
            value = source.at(where)
            if not isinstance(value, dict):
                _put(derived, path, source, where)
                continue
            for key in value:
                if key != "criteria":
                    _put(derived, (*path, key), source, (*where, key))
        if not isinstance(derived.value["sections"][at], dict) or not section.criteria:
            continue
        derived.value["sections"][at]["criteria"] = []
        for position, (_, pieces) in enumerate(section.criteria):
            derived.value["sections"][at]["criteria"].append(None)
            _put(derived, (*path, "criteria", position), *pieces[0])
            for source, where in pieces[1:]:
                for key in source.at(where):
                    _put(derived, (*path, "criteria", position, key), source, (*where, key))


def _put(derived: Source, at: Path, source: Source, path: Path) -> None:
    """Set the value at ``at`` to a copy of that in ``source``, with its lines, in place of what was there."""
    target = derived.at(at[:-1])
    target[at[-1]] = deepcopy(source.at(path))
    for old in [known for known in derived.lines if known[: len(at)] == at]:
        del derived.lines[old]
    for known in source.lines:
        if known[: len(path)] == path:
            derived.mark((*at, *known[len(path) :]), source, known)
