"""Signals that forms take from files of their own: what wins, what comes along, the hash, faults in the right file."""

from __future__ import annotations

import copy
import hashlib
import json
import random
import re
from pathlib import Path

import pytest

from qa.model import RubricError
from scoring import Rubric, evaluate, find_faults, load_rubric
from scoring.rubric_files import shipped_signal_files
from scoring.yaml_lines import read
from tests.scoring_builders import call
from tests.unit.test_scoring_inheritance import JUNK, places, with_junk

FORM = """\
id: desk.en
version: 1.0.0
language: en
title: Desk
signals_from: [ours.yaml, more.yaml]
sections:
  - title: Desk
    criteria:
      - id: desk.greeting
        title: Greeting
        question: Does the agent greet?
        points: 1
        check: {type: said, met: welcomes}
      - id: desk.thanks
        title: Thanks
        question: Does the agent thank?
        points: 1
        check: {type: said, met: is_grateful}
"""
OURS = """\
language: en
title: How we greet
words:
  hello: hello|hi
signals:
  # of the front desk
  welcomes:
    title: greeting
    phrases:
      - "{hello} there"
"""
MORE = """\
language: en
title: How we thank
signals:
  is_grateful: {title: thanks, phrases: [much obliged]}
"""
FILES = {"form.yaml": FORM, "ours.yaml": OURS, "more.yaml": MORE}


def write(folder: Path, **changed: str) -> Path:
    """The three files, with other texts for some (``ours="..."``); the form's path."""
    for name, text in {**FILES, **{f"{stem}.yaml": text for stem, text in changed.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "form.yaml"


def faults(path: Path) -> list[str]:
    """The form's faults, without its folder."""
    return [fault.replace(f"{path.parent}/", "") for fault in find_faults(path.read_bytes(), str(path))]


def outcomes(rubric: Rubric, *lines: str) -> list[str]:
    return [result.outcome.value for result in evaluate(call(*lines), rubric).results]


def test_a_form_takes_signals_and_words_from_the_files_that_it_names(tmp_path: Path) -> None:
    rubric = load_rubric(write(tmp_path))
    assert (list(rubric.signals), rubric.words) == (["welcomes", "is_grateful"], {"hello": "hello|hi"})
    assert outcomes(rubric, "A: hi there") == ["met", "not_met"]


def test_it_is_the_form_that_gives_them_itself(tmp_path: Path) -> None:
    given = OURS.partition("\n")[2].partition("\n")[2] + MORE.partition("signals:\n")[2]
    whole = FORM.replace("signals_from: [ours.yaml, more.yaml]\n", given)
    taken, own = load_rubric(write(tmp_path)), load_rubric(write(tmp_path, form=whole))
    assert taken.model_dump(exclude={"sha256"}) == own.model_dump(exclude={"sha256"})
    assert list(taken.signals) == list(own.signals)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("words: {hello: good day}\n", "good day there"),
        ("signals: {welcomes: {title: greeting, phrases: [come in]}}\n", "come in"),
    ],
)
def test_what_the_form_gives_itself_wins(tmp_path: Path, own: str, said: str) -> None:
    rubric = load_rubric(write(tmp_path, form=FORM + own))
    assert outcomes(rubric, f"A: {said}", "A: much obliged") == ["met", "met"]
    assert outcomes(rubric, "A: hello there")[0] == "not_met"
    assert set(rubric.signals) == {"welcomes", "is_grateful"}


def test_two_files_may_give_the_same(tmp_path: Path) -> None:
    again = MORE + "  welcomes: {title: greeting, phrases: ['{hello} there']}\n"
    assert faults(write(tmp_path, more=again)) == []


def test_two_files_that_give_it_differently_are_settled_by_the_form(tmp_path: Path) -> None:
    other = MORE + "  welcomes: {title: greeting, phrases: [come in]}\nwords: {hello: good day}\n"
    assert faults(write(tmp_path, more=other)) == [
        "more.yaml:6: words.hello: expected the same as in ours.yaml:4, got another one of this name"
        " (one in the form itself would settle it)",
        "more.yaml:5: signals.welcomes: expected the same as in ours.yaml:7, got another one of this name"
        " (one in the form itself would settle it)",
    ]
    own = "words: {hello: hey}\nsignals: {welcomes: {title: greeting, phrases: ['{hello} you']}}\n"
    assert outcomes(load_rubric(write(tmp_path, form=FORM + own, more=other)), "A: hey you")[0] == "met"


def test_a_derived_form_has_what_its_base_takes(tmp_path: Path) -> None:
    write(tmp_path)
    child = tmp_path / "child.yaml"
    child.write_text("extends: form.yaml\nid: child.en\nversion: 1.0.0\nwords: {hello: good day}\n", encoding="utf-8")
    assert outcomes(load_rubric(child), "A: good day there", "A: much obliged") == ["met", "met"]
    before = load_rubric(child).sha256
    write(tmp_path, more=MORE.replace("much obliged", "much obliged|ta"))
    assert load_rubric(child).sha256 != before


def test_what_a_derived_form_takes_goes_before_what_its_base_has(tmp_path: Path) -> None:
    own = "signals: {welcomes: {title: greeting, phrases: [come in]}}\n"
    write(tmp_path, form=FORM + own)
    child = tmp_path / "child.yaml"
    child.write_text("extends: form.yaml\nid: child.en\nversion: 1.0.0\nsignals_from: [ours.yaml]\n", encoding="utf-8")
    assert outcomes(load_rubric(child), "A: hello there", "A: much obliged") == ["met", "met"]


def test_the_hash_covers_every_file(tmp_path: Path) -> None:
    texts: list[dict[str, str]] = [
        {},
        {"form": FORM.replace("title: Desk\nsignals", "title: Bureau\nsignals")},
        {"ours": OURS.replace("hello|hi", "hello")},
        {"more": MORE + "# a remark\n"},
    ]
    hashes = [load_rubric(write(tmp_path, **changed)).sha256 for changed in texts]
    assert len(set(hashes)) == len(texts)
    assert load_rubric(write(tmp_path)).sha256 == hashes[0]


SHIPPED = (
    FORM.replace("[ours.yaml, more.yaml]", "[opening.en]")
    .replace("welcomes", "greets")
    .replace("is_grateful", "names_company")
)


def test_what_a_shipped_signal_rests_on_comes_along(tmp_path: Path) -> None:
    path = write(tmp_path, form=SHIPPED)
    rubric = load_rubric(path)
    assert outcomes(rubric, "A: Good morning, thanks for calling Brightwater", "C: hello") == ["met", "met"]
    # company_leftover takes no recording notice for a name, and greetings are made of words
    assert {"greets", "recording_notice", "recording_phrase"} < set(rubric.signals)
    assert {"thanks", "record"} < set(rubric.words)
    assert "apologises" not in rubric.signals
    files = {path.stem: path.read_bytes() for path in shipped_signal_files()}
    over = [SHIPPED.encode(), *(files[name] for name in ("opening.en", "words.en", "recording.en"))]
    sha256s = {
        " ".join(hashlib.sha256(data).hexdigest() for data in some) for some in (over, [*over[:2], over[3], over[2]])
    }
    assert rubric.sha256 in {hashlib.sha256(text.encode()).hexdigest() for text in sha256s}


def test_nothing_comes_along_that_the_form_gives_itself(tmp_path: Path) -> None:
    own = "signals: {recording_notice: {title: notice, phrases: [on tape]}}\n"
    rubric = load_rubric(write(tmp_path, form=SHIPPED + own))
    assert rubric.signals["recording_notice"].title == "notice"
    assert "recording_phrase" not in rubric.signals


def test_a_slot_in_a_file_of_one_s_own_stays_a_slot(tmp_path: Path) -> None:
    # words.en has an entry ``number``, which is for the shipped signals that use it
    ours = OURS.replace("{hello} there", "ticket {number}")
    rubric = load_rubric(write(tmp_path, ours=ours))
    assert "number" not in rubric.words
    assert outcomes(rubric, "A: ticket four thousand two")[0] == "met"


FAULTS: list[tuple[str, str, str, str, str]] = [
    # name, which file, what is replaced, by what, the message
    (
        "no list",
        "form",
        "[ours.yaml, more.yaml]",
        "ours.yaml",
        "form.yaml:5: signals_from: expected a list of signal files",
    ),
    (
        "neither id nor file",
        "form",
        "ours.yaml",
        "openning.en",
        "form.yaml:5: signals_from[0]: expected the id of a shipped signal file or a YAML file, got 'openning.en';"
        " did you mean 'opening.en'?",
    ),
    (
        "a mapping",
        "form",
        "ours.yaml",
        "{a: b}",
        "form.yaml:5: signals_from[0]: expected the id of a shipped signal file",
    ),
    (
        "not there",
        "form",
        "ours.yaml",
        "hours.yaml",
        "form.yaml:5: signals_from[0]: expected a signal file, got 'hours.yaml'",
    ),
    (
        "twice",
        "form",
        "more.yaml",
        "ours.yaml",
        "form.yaml:5: signals_from[1]: expected each file once, got 'ours.yaml'",
    ),
    (
        "another language",
        "form",
        "more.yaml",
        "opening.zh",
        "form.yaml:5: signals_from[1]: expected a file of the form's language 'en', got 'opening.zh' in 'zh'",
    ),
    ("a form", "form", "ours.yaml", "service-core.en", "form.yaml:5: signals_from[0]: expected the id of a shipped"),
    ("a missing language", "ours", "language: en\n", "", "ours.yaml:1: language: expected this key, got none"),
    (
        "no such language",
        "ours",
        "language: en",
        "language: fr",
        "ours.yaml:1: language: expected 'en' or 'zh', got 'fr'",
    ),
    ("no title", "ours", "title: How we greet\n", "", "ours.yaml:1: title: expected this key, got none"),
    ("a title of two lines", "ours", "How we greet", '"How we\\n greet"', "ours.yaml:2: title: expected text like"),
    (
        "a misspelt key",
        "ours",
        "signals:",
        "signal:",
        "ours.yaml:5: signal: expected a known key, got 'signal'; did you mean 'signals'?",
    ),
    ("a form's key", "ours", "words:", "pass_mark: 5\nwords:", "ours.yaml:3: pass_mark: expected a known key, got"),
    (
        "more files",
        "ours",
        "words:",
        "signals_from: []\nwords:",
        "ours.yaml:3: signals_from: expected a known key, got",
    ),
    (
        "gives nothing",
        "more",
        MORE[MORE.index("signals:") :],
        "",
        "more.yaml:1: expected words or signals, got neither",
    ),
    ("an empty file", "more", MORE, "", "more.yaml:1: expected a signal file, got an empty file"),
    ("no mapping", "more", MORE, "- a\n", "more.yaml:1: expected a mapping"),
    ("no YAML", "more", "title:", "\ttitle:", "more.yaml:2: expected YAML"),
    (
        "a signal's key",
        "ours",
        "phrases:",
        "phrase:",
        "ours.yaml:9: signals.welcomes.phrase: expected a known key, got 'phrase'; did you mean 'phrases'?",
    ),
    (
        "a broken phrase",
        "ours",
        '"{hello} there"',
        '"hello (there"',
        "ours.yaml:10: signals.welcomes.phrases[0]: expected a phrase, got 'hello (there'",
    ),
    (
        "a missing word",
        "ours",
        '"{hello} there"',
        '"{helo} there"',
        "ours.yaml:10: signals.welcomes.phrases[0]: expected",
    ),
    (
        "a missing signal",
        "more",
        "phrases: [",
        "not_with: [welcome], phrases: [",
        "more.yaml:4: signals.is_grateful: expected a declared signal, got 'welcome'; did you mean 'welcomes'?",
    ),
    (
        "a shipped signal whose file is not named",
        "form",
        "met: is_grateful",
        "met: apologises",
        "form.yaml:18: sections[0].criteria[1].check.met: expected a declared signal, got 'apologises';"
        " signals_from: [empathy.en] would give it",
    ),
    (
        "a misspelt signals_from",
        "form",
        "signals_from",
        "signal_from",
        "form.yaml:5: signal_from: expected a known key, got 'signal_from'; did you mean 'signals_from'?",
    ),
    (
        "own signals are no mapping",
        "form",
        "sections:",
        "signals: 5\nsections:",
        "form.yaml:6: signals: expected a mapping",
    ),
]


@pytest.mark.parametrize(("name", "which", "old", "new", "message"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_fault(tmp_path: Path, name: str, which: str, old: str, new: str, message: str) -> None:
    text = FILES[f"{which}.yaml"]
    assert old in text
    path = write(tmp_path, **{which: text.replace(old, new, 1)})
    assert any(message in fault for fault in faults(path)), faults(path)
    with pytest.raises(RubricError):
        load_rubric(path)


def test_the_limit_on_bytes_holds_for_each_file(tmp_path: Path) -> None:
    path = write(tmp_path, more=MORE + "#" * 2_000_000)
    assert (
        "form.yaml:5: signals_from[1]: expected a signal file, got 'more.yaml': expected at most 2,000,000 bytes"
        in str(faults(path))
    )


@pytest.mark.parametrize("which", ["form", "ours"])
def test_junk_anywhere_is_a_fault_or_a_form_and_never_a_crash(tmp_path: Path, which: str) -> None:
    document = read(FILES[f"{which}.yaml"].encode(), which).value
    pick = random.Random(7)
    for path in places(document):
        for junk in pick.sample(JUNK, 6):
            text = json.dumps(with_junk(copy.deepcopy(document), path, junk))
            for fault in faults(write(tmp_path, **{which: text})):
                assert re.match(r".+\.yaml:\d+(: |$)", fault), fault
