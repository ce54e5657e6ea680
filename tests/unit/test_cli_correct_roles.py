"""`qa correct-roles` and `qa transcribe --swap-roles`."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.model import Conversation, Evaluation, SpeakerRole
from qa.store import Store
from scoring.rubric import Rubric
from tests.store_builders import FACTS, conversation, evaluation, recording
from tests.unit.test_cli_main import run


def test_a_stored_call_is_turned_and_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: list[SpeakerRole] = []

    def score(talk: Conversation, rubric: Rubric) -> Evaluation:
        given.append(talk.turns[0].role)
        return evaluation(talk.call.call_id, sha256=rubric.sha256)

    monkeypatch.setattr("qa.pipeline.score", score)
    a, target = recording("a"), str(tmp_path / "s.db")
    with Store.open(target) as store:
        store.save_call(a, FACTS, "speech", conversation(a), [evaluation()])
    assert run("correct-roles", "c-a", "--swap", "--reason", "she greets", "--author", "Li", "--store", target) == 0
    assert given == [SpeakerRole.CUSTOMER]
    assert capsys.readouterr().out == "c-a  service-core.zh 1.0.0  100.0 %\n"
    with Store.open(target, create=False) as store:
        assert store.roles_swapped(a.recording_id)
    assert run("correct-roles", "c-a", "--as-heard", "--reason", "no", "--author", "Li", "--store", target) == 0
    assert given == [SpeakerRole.CUSTOMER, SpeakerRole.AGENT]


def test_wrong_usage_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("correct-roles", "c-a", "--swap") == 2
    assert "--reason" in capsys.readouterr().err
    nowhere = str(tmp_path / "none.db")
    assert run("correct-roles", "c-a", "--reason", "x", "--store", nowhere) == 2
    assert capsys.readouterr().err.startswith(f"{nowhere}: no such store")


def test_transcribe_turns_roles(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("qa.pipeline.transcribe", lambda *_args, **_options: conversation(recording("a")))
    assert run("transcribe", "a.wav", "--swap-roles") == 0
    assert Conversation.from_json(capsys.readouterr().out).turns[0].role is SpeakerRole.CUSTOMER
