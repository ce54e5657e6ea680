"""Model files that come inside packages: found, and checked against their SHA-256 before anything reads them."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from qa.model import ModelUnavailable


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model file in use, as ``qa models`` shows it."""

    name: str
    source: str
    path: str
    sha256: str
    verified: bool


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file inside an installed package, with the SHA-256 that we tested."""

    package: str
    path: str
    sha256: str

    def locate(self) -> Path:
        """Where it lies; raises ``ModelUnavailable`` when the package is not installed."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise ModelUnavailable(
                f"the package {self.package.replace('_', '-')} is not installed",
                where=self.path,
                fix="Run `pip install callibrate` again.",
            )
        return Path(next(iter(spec.submodule_search_locations))) / self.path

    def checked(self) -> Path:
        """Where it lies, after its checksum proved right."""
        path = self.locate()
        check(path, self.sha256)
        return path

    def as_found(self, name: str) -> ModelFile:
        """The file for ``qa models``; ``verified`` is False when it is missing or differs."""
        try:
            path = self.locate()
            found = _sha256(path)
        except (ModelUnavailable, OSError):
            return ModelFile(name, self.package, self.path, "", verified=False)
        return ModelFile(name, self.package, str(path), found, verified=found == self.sha256)


def check(path: Path, sha256: str) -> None:
    """Raises ``ModelUnavailable`` if the file is not the one that we tested."""
    found = _sha256(path)
    if found != sha256:
        raise ModelUnavailable(
            f"the file's SHA-256 is {found[:12]}...",
            where=str(path),
            expected=f"{sha256[:12]}...",
            fix="Install the package again; if it persists, its publisher changed the file: do not use it.",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
