"""What holds for every shipped rubric: two languages with one meaning, nothing unused, chosen only for its calls."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from qa.cli import cli
from qa.model import Act, ActScore, Call, Conversation, Sentence
from qa.pipeline import Rubrics, load_rubrics
from scoring import Rubric, evaluate, find_faults, parse_rubric, shipped_rubrics
from scoring.rubric import Criterion
from tests.scoring_builders import call, judge, shipped

FURTHER = ("complaint", "crisis", "sales-compliance")
TYPES = {"complaint": "complaint", "crisis": "crisis", "sales-compliance": "sales"}


def _form(criterion: Criterion) -> tuple[object, ...]:
    checks = [check.type for check in criterion.checks]
    applies = None if criterion.applies_when is None else criterion.applies_when.model_dump()
    return (
        criterion.id,
        criterion.points,
        criterion.severity,
        criterion.auto_fail,
        criterion.answer.type,
        checks,
        applies,
    )


@pytest.mark.parametrize("form", FURTHER)
def test_both_languages_have_the_same_criteria(form: str) -> None:
    english, chinese = shipped(form, "en"), shipped(form, "zh")
    assert [_form(c) for c in english.criteria] == [_form(c) for c in chinese.criteria]
    assert [len(s.criteria) for s in english.sections] == [len(s.criteria) for s in chinese.sections]
    assert set(english.signals) == set(chinese.signals)
    assert 8 <= len(english.criteria) <= 14


def _used(rubric: Rubric) -> set[str]:
    used: set[str] = set()
    waiting = [name for criterion in rubric.criteria for name in criterion.signal_names()]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += rubric.signals[name].refers_to()
    return used


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", FURTHER)
def test_every_signal_is_used(form: str, language: str) -> None:
    rubric = shipped(form, language)
    assert set(rubric.signals) == _used(rubric)


@pytest.mark.parametrize("path", shipped_rubrics(), ids=lambda path: path.stem)
def test_qa_rubric_check_and_list_know_it(path: Path) -> None:
    assert find_faults(path.read_bytes(), str(path)) == []
    listed = CliRunner().invoke(cli, ["rubric", "list", "--format", "json"], standalone_mode=False)
    assert f'"{path.stem}"' in listed.output


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_without_a_choice_of_rubrics_scores_by_the_core_alone(language: str) -> None:
    for kind in (None, *TYPES.values()):
        chosen = load_rubrics(()).for_call(Call(call_id="c", language=language, call_type=kind))
        assert [rubric.id for rubric in chosen] == [f"service-core.{language}"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_all_rubrics_each_call_gets_the_one_for_its_type_before_the_core(language: str) -> None:
    everything = Rubrics(load_rubrics([path.stem for path in shipped_rubrics()]).rubrics)
    plain = everything.for_call(Call(call_id="c", language=language, call_type="question"))
    assert [rubric.id for rubric in plain] == [f"service-core.{language}"]
    for form, kind in TYPES.items():
        chosen = everything.for_call(Call(call_id="c", language=language, call_type=kind))
        assert [rubric.id for rubric in chosen] == [f"{form}.{language}", f"service-core.{language}"]


@pytest.mark.parametrize("form", FURTHER)
@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ("A: Hello.", "C: What time do you open?", "A: At nine.")),
        ("zh", ("A: 您好。", "C: 几点上班？", "A: 九点。")),
    ],
)
def test_nothing_is_demanded_of_a_call_without_occasion(form: str, language: str, lines: tuple[str, ...]) -> None:
    for criterion in shipped(form, language).criteria:
        outcome = judge(criterion.id, call(*lines, language=language), form).outcome
        never = [check.type for check in criterion.checks] == ["never"] and criterion.applies_when is None
        assert outcome == ("met" if never else "not_applicable"), criterion.id


def test_the_call_to_try_the_worked_form_on_comes_out_as_the_page_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "writing_rubrics.md").read_text(encoding="utf-8")
    form, tried = (re.findall(rf"```{kind}\n(.*?)```", page, re.DOTALL)[0] for kind in ("yaml", "json"))
    evaluation = evaluate(Conversation.from_json(tried), parse_rubric(form, "card-complaint.yaml"))
    apology = evaluation.result("care.apology")
    assert (evaluation.totals.points, evaluation.totals.possible) == (60, 100)
    assert apology is not None and apology.outcome == "not_met"


def _doing(act: Act, confidence: float, *lines: str) -> Conversation:
    """A call in which each sentence of the agent does this act."""
    conversation = call(*lines)
    turns = [
        turn.model_copy(
            update={
                "sentences": (Sentence(start=0, end=len(turn.text), acts=(ActScore(act=act, confidence=confidence),)),)
            }
        )
        if turn.role == "agent"
        else turn
        for turn in conversation.turns
    ]
    return conversation.model_copy(update={"turns": tuple(turns)})


@pytest.mark.parametrize(
    ("form", "criterion", "act", "confidence", "n_sentences", "outcome"),
    [
        ("complaint", "receiving.accept", Act.ACKNOWLEDGES_FEELING, 0.7, 1, "met"),
        ("complaint", "receiving.accept", Act.ACKNOWLEDGES_FEELING, 0.6, 1, "not_met"),  # not sure enough
        ("complaint", "receiving.no_blame", Act.BLAMES_OR_INSULTS, 0.9, 1, "met"),  # one alone misleads
        ("complaint", "receiving.no_blame", Act.BLAMES_OR_INSULTS, 0.9, 2, "not_met"),
        ("complaint", "solving.remedy", Act.PROPOSES_SOLUTION, 0.9, 1, "met"),
        ("crisis", "calm.no_belittling", Act.BLAMES_OR_INSULTS, 0.9, 2, "not_met"),
        ("crisis", "course.no_empty_promise", Act.GUARANTEES, 0.97, 1, "not_met"),
        ("sales-compliance", "fairness.no_guarantee", Act.GUARANTEES, 0.97, 1, "not_met"),
        ("sales-compliance", "fairness.no_guarantee", Act.GUARANTEES, 0.9, 1, "met"),
    ],
)
def test_what_sentences_do_counts_where_the_classifier_is_sure(
    form: str, criterion: str, act: Act, confidence: float, n_sentences: int, outcome: str
) -> None:
    lines = ("C: My parcel never arrived.", *["A: Mm hm, bla bla.", "C: And?"] * n_sentences)
    result = evaluate(_doing(act, confidence, *lines), shipped(form, "en")).result(criterion)
    assert result is not None
    assert result.outcome == outcome
