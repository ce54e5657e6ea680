"""What any store does, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa.model import Evaluation, Outcome, Reason, Status
from qa.store import Progress, Store
from tests.store_builders import FACTS, conversation, covered, evaluation, recording

SPEECH = "speech-1"


@pytest.fixture
def store(target: str) -> Iterator[Store]:
    with Store.open(target) as opened:
        opened.begin_run("run-1", "/in", {"workers": 2})
        yield opened


def test_a_call_comes_back_as_it_was_saved(store: Store) -> None:
    a = recording("a")
    talk, verdict = conversation(a), evaluation()
    store.save_call(a, FACTS, SPEECH, talk, [verdict], covers=("run-1", covered(a, duration_s=61.5)))

    known = store.find_known(a.recording_id, SPEECH)
    assert known is not None
    assert known.call == talk.call
    assert (known.language, known.duration_s, known.channel_kind) == ("zh", 61.5, FACTS.channel_kind)
    assert store.find_conversation(known.conversation_id) == talk
    assert store.find_scored(known.conversation_id, "0" * 64) == verdict
    assert [(c.recording_id, c.conversation, c.evaluations) for c in store.calls_for_run("run-1")] == [
        (a.recording_id, talk, (verdict,))
    ]
    assert store.coverage_for_run("run-1") == [covered(a, duration_s=61.5)]
    assert store.progress("run-1") == Progress(1, 61.5)


def test_what_was_never_saved_is_not_found(store: Store) -> None:
    a = recording("a")
    store.save_call(a, FACTS, SPEECH, conversation(a), [evaluation()])
    known = store.find_known(a.recording_id, SPEECH)
    assert known is not None
    assert store.find_known(a.recording_id, "speech-2") is None
    assert store.find_known("f" * 64, SPEECH) is None
    assert store.find_scored(known.conversation_id, "1" * 64) is None
    assert store.find_scored(known.conversation_id, "0" * 64, evaluator="anna") is None
    assert store.find_conversation("nothing") is None
    assert store.calls_for_run("run-1") == []  # saved, but not by this run
    assert store.run("run-2") is None
    assert store.history("a-18") == []


def test_saving_twice_is_saving_once(store: Store) -> None:
    a = recording("a")
    for _ in range(2):
        store.save_call(a, FACTS, SPEECH, conversation(a), [evaluation()], covers=("run-1", covered(a)))
    assert len(store.calls_for_run("run-1")) == 1
    assert len(store.history("a-17")) == 1


def test_saving_again_replaces(store: Store) -> None:
    a = recording("a")
    store.save_call(a, FACTS, SPEECH, conversation(a, "旧"), [evaluation()], covers=("run-1", covered(a)))
    new = conversation(a, "新").model_copy(update={"features": ()})
    store.save_call(
        a, FACTS, SPEECH, new, [evaluation(outcome=Outcome.NOT_MET)], covers=("run-1", covered(a, percent=0.0))
    )
    (call,) = store.calls_for_run("run-1")
    assert call.conversation == new
    assert [e.totals.percent for e in call.evaluations] == [0.0]
    assert [row.percent for row in store.coverage_for_run("run-1")] == [0.0]
    assert [past.outcomes for past in store.history("a-17")] == [{"opening.greeting": Outcome.NOT_MET}]


def test_another_speech_stage_or_evaluator_stands_beside(store: Store) -> None:
    a = recording("a")
    store.save_call(a, FACTS, "speech-1", conversation(a), [evaluation()])
    store.save_call(a, FACTS, "speech-2", conversation(a), [evaluation(), evaluation(evaluator="anna")])
    known = [store.find_known(a.recording_id, speech) for speech in ("speech-1", "speech-2")]
    assert len({k.conversation_id for k in known if k}) == 2
    assert known[1] is not None
    assert store.find_scored(known[1].conversation_id, "0" * 64, evaluator="anna") == evaluation(evaluator="anna")


def test_call_data_can_be_corrected_without_the_audio(store: Store) -> None:
    a = recording("a")
    talk = conversation(a)
    store.save_call(a, FACTS, SPEECH, talk, [evaluation()])
    moved = talk.model_copy(update={"call": talk.call.model_copy(update={"agent_id": "a-99", "team": "loans"})})
    store.save_evaluations(a.recording_id, SPEECH, moved, [evaluation()], covers=("run-1", covered(a)))
    assert store.history("a-17") == []
    assert [past.call_id for past in store.history("a-99")] == ["c-a"]
    assert [call.conversation.call.team for call in store.calls_for_run("run-1")] == ["loans"]


def test_a_refused_and_a_skipped_file_are_covered(store: Store) -> None:
    a, b = recording("a"), recording("b")
    refused = covered(b, Status.REFUSED, reason_code=Reason.NOT_AUDIO, detail="no audio stream")
    store.save_coverage("run-1", refused)
    store.save_call(a, FACTS, SPEECH, conversation(a), [evaluation()])
    known = store.find_known(a.recording_id, SPEECH)
    assert known is not None
    skipped = covered(a, Status.SKIPPED, reason_code=Reason.ALREADY_SCORED, duration_s=61.5)
    store.save_coverage("run-1", skipped, conversation_id=known.conversation_id, evaluations=[evaluation()])
    assert store.coverage_for_run("run-1") == [skipped, refused]  # by file
    assert [call.evaluations for call in store.calls_for_run("run-1")] == [(evaluation(),)]
    assert store.covered_files("run-1") == {"a.wav", "b.wav"}
    assert store.progress("run-1") == Progress(2, 0.0)  # a skipped call is no audio worked on


def test_a_lasting_refusal_is_found_again_by_its_key(store: Store) -> None:
    a, b = recording("a"), recording("b")
    lasting = covered(a, Status.REFUSED, reason_code=Reason.NO_SPEECH)
    store.save_coverage("run-1", lasting, refusal_key="limits-1")
    store.save_coverage("run-1", covered(b, Status.REFUSED, reason_code=Reason.ENGINE_FAILED))
    assert store.find_refusal(a.recording_id, "limits-1") == lasting
    assert store.find_refusal(a.recording_id, "limits-2") is None
    assert store.find_refusal(b.recording_id, "limits-1") is None
    store.begin_run("run-2", "/in", {})
    store.save_coverage("run-2", lasting.model_copy(update={"detail": "later"}), refusal_key="limits-1")
    found = store.find_refusal(a.recording_id, "limits-1")
    assert found is not None
    assert found.detail == "later"


def test_a_worker_that_died_leaves_the_file_it_was_at(store: Store) -> None:
    a, b = recording("a"), recording("b")
    for file in ("a.wav", "b.wav", "b.wav"):
        store.begin_attempt("run-1", file)
    assert store.unfinished_attempts("run-1") == {"a.wav": 1, "b.wav": 2}
    store.save_call(a, FACTS, SPEECH, conversation(a), [evaluation()], covers=("run-1", covered(a)))
    assert store.unfinished_attempts("run-1") == {"b.wav": 2}
    store.save_coverage("run-1", covered(b, Status.REFUSED))
    assert store.unfinished_attempts("run-1") == {}


def test_history_is_in_order_of_the_calls_and_counts_a_recording_once(store: Store) -> None:
    # 09:00 in Manila is 01:00 UTC and so before 02:00 UTC, though its text sorts after.
    early = recording("early", started_at="2026-11-20T09:00:00+08:00")
    late = recording("late", started_at="2026-11-20T02:00:00+00:00")
    human = evaluation("c-late", Outcome.NOT_MET, evaluator="anna")
    store.save_call(late, FACTS, "speech-1", conversation(late), [evaluation("c-late"), human])
    store.save_call(early, FACTS, "speech-1", conversation(early), [evaluation("c-early", Outcome.NOT_MET)])
    store.save_call(early, FACTS, "speech-2", conversation(early), [evaluation("c-early", version="1.1.0")])
    found = store.history("a-17")
    assert [(past.call_id, past.percent, past.rubric_version) for past in found] == [
        ("c-early", 100.0, "1.1.0"),
        ("c-late", 100.0, "1.0.0"),
    ]
    assert found[0].started_at == early.call.started_at


def test_a_run_has_a_beginning_settings_and_an_end(store: Store) -> None:
    before = store.run("run-1")
    assert before is not None
    assert (before.input, before.settings, before.ended_at, before.counts) == ("/in", {"workers": 2}, None, {})
    store.end_run("run-1", {"n_files": 3})
    after = store.run("run-1")
    assert after is not None
    assert after.counts == {"n_files": 3}
    assert after.ended_at is not None
    assert before.started_at <= after.ended_at <= datetime.now(UTC)
    store.begin_run("run-2", "/in", {})
    assert [run.run_id for run in store.runs()] == ["run-2", "run-1"]


def test_a_call_that_cannot_be_saved_whole_is_not_saved_at_all(store: Store) -> None:
    a = recording("a")
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        store.save_call(a, FACTS, SPEECH, conversation(a), [evaluation()], covers=("no-such-run", covered(a)))
    assert store.find_known(a.recording_id, SPEECH) is None


WRITER = """
import sys
from qa.store import Store
from tests.store_builders import FACTS, conversation, covered, evaluation, recording
target, me = sys.argv[1:]
for number in range(25):
    with Store.open(target) as store:
        for name in (f"{me}-{number}", "shared"):
            r = recording(name)
            e = [evaluation(r.call.call_id)]
            store.save_call(r, FACTS, "speech-1", conversation(r), e, covers=("run-1", covered(r)))
"""


def test_processes_write_at_once(store: Store, target: str, run_python: Callable[..., None]) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda me: run_python(WRITER, target, me), ["p", "q", "r"]))
    calls = store.calls_for_run("run-1")
    assert len(calls) == 3 * 25 + 1
    assert all(len(call.evaluations) == 1 for call in calls)


def test_processes_open_a_new_store_at_once(target: str, run_python: Callable[..., None]) -> None:
    code = "import sys; from qa.store import Store; Store.open(sys.argv[1]).begin_run(sys.argv[2], '/in', {})"
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda number: run_python(code, target, f"run-{number}"), range(3)))
    with Store.open(target) as store:
        assert len(store.runs()) == 3


@pytest.fixture
def run_python() -> Callable[..., None]:
    """Run code in a process of its own and fail with what it says when it fails."""
    root = Path(__file__).parents[2]

    def run(code: str, *arguments: object) -> None:
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)], cwd=root, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr

    return run


def test_the_latest_correction_of_roles_holds(store: Store) -> None:
    a, b = recording("a"), recording("b")
    for each in (a, b):
        store.save_call(each, FACTS, SPEECH, conversation(each), [])
    assert not store.roles_swapped(a.recording_id)
    store.add_role_correction(a.recording_id, "c-a", swapped=True, author="Li", reason="她先问候")
    assert (store.roles_swapped(a.recording_id), store.roles_swapped(b.recording_id)) == (True, False)
    store.add_role_correction(a.recording_id, "c-a", swapped=False, author="Li", reason="withdrawn")
    assert not store.roles_swapped(a.recording_id)


def test_where_signals_were_found_stays_with_the_evaluation(store: Store) -> None:
    a, made = recording("a"), evaluation()

    def stored() -> Evaluation | None:
        (key,) = store.conversations_of("c-a")
        (found,) = store.rescoring.rescorable([key.conversation_id], made.rubric.id)
        return found.earlier

    with_hits = made.model_copy(update={"hits": b"\x00\xff"})
    store.save_call(a, FACTS, SPEECH, conversation(a), [with_hits])
    assert stored() == with_hits
    (key,) = store.conversations_of("c-a")
    store.save_totals(key.conversation_id, [made])
    assert stored() == with_hits
    store.save_evaluations(a.recording_id, SPEECH, conversation(a), [made])
    assert stored() == made


def test_conversations_of_a_call_the_newest_first(store: Store) -> None:
    a = recording("a")
    store.save_call(a, FACTS, SPEECH, conversation(a), [])
    store.save_evaluations(a.recording_id, "speech-2", conversation(a), [])
    assert [key.fingerprint for key in store.conversations_of("c-a")] == ["speech-2", SPEECH]
    assert store.conversations_of("c-b") == []
