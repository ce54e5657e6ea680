"""A rater hands in a file: every cell is checked before anything is saved, and all of it is saved or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qa.model import Outcome, UsageError
from qa.model.calibration import CalibrationSession
from qa.review.calibration.export import RATINGS_SHEET
from qa.review.calibration.filled_in import FilledRow, filled_rows
from qa.review.calibration.sessions import conversation_of, forms_of
from qa.review.calibration.sheet import COLUMNS, NOTHING
from qa.review.csv_rows import shown
from qa.store import Store
from reports.tables import inert
from reports.text import Text
from scoring import Criterion, Rubric, evaluate_answers
from scoring.answer_types import Checklist, FreeText, Item, Metric, MultiChoice, Number, Option, Scale
from scoring.answers import Given, read_answer

READ = ("session", "rater", "call_id", "form", "criterion", "answer", "comment")
_WHOLE_FILE = "Fill in the file as qa calibration export wrote it; Excel may have changed an id in a CSV file."


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What came of a file. ``blank`` are the places of the answers that were left out, in the file's order."""

    session_id: str
    rater: str
    n_calls: int
    n_answers: int
    blank: tuple[str, ...]


@dataclass(slots=True)
class _Sheet:
    """What a file says about one call."""

    answers: dict[str, Given] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)


def hand_in(store: Store, session_id: str, path: Path, *, rater: str | None = None) -> HandedIn:
    """Read a rater's filled-in workbook or CSV file and save it as that rater's evaluations of the calls.

    Who the rater is stands in the file; with ``rater`` it has to be this one. A call without any answer is left as it is.

    Raises:
        UsageError: naming file, sheet, row and column: a changed header, a formula, another session or rater, an unknown
            call, form or criterion, a question twice or left out of a call, an answer that the criterion does not take, a
            comment without an answer. Or the session is closed.
    """
    session = store.calibration.session(session_id)
    forms = forms_of(session)
    criteria = {name: {c.id: c for c in form.criteria} for name, form in forms.items()}
    calls = {inert(call.call_id): call for call in session.calls}
    sheets: dict[str, _Sheet] = {}
    seen: dict[tuple[str, str], FilledRow] = {}
    blank = []
    for row in filled_rows(path, RATINGS_SHEET, READ):
        rater = _rater(row, session, rater)
        call = calls.get(_words(row, "call_id"))
        if call is None:
            raise _unknown(row, "call_id", f"a call of session {session_id}")
        if _words(row, "form") != inert(call.rubric_id):
            raise _unknown(row, "form", f"{call.rubric_id!r}, with which this call is scored")
        criterion = criteria[call.rubric_id].get(_words(row, "criterion"))
        if criterion is None:
            raise _unknown(row, "criterion", f"a criterion of {call.rubric_id}")
        first = seen.setdefault((call.call_id, criterion.id), row)
        if first is not row:
            raise UsageError(
                f"{criterion.id} of call {shown(call.call_id)} is answered already in row {first.number}",
                where=row.where("criterion"),
                expected="each question once",
            )
        sheet = sheets.setdefault(call.call_id, _Sheet())
        given, comment = given_in(row, "answer", criterion, forms[call.rubric_id]), row.cells["comment"]
        if given is not None:
            sheet.answers[criterion.id] = given
        elif comment is not None:
            raise UsageError(
                "a comment without an answer", where=row.where("answer"), expected="an answer", fix="Or not_scored"
            )
        else:
            blank.append(row.where("answer"))
        if comment is not None:
            sheet.comments[criterion.id] = plain(comment)
    if rater is None:
        raise UsageError(
            "the file holds no row", where=str(path), expected=f"a row for each question: {', '.join(COLUMNS)}"
        )
    _refuse_lost_rows(seen, {call.call_id: criteria[call.rubric_id] for call in session.calls})
    evaluations = [
        evaluate_answers(
            forms[call.rubric_id],
            conversation_of(store, call).call,
            sheets[call.call_id].answers,
            rater,
            comments=sheets[call.call_id].comments,
        )
        for call in session.calls
        if call.call_id in sheets and sheets[call.call_id].answers
    ]
    store.calibration.save_scores(session_id, rater, evaluations)
    n_answers = sum(len(sheet.answers) for sheet in sheets.values())
    return HandedIn(session_id, rater, len(evaluations), n_answers, tuple(blank))


def _refuse_lost_rows(seen: Mapping[tuple[str, str], FilledRow], asked: Mapping[str, Mapping[str, object]]) -> None:
    """A call replaces what was handed in before, so a row that got lost would take its answer away without a word."""
    rows = {call_id: row for (call_id, _), row in seen.items()}
    for call_id, last in rows.items():
        lost = [name for name in asked[call_id] if (call_id, name) not in seen]
        if lost:
            raise UsageError(
                f"call {shown(call_id)} has no row for {', '.join(lost)}",
                where=last.where("criterion"),
                expected="a row for each of its questions, or none for the call",
                fix="Copy the answers into a fresh export",
            )


def given_in(row: FilledRow, column: str, criterion: Criterion, form: Rubric) -> Given | None:
    """The answer in a cell, as the criterion takes it; None for an empty cell. Raises UsageError with the cell."""
    cell = row.cells[column]
    if cell is None:
        return None
    given = _given(cell, criterion, form)
    try:
        read_answer(criterion, given)
    except UsageError as error:
        found = shown(cell) if isinstance(cell, str) else f"{cell:g}"
        raise UsageError(
            f"{found} is no answer to {criterion.id}", where=row.where(column), expected=error.expected
        ) from None
    return given


def plain(comment: str | float) -> str:
    """A comment as it was written: without the apostrophe that keeps it from being a formula."""
    text = f"{comment:g}" if isinstance(comment, float) else comment
    return text[1:] if text.startswith("'") and inert(text[1:]) == text else text


def _given(cell: str | float, criterion: Criterion, form: Rubric) -> Given:
    """Words as the form's language has them become the names that answers go by."""
    names = _names(criterion, form)
    answer = criterion.answer
    if isinstance(cell, float):
        return cell
    known = names.get(cell.casefold())
    match answer:
        case FreeText():
            return plain(cell)
        case Number() | Metric() if known is None:
            try:
                return float(cell)
            except ValueError:
                return cell
        case Checklist() | MultiChoice(choose="several") if known not in (Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED):
            if cell.casefold() == NOTHING and known is None:
                return ()
            parts = [part.strip() for part in cell.replace("；", ";").split(";")]
            return tuple(names.get(part.casefold(), part) for part in parts if part)
        case _:
            return known if known is not None else cell


def _names(criterion: Criterion, form: Rubric) -> Mapping[str, str]:
    """Names by what people may write for them, in lower case: the name itself, or its title."""
    text = Text(form.language)
    found = {text(f"outcome.{outcome}").casefold(): outcome.value for outcome in Outcome}
    found |= {outcome.value: outcome.value for outcome in Outcome}
    answer = criterion.answer
    parts: tuple[Option, ...] | tuple[Item, ...] = ()
    match answer:
        case Scale(options=options) | MultiChoice(options=options):
            parts = options
        case Checklist(items=items):
            parts = items
    found |= {part.title.casefold(): part.name for part in parts if part.title}
    return found | {part.name: part.name for part in parts}


def _rater(row: FilledRow, session: CalibrationSession, rater: str | None) -> str:
    """The row's rater, who has to be the one of the rows before, and of this session."""
    if _words(row, "session") != inert(session.session_id):
        raise _unknown(row, "session", f"{session.session_id!r}: this is another session's file")
    found = {inert(name): name for name in session.raters}.get(_words(row, "rater"))
    if found is None or (rater is not None and found != rater):
        raise _unknown(row, "rater", repr(rater) if rater is not None else f"one of {', '.join(session.raters)}")
    return found


def _words(row: FilledRow, column: str) -> str:
    value = row.cells[column]
    return f"{value:g}" if isinstance(value, float) else value or ""


def _unknown(row: FilledRow, column: str, expected: str) -> UsageError:
    return UsageError(f"{shown(_words(row, column))}", where=row.where(column), expected=expected, fix=_WHOLE_FILE)
