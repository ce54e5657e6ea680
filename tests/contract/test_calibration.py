"""What a store does with calibration sessions, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa.model import Outcome, UsageError
from qa.model.calibration import FinalAnswer, StillBlind
from qa.store import Store
from tests.calibration_builders import RATERS, opened, scored

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with Store.open(target) as found:
        yield found


def final(reason: str, answer: str | tuple[str, ...] = "met", author: str = "Dora", hour: int = 9) -> FinalAnswer:
    return FinalAnswer(
        call_id="c-000",
        rubric_id="small.en",
        criterion="opening.greeting",
        answer=answer,
        reason=reason,
        author=author,
        decided_at=NOW.replace(hour=hour),
    )


def test_a_session_comes_back_as_it_was_saved(store: Store, tmp_path: Path) -> None:
    session, _ = opened(store, tmp_path, 3)
    assert store.calibration.session(session.session_id) == session
    assert store.calibration.sessions() == [session]
    assert [call.place for call in session.calls] == [0, 1, 2]
    with pytest.raises(UsageError, match="no calibration session 'x'"):
        store.calibration.session("x")
    with pytest.raises(UsageError, match="there is a session"):
        store.calibration.add(session)


def test_a_readers_own_scores_come_back_and_nobody_elses_before_closing(store: Store, tmp_path: Path) -> None:
    session, form = opened(store, tmp_path, 2)
    book, key = store.calibration, session.session_id
    anna = scored(form, "Anna", ["c-000"], lambda *_: "not_met")
    book.save_scores(key, "Anna", anna)
    book.save_scores(key, "Ben", scored(form, "Ben", ["c-000", "c-001"], lambda *_: "met"))
    assert book.scores(key, "Anna", of="Anna") == anna
    assert book.scores(key, "陈晓", of="陈晓") == []
    for reader, of in (("Anna", "Ben"), ("Dora", "Anna"), ("lead", "Anna"), ("Anna", None), ("Dora", None)):
        with pytest.raises(StillBlind):
            book.scores(key, reader, of=of)
    assert book.scored(key) == {"Anna": {("c-000", "small.en")}, "Ben": {("c-000", "small.en"), ("c-001", "small.en")},
                                "陈晓": set()}  # fmt: skip
    closed = book.close(key, "lead")
    assert closed.closed
    assert closed.closed_by == "lead"
    assert [e.evaluator for e in book.scores(key, "anybody")] == ["Anna", "Ben", "Ben"]
    assert book.scores(key, "Dora", of="Anna") == anna


def test_scoring_again_replaces_until_the_session_is_closed(store: Store, tmp_path: Path) -> None:
    session, form = opened(store, tmp_path, 1)
    book, key = store.calibration, session.session_id
    for outcome in ("met", "not_met"):
        book.save_scores(key, "Anna", scored(form, "Anna", ["c-000"], lambda *_, o=outcome: o))
    (found,) = book.scores(key, "Anna", of="Anna")
    assert {result.outcome for result in found.results} == {Outcome.NOT_MET}
    book.close(key, "lead")
    with pytest.raises(UsageError, match="is closed"):
        book.save_scores(key, "Anna", scored(form, "Anna", ["c-000"], lambda *_: "met"))
    with pytest.raises(UsageError, match="closed already"):
        book.close(key, "lead")


def test_what_cannot_be_saved_whole_is_not_saved_at_all(store: Store, tmp_path: Path) -> None:
    session, form = opened(store, tmp_path, 1)
    book, key = store.calibration, session.session_id
    good, unknown = scored(form, "Anna", ["c-000", "c-777"], lambda *_: "met")
    for rater, batch in (("Anna", [good, unknown]), ("Eve", [good]), ("Ben", [good])):
        with pytest.raises(UsageError):
            book.save_scores(key, rater, batch)
    other_bytes = good.model_copy(update={"rubric": good.rubric.model_copy(update={"sha256": "0" * 64})})
    with pytest.raises(UsageError, match="has no call"):
        book.save_scores(key, "Anna", [other_bytes])
    assert book.scored(key) == {rater: set() for rater in RATERS}


def test_final_answers_are_the_experts_and_stay_on_record(store: Store, tmp_path: Path) -> None:
    session, _ = opened(store, tmp_path, 1)
    book, key = store.calibration, session.session_id
    with pytest.raises(StillBlind):
        book.add_finals(key, [final("too early")])
    book.close(key, "lead")
    with pytest.raises(UsageError, match="'Anna' does not decide"):
        book.add_finals(key, [final("fine", hour=8), final("not mine", author="Anna")])
    assert book.finals(key) == []
    first, second = final("第一次"), final("heard again", ("name", "place"), hour=10)
    book.add_finals(key, [first])
    book.add_finals(key, [second])
    assert book.finals(key) == [first, second]


def test_calibration_scores_enter_no_average(store: Store, tmp_path: Path) -> None:
    session, form = opened(store, tmp_path, 2)
    before = (store.history("a-1"), store.calls_for_run("run-1"))
    for rater in RATERS:
        found = scored(form, rater, ["c-000", "c-001"], lambda *_: "not_met")
        store.calibration.save_scores(session.session_id, rater, found)
    store.calibration.close(session.session_id, "lead")
    assert (store.history("a-1"), store.calls_for_run("run-1")) == before
    assert [past.percent for past in store.history("a-1")] == [100.0, 100.0]


def test_raters_hand_in_at_once(store: Store, target: str, tmp_path: Path) -> None:
    session, form = opened(store, tmp_path, 5)
    ids = [call.call_id for call in session.calls]

    def work(rater: str) -> None:
        with Store.open(target) as own:
            for call_id in ids:
                own.calibration.save_scores(session.session_id, rater, scored(form, rater, [call_id], lambda *_: "met"))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, RATERS))
    assert {
        rater: len(calls) for rater, calls in store.calibration.scored(session.session_id).items()
    } == dict.fromkeys(RATERS, 5)
