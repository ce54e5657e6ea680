"""People with people, and the machine with their consensus: verdict per criterion, biases, drift, the calls in dispute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations

from qa.model import CriterionResult
from qa.review.calibration.bias import rater_lines
from qa.review.calibration.questions import ClosedSession, Question, Rating
from qa.review.calibration.ratings_table import reliability, table_of
from reports.calibration_data import (
    MIN_ITEMS,
    CalibrationReport,
    CriterionLine,
    DisputedCall,
    DisputedQuestion,
    Figure,
    Given,
    HeatCell,
    MachineCounts,
    Reliability,
    SessionLine,
    Verdict,
)
from scoring.answers import read_answer
from scoring.gate import beats_chance
from scoring.gate_rule import GateRule

MACHINE, CONSENSUS = "machine", "consensus"
MAX_CALLS = 10
"""Disputed calls that the report shows in full."""


_AMONG_MANY = {"cohen_kappa": "krippendorff_alpha", "weighted_kappa": "krippendorff_alpha"}
"""What stands in among people for a coefficient that is for two raters only."""


def compare(sessions: Sequence[ClosedSession], made_at: datetime) -> CalibrationReport:
    """The report over closed sessions, pooled.

    Where two sessions used different versions of a form only the newer one counts; a call scored in two sessions counts
    as in the later one. One session at least. What counts as agreement is what each form's gate asks for.
    """
    sessions = sorted(sessions, key=lambda s: (_closed_at(s), s.session.session_id))
    newest = {form.id: form.ref for each in sessions for form in each.forms.values()}
    questions = [q for each in sessions for q in each.questions() if newest[q.form.id] == q.form.ref]
    old = {f"{f.id} {f.version}" for each in sessions for f in each.forms.values() if newest[f.id] != f.ref}
    latest = list({(q.form.id, q.call_id, q.criterion.id): q for q in questions}.values())
    n_undecided = sum(q.differs and q.final is None for q in latest)
    by_consensus = not n_undecided
    lines = [_criterion_line(group) for group in _grouped(latest)]
    disputed = _disputed(latest)
    return CalibrationReport(
        made_at=made_at,
        by_consensus=by_consensus,
        sessions=tuple(_session_line(each, questions) for each in sessions),
        raters=rater_lines(
            latest, questions, [s.session.session_id for s in sessions], by_consensus, heat_cells(latest)
        ),
        criteria=tuple(lines),
        overall={form: _people([q for q in latest if q.form.id == form]) for form in sorted(newest)},
        calls=tuple(disputed[:MAX_CALLS]),
        n_disputed=len(disputed),
        n_undecided=n_undecided,
        left_out=tuple(sorted(old)),
    )


def _closed_at(each: ClosedSession) -> datetime:
    if each.session.closed_at is None:
        raise ValueError(f"{each.session.session_id} is open")
    return each.session.closed_at


def _grouped(questions: Iterable[Question]) -> list[list[Question]]:
    """The questions of each criterion of each form, in the forms' order."""
    groups: dict[tuple[str, str], list[Question]] = {}
    for q in questions:
        groups.setdefault((q.form.id, q.criterion.id), []).append(q)
    return list(groups.values())


def _people(questions: Iterable[Question]) -> Reliability:
    return reliability(table_of((q, q.ratings) for q in questions))


def _criterion_line(questions: list[Question]) -> CriterionLine:
    first = questions[0]
    form, criterion = first.form, first.criterion
    rule = form.gate_of(criterion)
    people = _people(questions)
    # Flagged calls were chosen for what the machine said of them: they tell nothing of the others.
    drawn = [q for q in questions if not q.targeted]
    machine = reliability(table_of((q, pair) for q in drawn if (pair := _pair(q))))
    section = next(s.title for s in form.sections if criterion in s.criteria)
    return CriterionLine(
        form=form.id,
        version=form.version,
        language=form.language,
        section=section,
        criterion=criterion.id,
        title=criterion.title,
        question=criterion.question,
        coefficient=rule.coefficient,
        needed=rule.min_agreement,
        verdict=verdict(people, machine, rule),
        people=people,
        machine=machine,
        counts=_machine_counts(drawn),
        cells=heat_cells(questions),
    )


def verdict(people: Reliability, machine: Reliability, rule: GateRule) -> Verdict:
    """What to say of a criterion. People come first: where they differ, no machine can be right.

    An interval on both sides of what is needed says neither. And AC1 alone would trust a machine that always gives the
    common answer. So beside it stands a coefficient for which that is worth nothing (alpha among people, kappa with the
    machine): its lower end has to be above 0, else too little but one answer was seen to say more.
    """
    if people.n_calls < MIN_ITEMS:
        return Verdict.TOO_FEW
    among_people = people.figures[_AMONG_MANY.get(rule.coefficient, rule.coefficient)]
    with_machine = machine.figures[rule.coefficient]
    if _below(among_people, rule):
        return Verdict.PEOPLE_DIFFER
    if machine.n_calls >= MIN_ITEMS and _below(with_machine, rule):
        return Verdict.MACHINE_DIFFERS
    if not _reaches(among_people, rule):
        return Verdict.UNSURE
    if machine.n_calls < MIN_ITEMS:
        return Verdict.MACHINE_UNKNOWN
    if not _reaches(with_machine, rule):
        return Verdict.UNSURE
    if not (beats_chance(people.figures["krippendorff_alpha"]) and beats_chance(machine.figures["cohen_kappa"])):
        return Verdict.ONE_ANSWER
    return Verdict.AGREED


def _below(found: Figure, rule: GateRule) -> bool:
    return found.high is not None and found.high < rule.min_agreement


def _reaches(found: Figure, rule: GateRule) -> bool:
    """Where all answers are the same the coefficient is not defined, and nobody differs."""
    return found.value is None or (found.low is not None and found.low >= rule.min_agreement)


def _pair(q: Question) -> dict[str, Rating] | None:
    """The machine's rating and the consensus, where both are there."""
    machine, consensus = q.machine_rating, q.consensus
    return {MACHINE: machine, CONSENSUS: consensus} if machine and consensus else None


def _machine_counts(questions: Iterable[Question]) -> MachineCounts:
    found: Counter[str] = Counter()
    for q in questions:
        machine, consensus = q.machine_rating, q.consensus
        if consensus is None:
            found["n_open"] += 1
        elif machine is None:
            found["n_abstained"] += 1
        elif machine.label == consensus.label:
            found["n_same"] += 1
        elif machine.place is None or consensus.place is None or machine.place == consensus.place:
            found["n_other"] += 1
        else:
            found["n_lower" if machine.place < consensus.place else "n_higher"] += 1
    return MachineCounts(**found)


def heat_cells(questions: Iterable[Question]) -> dict[str, HeatCell]:
    """How often each rater says what another rater says, pair by pair; who never met another is left out."""
    same: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    calls: dict[str, set[str]] = {}
    for q in questions:
        for who, other in combinations(q.ratings, 2):
            agree = q.ratings[who].label == q.ratings[other].label
            for rater in (who, other):
                pairs[rater] += 1
                same[rater] += agree
                calls.setdefault(rater, set()).add(q.call_id)
    return {rater: HeatCell(same[rater], pairs[rater], len(calls[rater])) for rater in pairs}


def _session_line(each: ClosedSession, questions: Iterable[Question]) -> SessionLine:
    session = each.session
    own = [q for q in questions if q.session.session_id == session.session_id]
    return SessionLine(
        session_id=session.session_id,
        title=session.title,
        closed_at=_closed_at(each),
        raters=session.raters,
        expert=session.expert,
        n_calls=len(session.calls),
        n_targeted=sum(call.targeted or call.inclusion_probability is None for call in session.calls),
        agreement=_people(own).figures["percent_agreement"],
    )


def _disputed(questions: Iterable[Question]) -> list[DisputedCall]:
    """The calls on which raters differ, those first where they differ most."""
    calls: dict[tuple[str, str, str], list[Question]] = {}
    for q in questions:
        if len(q.ratings) > 1:
            calls.setdefault((q.session.session_id, q.call_id, q.form.id), []).append(q)
    found = []
    for (session_id, call_id, form_id), asked in calls.items():
        differing = sorted((q for q in asked if q.differs), key=lambda q: -_distance(q))
        if differing:
            distance = sum(map(_distance, differing))
            shown = tuple(map(_disputed_question, differing))
            language = asked[0].form.language
            found.append(DisputedCall(session_id, call_id, form_id, language, len(asked), distance, shown))
    return sorted(found, key=lambda call: (-call.distance, call.session_id, call.call_id))


def _distance(q: Question) -> float:
    """Mean difference between two raters, 0..1; answers outside the order are 1 apart from any other."""
    pairs = list(combinations(q.ratings.values(), 2))
    return sum(_apart(a, b) for a, b in pairs) / len(pairs)


def _apart(a: Rating, b: Rating) -> float:
    if a.label == b.label:
        return 0.0
    return 1.0 if a.place is None or b.place is None else abs(a.place - b.place)


def _disputed_question(q: Question) -> DisputedQuestion:
    def said(who: str, label: str, result: CriterionResult) -> Given:
        return Given(who, label, result.explanation)

    final = None
    if q.final is not None:
        answer = read_answer(q.criterion, q.final.answer)
        label = q.consensus.label if q.consensus else answer.outcome.value
        final = Given(q.final.author, label, q.final.reason)
    machine = None
    if q.machine is not None:
        label = q.machine_rating.label if q.machine_rating else q.machine.outcome.value
        machine = said(MACHINE, label, q.machine)
    return DisputedQuestion(
        criterion=q.criterion.id,
        title=q.criterion.title,
        given=tuple(said(who, q.ratings[who].label, q.results[who]) for who in sorted(q.ratings)),
        machine=machine,
        evidence=q.machine.evidence if q.machine else (),
        final=final,
    )
