"""One form made ready to score many conversations, with sentence vectors from shelves and verdicts that can be kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from qa.language import Embedder
from qa.language.shelf import VectorShelf, shelved
from qa.model import Conversation, Evaluation, Judge
from scoring import Rubric, evaluate
from scoring.again import stamped
from scoring.fingerprint import Fingerprint, SignalFingerprint, fingerprints, signal_fingerprints
from scoring.signals.kept import KeptHits

_JUDGING_PACKAGES = ("scoring", "qa.language")
_CODE_SUFFIXES = (".py", ".json", ".yaml")
_NOT_CODE = ("training", "__pycache__")


@dataclass(frozen=True, slots=True)
class ReadyForm:
    """``anchors`` holds the vectors of the form's own sentences, so that they are computed once and not for every call."""

    rubric: Rubric
    fingerprints: dict[str, Fingerprint]
    """By criterion."""
    signals: dict[str, SignalFingerprint]
    """By signal."""
    anchors: VectorShelf
    judge: Judge | None

    def evaluate(
        self,
        conversation: Conversation,
        sentences: VectorShelf,
        part: Rubric | None = None,
        earlier: Evaluation | None = None,
    ) -> Evaluation:
        """Score an annotated conversation with the form, or with a part of it and no fingerprints; vectors that are missing go
        on the shelf.

        ``earlier`` is an evaluation of this very conversation: signals that are as they were then are not searched again.
        """
        embed, kept = shelved(self.anchors, sentences), KeptHits(self.signals, earlier)
        evaluation = evaluate(conversation, part or self.rubric, embed=embed, judge=self.judge, kept=kept)
        return evaluation if part is not None else self.stamped(evaluation)

    def stamped(self, evaluation: Evaluation) -> Evaluation:
        """With the fingerprints by which its verdicts can be kept."""
        return stamped(evaluation, self.fingerprints)


def ready_form(rubric: Rubric, embedder: Embedder, judge: Judge | None, stored_anchors: bytes = b"") -> ReadyForm:
    """Embed what ``stored_anchors`` lacks of the form's own sentences."""
    anchors = VectorShelf(embedder, stored_anchors)
    meanings = [signal.meanings for signal in rubric.signals.values() if signal.meanings is not None]
    if texts := sorted({text for each in meanings for text in (*each.like, *each.unlike)}):
        anchors.embed(texts)
    code = judging_code()
    return ReadyForm(rubric, fingerprints(rubric, code), signal_fingerprints(rubric, code), anchors, judge)


@lru_cache(maxsize=1)
def judging_code() -> str:
    """A hash of the code and weights that judge: verdicts of other code are never kept, and nobody has to count versions."""
    digest = hashlib.sha256()
    for package in _JUDGING_PACKAGES:
        _add(digest, resources.files(package))
    return digest.hexdigest()[:16]


def _add(digest: hashlib._Hash, folder: Traversable) -> None:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            if entry.name not in _NOT_CODE:
                _add(digest, entry)
        elif entry.name.endswith(_CODE_SUFFIXES):
            digest.update(entry.name.encode())
            digest.update(entry.read_bytes())
