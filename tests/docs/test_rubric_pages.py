"""The pages on writing rubrics: every key is explained, every example is a good form, the worked sums are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from qa.model import Call, OnFail
from scoring import evaluate, evaluate_answers, find_faults, parse_rubric
from scoring.answer_types import Band, Checklist, FreeText, Item, Metric, MultiChoice, Number, Option, Scale, YesNo
from scoring.applicability import AnswerIs, CallIs, Group
from scoring.gate_rule import GateRule
from scoring.rubric import Criterion, PercentBand, Rubric, Section
from scoring.rubric_files import shipped_signal_files
from scoring.selection import AppliesTo
from scoring.signal_files import load_signal_file
from tests.scoring_builders import call

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "rubrics" / "README.md").read_text(encoding="utf-8")
WORKED = (ROOT / "docs" / "writing_rubrics.md").read_text(encoding="utf-8")
ANSWERS = (YesNo, Scale, MultiChoice, Checklist, Number, Metric, FreeText)
MODELS: tuple[type[BaseModel], ...] = (
    *(Rubric, Section, Criterion, PercentBand, AppliesTo, GateRule, AnswerIs, CallIs, Group),
    *(*ANSWERS, Option, Item, Band),
)
KEYS = sorted(
    {field.alias or name for model in MODELS for name, field in model.model_fields.items() if name != "sha256"}
    | {"remove", "signals_from"}
)


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_a_form_is_explained(key: str) -> None:
    assert re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", README)


@pytest.mark.parametrize("kind", [str(model.model_fields["type"].annotation).split("'")[1] for model in ANSWERS])
def test_every_type_of_answer_is_explained(kind: str) -> None:
    assert f"type: {kind}" in README


@pytest.mark.parametrize("what", list(OnFail))
def test_every_on_fail_is_explained(what: OnFail) -> None:
    assert f"`{what}`" in README


@pytest.mark.parametrize(
    "example",
    re.findall(r"```yaml\n((?:id|extends):.*?)```", README + WORKED, re.DOTALL),
    ids=lambda example: example.partition("\n")[0],
)
def test_every_example_is_a_good_form(example: str) -> None:
    assert find_faults(example, "example.yaml") == []


def test_the_worked_call_comes_out_as_the_page_says() -> None:
    example = re.findall(r"```yaml\n(.*?)```", WORKED, re.DOTALL)[0]
    rubric = parse_rubric(example, "example.yaml")
    conversation = call(
        "I: This call may be recorded.",
        "A: Hello.",
        "C: My card was charged twice.",
        "A: I am so sorry about this. I'll look into it now.",
        "A: Your reference is 4471, and we will have an answer by Friday.",
        "C: Thank you, you are wonderful.",
    )
    machine = evaluate(conversation, rubric)
    assert [(s.section, s.points, s.possible) for s in machine.totals.sections] == [
        ("compliance", 30, 30),
        ("care", 30, 30),
        ("handling", 30, 40),
        ("extra", 0, 0),
    ]
    given = {r.criterion: r.answer or r.outcome for r in machine.results if r.outcome != "not_scored"}
    given |= {"care.tone": "polite", "extra.thanks": "met", "extra.notes": "Kind to the customer."}
    person = evaluate_answers(rubric, conversation.call, given, "rater")
    assert [(s.section, s.points, s.possible) for s in person.totals.sections] == [
        ("compliance", 30, 30),
        ("care", 20, 30),
        ("handling", 30, 40),
        ("extra", 3, 0),
    ]
    assert (person.totals.percent, person.totals.passed, person.totals.band) == (83, True, "good")
    without = evaluate_answers(rubric, conversation.call, given | {"compliance.notice": "not_met"}, "rater")
    assert (without.totals.percent, without.totals.passed) == (53, False)
    assert without.critical_errors.compliance == ("compliance.notice",)
    lost = evaluate_answers(rubric, conversation.call, given | {"handling.ownership": "not_met"}, "rater")
    assert (lost.totals.points, lost.totals.possible, lost.auto_fail) == (0, 100, True)
    assert rubric.applies_to.wanted == {"queue": "cards", "call_type": "complaint", "direction": "inbound"}
    assert Call(call_id="c").queue is None


def test_the_worked_form_of_tested_signals_judges_as_the_page_says() -> None:
    example = re.findall(r"```yaml\n(.*?)```", WORKED, re.DOTALL)[1]
    rows = re.findall(r"^\| (agent|customer): (.*?) \| (.*?) ?\|$", WORKED, re.MULTILINE)
    lines = [f"{who[0].upper()}: {text}" for who, text, _ in rows]
    told = {name: outcome for *_, judged in rows for name, outcome in re.findall(r"`([\w.]+)` is `(\w+)`", judged)}
    rubric = parse_rubric(example, "example.yaml")
    assert {r.criterion: r.outcome.value for r in evaluate(call(*lines), rubric).results} == told
    assert len(told) == len(rubric.criteria)


def test_the_example_of_a_signal_file_is_a_good_one(tmp_path: Path) -> None:
    path = tmp_path / "ours.yaml"
    path.write_text(re.findall(r"```yaml\n(language:.*?)```", README, re.DOTALL)[0], encoding="utf-8")
    assert list(load_signal_file(str(path)).signals) == ["offers_voucher"]


def test_the_list_of_shipped_signals_is_that_of_the_files() -> None:
    listed = re.findall(r"^\| `(\w+\.(?:en|zh))` \| (.*?) \| (.*?) ?\|$", README, re.MULTILINE)
    files = {path.stem: load_signal_file(path.stem) for path in shipped_signal_files()}
    assert {name: (title, re.findall(r"`(\w+)`", signals)) for name, title, signals in listed} == {
        name: (file.title, list(file.signals)) for name, file in files.items()
    }
