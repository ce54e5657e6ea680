"""What a run's reports are made of. The caller fills these values; nothing here reads a file or a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from qa.model import Call, Conversation, CoverageRow, Evaluation, Language, Outcome, SampleRow
from reports.statistics import Mean

NOTES = ("music", "meanings_skipped", "acts_skipped")
"""Flags that inform; every other one, known or not, asks for care."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run's numbers, as ``qa nightly --format json`` prints them."""

    run_id: str
    started_at: datetime
    n_files: int
    n_scored: int
    n_refused: int
    n_skipped: int
    audio_s: float
    """Seconds of audio that the run worked on."""
    wall_s: float
    """Seconds that it took."""


@dataclass(frozen=True, slots=True)
class CriterionInfo:
    """How one rubric words one criterion; the order of these values is the order on the pages."""

    id: str
    language: Language
    title: str
    question: str
    section: str


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A scored call. The first evaluation gives the call's score; further ones (other rubrics) are shown beside it."""

    conversation: Conversation
    evaluations: tuple[Evaluation, ...]
    audio_href: str | None = None
    """Where the call can be heard, relative to the run's folder (``audio/c-001.ogg``); None when it cannot."""

    def __post_init__(self) -> None:
        """Raise ValueError for an address that leaves the run's folder: the caller made it, so it is a bug."""
        href = self.audio_href
        if href is not None and (
            "\\" in href or ":" in href.partition("/")[0] or {"", ".", ".."} & set(href.split("/"))
        ):
            raise ValueError(f"audio_href: expected a relative path inside the run's folder, got {href!r}")

    @property
    def call(self) -> Call:
        return self.conversation.call

    @property
    def evaluation(self) -> Evaluation | None:
        """The evaluation that gives the call's score."""
        return self.evaluations[0] if self.evaluations else None

    @property
    def language(self) -> Language:
        """The language of the call's page; English where it is unknown."""
        return self.conversation.language or "en"

    @property
    def flags(self) -> tuple[str, ...]:
        """Flags of the conversation and of its evaluations, each once."""
        flags = [*self.conversation.provenance.flags]
        for evaluation in self.evaluations:
            flags.extend(evaluation.flags)
        return tuple(dict.fromkeys(flags))

    @property
    def doubts(self) -> tuple[str, ...]:
        """The flags that say not to trust the call's verdicts blindly."""
        return tuple(flag for flag in self.flags if flag not in NOTES)

    @property
    def notes(self) -> tuple[str, ...]:
        """The flags that only say what is in the call."""
        return tuple(flag for flag in self.flags if flag in NOTES)


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """An earlier score of an agent, for the trend; one whose call is in the run as well is drawn once."""

    agent_id: str | None
    call_id: str
    started_at: datetime | None
    percent: float | None
    outcomes: Mapping[str, Outcome]
    """Outcome by criterion id."""
    rubric: str
    """Rubric id and version: ``service-core.en 1.0.0``."""
    rubric_sha256: str


@dataclass(frozen=True, slots=True)
class Drift:
    """A share of a criterion's outcomes that is not what it was in the nights before; shares are in 0..1."""

    rubric: str
    criterion: str
    what: str
    """Of what: ``met`` (among judged calls), ``not_applicable`` or ``not_scored``."""
    share: float
    n: int
    share_before: float
    n_before: int
    n_nights: int
    n_changed: int = 1
    """Nights that ``share`` is of: 1 is tonight alone; more, a change that came little by little."""


@dataclass(frozen=True, slots=True)
class AgentAverage:
    """An agent's means, 0..100, each with its interval (docs/averages.md); without a value where nothing tells it."""

    agent_id: str
    n_calls: int
    n_checked: int
    """Calls that people scored, of those drawn by chance."""
    machine: Mean
    """By the machine, as the calls came."""
    same_mix: Mean
    """By the machine, as if every agent had had the same mix of calls."""
    people: Mean
    """By people alone: the calls that they scored, each weighted by its chance of being drawn."""
    corrected: Mean
    """By people's standard: the machine's mean, corrected by the calls that people scored."""
    best: Mean
    """The corrected mean (the machine's, where people scored too few calls), drawn to what is expected of the agent."""
    places: tuple[int, int] | None
    """The best and the worst place the agent may have: the same only where no interval of ``best`` overlaps."""
    flips: bool
    """True when the mean is above the team's in one and below it in the other of ``machine`` and ``same_mix``."""


@dataclass(frozen=True, slots=True)
class MixFlip:
    """Agents whose order surely turns round with the same mix of calls; differences are ``better`` minus ``worse``."""

    better: str
    worse: str
    raw_difference: float
    adjusted_difference: float


@dataclass(frozen=True, slots=True)
class TeamAverage:
    """A team's mean by people's standard, the machine's beside it, and its agents."""

    team: str | None
    mean: Mean
    people: Mean
    """Of people's scores alone, weighted by the draw."""
    machine: float
    by_people: bool
    """False when people scored too few calls for agents' means: ``best`` is by the machine's standard then."""
    agents: tuple[AgentAverage, ...]
    reliability: float | None
    """Share of the variance between agents' measured means that is real, 0..1."""
    flips: tuple[MixFlip, ...]


@dataclass(frozen=True, slots=True)
class Averages:
    """A run's averages, corrected by one closed calibration session, and what the session could not tell."""

    session_id: str
    n_checked: int
    n_without_chance: int
    """Flagged or named calls of the session: they enter no average."""
    n_unscored: int
    teams: tuple[TeamAverage, ...]


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything that a run leaves for people to read."""

    run: RunInfo
    coverage: tuple[CoverageRow, ...]
    calls: tuple[CallRecord, ...]
    criteria: tuple[CriterionInfo, ...]
    history: tuple[HistoryPoint, ...] = ()
    sample: tuple[SampleRow, ...] = ()
    drift: tuple[Drift, ...] = ()
    averages: Averages | None = None
    """None while no closed session has calls drawn from this run."""
    _wording: Mapping[tuple[str, Language], CriterionInfo] = field(init=False, repr=False, compare=False)
    _order: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        listed = dict.fromkeys(info.id for info in self.criteria)
        seen = {r.criterion for record in self.calls for e in record.evaluations for r in e.results}
        object.__setattr__(self, "_wording", {(info.id, info.language): info for info in self.criteria})
        object.__setattr__(self, "_order", (*listed, *sorted(seen - listed.keys())))

    def criterion(self, criterion: str, language: Language) -> CriterionInfo:
        """The criterion's wording in this language, else in the other one, else its id."""
        other: Language = "zh" if language == "en" else "en"
        known = self._wording.get((criterion, language)) or self._wording.get((criterion, other))
        return known or CriterionInfo(criterion, language, criterion, "", criterion.partition(".")[0])

    def criterion_order(self) -> tuple[str, ...]:
        """Criterion ids as the rubrics order them; ids that only evaluations know follow by name."""
        return self._order
