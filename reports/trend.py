"""An agent's call scores over time, as shapes: x in percent of the width, y in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from reports.data import CallRecord, HistoryPoint

HEIGHT_PX = 180


@dataclass(frozen=True, slots=True)
class Point:
    """One call. ``current`` tells the run's own calls from earlier ones."""

    call_id: str
    when: datetime
    percent: float
    rubric: str
    sha256: str
    """Of the rubric."""
    current: bool
    x: str
    y: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The drawing; ``breaks`` are where the rubric changes (scores on its two sides are not comparable)."""

    points: tuple[Point, ...]
    mean: float
    """Over the calls that were scored with their rubric as it is at the end."""
    mean_x: str
    """Where the mean's line begins."""
    mean_y: float
    low: int
    """Percent at the bottom of the drawing."""
    grid: tuple[tuple[int, float], ...]
    """Percent and y."""
    dates: tuple[tuple[str, datetime, str], ...]
    """Position, date and text anchor."""
    breaks: tuple[tuple[str, str], ...]
    """Position and the rubric that applies from there on."""


def trend(agent_id: str | None, records: list[CallRecord], history: tuple[HistoryPoint, ...]) -> Trend | None:
    """The trend of one agent's calls that have a date and a score; None with fewer than two of them."""
    raw: dict[str, tuple[datetime, float, str, str, bool]] = {}
    for past in history:
        if past.agent_id == agent_id and past.started_at is not None and past.percent is not None:
            raw[past.call_id] = (_aware(past.started_at), past.percent, past.rubric, past.rubric_sha256, False)
    for record in records:
        evaluation = record.evaluation
        if evaluation is None or evaluation.totals.percent is None or record.call.started_at is None:
            continue
        used, percent = evaluation.rubric, evaluation.totals.percent
        name = f"{used.id} {used.version}"
        raw[record.call.call_id] = (_aware(record.call.started_at), percent, name, used.sha256, True)
    if len(raw) < 2:
        return None
    ordered = sorted(raw.items(), key=lambda item: (item[1][0], item[0]))
    first, last = ordered[0][1][0], ordered[-1][1][0]
    length_s = (last - first).total_seconds()
    low = 0 if min(v[1] for _, v in ordered) < 45 else 40

    def x(moment: datetime) -> str:
        return f"{(moment - first).total_seconds() / length_s if length_s else 0.5:.3%}"

    def y(percent: float) -> float:
        return round(HEIGHT_PX * (100 - percent) / (100 - low), 1)

    points = tuple(Point(c, w, p, r, sha256, current, x(w), y(p)) for c, (w, p, r, sha256, current) in ordered)
    breaks = _breaks(points)
    latest = {_name(point): _form(point) for point in points}
    comparable = [point.percent for point in points if _form(point) == latest[_name(point)]]
    mean = sum(comparable) / len(comparable)
    return Trend(
        points=points,
        mean=mean,
        mean_x=breaks[-1][0] if breaks else "0",
        mean_y=y(mean),
        low=low,
        grid=tuple((percent, y(percent)) for percent in range(low, 101, 20)),
        dates=_dates(points),
        breaks=breaks,
    )


def _dates(points: tuple[Point, ...]) -> tuple[tuple[str, datetime, str], ...]:
    first, last = points[0], points[-1]
    if first.when.date() == last.when.date():
        return (("50%", first.when, "middle"),)
    return ((first.x, first.when, "start"), (last.x, last.when, "end"))


def _breaks(points: tuple[Point, ...]) -> tuple[tuple[str, str], ...]:
    """Where a rubric differs from what it was before, by version or by content; two rubrics in turn are no break."""
    current: dict[str, Point] = {}
    found = []
    for point in points:
        before = current.get(_name(point), point)
        if _form(before) != _form(point):
            same_version = before.rubric == point.rubric
            found.append((point.x, f"{point.rubric} ({point.sha256[:6]})" if same_version else point.rubric))
        current[_name(point)] = point
    return tuple(found)


def _name(point: Point) -> str:
    """The rubric's id."""
    return point.rubric.rpartition(" ")[0]


def _form(point: Point) -> tuple[str, str]:
    """The rubric to the byte: a form may be changed without a new version."""
    return point.rubric, point.sha256


def _aware(moment: datetime) -> datetime:
    """Manifest times may lack a zone; as UTC they can stand on one axis with those that have one."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
