"""Faults of a rubric file, each as ``FILE:LINE: path: expected, got``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from scoring.yaml_lines import Source

_EXPECTED = {
    "missing": "expected this key, got none",
    "string_type": "expected text",
    "string_too_short": "expected text that is not empty",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "tuple_type": "expected a list",
    "dict_type": "expected a mapping",
    "model_type": "expected a mapping",
    "model_attributes_type": "expected a mapping",
    "greater_than": "expected > {gt:g}",
    "greater_than_equal": "expected >= {ge:g}",
    "less_than": "expected < {lt:g}",
    "less_than_equal": "expected <= {le:g}",
    "too_short": "expected at least {min_length} entries",
    "literal_error": "expected {expected}",
    "enum": "expected {expected}",
    "string_pattern_mismatch": "expected text like {pattern}",
    "union_tag_invalid": "expected one of {expected_tags}",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault and where it stands."""

    file: str
    line: int
    path: tuple[str | int, ...]
    what: str

    @property
    def where(self) -> str:
        """``FILE:LINE: path``."""
        return f"{self.file}:{self.line}: {self.dotted}" if self.path else f"{self.file}:{self.line}"

    @property
    def dotted(self) -> str:
        """The path as people write it: ``sections[1].criteria[0].points``."""
        text = ""
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def from_validation(
    error: ValidationError, source: Source, model: type[BaseModel], also: Collection[str] = ()
) -> list[Fault]:
    """The faults that the model found, in the order of the file; ``also`` are keys that the loader takes out before."""
    known = {*_known_keys(model), *also}
    faults = [
        _fault(details, source, known)
        for details in error.errors(include_url=False)
        if not _follows_from_another(details)
    ]
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line))


def _follows_from_another(details: ErrorDetails) -> bool:
    """A list whose entries are faulty is reported as too short as well."""
    got = details["input"]
    return details["type"] == "too_short" and isinstance(got, list) and len(got) >= details["ctx"]["min_length"]


def _fault(details: ErrorDetails, source: Source, known: set[str]) -> Fault:
    kind = details["type"]
    path = _file_path(details["loc"], source.value, missing=kind == "missing")
    got = _shown(details["input"])
    if kind == "extra_forbidden":
        key = str(details["loc"][-1])
        close = get_close_matches(key, sorted(known - {key}), n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        return source.fault(path, f"expected a known key, got {key!r}{hint}")
    if kind == "value_error":
        what = str(details["ctx"]["error"]) if "ctx" in details else details["msg"]
        return source.fault(path, what)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        context = details.get("ctx", {})
        tag, key = context.get("tag"), str(context.get("discriminator", "type")).strip("'")
        path = (*path, key) if tag is not None else path
        tags = str(context.get("expected_tags", ""))
        close = get_close_matches(str(tag), [t.strip(" '") for t in tags.split(",")], n=1) if tag else []
        hint = f"; did you mean {close[0]!r}?" if close else ""
        got = repr(tag) if tag is not None else f"no {key}"
        expected = f"expected one of {tags}" if tags else f"expected {key}"
        return source.fault(path, f"{expected}, got {got}{hint}")
    template = _EXPECTED.get(kind)
    expected = template.format(**details.get("ctx", {})) if template else details["msg"]
    what = expected if kind == "missing" else f"{expected}, got {got}"
    return source.fault(path, what)


def _file_path(location: tuple[int | str, ...], value: Any, *, missing: bool) -> tuple[str | int, ...]:
    """The part of pydantic's location that exists in the file (it also names union members and functions)."""
    path: list[str | int] = []
    for at, step in enumerate(location):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            if not (missing and at == len(location) - 1):
                continue
        path.append(step)
    return tuple(path)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = "nothing" if value is None else str(value) if isinstance(value, int | float) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _known_keys(model: type[BaseModel]) -> set[str]:
    """What may be written anywhere in a file of this model."""
    found: set[str] = set()
    waiting: list[Any] = [model]
    done: set[type[BaseModel]] = set()
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind in done:
                continue
            done.add(kind)
            for name, info in kind.model_fields.items():
                found.add(info.alias or name)
                waiting.append(info.annotation)
        else:
            waiting += _arguments(kind)
    return found


def _arguments(kind: Any) -> Iterator[Any]:
    yield from get_args(kind)
