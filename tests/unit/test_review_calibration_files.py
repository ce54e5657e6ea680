"""Files for raters and back: what they offer, what is refused and where, and that nothing is half saved."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from qa.model import Outcome, UsageError
from qa.model.calibration import CalibrationSession
from qa.review.calibration import HandedIn, close_session, export_session, hand_in, new_session, scores
from qa.review.calibration.sheet import COLUMNS
from qa.store import Store
from scoring import Rubric, load_rubric
from tests.calibration_builders import RATERS, ask, fill, form_file, opened, refill, spoken

ANSWER, COMMENT = "I", "J"
GRADED = (
    ask("tone", answer={"type": "scale", "levels": [{"name": "cold", "share": 0},
        {"name": "fair", "title": "Fair enough", "share": 0.5}, {"name": "warm", "share": 1}]}),
    ask("parts", answer={"type": "checklist", "items": [{"name": "name"}, {"name": "place", "title": "the place"}]}),
    ask("minutes", answer={"type": "number", "bands": [{"up_to": 3, "share": 1}, {"share": 0}]}),
    {"id": "note", "title": "note", "question": "note?", "answer": {"type": "free_text"}},
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "s.db") as found:
        yield found


@pytest.fixture
def session(store: Store, tmp_path: Path) -> CalibrationSession:
    return opened(store, tmp_path, 2, session_id="cal-1")[0]


def file_of(store: Store, folder: Path, suffix: str, rater: str = "Anna") -> Path:
    return next(p for p in export_session(store, "cal-1", folder / "out", raters=[rater]) if p.suffix == suffix
                and "transcripts" not in p.name)  # fmt: skip


def edit(path: Path, change: Callable[[Any], object], sheet: str = "ratings") -> Path:
    book = openpyxl.load_workbook(path)
    change(book[sheet])
    book.save(path)
    return path


def answer_all(sheet: Any, answer: object = "met") -> None:
    for row in range(2, sheet.max_row + 1):
        sheet[f"{ANSWER}{row}"] = answer


def test_the_workbook_offers_the_outcome_words_and_locks_the_rest(
    store: Store, session: CalibrationSession, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(file_of(store, tmp_path, ".xlsx"))
    sheet = book["ratings"]
    assert tuple(cell.value for cell in sheet[1]) == COLUMNS
    assert sheet.max_row == 1 + 2 * 2  # calls x criteria
    assert all(each.protection.sheet for each in book.worksheets)
    unlocked = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
    assert unlocked == {f"{column}{row}" for column in (ANSWER, COMMENT) for row in range(2, 6)}
    (offered,) = sheet.data_validations.dataValidation
    assert offered.type == "list"
    assert str(offered.sqref) == "I2:I5"
    assert offered.formula1 == "lists!$A$1:$A$5"
    assert [cell.value for cell in book["lists"]["A"]] == [outcome.value for outcome in Outcome]
    assert book["lists"].sheet_state == "hidden"


def test_what_was_said_is_never_a_formula(store: Store, tmp_path: Path) -> None:
    path = form_file(tmp_path)
    form = load_rubric(path)
    fill(store, 1, form)
    hostile = spoken("c-000", "C: =cmd|' /C calc'!A0", "A: +1+1", "C: @SUM(1)\x00\x0b", "A: " + "＝" + "x" * 70_000)
    key = store.conversations_of("c-000")[0]
    store.save_evaluations(key.recording_id, key.fingerprint, hostile, [])
    new_session(store, raters=RATERS, expert="Dora", author="=lead", calls=["c-000"], forms=[str(path)],
                session_id="cal-1", title="=HYPERLINK(1)")  # fmt: skip
    book = openpyxl.load_workbook(file_of(store, tmp_path, ".xlsx"))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "@", "＝"))]
    texts = [row[4].value for row in book["transcripts"].iter_rows(min_row=2)]
    assert texts[0] == "'=cmd|' /C calc'!A0"
    assert sum(text.count("x") for text in texts) == 70_000  # in pieces that a cell holds
    with (tmp_path / "out" / "cal-1.transcripts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["text"] == "'=cmd|' /C calc'!A0"


def test_the_transcripts_hold_nothing_of_the_machines(
    store: Store, session: CalibrationSession, tmp_path: Path
) -> None:
    file_of(store, tmp_path, ".csv")
    rows = (tmp_path / "out" / "cal-1.transcripts.csv").read_text("utf-8-sig").splitlines()
    assert rows[0] == "call_id,turn,role,start,text"
    assert sorted(rows[1:]) == [
        "c-000,0,Agent,0:00,\"Hello, Harbour Bank.\"", "c-000,1,Customer,0:04,'=HYPERLINK(1) my card",
        "c-001,0,Agent,0:00,\"Hello, Harbour Bank.\"", "c-001,1,Customer,0:04,'=HYPERLINK(1) my card",
    ]  # fmt: skip


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_filled_in_file_comes_back(store: Store, session: CalibrationSession, tmp_path: Path, suffix: str) -> None:
    path = file_of(store, tmp_path, suffix)

    def in_sheet(sheet: Any) -> None:
        answer_all(sheet, "Not met")  # the title works as well as the word
        sheet[f"{ANSWER}5"], sheet[f"{COMMENT}2"] = None, "-1 for the tone"

    def in_rows(rows: list[dict[str, str]]) -> None:
        for row in rows[:-1]:
            row["answer"] = "NOT_MET"
        rows[0]["comment"] = "-1 for the tone"

    if suffix == ".xlsx":
        edit(path, in_sheet)
    else:
        refill(path, in_rows)
    done = hand_in(store, "cal-1", path, rater="Anna")
    assert (done.rater, done.n_calls, done.n_answers) == ("Anna", 2, 3)
    assert [place.endswith(("row 5, column 'answer'", "row 5, column 'answer' (I5)")) for place in done.blank] == [True]
    results = [result for e in scores(store, "cal-1", "Anna", of="Anna") for result in e.results]
    assert sorted(result.outcome for result in results) == ["not_met", "not_met", "not_met", "not_scored"]
    assert [result.explanation for result in results if result.explanation.startswith("-1")] == ["-1 for the tone"]
    # What was handed in stands in the next export, and goes through once more unchanged.
    before = scores(store, "cal-1", "Anna", of="Anna")
    assert hand_in(store, "cal-1", file_of(store, tmp_path, suffix)).n_answers == 3
    assert scores(store, "cal-1", "Anna", of="Anna") == before


def test_answers_of_every_kind_come_back(store: Store, tmp_path: Path) -> None:
    opened(store, tmp_path, 1, session_id="cal-1", form=form_file(tmp_path, *GRADED))
    given = dict(
        zip(["tone", "parts", "minutes", "note"], ["Fair enough", "the place; name", "2.5", "-kind"], strict=True)
    )

    def write(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["answer"] = given[row["criterion"]]

    path = refill(file_of(store, tmp_path, ".csv"), write)
    hand_in(store, "cal-1", path)
    for suffix in (".csv", ".xlsx"):  # as handed in, then as exported again
        (evaluation,) = scores(store, "cal-1", "Anna", of="Anna")
        answers = {result.criterion: result.answer for result in evaluation.results}
        assert answers == {"tone": "fair", "parts": ("name", "place"), "minutes": 2.5, "note": "-kind"}
        hand_in(store, "cal-1", file_of(store, tmp_path, suffix))
    given["parts"] = "none"
    hand_in(store, "cal-1", refill(path, write))
    (evaluation,) = scores(store, "cal-1", "Anna", of="Anna")
    parts = evaluation.result("parts")
    assert parts is not None
    assert (parts.answer, parts.outcome) == ((), Outcome.NOT_MET)


def delete(rows: list[dict[str, str]], *columns: str) -> None:
    for row in rows:
        for column in columns:
            del row[column]


def put(number: int, **cells: str) -> Callable[[list[dict[str, str]]], None]:
    return lambda rows: rows[number - 2].update(cells)


BAD_ROWS: dict[str, tuple[Callable[[list[dict[str, str]]], object], str]] = {
    "out of the list": (put(3, answer="yes"), r"row 3, column 'answer': 'yes' is no answer to closing.thanks; expected met"),
    "a number": (put(3, answer="1"), r"row 3, column 'answer': '1' is no answer"),
    "a formula": (put(4, answer='=IF(1,"met")'), r"row 4, column 'answer': .* is a formula"),
    "a formula beside it": (put(4, answer="met", comment="=A1"), r"row 4, column 'comment': '=A1' is a formula"),
    "an unknown call": (put(2, call_id="c-9"), r"row 2, column 'call_id': 'c-9'; expected a call of session cal-1"),
    "an unknown form": (put(2, form="other.en"), r"row 2, column 'form': 'other.en'; expected 'small.en'"),
    "an unknown criterion": (put(2, criterion="x"), r"row 2, column 'criterion': 'x'; expected a criterion of small.en"),
    "no call": (put(2, call_id=""), r"row 2, column 'call_id': ''"),
    "another session": (put(2, session="cal-2"), r"row 2, column 'session': 'cal-2'"),
    "a stranger": (put(2, rater="Eve"), r"row 2, column 'rater': 'Eve'; expected one of Anna, Ben, 陈晓"),
    "two raters": (put(3, rater="Ben"), r"row 3, column 'rater': 'Ben'; expected 'Anna'"),
    "a question twice": (lambda rows: rows.append(dict(rows[0], answer="met")),
                         r"row 6, column 'criterion': .* is answered already in row 2"),
    "a lost row": (lambda rows: rows.pop(2), r"row 4, column 'criterion': call 'c-000' has no row for opening.greeting"),
    "a comment alone": (put(5, comment="well"), r"row 5, column 'answer': a comment without an answer"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ROWS)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_fault_is_named_and_nothing_is_saved(
    store: Store, session: CalibrationSession, tmp_path: Path, case: str, suffix: str
) -> None:
    change, message = BAD_ROWS[case]
    path = file_of(store, tmp_path, ".csv")
    refill(path, lambda rows: [row.update(answer="met") for row in rows])
    refill(path, lambda rows: rows[3].update(answer="") if case == "a comment alone" else None)
    refill(path, change)
    if suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.title = "ratings"
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                book.active.append(row)
        path = path.with_suffix(".xlsx")
        book.save(path)
        message = message.replace(": ", r" \(\w+\d\): ", 1)
    with pytest.raises(UsageError, match=message) as caught:
        hand_in(store, "cal-1", path)
    assert str(path) in str(caught.value)
    assert store.calibration.scored("cal-1") == {rater: set() for rater in RATERS}


@pytest.mark.parametrize("column", ["session", "rater", "call_id", "form", "criterion", "answer", "comment"])
def test_a_changed_header_is_named(store: Store, session: CalibrationSession, tmp_path: Path, column: str) -> None:
    path = file_of(store, tmp_path, ".xlsx")
    place = COLUMNS.index(column) + 1
    edit(path, lambda sheet: setattr(sheet.cell(1, place), "value", "Antwort"))
    with pytest.raises(
        UsageError, match=f"sheet 'ratings', row 1: the header was changed: column '{column}' is missing"
    ):
        hand_in(store, "cal-1", path)
    as_csv = file_of(store, tmp_path, ".csv")
    header, *rows = as_csv.read_text("utf-8-sig").splitlines()
    twice = [
        "form" if name == column != "form" else "call_id" if name == column else name for name in header.split(",")
    ]
    as_csv.write_text("\n".join([",".join(twice), *rows]), "utf-8")
    with pytest.raises(UsageError, match="row 1: the header was changed: column '"):
        hand_in(store, "cal-1", as_csv)


def test_a_heading_that_looks_like_the_lost_one_is_shown(
    store: Store, session: CalibrationSession, tmp_path: Path
) -> None:
    path = edit(file_of(store, tmp_path, ".xlsx"), lambda sheet: setattr(sheet[f"{ANSWER}1"], "value", "My Answers"))
    with pytest.raises(UsageError, match="column 'answer' is missing; I1 reads 'My Answers'; expected session,rater"):
        hand_in(store, "cal-1", path)


def test_columns_may_be_moved_and_added(store: Store, session: CalibrationSession, tmp_path: Path) -> None:
    path = file_of(store, tmp_path, ".xlsx")

    def rearrange(sheet: Any) -> None:
        answer_all(sheet)
        sheet.insert_cols(1)
        sheet["A1"] = "my own notes"

    assert hand_in(store, "cal-1", edit(path, rearrange)).n_answers == 4


def a_date(sheet: Any) -> None:
    from datetime import date

    sheet[f"{ANSWER}2"] = date(2026, 1, 1)


def an_array(sheet: Any) -> None:
    sheet[f"{ANSWER}2"] = ArrayFormula(f"{ANSWER}2", "=SUM(A1:A2)")


CELLS: dict[str, tuple[Callable[[Any], object], str]] = {
    "a formula": (lambda s: answer_all(s, '=IF(TRUE,"met","")'), r"sheet 'ratings', row 2, column 'answer' \(I2\): .*formula"),
    "an array formula": (an_array, r"row 2, column 'answer' \(I2\): '=SUM\(A1:A2\)' is a formula"),
    "a formula in the id": (lambda s: setattr(s["C3"], "value", "=C2"), r"row 3, column 'call_id' \(C3\): '=C2' is a formula"),
    "a date": (a_date, r"row 2, column 'answer' \(I2\): .* is a date"),
    "a truth value": (lambda s: answer_all(s, True), r"\(I2\): 'True' is a truth value"),
    "a number": (lambda s: answer_all(s, 1), r"\(I2\): 1 is no answer to opening.greeting"),
    "an error": (lambda s: answer_all(s, "#REF!"), r"\(I2\): '#REF!' is an error value"),
    "another sheet": (lambda s: setattr(s, "title", "Sheet1"), "sheet 'ratings' is missing"),
}  # fmt: skip


@pytest.mark.parametrize("case", CELLS)
def test_a_workbooks_cells_are_words_or_numbers(
    store: Store, session: CalibrationSession, tmp_path: Path, case: str
) -> None:
    change, message = CELLS[case]
    with pytest.raises(UsageError, match=message):
        hand_in(store, "cal-1", edit(file_of(store, tmp_path, ".xlsx"), change))
    assert store.calibration.scored("cal-1")["Anna"] == set()


def test_files_that_are_none_are_refused(store: Store, session: CalibrationSession, tmp_path: Path) -> None:
    bomb, broken, entity, empty = (tmp_path / f"{name}.xlsx" for name in ("bomb", "broken", "entity", "empty"))
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    broken.write_bytes(b"PK\x03\x04 and then nothing")
    with zipfile.ZipFile(entity, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    empty.write_bytes(b"")
    for path, message in ((bomb, "bytes unpacked"), (broken, "not readable as a workbook"),
                          (entity, "declares a document type"), (empty, "the header was changed"),
                          (tmp_path / "no.xlsx", "cannot be read"), (tmp_path, "cannot be read")):  # fmt: skip
        with pytest.raises(UsageError, match=message):
            hand_in(store, "cal-1", path)


def test_a_file_of_the_header_alone_is_refused(store: Store, session: CalibrationSession, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the file holds no row"):
        hand_in(store, "cal-1", refill(file_of(store, tmp_path, ".csv"), lambda rows: rows.clear()))


def test_only_the_named_rater_and_only_while_open(store: Store, session: CalibrationSession, tmp_path: Path) -> None:
    path = refill(file_of(store, tmp_path, ".csv"), lambda rows: [row.update(answer="met") for row in rows])
    with pytest.raises(UsageError, match=r"row 2, column 'rater': 'Anna'; expected 'Ben'"):
        hand_in(store, "cal-1", path, rater="Ben")
    with pytest.raises(UsageError, match="calls are left to score: Anna \\(2\\), Ben \\(2\\), 陈晓 \\(2\\)"):
        close_session(store, "cal-1", "lead")
    close_session(store, "cal-1", "lead", unfinished=True)
    with pytest.raises(UsageError, match="session cal-1 is closed"):
        hand_in(store, "cal-1", path)


def test_a_fifth_left_blank_is_said_and_the_rest_is_saved(store: Store, tmp_path: Path) -> None:
    opened(store, tmp_path, 5, session_id="cal-1")
    path = file_of(store, tmp_path, ".csv")

    def most(rows: list[dict[str, str]]) -> None:
        for number, row in enumerate(rows):
            row["answer"] = "" if number % 5 == 0 else "met"

    done: HandedIn = hand_in(store, "cal-1", refill(path, most))
    assert (done.n_calls, done.n_answers) == (5, 8)
    assert done.blank == tuple(f"{path}, row {row}, column 'answer'" for row in (2, 7))


NAMES = {
    "one": ["Anna"], "none": [], "twice": ["Anna", "anna"], "the machine": ["Anna", "Machine"],
    "empty": ["Anna", " "], "a line break": ["Anna", "B\x00en"], "too long": ["Anna", "b" * 61],
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_raters_need_usable_names(store: Store, tmp_path: Path, case: str) -> None:
    with pytest.raises(UsageError):
        opened(store, tmp_path, 1, raters=NAMES[case])
    assert store.calibration.sessions() == []


def test_calls_that_cannot_be_scored_are_refused(store: Store, tmp_path: Path) -> None:
    form: Rubric
    _, form = opened(store, tmp_path, 1)
    fill(store, 1, form, language="zh")
    for calls, message in (
        (["c-9"], "no call 'c-9'"),
        ([], "needs a call"),
        (["c-000"], "no form of the session is for"),
    ):
        with pytest.raises(UsageError, match=message):
            opened_again = {"raters": RATERS, "expert": "Dora", "author": "lead"}
            new_session(store, **opened_again, calls=calls, forms=[str(form_file(tmp_path))])  # type: ignore[arg-type]
