"""A run's averages by team: the machine's scores of all calls, corrected by the newest closed calibration session."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa.model import Conversation, Evaluation, SampleRow, UsageError
from qa.model.calibration import CalibrationSession
from qa.review.sampling import Candidate, ScoredSample, candidates, scored_sample
from qa.store import Store, StoredCall
from scoring.averages import CallScore, GroupAverage, group_average

NO_TEAM = "unassigned"


@dataclass(frozen=True, slots=True)
class TeamAverages:
    """Averages by team, over the calls of a run that have an agent and a score."""

    run_id: str
    session_id: str | None
    """The session whose people's scores corrected them; None where there is none."""
    teams: Mapping[str, GroupAverage]
    n_calls: int
    n_without_agent: int
    n_without_score: int
    n_checked: int
    """Calls that the session drew by chance and people scored."""
    n_without_chance: int
    """The session's calls that were flagged or named: they enter no average."""
    n_unscored: int
    """Drawn by chance, not scored."""
    lost_strata: tuple[str, ...]
    """Strata of the draw without a scored call: the averages by people's standard say nothing of their calls."""


def run_candidates(store: Store, run_id: str | None = None) -> tuple[str, list[Candidate]]:
    """The scored calls of a run (the newest by default) as candidates, with what people said in closed sessions.

    Raises UsageError when there is no such run.
    """
    found, calls = _calls(store, run_id)
    people: dict[str, list[Evaluation]] = defaultdict(list)
    for session in store.calibration.sessions():
        for evaluation in _people(store, session):
            people[evaluation.call_id].append(evaluation)
    return found, candidates(((c.conversation, e) for c in calls for e in c.evaluations), people)


def team_averages(store: Store, run_id: str | None = None) -> TeamAverages:
    """Averages of a run's teams (the newest run's by default).

    People's score of a call is the mean over raters, in the newest closed session all of whose drawn calls are of this
    run; the averages are then over the calls that the machine scored with that session's forms. People's scores correct
    the machine's averages and are never averaged with them. Raises UsageError when there is no such run.
    """
    found, calls = _calls(store, run_id)
    session = session_over(store, {call.conversation.call.call_id for call in calls})
    return averages_of(store, found, ((c.conversation, e) for c in calls for e in c.evaluations), session)


def averages_of(
    store: Store, run_id: str, calls: Iterable[tuple[Conversation, Evaluation]], session: CalibrationSession | None
) -> TeamAverages:
    """As :func:`team_averages`, for a run whose calls and session are at hand."""
    forms = {form.ref.id for form in session.forms} if session else None
    everyone = candidates((c, e) for c, e in calls if forms is None or e.rubric.id in forms)
    scored = {c.call_id: c for c in everyone if c.percent is not None and c.agent_id}
    sample = _sample(store, session, scored) if session else ScoredSample({}, 0, 0, ())
    teams: dict[str, list[CallScore]] = defaultdict(list)
    for call in scored.values():
        if call.percent is not None and call.agent_id:
            drawn = sample.drawn.get(call.call_id)
            teams[call.team or NO_TEAM].append(CallScore(call.agent_id, call.percent, call.call_type, drawn))
    return TeamAverages(
        run_id,
        session.session_id if session else None,
        {team: group_average(mine) for team, mine in sorted(teams.items())},
        len(everyone),
        sum(not c.agent_id for c in everyone),
        sum(c.percent is None for c in everyone),
        len(sample.drawn),
        sample.n_without_chance,
        sample.n_unscored,
        sample.lost_strata,
    )


def _calls(store: Store, run_id: str | None) -> tuple[str, Sequence[StoredCall]]:
    runs = [run.run_id for run in store.runs() if run_id in (None, run.run_id)]
    if not runs:
        what = "the store holds no run" if run_id is None else f"no run {run_id!r}"
        raise UsageError(what, fix="Run qa nightly first, or name another --run or --store")
    return runs[0], [call for call in store.calls_for_run(runs[0]) if call.evaluations]


def session_over(store: Store, call_ids: set[str]) -> CalibrationSession | None:
    """The newest closed session that drew calls, all of them among these; None where there is none."""

    def of_this_run(session: CalibrationSession) -> bool:
        drawn = {call.call_id for call in session.calls if call.inclusion_probability is not None}
        return bool(drawn) and drawn <= call_ids

    closed = [session for session in store.calibration.sessions() if session.closed and of_this_run(session)]
    return closed[-1] if closed else None


def _people(store: Store, session: CalibrationSession) -> Sequence[Evaluation]:
    return store.calibration.scores(session.session_id, session.expert) if session.closed else ()


def _sample(store: Store, session: CalibrationSession, calls: Mapping[str, Candidate]) -> ScoredSample:
    percents: dict[str, list[float]] = defaultdict(list)
    for evaluation in _people(store, session):
        if evaluation.totals.percent is not None:
            percents[evaluation.call_id].append(evaluation.totals.percent)
    rows = [
        SampleRow(
            call.call_id,
            None,
            None,
            None,
            call.stratum or "",
            call.inclusion_probability,
            call.seed or 0,
            call.reason,
            call.targeted,
            call.weighted,
            call.frame,
        )
        for call in session.calls
        if call.inclusion_probability is not None
    ]
    people = {call_id: statistics.fmean(found) for call_id, found in percents.items()}
    machine = {call_id: c.percent for call_id, c in calls.items() if c.percent is not None}
    return scored_sample(rows, people, machine)
