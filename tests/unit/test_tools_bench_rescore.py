"""The forms that the benchmark of scoring again makes: the whole shipped form, with thresholds and points changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring import Rubric, load_rubric
from tests.scoring_builders import core
from tools.bench_rescore import CHANGES, changed


def shape(rubric: Rubric) -> dict[str, object]:
    return rubric.model_dump(exclude={"sha256", "version"})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_whole_form_is_written_and_changed(tmp_path: Path, language: str) -> None:
    form = core(language)
    same = load_rubric(changed(form.id, [], tmp_path))
    assert shape(same) == shape(form)
    made = load_rubric(changed(form.id, list(CHANGES.values()), tmp_path))
    raised = {name for name, signal in form.signals.items() if signal.meanings or signal.acts or signal.if_acts}
    assert raised
    assert {name for name, signal in made.signals.items() if signal != form.signals[name]} >= raised
    assert made.criteria[1].points == form.criteria[1].points + 1
