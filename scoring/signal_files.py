"""Signals and words in files of their own, from which forms take them (``signals_from``)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import PurePath
from typing import Annotated, Any, Self, get_args

from pydantic import Field, StringConstraints, ValidationError, model_validator

from qa.model import Language, RubricError, SpeakerRole
from scoring.faults import Fault, from_validation
from scoring.form import Form
from scoring.rubric import Identifier
from scoring.rubric_files import named_file, read_bytes, shipped_signal_files
from scoring.signals.model import Signal
from scoring.yaml_lines import Path, Source, read

KEY = "signals_from"
_WORD = re.compile(r"\{([a-z_][a-z0-9_]*)\}")

_Entry = tuple[str, str]
"""A word or a signal: its kind and its name."""


class SignalFile(Form):
    """Signals of one theme in one language, and the words that their phrases use."""

    language: Language
    title: Annotated[str, StringConstraints(pattern=r"^.+$")]
    """What the signals are about, in one line."""
    words: dict[str, str] = Field(default_factory=dict)
    """Pieces of patterns that phrases use as ``{name}``."""
    signals: dict[Identifier, Signal] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if not (self.words or self.signals):
            raise ValueError("expected words or signals, got neither")
        return self

    def roles_of(self, name: str) -> tuple[SpeakerRole, ...]:
        """Who says a signal; one that is made of others is said by those who say them."""
        parts = [name]
        for part in parts:
            parts += [other for other in self.signals[part].any_of if other in self.signals and other not in parts]
        said = [role for part in parts if not self.signals[part].any_of for role in self.signals[part].roles]
        return tuple(dict.fromkeys(said)) or self.signals[name].roles


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """A good signal file as it was read."""

    source: Source
    sha256: str
    content: SignalFile

    def entries(self) -> Iterator[_Entry]:
        yield from (("words", name) for name in self.content.words)
        yield from (("signals", name) for name in self.content.signals)

    def needs(self, entry: _Entry) -> Iterator[_Entry]:
        """The signals and words that an entry of this file names."""
        kind, name = entry
        texts = [self.content.words[name]] if kind == "words" else []
        if kind == "signals":
            signal = self.content.signals[name]
            yield from (("signals", other) for other in signal.refers_to())
            texts += [phrase for phrases in signal.patterns() for phrase in phrases]
        yield from (("words", word) for text in texts for word in _WORD.findall(text))


@dataclass(slots=True)
class _Taken:
    """What a form takes from files, and from which of them, in their order."""

    files: list[_Opened] = field(default_factory=list)
    origin: dict[_Entry, _Opened] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def load_signal_file(id_or_file: str) -> SignalFile:
    """A shipped signal file by its id, or any by its path; raises :class:`~qa.model.RubricError` for the first fault."""
    path = named_file(id_or_file, shipped_signal_files(), "")
    if path is None:
        known = ", ".join(shipped.stem for shipped in shipped_signal_files())
        raise RubricError(f"no signal file {id_or_file!r}", expected=f"one of {known}, or the path of a YAML file")
    opened = _open(read_bytes(path), str(path))
    if isinstance(opened, _Opened):
        return opened.content
    raise RubricError(opened[0].what, where=opened[0].where)


def take_signals(form: Source, base: dict[str, Any]) -> tuple[Source, list[str]]:
    """The form with the signals and words of the files that it names, and the hashes of the files.

    What the form gives itself stays. What the signals of a shipped file refer to and neither the form, nor a named file, nor
    the ``base`` that the form extends gives comes along from the other shipped files.
    """
    whole = Source(form.name, dict(form.value), dict(form.lines), form.faults, dict(form.origins))
    names = whole.value.pop(KEY)
    if not isinstance(names, list):
        whole.faults.append(form.fault((KEY,), "expected a list of signal files, got something else"))
        return whole, []
    language, own, taken = form.value.get("language", base.get("language")), _entries(form.value), _Taken()
    for at, named in enumerate(names):
        if named in names[:at]:
            taken.faults.append(form.fault((KEY, at), f"expected each file once, got {named!r} again"))
        elif (file := _named(form, at, named, language, taken.faults)) is not None:
            _add(taken, file, own)
    if not taken.faults:
        _bring_along(taken, {*own, *_entries(base)}, language)
    whole.faults += taken.faults
    _work_in(whole, taken)
    return whole, [file.sha256 for file in taken.files]


def file_giving(signal: str, language: Language) -> str | None:
    """The id of the shipped file that gives a signal."""
    file = _shelf(language).get(("signals", signal))
    return None if file is None else PurePath(file.source.name).stem


def _named(form: Source, at: int, named: object, language: object, faults: list[Fault]) -> _Opened | None:
    """The file that a form names at a place of its list; None and faults when it cannot be taken from."""
    shipped = shipped_signal_files()
    path = named_file(named, shipped, form.name)
    if path is None:
        what = f"expected the id of a shipped signal file or a YAML file, got {named!r}"
        faults.append(form.fault((KEY, at), what, [file.stem for file in shipped], str(named)))
        return None
    try:
        opened = _open(read_bytes(path), str(path))
    except RubricError as error:
        faults.append(form.fault((KEY, at), f"expected a signal file, got {named!r}: {error.what}"))
        return None
    if not isinstance(opened, _Opened):
        faults += opened
        return None
    if language in get_args(Language) and opened.content.language != language:  # another one is a fault of the form
        what = f"expected a file of the form's language {language!r}, got {named!r} in {opened.content.language!r}"
        faults.append(form.fault((KEY, at), what))
        return None
    return opened


def _add(taken: _Taken, file: _Opened, own: set[_Entry]) -> None:
    """Take everything from a file but what the form gives itself."""
    taken.files.append(file)
    for entry in file.entries():
        if entry in own:
            continue
        first = taken.origin.setdefault(entry, file)
        if first.source.at(entry) != file.source.at(entry):
            place = f"{first.source.name}:{first.source.line(entry)}"
            what = f"expected the same as in {place}, got another one of this name (one in the form itself would settle it)"
            taken.faults.append(file.source.fault(entry, what))


def _bring_along(taken: _Taken, known: set[_Entry], language: object) -> None:
    """Take what the signals and words of shipped files rest on; what others' files name is theirs to give, or a slot."""
    shipped = {str(path) for path in shipped_signal_files()}
    waiting = [entry for entry, file in taken.origin.items() if file.source.name in shipped]
    while waiting:
        entry = waiting.pop(0)
        for needed in taken.origin[entry].needs(entry):
            if needed in known or needed in taken.origin:
                continue
            file = _shelf(str(language)).get(needed)
            if file is not None:  # else the form's own check says what is missing
                taken.origin[needed] = file
                taken.files += [file] if file not in taken.files else []
                waiting.append(needed)


def _work_in(form: Source, taken: _Taken) -> None:
    """Put what is taken before what the form gives itself, with the file and line of every value."""
    for kind in ("words", "signals"):
        given, found = form.value.get(kind, {}), [entry for entry in taken.origin if entry[0] == kind]
        if found and isinstance(given, dict):  # anything else is for the form's model to refuse
            form.value[kind] = {entry[1]: taken.origin[entry].source.at(entry) for entry in found} | given
            form.lines.setdefault((kind,), form.line((KEY,)))
    for file in taken.files:
        places: set[Path] = {entry for entry, origin in taken.origin.items() if origin is file}
        for path in file.source.lines:
            if path[:2] in places:
                form.mark(path, file.source, path)


@cache
def _shelf(language: str) -> dict[_Entry, _Opened]:
    """Which shipped file of a language gives a signal or word."""
    paths = [path for path in shipped_signal_files() if path.stem.endswith(f".{language}")]
    files = [_open(path.read_bytes(), str(path)) for path in paths]
    return {entry: file for file in files if isinstance(file, _Opened) for entry in file.entries()}


def _entries(form: dict[str, Any]) -> set[_Entry]:
    """The words and signals that a form gives itself."""
    return {(kind, name) for kind in ("words", "signals") if isinstance(form.get(kind), dict) for name in form[kind]}


@lru_cache(maxsize=64)
def _open(data: bytes, name: str) -> _Opened | tuple[Fault, ...]:
    """A signal file, or its faults."""
    source = read(data, name, "a signal file")
    if source.faults:
        return tuple(source.faults)
    try:
        content = SignalFile.model_validate(source.value)
    except ValidationError as error:
        return tuple(from_validation(error, source, SignalFile))
    return _Opened(source, hashlib.sha256(data).hexdigest(), content)
