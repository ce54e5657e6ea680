"""Checks of third parties, found by the entry point group ``callibrate.checks``.

A package offers one with::

    [project.entry-points."callibrate.checks"]
    my_check = "my_package.my_module:MY_CHECK"

where ``MY_CHECK = CheckType(MyParams, my_check)``. ``MyParams`` is a :class:`CheckForm` whose ``type`` is
``Literal["my_check"]``, ``my_check`` a :class:`~scoring.checks.result.Check`. The built-in checks cannot be replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from scoring.checks.result import Check
from scoring.form import Form

GROUP = "callibrate.checks"


class CheckForm(Form):
    """Parameters of a check of one's own, as a rubric declares them; an unknown key is a fault."""

    type: str

    def signal_names(self) -> Iterator[str]:
        """The rubric's signals that the check asks for, so that a misspelt one is found when the rubric is loaded."""
        yield from ()


@dataclass(frozen=True, slots=True)
class CheckType:
    """What an entry point names: the parameters' model and the function."""

    params: type[CheckForm]
    run: Check[Any]


class BrokenCheck(ValueError):
    """An installed check that cannot be used; the text says why."""


def plugin_names() -> list[str]:
    """The names of the installed checks; nothing is imported."""
    return sorted({entry.name for entry in _entries()})


def find_plugin(name: str) -> CheckType:
    """Import an installed check; raises :class:`BrokenCheck`."""
    offered = [entry for entry in _entries() if entry.name == name]
    if len(offered) > 1:
        packages = ", ".join(sorted(entry.dist.name if entry.dist else "?" for entry in offered))
        raise BrokenCheck(f"expected one check named {name!r}, got {len(offered)}: {packages}")
    try:
        check = offered[0].load()
    except Exception as fault:  # whatever somebody else's module does on import
        raise BrokenCheck(f"expected a check that loads, got {name!r}: {type(fault).__name__}: {fault}") from fault
    if not isinstance(check, CheckType):
        raise BrokenCheck(f"expected {offered[0].value} to be a CheckType, got {type(check).__name__}")
    return check


def _entries() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))
