"""Forms made from other forms: what is changed, added and removed; faults in the right file; the hash."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa.model import RubricError
from scoring import Rubric, evaluate, find_faults, find_rubric, load_rubric
from scoring.yaml_lines import read
from tests.scoring_builders import call

WORKED = Path(__file__).parents[2] / "docs" / "writing_rubrics.md"

BASE = """\
id: base.en
version: 1.0.0
language: en
title: Base
pass_mark: 70
words:
  hello: hello|hi
signals:
  greets: {title: greeting, phrases: ["{hello} there"]}
  thanks: {title: thanks, phrases: [thanks]}
sections:
  - id: opening
    title: Opening
    criteria:
      - id: opening.greeting
        title: Greeting
        question: Does the agent greet?
        points: 2
        check: {type: said, window: opening, met: greets}
      - id: opening.extra
        title: Extra
        question: Anything else?
        points: 1
        check: {type: said, met: thanks}
  - title: Closing
    criteria:
      - id: closing.thanks
        title: Thanks
        question: Does the agent thank?
        points: 3
        check: {type: said, met: thanks}
"""
CHILD = """\
extends: base.yaml
id: child.en
version: 2.0.0
pass_mark: 90
applies_to: {queue: cards}
remove: [opening.extra]
words:
  hello: good day
signals:
  offers: {title: offer, phrases: [can i help]}
sections:
  - id: opening
    criteria:
      - id: opening.greeting
        points: 5
      - id: opening.offer
        title: Offer
        question: Does the agent offer help?
        points: 4
        check: {type: said, met: offers}
  - title: Notes
    criteria:
      - {id: notes, title: Notes, question: What else, answer: {type: free_text}}
"""


def write(folder: Path, child: str = CHILD, base: str = BASE) -> Path:
    (folder / "base.yaml").write_text(base, encoding="utf-8")
    path = folder / "child.yaml"
    path.write_text(child, encoding="utf-8")
    return path


def faults(path: Path) -> list[str]:
    """The file's faults, without its folder."""
    return [fault.replace(f"{path.parent}/", "") for fault in find_faults(path.read_bytes(), str(path))]


@pytest.fixture
def derived(tmp_path: Path) -> Rubric:
    return load_rubric(write(tmp_path))


def test_what_is_not_changed_is_the_base_s(derived: Rubric) -> None:
    assert (derived.id, derived.version, derived.title, derived.language) == ("child.en", "2.0.0", "Base", "en")
    assert (derived.pass_mark, derived.extends) == (90, "base.yaml")
    assert [(s.name, s.title, [c.id for c in s.criteria]) for s in derived.sections] == [
        ("opening", "Opening", ["opening.greeting", "opening.offer"]),
        ("Closing", "Closing", ["closing.thanks"]),
        ("Notes", "Notes", ["notes"]),
    ]
    greeting, offer, thanks, _ = derived.criteria
    assert (greeting.points, greeting.title, greeting.question) == (5, "Greeting", "Does the agent greet?")
    assert (offer.points, thanks.points) == (4, 3)
    assert set(derived.signals) == {"greets", "thanks", "offers"}


def test_changed_words_change_the_base_s_signals(derived: Rubric) -> None:
    outcomes = [
        evaluate(call(f"A: {text}"), derived).results[0].outcome.value for text in ("good day there", "hi there")
    ]
    assert outcomes == ["met", "not_met"]


def test_the_hash_covers_base_and_child(tmp_path: Path) -> None:
    hashes = [
        load_rubric(write(tmp_path, child, base)).sha256
        for child, base in (
            (CHILD, BASE),
            (CHILD, BASE.replace("points: 3", "points: 4")),
            (CHILD.replace("points: 5", "points: 6"), BASE),
        )
    ]
    assert len(set(hashes)) == 3
    assert load_rubric(write(tmp_path)).sha256 == hashes[0]
    assert load_rubric(tmp_path / "base.yaml").sha256 not in hashes


def test_a_base_may_have_a_base(tmp_path: Path) -> None:
    write(tmp_path)
    grandchild = tmp_path / "grandchild.yaml"
    grandchild.write_text("extends: child.yaml\nid: grandchild.en\nversion: 1.0.0\nremove: [closing.thanks, notes]\n")
    rubric = load_rubric(grandchild)
    assert [c.id for c in rubric.criteria] == ["opening.greeting", "opening.offer"]
    assert [s.title for s in rubric.sections] == ["Opening"]  # a section without criteria goes
    before = rubric.sha256
    write(tmp_path, CHILD, BASE.replace("title: Base", "title: Basis"))
    assert load_rubric(grandchild).sha256 != before


def test_a_shipped_form_is_a_base_by_its_id(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: service-core.en\nid: mine.en\nversion: 1.0.0\nremove: [delivery.pace]\n", encoding="utf-8"
    )
    core = find_rubric("service-core.en")
    assert [c.id for c in load_rubric(path).criteria] == [c.id for c in core.criteria if c.id != "delivery.pace"]


FAULTS: list[tuple[str, str, str, str, str]] = [
    (
        "criteria are no list",
        "child",
        "    criteria:\n      - {id: notes, title: Notes, question: What else, answer: {type: free_text}}\n",
        "    criteria: none\n",
        "child.yaml:22: sections[1].criteria: expected a list, got something else",
    ),
    # name, which file, what is replaced, by what, the message
    (
        "child's value",
        "child",
        "points: 5",
        "points: -5",
        "child.yaml:15: sections[0].criteria[0].points: expected > 0, got -5",
    ),
    (
        "base's value",
        "base",
        "points: 3",
        "points: -3",
        "base.yaml:30: sections[1].criteria[0].points: expected > 0, got -3",
    ),
    (
        "base's value, moved by what is removed",
        "base",
        "title: Thanks",
        "titel: Thanks",
        "base.yaml:28: sections[1].criteria[0].titel: expected a known key, got 'titel'; did you mean 'title'?",
    ),
    (
        "child's signal",
        "child",
        "met: offers",
        "met: offer",
        "child.yaml:20: sections[0].criteria[1].check.met: expected a declared signal, got 'offer'; did you mean 'offers'?",
    ),
    (
        "base's phrase broken by the child's words",
        "child",
        "hello: good day",
        "hello: (good",
        "base.yaml:9: signals.greets.phrases[0]: expected a phrase",
    ),
    ("no version", "child", "version: 2.0.0\n", "", "child.yaml:1: version: expected this key, got none"),
    ("no id", "child", "id: child.en\n", "", "child.yaml:1: id: expected this key, got none"),
    (
        "language",
        "child",
        "pass_mark",
        "language: zh\npass_mark",
        "child.yaml:4: language: expected the base's language 'en'",
    ),
    (
        "removes what is not there",
        "child",
        "[opening.extra]",
        "[opening.xtra]",
        "child.yaml:6: remove[0]: expected the id of a criterion of the base, got 'opening.xtra'; did you mean 'opening.extra'?",
    ),
    (
        "changes a criterion in another section",
        "child",
        "opening.offer\n",
        "closing.thanks\n",
        "child.yaml:16: sections[0].criteria[1].id: expected 'closing.thanks' in the section of the base",
    ),
    (
        "a base that is not there",
        "child",
        "base.yaml",
        "bass.yaml",
        "child.yaml:1: extends: expected a form to extend, got",
    ),
    (
        "neither id nor file",
        "child",
        "base.yaml",
        "service-kore.en",
        "child.yaml:1: extends: expected the id of a shipped form",
    ),
    ("extends a list", "child", "base.yaml", "[base.yaml]", "child.yaml:1: extends: expected the id of a shipped form"),
    ("a circle", "child", "base.yaml", "child.yaml", "child.yaml:1: extends: expected no circle"),
    ("a base that is no mapping", "base", BASE, "- a\n", "base.yaml:1: expected a mapping"),
    ("a base that is no YAML", "base", "title: Base", "title:\tBase\n\tx: 1", "base.yaml:4: expected YAML"),
    (
        "sections are no list",
        "child",
        CHILD[CHILD.index("sections:") :],
        "sections: none\n",
        "child.yaml:11: sections: expected a list",
    ),
    (
        "a criterion is no mapping",
        "child",
        "      - id: opening.greeting\n        points: 5\n",
        "      - greeting\n",
        "child.yaml:14: sections[0].criteria[0]: expected a mapping, got 'greeting'",
    ),
    (
        "a section is no mapping",
        "child",
        "  - title: Notes\n",
        "  - notes\n  - title: Notes\n",
        "child.yaml:21: sections[1]: expected a mapping",
    ),
    (
        "removes no list",
        "child",
        "[opening.extra]",
        "opening.extra",
        "child.yaml:6: remove: expected a list of criteria",
    ),
]


@pytest.mark.parametrize(("name", "which", "old", "new", "message"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_fault(tmp_path: Path, name: str, which: str, old: str, new: str, message: str) -> None:
    texts = {"child": CHILD, "base": BASE}
    assert old in texts[which]
    texts[which] = texts[which].replace(old, new, 1)
    path = write(tmp_path, texts["child"], texts["base"])
    assert any(message in fault for fault in faults(path)), faults(path)
    with pytest.raises(RubricError):
        load_rubric(path)


def test_a_circle_over_two_files(tmp_path: Path) -> None:
    path = write(tmp_path, CHILD, "extends: child.yaml\n" + BASE)
    assert faults(path) == ["base.yaml:1: extends: expected no circle, got a form that extends itself"]


JUNK: tuple[Any, ...] = (
    None,
    5,
    -1.5,
    True,
    "",
    "x",
    "base.yaml",
    [],
    ["x"],
    [[1]],
    [None],
    {},
    {"a": 1},
    [{"id": []}],
    {"type": 3},
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document."""
    yield path
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(child, (*path, key))


def with_junk(document: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """The document with something else at a path."""
    changed = copy.deepcopy(document)
    if not path:
        return junk
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = junk
    return changed


@pytest.mark.parametrize("which", ["child", "base", "worked"])
def test_junk_anywhere_is_a_fault_or_a_form_and_never_a_crash(tmp_path: Path, which: str) -> None:
    worked = re.findall(r"```yaml\n(.*?)```", WORKED.read_text(encoding="utf-8"), re.DOTALL)[0]
    document = read({"child": CHILD, "base": BASE, "worked": worked}[which].encode(), which).value
    everywhere = list(places(document))
    pick = random.Random(7)
    for path in pick.sample(everywhere, min(20, len(everywhere))):
        for junk in pick.sample(JUNK, 4):
            text = json.dumps(with_junk(document, path, junk))
            file = write(tmp_path, text if which == "child" else CHILD, text if which == "base" else BASE)
            tried = tmp_path / "worked.yaml" if which == "worked" else file
            tried.write_text(text if which == "worked" else file.read_text(encoding="utf-8"), encoding="utf-8")
            for fault in find_faults(tried.read_bytes(), str(tried)):
                assert re.match(r".+\.yaml:\d+(: |$)", fault), fault
