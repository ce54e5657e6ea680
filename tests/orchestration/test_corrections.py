"""A person turns the roles of a stored call round: scored at once without audio, and kept by later nights."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from flows.correction import correct_roles
from qa.model import Conversation, SpeakerRole, UsageError
from qa.model.swapping import ROLES_CORRECTED
from qa.store import Store
from tests.orchestration.conftest import PIPELINE, Night


def correct(night: Night, call_id: str = "a", *, swapped: bool = True, reason: str = "she greets") -> None:
    with Store.open(night.out / "callibrate.db", create=False) as store:
        correct_roles(store, call_id, swapped=swapped, author="Li", reason=reason, pipeline=PIPELINE)


def shown(out: Path, call_id: str = "a") -> Conversation:
    """What the reports show of the call."""
    return Conversation.from_json((out / "conversations" / f"{call_id}.json").read_bytes())


def test_a_correction_scores_one_call_without_audio_and_later_nights_keep_it(night: Night) -> None:
    night.add("a.wav", "b.wav")
    night.run()
    assert shown(night.out).turns[0].role is SpeakerRole.AGENT
    correct(night)
    assert night.scored() == Counter({"a": 2, "b": 1})

    again = night.run()
    assert night.outcomes(again) == {"a.wav": "already_scored", "b.wav": "already_scored"}
    assert night.heard() == Counter({"a.wav": 1, "b.wav": 1})
    assert night.scored() == Counter({"a": 2, "b": 1})
    assert shown(night.out).turns[0].role is SpeakerRole.CUSTOMER
    assert ROLES_CORRECTED in shown(night.out).provenance.flags
    assert shown(night.out, "b").turns[0].role is SpeakerRole.AGENT


def test_what_the_machine_heard_stays_and_a_correction_can_be_withdrawn(night: Night) -> None:
    night.add("a.wav")
    night.run()
    correct(night)
    with Store.open(night.out / "callibrate.db", create=False) as store:
        documents = [store.find_conversation(key.conversation_id) for key in store.conversations_of("a")]
    assert {talk.turns[0].role for talk in documents if talk} == {SpeakerRole.AGENT, SpeakerRole.CUSTOMER}
    correct(night, swapped=False, reason="no, he was right")
    night.run()
    assert shown(night.out).turns[0].role is SpeakerRole.AGENT
    assert night.heard() == Counter({"a.wav": 1})


def test_another_rubric_scores_the_corrected_conversation(night: Night) -> None:
    night.add("a.wav")
    night.run()
    correct(night)
    assert night.outcomes(night.run("other")) == {"a.wav": "scored"}
    assert shown(night.out).turns[0].role is SpeakerRole.CUSTOMER
    assert night.heard() == Counter({"a.wav": 1})


def test_another_engine_hears_again_and_the_correction_holds(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.add("a.wav")
    night.run()
    correct(night)
    monkeypatch.setenv("CALLIBRATE_WHISPER_MODEL", "larger")
    assert night.outcomes(night.run()) == {"a.wav": "scored"}
    assert night.heard() == Counter({"a.wav": 2})
    assert shown(night.out).turns[0].role is SpeakerRole.CUSTOMER
    assert night.outcomes(night.run()) == {"a.wav": "already_scored"}


def test_a_correction_names_a_call_and_a_reason(night: Night) -> None:
    night.add("a.wav")
    night.run()
    with pytest.raises(UsageError, match="no call 'z'"):
        correct(night, "z")
    with pytest.raises(UsageError, match="a reason"):
        correct(night, reason=" ")
    assert night.scored() == Counter({"a": 1})


def test_with_a_lexicon_another_queue_is_heard_again(
    night: Night, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A lexicon may have terms for a queue; without one the queue changes nothing that is heard."""
    night.add("a.wav")
    night.manifest("file,call_id,queue", "a.wav,a,cards")
    night.run()
    night.manifest("file,call_id,queue", "a.wav,a,fraud")
    night.run()
    assert night.heard() == Counter({"a.wav": 1})
    (tmp_path / "words.yaml").write_text("language: en\n")
    monkeypatch.setenv("CALLIBRATE_LEXICON", str(tmp_path / "words.yaml"))
    night.run()
    night.manifest("file,call_id,queue", "a.wav,a,cards")
    night.run()
    assert night.heard() == Counter({"a.wav": 3})
