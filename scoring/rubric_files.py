"""The files that rubrics are read from: shipped ones by their id, others by their path, none of them too big."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from qa.model import RubricError

_MAX_BYTES = 2_000_000


def shipped_rubrics() -> list[Path]:
    """The rubric files that come with the product, by name."""
    folder = resources.files("rubrics")  # a folder of data, no package: it may even lie in several places
    return sorted(Path(str(entry)) for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def shipped_signal_files() -> list[Path]:
    """The files of signals that come with the product, by name."""
    folder = resources.files("rubrics").joinpath("signals")
    return sorted(Path(str(entry)) for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def named_file(named: object, shipped: Iterable[Path], beside: str) -> Path | None:
    """The file that is meant by a shipped id, or by a path from where the file ``beside`` lies; None for anything else."""
    if not isinstance(named, str):
        return None
    by_id = {path.stem: path for path in shipped}
    if named in by_id:
        return by_id[named]
    return Path(beside).parent / named if Path(named).suffix in (".yaml", ".yml") else None


def read_bytes(path: Path) -> bytes:
    """What is in a file; raises :class:`~qa.model.RubricError` when it cannot be read or is too big for a rubric."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise RubricError(f"expected at most {_MAX_BYTES:,} bytes, got {path.stat().st_size:,}", where=f"{path}:1")
        return path.read_bytes()
    except OSError as fault:
        raise RubricError(f"cannot be read ({fault.strerror})", where=str(path), expected="a rubric file") from fault
