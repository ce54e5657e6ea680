"""One call's page: the transcript with its evidence, and every verdict beside it."""

from __future__ import annotations

from dataclasses import dataclass

from qa.model import CriterionResult, Evaluation, Evidence, Feature, Outcome, SpeakerRole, Turn
from qa.model.copc import CriticalAccuracy, critical_accuracy
from reports.agent import agent_name
from reports.data import CallRecord, CriterionInfo, ReportData
from reports.links import Links
from reports.quotes import html_lang
from reports.text import Text
from reports.timeline import Timeline, timeline
from reports.transcript import Mark, Segment, find_quote, segments

LOW_CONFIDENCE = 0.6
"""Below it a verdict or the words of a turn are marked as unsure."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A quote in the verdict list; ``anchor`` is None when the words are not in the turn that they are said to be in."""

    quote: str
    role: SpeakerRole
    turn: int
    start_s: float | None
    anchor: str | None


@dataclass(frozen=True, slots=True)
class VerdictView:
    number: int
    anchor: str
    info: CriterionInfo
    result: CriterionResult
    proofs: tuple[Proof, ...]
    cue: Proof | None
    unsure: bool


@dataclass(frozen=True, slots=True)
class EvaluationView:
    """One rubric's verdicts by section."""

    evaluation: Evaluation
    sections: tuple[tuple[str, tuple[VerdictView, ...]], ...]

    @property
    def accuracy(self) -> tuple[CriticalAccuracy, ...]:
        """Critical errors of this one call by class, beside its weighted score."""
        return critical_accuracy([(self.evaluation,)])

    def with_outcome(self, *outcomes: Outcome) -> list[VerdictView]:
        return [v for _, verdicts in self.sections for v in verdicts if v.result.outcome in outcomes]


@dataclass(frozen=True, slots=True)
class TurnView:
    turn: Turn
    segments: tuple[Segment, ...]
    unsure_words: bool
    unsure_role: bool


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """A feature by side; None where that side has none."""

    label: str
    unit: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class CallView:
    """What the template shows."""

    text: Text
    lang: str
    record: CallRecord
    agent_name: str
    agent_href: str
    evaluations: tuple[EvaluationView, ...]
    turns: tuple[TurnView, ...]
    timeline: Timeline | None
    feature_roles: tuple[SpeakerRole | None, ...]
    features: tuple[FeatureRow, ...]


def call_view(data: ReportData, record: CallRecord, links: Links) -> CallView:
    """The page of one call, in the call's language."""
    text = Text(record.language)
    marks: dict[int, list[Mark]] = {}
    number = 0
    evaluations = []
    order = {criterion: place for place, criterion in enumerate(data.criterion_order())}
    for evaluation, anchors in zip(record.evaluations, links.anchors(record), strict=True):
        sections: dict[str, list[VerdictView]] = {}
        pairs = sorted(zip(evaluation.results, anchors, strict=True), key=lambda pair: order[pair[0].criterion])
        for result, anchor in pairs:
            number += 1
            verdict = _verdict(data, record, result, number, anchor, text, marks)
            sections.setdefault(verdict.info.section, []).append(verdict)
        evaluations.append(EvaluationView(evaluation, tuple((s, tuple(v)) for s, v in sections.items())))
    roles, rows = _features(record, text)
    return CallView(
        text=text,
        lang=html_lang(record),
        record=record,
        agent_name=agent_name([record], text),
        agent_href=links.agent(record.call.agent_id),
        evaluations=tuple(evaluations),
        turns=tuple(_turn(turn, marks.get(turn.index, [])) for turn in record.conversation.turns),
        timeline=timeline(record.conversation),
        feature_roles=roles,
        features=rows,
    )


def _verdict(
    data: ReportData,
    record: CallRecord,
    result: CriterionResult,
    number: int,
    anchor: str,
    text: Text,
    marks: dict[int, list[Mark]],
) -> VerdictView:
    info = data.criterion(result.criterion, text.language)
    label = f"{number} {info.title}: {text(f'outcome.{result.outcome}')}"
    turns = record.conversation.turns

    def place(turn: int, role: SpeakerRole, quote: str, start_s: float | None, kind: str, key: str) -> Proof:
        spot = find_quote(turns[turn], quote, start_s) if 0 <= turn < len(turns) else None
        if spot is None:
            return Proof(quote, role, turn, start_s, None)
        what = f"{label} ({text('call.cue')})" if kind == "cue" else label
        marks.setdefault(turn, []).append(Mark(key, anchor, number, kind, what, *spot))
        return Proof(quote, role, turn, start_s if start_s is not None else turns[turn].start_s, key)

    def proof(position: int, evidence: Evidence) -> Proof:
        key = f"e-{number}-{position}"
        return place(evidence.turn, evidence.role, evidence.quote, evidence.start_s, result.outcome, key)

    cue = result.cue
    return VerdictView(
        number=number,
        anchor=anchor,
        info=info,
        result=result,
        proofs=tuple(proof(i, e) for i, e in enumerate(result.evidence, 1)),
        cue=place(cue.turn, cue.role, cue.quote, None, "cue", f"e-{number}-cue") if cue else None,
        unsure=result.confidence is not None
        and result.confidence < LOW_CONFIDENCE
        and result.outcome not in (Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED),
    )


def _turn(turn: Turn, marks: list[Mark]) -> TurnView:
    return TurnView(
        turn=turn,
        segments=tuple(segments(turn.text, marks)),
        unsure_words=turn.confidence is not None and turn.confidence < LOW_CONFIDENCE,
        unsure_role=turn.role_confidence is not None and turn.role_confidence < LOW_CONFIDENCE,
    )


def _features(record: CallRecord, text: Text) -> tuple[tuple[SpeakerRole | None, ...], tuple[FeatureRow, ...]]:
    """Features as a table: one row per name and unit, one column per side that has any, the whole call last."""
    found = record.conversation.features
    roles = tuple(role for role in (*SpeakerRole, None) if any(f.role == role for f in found))
    table: dict[tuple[str, str], dict[SpeakerRole | None, str]] = {}
    for feature in found:
        table.setdefault((feature.name, feature.unit), {})[feature.role] = _shown(feature, text)
    rows = (
        FeatureRow(
            text(f"feature.{name}") if text.has(f"feature.{name}") else name.replace("_", " "),
            text.named("unit", unit),
            tuple(cells.get(role) for role in roles),
        )
        for (name, unit), cells in table.items()
    )
    return roles, tuple(rows)


def _shown(feature: Feature, text: Text) -> str:
    if feature.value is None:
        return text.named("reason", feature.reason) if feature.reason else "–"
    return text.share(feature.value) if feature.unit == "ratio" else text.number(feature.value)
