"""Words that a business expects in its calls, to lean the recogniser towards them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from qa.model import Call, Language, UsageError

_MAX_BYTES = 100_000
_MAX_PROMPT: Mapping[Language, int] = {"en": 360, "zh": 80}
"""Characters of the terms for one call, beside the agent's name. Whisper takes 223 tokens of hot words and drops the rest
without a word; a token is seldom less than two English characters, and a Chinese character seldom more than two tokens."""
_MAX_NAME = 40
_NOT_IN_A_NAME = re.compile(r"[<>|\s]+")
_SEPARATOR: Mapping[Language, str] = {"en": ", ", "zh": "、"}

Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^<>|\n]+$")]
Terms = Annotated[tuple[Term, ...], Field(max_length=60)]


class Lexicon(BaseModel):
    """Terms for every call in one language, and further ones for the calls of some queues."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Language
    terms: Terms = ()
    queues: dict[str, Terms] = Field(default_factory=dict)

    def hotwords(self, call: Call) -> dict[Language, str]:
        """The words to expect in this call as a prompt, by language."""
        text = _SEPARATOR[self.language].join(self.expected(call))
        return {self.language: text} if text else {}

    def expected(self, call: Call) -> tuple[str, ...]:
        """The words to expect in this call: the agent's name, the queue's terms, the general ones."""
        # The name comes from a manifest: "<|...|>" in it would be read as one of Whisper's control tokens.
        name = _NOT_IN_A_NAME.sub(" ", call.agent_name or "").strip()[:_MAX_NAME]
        words = dict.fromkeys([name, *self.queues.get(call.queue or "", ()), *self.terms])
        return tuple(word for word in words if word)


def load_lexicon(path: Path) -> Lexicon:
    """Read and check a lexicon file; raises ``UsageError`` with file, line and path of the first fault."""
    data = _read(path)
    lines: dict[tuple[str | int, ...], int] = {}
    try:
        node = yaml.compose(data.decode("utf-8"), Loader=yaml.SafeLoader)
        value = _value(node, (), lines, str(path), set())
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError("other bytes than UTF-8", where=f"{path}:{line}", expected="UTF-8 text") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1 if mark else 1}"
        raise UsageError(error.problem or "a fault", where=where, expected="YAML") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(type(error).__name__, where=f"{path}:1", expected="YAML") from None
    try:
        lexicon = Lexicon.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise UsageError(first["msg"], where=_place(path, first["loc"], lines), expected="a lexicon") from None
    for queue, terms in [("", ()), *lexicon.queues.items()]:
        length = len(_SEPARATOR[lexicon.language].join([*terms, *lexicon.terms]))
        if length > (limit := _MAX_PROMPT[lexicon.language]):
            where = _place(path, ("queues", queue) if queue else ("terms",), lines)
            raise UsageError(
                f"{length} characters of terms for one call",
                where=where,
                expected=f"at most {limit}: a recogniser listens to no more",
                fix="Keep what it gets wrong without help.",
            )
    return lexicon


def lexicon_sha256(path: Path | None) -> str | None:
    """The SHA-256 of a lexicon's bytes, or None without one; raises ``UsageError`` when it cannot be read."""
    return None if path is None else hashlib.sha256(_read(path)).hexdigest()


def _read(path: Path) -> bytes:
    try:
        with path.expanduser().open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"cannot be read ({error.strerror})", where=str(path), expected="the lexicon file of CALLIBRATE_LEXICON"
        ) from None
    if len(data) > _MAX_BYTES:
        raise UsageError("is too large", where=str(path), expected=f"at most {_MAX_BYTES:,} bytes")
    return data


def _value(
    node: yaml.Node | None,
    path: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    name: str,
    seen: set[int],
) -> Any:
    """Plain values, every scalar as text (a term such as ``No`` or ``5G`` is a word), with the line of each."""
    if node is None:
        return None
    line = node.start_mark.line + 1
    if id(node) in seen:
        # Nested aliases make a small file explode ("billion laughs").
        raise UsageError("a YAML alias", where=f"{name}:{line}", expected="plain values")
    seen.add(id(node))
    lines.setdefault(path, line)
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if len(path) > 3:
        raise UsageError("lists within lists", where=f"{name}:{line}", expected="queues: {QUEUE: [terms]}")
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*path, at), lines, name, seen) for at, child in enumerate(node.value)]
    mapping: dict[str, Any] = {}
    for key, child in node.value:
        where = f"{name}:{key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode):
            raise UsageError("something else as a key", where=where, expected="a name")
        if key.value in mapping:
            raise UsageError(f"{key.value!r} again", where=where, expected="each key once")
        lines[(*path, key.value)] = key.start_mark.line + 1
        mapping[key.value] = _value(child, (*path, key.value), lines, name, seen)
    return mapping


def _place(path: Path, location: tuple[str | int, ...], lines: Mapping[tuple[str | int, ...], int]) -> str:
    at = location
    while at and at not in lines:
        at = at[:-1]
    dotted = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).lstrip(".")
    return f"{path}:{lines.get(at, 1)}" + (f": {dotted}" if dotted else "")
