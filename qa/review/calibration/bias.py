"""Who scores milder or stricter than the rest, and whether that changes from session to session."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, stdev

from qa.review.calibration.questions import Question
from reports.calibration_data import MIN_ITEMS, Figure, HeatCell, RaterLine
from scoring.agreement import Why
from scoring.agreement.intervals import student


def rater_lines(
    latest: Sequence[Question],
    every: Sequence[Question],
    session_ids: Sequence[str],
    by_consensus: bool,
    cells: dict[str, HeatCell],
) -> tuple[RaterLine, ...]:
    """Each rater over the ``latest`` score of every call, and session by session over ``every`` score, by name."""
    names = sorted({rater for q in every for rater in q.ratings})
    lines = []
    for rater in names:
        sessions = {
            session_id: call_biases((q for q in every if q.session.session_id == session_id), rater, by_consensus)
            for session_id in session_ids
        }
        took_part = {session_id: biases for session_id, biases in sessions.items() if biases}
        *earlier, last = took_part.values() or ([],)
        lines.append(
            RaterLine(
                rater=rater,
                n_calls=len({(q.call_id, q.form.id) for q in latest if rater in q.ratings}),
                cell=cells.get(rater, HeatCell(0, 0, 0)),
                bias=mean_figure(call_biases(latest, rater, by_consensus)),
                by_session={session_id: mean_figure(biases) for session_id, biases in took_part.items()},
                drift=difference_figure([bias for biases in earlier for bias in biases], last),
            )
        )
    return tuple(lines)


def call_biases(questions: Iterable[Question], rater: str, by_consensus: bool) -> list[float]:
    """A rater's mean difference on each call, in -1..1, from the consensus or else from the other raters' mean.

    Only answers on the ordered scale count, where the reference has one too. A call is one observation: what is said
    about one call hangs together.
    """
    calls: dict[str, list[float]] = {}
    for q in questions:
        own = q.ratings.get(rater)
        if own is None or own.place is None:
            continue
        if by_consensus:
            references = [q.consensus.place] if q.consensus else []
        else:
            references = [given.place for who, given in q.ratings.items() if who != rater]
        places = [place for place in references if place is not None]
        if places:
            calls.setdefault(q.call_id, []).append(own.place - fmean(places))
    return [fmean(differences) for differences in calls.values()]


def mean_figure(values: Sequence[float]) -> Figure:
    """The mean with Student's 95 % interval; none under 20 values."""
    n = len(values)
    if n == 0:
        return Figure(None, None, None, 0, Why.NO_PAIRS)
    if n < MIN_ITEMS:
        return Figure(fmean(values), None, None, n, Why.FEW_ITEMS)
    half = student(n - 1) * stdev(values) / math.sqrt(n)
    return _around(fmean(values), half, n)


def difference_figure(earlier: Sequence[float], last: Sequence[float]) -> Figure:
    """The mean of ``last`` minus that of ``earlier``, with Welch's (1947) 95 % interval; none under 20 values in either."""
    n = min(len(earlier), len(last))
    if n == 0:
        return Figure(None, None, None, 0, Why.NO_PAIRS)
    value = fmean(last) - fmean(earlier)
    if n < MIN_ITEMS:
        return Figure(value, None, None, n, Why.FEW_ITEMS)
    of_earlier, of_last = (stdev(values) ** 2 / len(values) for values in (earlier, last))
    total = of_earlier + of_last
    if total == 0:
        return Figure(value, None, None, n, Why.NO_VARIANCE)
    df = total**2 / (of_earlier**2 / (len(earlier) - 1) + of_last**2 / (len(last) - 1))
    return _around(value, student(df) * math.sqrt(total), n)


def _around(value: float, half: float, n: int) -> Figure:
    if half == 0:
        return Figure(value, None, None, n, Why.NO_VARIANCE)
    return Figure(value, value - half, value + half, n)
