"""A rater's sheet: one row for each call and criterion. The same columns in the workbook and in the CSV file.

It is made from the calls, the forms and the rater's own answers, and from nothing else: it cannot tell what the machine or
another rater found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qa.model import CriterionResult, Evaluation, Language, Outcome
from qa.model.calibration import CalibrationSession
from reports.text import Text
from reports.workbook import Value
from scoring import Criterion, Rubric
from scoring.answer_types import Checklist, FreeText, Metric, MultiChoice, Number, Scale

COLUMNS = (
    "session", "rater", "call_id", "form", "section", "criterion", "question", "possible_answers", "answer", "comment",
)  # fmt: skip
TRANSCRIPT_COLUMNS = ("call_id", "turn", "role", "start", "text")
NOTHING = "none"
"""The answer to a checklist of which nothing is met, and to a choice of several of which nothing was chosen."""
SEPARATOR = "; "
BY_PERSON = "person"
"""``method`` of a result that a person gave; without an answer it is another."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One question. ``choices`` are all possible answers where one is to be chosen from a list, else empty."""

    cells: tuple[Value, ...]
    choices: tuple[str, ...]


def sheet_rows(
    session: CalibrationSession, forms: Mapping[str, Rubric], rater: str, own: Mapping[str, Evaluation]
) -> Iterator[SheetRow]:
    """The rater's rows by call and criterion; ``own`` is what this rater handed in before, by call id."""
    for call in session.calls:
        form = forms[call.rubric_id]
        before = own.get(call.call_id)
        for section in form.sections:
            for criterion in section.criteria:
                result = before.result(criterion.id) if before else None
                given = result is not None and result.method == BY_PERSON
                answer, comment = (_answer(result), result.explanation) if result and given else (None, None)
                cells = (
                    session.session_id,
                    rater,
                    call.call_id,
                    form.id,
                    section.title,
                    criterion.id,
                    criterion.question,
                    described(criterion, form.language),
                    answer,
                    comment,
                )
                yield SheetRow(cells, choices(criterion))


def choices(criterion: Criterion) -> tuple[str, ...]:
    """Every possible answer, for criteria that take one out of a list."""
    match criterion.answer:
        case Scale(options=options) | MultiChoice(options=options, choose="one"):
            return (*(option.name for option in options), Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED)
        case Checklist() | MultiChoice() | Number() | Metric() | FreeText():
            return ()
        case _:
            return tuple(Outcome)


def described(criterion: Criterion, language: Language) -> str:
    """The possible answers in words of the form's language."""
    text = Text(language)

    def titled(name: str, title: str) -> str:
        return f"{name} ({title})" if title else name

    always = [titled(o, text(f"outcome.{o}")) for o in (Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED)]
    match criterion.answer:
        case Scale(options=options) | MultiChoice(options=options, choose="one"):
            return SEPARATOR.join([titled(option.name, option.title) for option in options] + always)
        case MultiChoice(options=options):
            listed = SEPARATOR.join(titled(option.name, option.title) for option in options)
            return text("calibration.sheet.several", names=listed, nothing=NOTHING)
        case Checklist(items=items):
            listed = SEPARATOR.join(titled(item.name, item.title) for item in items)
            return text("calibration.sheet.several", names=listed, nothing=NOTHING)
        case Number() | Metric():
            return text("calibration.sheet.number")
        case FreeText():
            return text("calibration.sheet.words")
        case _:
            return SEPARATOR.join(titled(outcome, text(f"outcome.{outcome}")) for outcome in Outcome)


def _answer(result: CriterionResult) -> Value:
    """An answer as it was given."""
    if result.outcome in (Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED) and result.answer is None:
        return result.outcome.value
    if isinstance(result.answer, tuple):
        return SEPARATOR.join(result.answer) or NOTHING
    return result.outcome.value if result.answer is None else result.answer
