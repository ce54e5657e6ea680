"""Nights that go as the ones before, and then one that does not."""

from __future__ import annotations

import pytest

from qa.model import Conversation, Evaluation, Outcome
from qa.review.drift import night_drift
from qa.store import Store
from tests.orchestration import fake_pipeline
from tests.orchestration.conftest import Night


def test_a_night_unlike_the_others_is_said_on_the_index(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    as_ever = fake_pipeline.score

    def missed(conversation: Conversation, rubric: fake_pipeline.FakeRubric) -> Evaluation:
        found = as_ever(conversation, rubric)
        results = tuple(r.model_copy(update={"outcome": Outcome.NOT_MET}) for r in found.results)
        return found.model_copy(update={"results": results})

    for number in range(6):
        for old in night.source.glob("*.wav"):
            old.unlink()
        night.add(*(f"n{number}-{call}.wav" for call in range(20)))
        if number == 5:
            monkeypatch.setattr(fake_pipeline, "score", missed)
        summary = night.run()
        page = (night.out / "index.html").read_text(encoding="utf-8")
        assert ("Not as in the nights before" in page) == (number == 5)
    again = night.run()  # nothing new: the calls of the night before are not counted twice
    with Store.open(night.out / "callibrate.db") as store:
        forms = fake_pipeline.load_rubrics(()).all()
        (found,) = night_drift(store, summary["run_id"], forms)  # type: ignore[arg-type]
        assert (found.what, found.share, found.n, found.share_before, found.n_before) == ("met", 0.0, 20, 1.0, 100)
        assert night_drift(store, again["run_id"], forms) == ()  # type: ignore[arg-type]
