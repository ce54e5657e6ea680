"""Before a session is closed nobody can read another's scores: not by any service, not from any file.

The files are tested for non-interference: what lies in a rater's file is the same whatever the others, and the machine, found.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.model import Evaluation, Outcome
from qa.model.calibration import CalibrationSession, StillBlind
from qa.review.calibration import (
    Decision,
    Draw,
    calibration_report,
    close_session,
    decide,
    export_session,
    new_session,
    open_questions,
    scores,
)
from qa.review.calibration.consensus import write_open_questions
from qa.store import Store
from scoring import Rubric, load_rubric
from tests.calibration_builders import RATERS, fill, form_file, scored

CALLS = ("c-000", "c-001")
ASKED = ("opening.greeting", "closing.thanks")
GIVEN = st.fixed_dictionaries({(call, name): st.sampled_from([*Outcome, None]) for call in CALLS for name in ASKED})
SECRET = "a-secret-of-"
ALIKE = ("docProps/core.xml", "xl/theme/theme1.xml")  # the time of writing; fonts


@contextmanager
def session_of(answers: dict[str, dict[tuple[str, str], Outcome | None]], machine: str = "met") -> Iterator[
    tuple[Store, CalibrationSession, Path]
]:  # fmt: skip
    """An open session with these answers handed in, each with a comment that gives its author away."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Store.open(folder / "s.db") as store:
            path = form_file(folder)
            form = load_rubric(path)
            fill(store, len(CALLS), form, dict.fromkeys(ASKED, machine))
            session = new_session(
                store, raters=RATERS, expert="Dora", author="lead", calls=CALLS, forms=[str(path)], session_id="cal-1"
            )
            for rater, given_ in answers.items():
                store.calibration.save_scores("cal-1", rater, hand_in(form, rater, given_))
            yield store, session, folder


def hand_in(form: Rubric, rater: str, given_: dict[tuple[str, str], Outcome | None]) -> list[Evaluation]:
    return scored(form, rater, list(CALLS), lambda call, name: given_[call, name], comment=SECRET + rater)


def content(path: Path) -> dict[str, bytes]:
    """A file's bytes; of a workbook those of its parts."""
    if path.suffix != ".xlsx":
        return {path.name: path.read_bytes()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name not in ALIKE}


@settings(max_examples=8, deadline=None)
@given(own=GIVEN, theirs=GIVEN, instead=GIVEN, machine=st.sampled_from(["met", "not_met"]))
def test_a_raters_files_are_the_same_whatever_others_and_the_machine_found(
    own: dict[tuple[str, str], Outcome | None],
    theirs: dict[tuple[str, str], Outcome | None],
    instead: dict[tuple[str, str], Outcome | None],
    machine: str,
) -> None:
    found = []
    for others, verdict in ((theirs, "met"), (instead, machine)):
        with session_of({"Anna": own, "Ben": others, "陈晓": others}, verdict) as (store, session, folder):
            written = export_session(store, session.session_id, folder / "out", raters=["Anna"])
            found.append({path.name: content(path) for path in written})
    assert found[0] == found[1]
    everything = b"".join(part for parts in found[0].values() for part in parts.values()).decode("utf-8", "replace")
    assert SECRET + "Ben" not in everything
    assert "Ben" not in everything
    assert "陈晓" not in everything
    assert (SECRET + "Anna" in everything) == any(own.values())


@settings(max_examples=5, deadline=None)
@given(answers=st.fixed_dictionaries(dict.fromkeys(RATERS, GIVEN)))
def test_every_exported_file_holds_its_own_raters_scores_only(
    answers: dict[str, dict[tuple[str, str], Outcome | None]],
) -> None:
    with session_of(answers) as (store, session, folder):
        written = export_session(store, session.session_id, folder)
        of = {path: rater for rater, pair in zip(RATERS, zip(written[1::2], written[2::2], strict=True), strict=True)
              for path in pair}  # fmt: skip
        assert len(of) == 2 * len(RATERS)
        for path in written:
            text = b"".join(content(path).values()).decode("utf-8", "replace")
            assert [rater for rater in RATERS if SECRET + rater in text] == [
                rater for rater in RATERS if of.get(path) == rater and any(answers[rater].values())
            ]


@settings(max_examples=5, deadline=None)
@given(answers=st.fixed_dictionaries(dict.fromkeys(RATERS, GIVEN)))
def test_no_service_tells_anybody_anything_before_closing(
    answers: dict[str, dict[tuple[str, str], Outcome | None]],
) -> None:
    with session_of(answers) as (store, session, folder):
        key = session.session_id
        readers = (*RATERS, session.expert, session.created_by, "machine", "nobody", "")
        asked: list[Callable[[str], object]] = [
            lambda who: scores(store, key, who),
            lambda who: calibration_report(store, who, [key]),
            lambda who: open_questions(store, key, who),
            lambda who: write_open_questions(store, key, who, folder / "open.csv"),
            lambda who: decide(store, key, who, [Decision("c-000", ASKED[0], "met", "I say so")]),
            *((lambda who, r=r: None if who == r else scores(store, key, who, of=r)) for r in RATERS),
        ]  # fmt: skip
        for who in readers:
            for number, service in enumerate(asked):
                if number >= 5 and who == RATERS[number - 5]:
                    continue
                with pytest.raises(StillBlind):
                    service(who)
        for rater in RATERS:
            assert {e.evaluator for e in scores(store, key, rater, of=rater)} == {rater}
        close_session(store, key, "lead", unfinished=True)
        assert {e.evaluator for e in scores(store, key, "anybody")} == set(RATERS)
        assert calibration_report(store, "anybody", [key]).sessions[0].session_id == key


def test_flagged_calls_stand_anywhere_and_files_say_nothing_of_why(tmp_path: Path) -> None:
    """A draw lists flagged calls last and with their flag: the files must show neither."""
    with Store.open(tmp_path / "s.db") as store:
        path = form_file(tmp_path, {"id": "compliance.pin", "title": "PIN", "question": "PIN?", "points": 1,
                                    "severity": "critical_compliance", "auto_fail": True,
                                    "answered_by": "person"})  # fmt: skip
        form = load_rubric(path)
        fill(store, 12, form, {"compliance.pin": "not_met"})  # every call fails
        session = new_session(
            store, raters=RATERS, expert="Dora", author="lead", calls=Draw(4, 7), forms=[str(path)], session_id="cal-1"
        )
        assert sum(call.targeted for call in session.calls) == 8
        assert [call.targeted for call in session.calls] != [False] * 4 + [True] * 8
        assert {(call.inclusion_probability, call.seed) for call in session.calls} == {(4 / 12, 7)}
        written = export_session(store, "cal-1", tmp_path / "out")
        text = b"".join(part for path in written for part in content(path).values()).decode("utf-8", "replace")
        assert "auto_fail" not in text
        assert "targeted" not in text
