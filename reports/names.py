"""File names made from other people's ids."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

_CLEAN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def file_names(ids: Iterable[str], *, reserved: Iterable[str] = ()) -> dict[str, str]:
    """A safe file name (no extension) for each id; no two are the same, even where case does not count.

    An id of letters, digits, ``.``, ``_`` and ``-`` keeps its name, so links can be guessed. Any other id (path
    separators, markup, Chinese, reserved device names, or a twin that differs in case only) becomes its safe
    characters and the start of its SHA-256, and so does one that is named like a ``reserved`` page. The result depends
    on the set of ids only, not on their order.
    """
    unique = sorted(set(ids))
    kept = {name.casefold() for name in reserved}
    folded = Counter(name.casefold() for name in unique)
    names: dict[str, str] = {}
    for given in unique:
        clean = _CLEAN.fullmatch(given) and not _DEVICES.fullmatch(given)
        if clean and folded[given.casefold()] == 1 and given.casefold() not in kept:
            names[given] = given
    taken = kept | {name.casefold() for name in names.values()}
    for given in unique:
        if given not in names:
            names[given] = _hashed(given, taken)
            taken.add(names[given].casefold())
    return names


def _hashed(given: str, taken: set[str]) -> str:
    stem = re.sub(r"[^A-Za-z0-9]+", "-", given).strip("-")[:40]
    digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
    for length in range(8, len(digest) + 1):
        name = f"{stem}-{digest[:length]}" if stem else f"id-{digest[:length]}"
        if name.casefold() not in taken:
            return name
    raise AssertionError(f"no free file name for {given!r}")  # needs 57 ids made to collide with one digest
