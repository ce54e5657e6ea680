"""Scoring a store again: what is kept, what flips, what is written, what is left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from qa.language.shelf import VectorShelf
from qa.language.vectors import Vectors
from qa.model import Conversation, Evaluation, Judge, Reason
from qa.model.swapping import shown_fingerprint, swap_roles
from qa.review import rescoring
from qa.review.impact import Impact
from qa.review.rescoring import Rescore, rescore
from qa.review.verdicts import ready_form
from qa.store import Rescorable, Store
from scoring import Rubric
from scoring.patterns import Phrase, find_all
from tests.scoring_builders import call, rubric
from tests.store_builders import FACTS, recording


class Letters:
    """Counts letters; the shipped heads refuse its name, so conversations here bring their own acts and tone."""

    name = "letters"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = [[1 + text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), 26)


@dataclass
class FakeEngines:
    embedder: Letters
    judge: Judge | None = None


BODY = """\
signals:
  greets: {title: a greeting, phrases: ["hello"]}
  care: {title: care, meanings: {like: ["that must be hard"], threshold: 0.99}}
sections:
  - title: S
    criteria:
      - {id: greeting, title: G, question: "Q?", points: 1, check: {type: said, met: greets}}
      - {id: care, title: C, question: "Q?", points: 1, check: {type: said, met: care}}
"""


def form(*changes: tuple[str, str], version: str = "1.0.0", language: str = "en") -> Rubric:
    body = BODY
    for old, new in changes:
        assert old in body
        body = body.replace(old, new)
    found = rubric(body, language=language)
    return found.model_copy(update={"version": version})


HELLO = ("A: hello to you all", "C: my card is lost")
SILENT = ("A: yes what is it", "C: my card is lost")


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> Letters:
    def as_it_is(conversation: Conversation, *, embedder: Letters) -> Conversation:
        return conversation

    monkeypatch.setattr(rescoring, "annotate", as_it_is)
    return Letters()


@pytest.fixture
def store(tmp_path: Path, embedder: Letters) -> str:
    """Three calls scored with version 1.0.0: two by a-1 (greeted, not greeted), one by a-2 (greeted)."""
    target = str(tmp_path / "store.db")
    with Store.open(target) as opened:
        for name, agent, lines in (("a", "a-1", HELLO), ("b", "a-1", SILENT), ("c", "a-2", HELLO)):
            _save(opened, name, agent, lines, embedder)
    embedder.asked.clear()
    return target


def _save(store: Store, name: str, agent: str, lines: tuple[str, ...], embedder: Letters) -> None:
    of = recording(name, agent_id=agent)
    talk = call(*lines)
    talk = talk.model_copy(update={"call": of.call.model_copy(update={"language": "en"})})
    shelf = VectorShelf(embedder)
    evaluation = ready_form(form(), embedder, None).evaluate(talk, shelf)
    store.save_call(of, FACTS, "f", talk, [evaluation], vectors={embedder.name: shelf.to_bytes()})


def again(store: str, embedder: Letters, rubric: Rubric, **more: bool | int) -> Impact:
    return rescore(Rescore(store, rubric, partial(FakeEngines, embedder), **more))  # type: ignore[arg-type]


def evaluations(store: str, conversation: int = 0) -> list[Evaluation]:
    with Store.open(store) as opened, opened._read() as connection:
        rows = connection.exec_driver_sql("SELECT document FROM evaluations ORDER BY conversation_id, rubric_version")
        return [Evaluation.from_json(document) for (document,) in rows]


LATER = ('phrases: ["hello"]', 'phrases: ["yes what"]')


def test_weights_cost_no_model_and_no_reading(store: str, embedder: Letters) -> None:
    anchors = len({"that must be hard"})
    points = 'title: G, question: "Q?", points: 1', 'title: G, question: "Q?", points: 3'
    heavier = form(points, version="1.1.0")
    impact = again(store, embedder, heavier)
    assert (impact.n_rescored, impact.n_judged, impact.flips) == (3, 0, [])
    assert len(embedder.asked) == anchors  # the form's own, which the store had not yet
    # before 1 and 0 of 2 points; after 3 and 0 of 4; care is not met
    assert impact.agents["a-1"].to_dict() == {
        "calls_compared": 2,
        "percent_before": 25.0,
        "percent_after": 37.5,
        "change": 12.5,
        "passed_before": 0,
        "passed_after": 0,
        "flips": 0,
    }
    embedder.asked.clear()
    assert again(store, embedder, heavier).n_unchanged == 3
    assert embedder.asked == []


def test_the_earlier_evaluation_stays_beside_the_new_one(store: str, embedder: Letters) -> None:
    before = evaluations(store)
    again(store, embedder, form(LATER, version="2.0.0"))
    after = evaluations(store)
    assert [e for e in after if e.rubric.version == "1.0.0"] == before
    assert len(after) == 6


def test_a_preview_lists_every_flip_and_writes_nothing(store: str, embedder: Letters) -> None:
    before = Path(store).read_bytes(), evaluations(store)
    impact = again(store, embedder, form(LATER, version="2.0.0"), dry_run=True)
    assert [
        (f.call_id, f.agent_id, f.criterion, f.was, f.now) for f in sorted(impact.flips, key=lambda f: f.call_id)
    ] == [
        ("c-a", "a-1", "greeting", "met", "not_met"),
        ("c-b", "a-1", "greeting", "not_met", "met"),
        ("c-c", "a-2", "greeting", "met", "not_met"),
    ]
    assert impact.to_dict()["criteria"] == {
        "greeting": {
            "flips": 3,
            "changes": [{"was": "met", "now": "not_met", "n": 2}, {"was": "not_met", "now": "met", "n": 1}],
        }
    }
    assert impact.agents["a-2"].change == -50.0
    assert (Path(store).read_bytes(), evaluations(store)) == before
    assert json.dumps(impact.to_dict())


def test_a_threshold_judges_its_criterion_by_stored_vectors(store: str, embedder: Letters) -> None:
    again(store, embedder, form(version="1.0.1"))
    embedder.asked.clear()
    impact = again(store, embedder, form(("threshold: 0.99", "threshold: 0.01"), version="2.0.0"))
    assert impact.n_judged == 3
    assert embedder.asked == []
    assert {flip.criterion for flip in impact.flips} == {"care"}


def test_kept_or_judged_anew_the_result_is_the_same(store: str, embedder: Letters) -> None:
    changed = form(("threshold: 0.99", "threshold: 0.995"), version="2.0.0")
    again(store, embedder, changed)
    kept = [e for e in evaluations(store) if e.rubric.version == "2.0.0"]
    again(store, embedder, changed, force=True)
    assert [e for e in evaluations(store) if e.rubric.version == "2.0.0"] == kept


def test_where_signals_were_found_comes_from_the_store(
    store: str, embedder: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []

    def listed(pattern: Sequence[Phrase], folded: str) -> Iterator[tuple[int, int]]:
        searched.append(folded)
        return find_all(pattern, folded)

    monkeypatch.setattr("scoring.signals.book.find_all", listed)
    stricter = ("check: {type: said, met: greets}", "check: {type: said, window: opening, met: greets}")
    impact = again(store, embedder, form(stricter, version="2.0.0"))
    assert (impact.n_judged, searched) == (3, [])
    # With another phrase, two calls hold one of them; with force all is found anew.
    again(store, embedder, form(LATER, version="3.0.0"))
    assert searched == ["yes what is it"]
    again(store, embedder, form(stricter, version="2.0.0"), force=True)
    assert sorted(searched) == ["hello to you all", "hello to you all", "yes what is it"]


def test_what_was_found_in_other_words_is_not_kept(store: str, embedder: Letters) -> None:
    of = recording("a", agent_id="a-1")
    with Store.open(store) as opened:
        (key,) = opened.conversations_of("c-a")
        stored = opened.find_conversation(key.conversation_id)
        assert stored is not None
        silent = stored.turns[0].model_copy(update={"text": "yes what is it"})
        changed = stored.model_copy(update={"turns": (silent, *stored.turns[1:])})
        opened.save_evaluations(of.recording_id, "f", changed, [])
    again(store, embedder, form(version="2.0.0"))
    (now,) = [e for e in evaluations(store) if e.rubric.version == "2.0.0" and e.call_id == "c-a"]
    greeting = now.result("greeting")
    assert greeting is not None
    assert greeting.outcome == "not_met"


def test_only_the_first_calls(store: str, embedder: Letters) -> None:
    impact = again(store, embedder, form(LATER, version="2.0.0"), limit=2)
    assert sorted(flip.call_id for flip in impact.flips) == ["c-a", "c-b"]


def test_a_form_for_other_calls_leaves_these_alone(store: str, embedder: Letters) -> None:
    impact = again(store, embedder, form(version="2.0.0", language="zh"))
    assert (impact.n_not_for_form, impact.n_rescored) == (3, 0)


def test_corrected_roles_are_what_is_scored(store: str, embedder: Letters) -> None:
    of = recording("a", agent_id="a-1")
    with Store.open(store) as opened:
        key = opened.conversations_of("c-a")[0]
        machine = opened.find_conversation(key.conversation_id)
        assert machine is not None
        opened.add_role_correction(of.recording_id, "c-a", swapped=True, author="qa", reason="wrong way round")
        opened.save_evaluations(of.recording_id, shown_fingerprint("f", True), swap_roles(machine), [])
        shown = opened.rescoring.shown_conversations()
        assert len(shown) == 3
        assert key.conversation_id not in shown
    impact = again(store, embedder, form(version="2.0.0"))
    assert (impact.n_first, impact.n_rescored) == (1, 2)
    with Store.open(store) as opened:
        opened.add_role_correction(of.recording_id, "c-a", swapped=False, author="qa", reason="right after all")
        assert key.conversation_id in opened.rescoring.shown_conversations()


def test_call_data_corrected_since_makes_a_verdict_anew(store: str, embedder: Letters) -> None:
    of = recording("a", agent_id="a-9")
    with Store.open(store) as opened:
        key = opened.conversations_of("c-a")[0]
        stored = opened.find_conversation(key.conversation_id)
        assert stored is not None
        corrected = stored.model_copy(update={"call": of.call.model_copy(update={"language": "en"})})
        opened.save_evaluations(of.recording_id, "f", corrected, [])
    impact = again(store, embedder, form())
    assert (impact.n_rescored, impact.n_unchanged, impact.n_judged) == (1, 2, 1)


def test_a_call_that_fails_is_named_and_the_others_go_on(
    store: str, embedder: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rescoring._scored

    def broken(form: object, embedder: object, item: Rescorable, *more: object) -> tuple[Evaluation, VectorShelf]:
        if item.call.call_id == "c-b":
            raise ZeroDivisionError("what was said in the call")
        return whole(form, embedder, item, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(rescoring, "_scored", broken)
    impact = again(store, embedder, form(LATER, version="2.0.0"))
    assert [f.to_dict() for f in impact.failures] == [
        {"call_id": "c-b", "reason_code": Reason.ENGINE_FAILED.value, "detail": "ZeroDivisionError"}
    ]
    assert impact.n_rescored == 2


def test_an_empty_store_and_progress(tmp_path: Path, store: str, embedder: Letters) -> None:
    target = str(tmp_path / "empty.db")
    Store.open(target).close()
    assert again(target, embedder, form()).n_calls == 0
    seen: list[tuple[int, int]] = []
    tick: Callable[[int, int], None] = lambda done, total: seen.append((done, total))  # noqa: E731
    rescore(Rescore(store, form(version="3.0.0"), partial(FakeEngines, embedder)), tick)
    assert seen == [(3, 3)]


def test_parts_add_up() -> None:
    assert Impact().overall.change is None
    one, other = Impact(n_first=1), Impact(n_first=2, n_not_for_form=3)
    one.add(other)
    assert (one.n_first, one.n_calls) == (3, 6)
