"""Rubric files: every fault with its file, line, path and expectation."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from qa.model import RubricError
from scoring import find_faults, find_rubric, load_rubric, parse_rubric, shipped_rubrics

GOOD = """\
id: test.en
version: 1.0.0
language: en
title: Test
pass_mark: 75
words:
  hello: hello|hi
signals:
  greets:
    title: greeting
    phrases:
      - "{hello} there"
sections:
  - title: Opening
    criteria:
      - id: opening.greeting
        title: Greeting
        question: Does the agent greet?
        points: 2
        check: {type: said, window: opening, met: greets}
"""


def test_a_good_rubric_loads() -> None:
    rubric = parse_rubric(GOOD, "good.yaml")
    assert (rubric.id, rubric.version, rubric.pass_mark, rubric.criteria[0].points) == ("test.en", "1.0.0", 75, 2)
    assert rubric.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert find_faults(GOOD, "good.yaml") == []


FAULTS: list[tuple[str, str, str, str]] = [
    # name, what is replaced, by what, the message
    ("wrong number", "points: 2", "points: -2", "r.yaml:19: sections[0].criteria[0].points: expected > 0, got -2"),
    (
        "no number",
        "points: 2",
        "points: two",
        "r.yaml:19: sections[0].criteria[0].points: expected a number, got 'two'",
    ),
    ("bad mark", "pass_mark: 75", "pass_mark: 175", "r.yaml:5: pass_mark: expected <= 100, got 175"),
    ("no language", "language: en", "language: fr", "r.yaml:3: language: expected 'en' or 'zh', got 'fr'"),
    (
        "unknown key",
        "        title: Greeting",
        "        titel: Greeting",
        "r.yaml:17: sections[0].criteria[0].titel: expected a known key, got 'titel'; did you mean 'title'?",
    ),
    ("missing key", "title: Test\n", "", "r.yaml:1: title: expected this key, got none"),
    (
        "unknown check",
        "type: said",
        "type: sayd",
        "r.yaml:20: sections[0].criteria[0].check.type: expected one of",
    ),
    (
        "unknown signal",
        "met: greets",
        "met: greet",
        "r.yaml:20: sections[0].criteria[0].check.met: expected a declared signal, got 'greet'; did you mean 'greets'?",
    ),
    (
        "bad pattern",
        '"{hello} there"',
        '"hello (there"',
        "r.yaml:12: signals.greets.phrases[0]: expected a phrase, got 'hello (there': not a regular expression",
    ),
    (
        "unknown word",
        '"{hello} there"',
        '"{helo} there"',
        "r.yaml:12: signals.greets.phrases[0]: expected a phrase, got '{helo} there': no entry 'helo' in words",
    ),
    ("matches nothing", '"{hello} there"', "(hello)?", "matches the empty text"),
    ("endless word", "hello|hi", "'{hello}'", "words refer to each other in a circle"),
    (
        "contradiction",
        "met: greets}",
        "met: {any: [greets], all: [greets]}}",
        "r.yaml:20: sections[0].criteria[0].check.met: expected exactly one of signal, any, all, none, at_least, call,"
        " got any and all",
    ),
    (
        "auto-fail that harms nobody",
        "points: 2",
        "points: 2\n        auto_fail: true",
        "r.yaml:16: sections[0].criteria[0]: auto_fail: true and severity: non_critical contradict each other",
    ),
    (
        "signal without words",
        '    phrases:\n      - "{hello} there"\n',
        "",
        "r.yaml:9: signals.greets: expected phrases",
    ),
    (
        "signal of itself",
        '    phrases:\n      - "{hello} there"\n',
        "    any_of: [greets]\n",
        "r.yaml:9: signals.greets: expected no circle",
    ),
    (
        "window",
        "window: opening",
        "window: start",
        "r.yaml:20: sections[0].criteria[0].check.window: expected 'call', 'opening'",
    ),
    ("version", "version: 1.0.0", "version: 1.0", "r.yaml:2: version: expected text, got 1.0"),
    (
        "key twice",
        "title: Test\n",
        "title: Test\ntitle: Again\n",
        "r.yaml:5: title: expected each key once, got 'title' again",
    ),
    ("tab", "title: Test", "title:\tTest\n\tx: 1", "r.yaml:4: expected YAML"),
    ("tag", "title: Test", "title: !!python/object/apply:os.system [ls]", "r.yaml:4: title: expected"),
    ("alias", "title: Test", "title: &a Test\ndescription: *a", "expected plain values, got a YAML alias"),
    (
        "sections are a list",
        "sections:\n",
        "sections: none\nother:\n",
        "r.yaml:13: sections: expected a list, got 'none'",
    ),
    ("hash in the file", "title: Test\n", "title: Test\nsha256: abc\n", "r.yaml:5: sha256: expected no such key"),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_fault(name: str, old: str, new: str, message: str) -> None:
    assert GOOD.count(old) >= 1
    faults = find_faults(GOOD.replace(old, new, 1), "r.yaml")
    assert any(message in fault for fault in faults), faults


def test_all_faults_are_found_and_the_first_is_raised() -> None:
    text = GOOD.replace("points: 2", "points: 0").replace("pass_mark: 75", "pass_mark: -1")
    assert len(find_faults(text, "r.yaml")) == 2
    with pytest.raises(RubricError) as raised:
        parse_rubric(text, "r.yaml")
    assert str(raised.value).startswith("r.yaml:5: pass_mark: expected >= 0, got -1")
    assert "1 more" in str(raised.value)


def test_two_criteria_of_one_id() -> None:
    twice = GOOD + GOOD[GOOD.index("      - id:") :]
    assert find_faults(twice, "r.yaml") == [
        "r.yaml:21: sections[0].criteria[1].id: expected a new id, got 'opening.greeting' again"
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "r.yaml:1: expected a rubric, got an empty file"),
        (b"- a\n- b\n", "r.yaml:1: expected a mapping, got a list of 2"),
        (b"id: a\ntitle: \xff\n", "r.yaml:2: expected UTF-8 text"),
        (b"a: " + b"[" * 60 + b"]" * 60, "levels"),
    ],
)
def test_what_is_no_rubric_at_all(data: bytes, message: str) -> None:
    assert any(message in fault for fault in find_faults(data, "r.yaml"))


def test_words_that_yaml_takes_for_truth_values_stay_words() -> None:
    rubric = parse_rubric(GOOD.replace('"{hello} there"', "no\n      - yes\n      - on"), "r.yaml")
    assert rubric.signals["greets"].phrases == ("no", "yes", "on")


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_rubric(path) == find_rubric(str(path))
    with pytest.raises(RubricError, match="cannot be read"):
        load_rubric(tmp_path / "absent.yaml")
    with pytest.raises(RubricError, match=r"no rubric 'service-kore\.en'.*service-core\.en"):
        find_rubric("service-kore.en")


def test_the_shipped_rubrics_are_found_by_id() -> None:
    forms = ("complaint", "crisis", "sales-compliance", "service-core")
    assert [path.stem for path in shipped_rubrics()] == [f"{form}.{lang}" for form in forms for lang in ("en", "zh")]
    assert find_rubric("service-core.zh").language == "zh"
