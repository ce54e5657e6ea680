"""What the night shift needs of the module that knows one call's way (:mod:`qa.pipeline`).

It goes by its dotted name from process to process, so that tests can put another module in its place.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from qa.model import AudioFacts, Call, Conversation, Evaluation, Recording
from qa.settings import Settings

if TYPE_CHECKING:
    from scoring.rubric import Rubric

PIPELINE = "qa.pipeline"


class Rubrics(Protocol):
    """The rubrics of a run."""

    def for_call(self, call: Call) -> Sequence[Rubric]:
        """Those that score this call, by its language and data; the first gives its score.

        Raises ``RecordingRefused`` (``no_rubric``) when there are none.
        """
        ...

    def all(self) -> Sequence[Rubric]:
        """Every one, in the order in which reports name them."""
        ...


class Processed(Protocol):
    """What became of a recording."""

    @property
    def facts(self) -> AudioFacts: ...
    @property
    def conversation(self) -> Conversation: ...
    @property
    def evaluations(self) -> tuple[Evaluation, ...]: ...
    @property
    def stage_s(self) -> Mapping[str, float]: ...
    @property
    def vectors(self) -> Mapping[str, bytes]: ...


class CallWay(Protocol):
    """The functions of the module. What it loads once a process is its own affair, hence ``Any``."""

    def load_rubrics(self, names: Sequence[str]) -> Rubrics: ...
    def load_engines(self, settings: Settings) -> Any: ...
    def speech_fingerprint(self, settings: Settings) -> str: ...
    def process(
        self, recording: Recording, rubrics: Rubrics, engines: Any, settings: Settings, *, playback: Path | None
    ) -> Processed: ...
    def score(self, conversation: Conversation, rubric: Rubric) -> Evaluation: ...


def call_way(name: str) -> CallWay:
    """The module of this name."""
    return cast("CallWay", importlib.import_module(name))
