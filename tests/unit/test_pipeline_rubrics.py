"""Which of a run's rubrics score a call."""

from __future__ import annotations

import pytest

from qa.model import Call, RecordingRefused
from qa.pipeline import Rubrics, load_rubrics
from tests.form_builders import ask, form, section


def test_the_core_rubrics_are_for_every_call_in_their_language() -> None:
    rubrics = load_rubrics(())
    for language in ("en", "zh"):
        call = Call(call_id="c", language=language, queue="anything")
        assert [rubric.id for rubric in rubrics.for_call(call)] == [f"service-core.{language}"]


def test_a_call_that_no_rubric_is_for_is_refused_with_the_reason() -> None:
    cards = form(section("s", ask("a", 1)), applies_to={"queue": "cards"})
    rubrics = Rubrics((cards,))
    assert rubrics.for_call(Call(call_id="c", language="en", queue="cards")) == (cards,)
    with pytest.raises(RecordingRefused, match="no rubric of this run is for this kind of call") as refused:
        rubrics.for_call(Call(call_id="c", language="en", queue="loans"))
    assert refused.value.reason == "no_rubric"
    with pytest.raises(RecordingRefused, match="no rubric of this run is for zh"):
        rubrics.for_call(Call(call_id="c", language="zh", queue="cards"))
