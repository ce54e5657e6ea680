"""YAML with the line of every value kept, so that a fault can be shown where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from scoring.faults import Fault

Path = tuple[str | int, ...]
_MAX_NODES = 200_000
_MAX_DEPTH = 40


@dataclass(slots=True)
class Source:
    """A parsed file: its plain value, and the line (from 1) of every path.

    In a form that is made from other files as well ``origins`` tells of each path in which file it stands, and where there.
    """

    name: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    origins: dict[Path, tuple[str, Path]] = field(default_factory=dict)

    def fault(self, path: Path, what: str, known: Iterable[str] = (), wrong: str = "") -> Fault:
        """A fault at a path (or at the nearest place above it that has a line)."""
        close = get_close_matches(wrong, sorted(known), n=1) if wrong else []
        hint = f"; did you mean {close[0]!r}?" if close else ""
        near = self._near(path)
        file, place = self.origins.get(near, (self.name, near))
        return Fault(file, self.line(path), (*place, *path[len(near) :]), what + hint)

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest one above it."""
        return self.lines.get(self._near(path), 1)

    def _near(self, path: Path) -> Path:
        while path and path not in self.lines:
            path = path[:-1]
        return path

    def at(self, path: Path) -> Any:
        """The value at a path that exists."""
        return _descend(self.value, path)

    def mark(self, path: Path, source: Source, place: Path) -> None:
        """Note that the value at ``path`` stands at ``place`` in another file."""
        self.lines[path] = source.line(place)
        self.origins[path] = source.origins.get(place, (source.name, place))

    def find(self, under: Path, scalar: str) -> Path:
        """The path of a scalar below ``under``, or ``under`` itself."""
        found = _find(_descend(self.value, under), scalar)
        return under if found is None else (*under, *found)


class _Loader(yaml.SafeLoader):
    """The safe loader, except that only true and false are truth values: "no" and "on" are words in a rubric."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(data: bytes, name: str, expected: str = "a rubric") -> Source:
    """Parse with the safe loader: no tags that build objects, no anchors, no duplicate keys."""
    source = Source(name)
    try:
        text = data.decode("utf-8")
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise _Refused(1, (), f"expected {expected}, got an empty file")
            source.value = _value(node, (), source, loader, set())
        finally:
            loader.dispose()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        source.faults.append(Fault(name, line, (), "expected UTF-8 text, got other bytes"))
    except _Refused as refused:
        source.faults.append(Fault(name, refused.line, refused.path, refused.what))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"expected YAML, got: {error.problem or error.context}"
        source.faults.append(Fault(name, mark.line + 1 if mark else 1, (), what))
    except (yaml.YAMLError, RecursionError) as error:
        source.faults.append(Fault(name, 1, (), f"expected YAML, got: {type(error).__name__}"))
    return source


class _Refused(Exception):
    def __init__(self, line: int, path: Path, what: str) -> None:
        self.line, self.path, self.what = line, path, what
        super().__init__(what)


def _value(node: yaml.Node, path: Path, source: Source, loader: _Loader, seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    if id(node) in seen:
        # An alias: nested ones make a small file explode ("billion laughs").
        raise _Refused(line, path, "expected plain values, got a YAML alias")
    seen.add(id(node))
    if len(path) > _MAX_DEPTH or len(seen) > _MAX_NODES:
        raise _Refused(line, path, f"expected at most {_MAX_DEPTH} levels and {_MAX_NODES} values, got more")
    source.lines.setdefault(path, line)
    if isinstance(node, yaml.ScalarNode):
        try:
            return loader.construct_object(node)
        except (ValueError, yaml.YAMLError) as error:
            raise _Refused(line, path, f"expected a plain value, got {node.tag} {node.value!r}") from error
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, at), source, loader, seen) for at, child in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        raise _Refused(line, path, f"expected a plain value, got {node.tag}")
    mapping: dict[str, Any] = {}
    for key_node, child in node.value:
        key_line = key_node.start_mark.line + 1
        key = key_node.value
        if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key, str):
            raise _Refused(key_line, path, "expected a name as key, got something else")
        if key in mapping:
            first = source.lines[(*path, key)]
            raise _Refused(key_line, (*path, key), f"expected each key once, got {key!r} again (first in line {first})")
        source.lines[(*path, key)] = key_line
        mapping[key] = _value(child, (*path, key), source, loader, seen)
    return mapping


def _descend(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _find(value: Any, scalar: str) -> Path | None:
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            if child == scalar:
                return (key,)
            found = _find(child, scalar)
            if found is not None:
                return (key, *found)
    return None
