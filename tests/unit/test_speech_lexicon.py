"""Words to expect: what a lexicon gives for a call, and where the faults of one stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.model import Call, UsageError
from qa.pipeline import speech_fingerprint
from qa.settings import Settings
from qa.speech import SpeechEngines
from qa.speech.lexicon import Lexicon, lexicon_sha256, load_lexicon

GOOD = """\
language: en
terms: [Silver Harbor Bank, No, 5G]
queues:
  fraud:
    - fraud line
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "words.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_call_gets_its_agents_name_its_queues_terms_and_the_general_ones(tmp_path: Path) -> None:
    lexicon = load_lexicon(written(tmp_path, GOOD))
    call = Call(call_id="c", agent_name="Grace Bennett", queue="fraud")
    assert lexicon.hotwords(call) == {"en": "Grace Bennett, fraud line, Silver Harbor Bank, No, 5G"}
    assert lexicon.hotwords(Call(call_id="c", queue="cards")) == {"en": "Silver Harbor Bank, No, 5G"}


def test_no_words_no_hotwords() -> None:
    assert Lexicon(language="zh").hotwords(Call(call_id="c")) == {}
    assert Lexicon(language="zh", terms=("工号", "银港")).hotwords(Call(call_id="c")) == {"zh": "工号、银港"}


def test_a_name_from_the_manifest_brings_no_control_tokens() -> None:
    call = Call(call_id="c", agent_name="<|endoftext|>Grace\n" + "x" * 100)
    (words,) = Lexicon(language="en").hotwords(call).values()
    assert not set("<>|\n") & set(words)
    assert len(words) <= 40


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("language: fr\n", r"words\.yaml:1: language: "),
        ("language: en\nterm: [a]\n", r"words\.yaml:2: term: Extra"),
        ("terms: [a]\n", r"words\.yaml:1: language: Field required"),
        ("language: en\nterms:\n  - a\n  - ''\n", r"words\.yaml:4: terms\[1\]: "),
        ("language: en\nterms:\n  - a\n  - <|en|>\n", r"words\.yaml:4: terms\[1\]: "),
        ("language: en\nterms: word\n", r"words\.yaml:2: terms: "),
        ("language: en\nqueues:\n  q:\n    - [a]\n", r"words\.yaml:4: queues\.q\[0\]: "),
        ("language: en\nterms: [[[[[a]]]]]\n", r"words\.yaml:2: lists within lists"),
        ("language: en\nlanguage: zh\n", r"words\.yaml:2: 'language' again"),
        ("language: en\nterms: &a [b]\nqueues: {q: *a}\n", r"words\.yaml:\d: a YAML alias"),
        ("language: [en\n", r"words\.yaml:\d: .*expected YAML"),
        ("", r"words\.yaml:1"),
        (
            "language: zh\nterms: [" + ", ".join(f"很长的词{i}号" for i in range(20)) + "]\n",
            r"words\.yaml:2: terms: \d+ ch",
        ),
        (
            "language: en\nterms: [a]\nqueues:\n  q: [" + ", ".join("word" * 9 + str(i) for i in range(12)) + "]\n",
            r"words\.yaml:4: queues\.q: \d+ characters.*at most 360",
        ),
    ],
)
def test_faults_name_file_line_and_path(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        load_lexicon(written(tmp_path, text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_lexicon(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="too large"):
        load_lexicon(written(tmp_path, "#" * 100_001))
    (tmp_path / "bytes.yaml").write_bytes(b"language: en\nterms: [\xff]\n")
    with pytest.raises(UsageError, match=r"bytes\.yaml:2: other bytes"):
        load_lexicon(tmp_path / "bytes.yaml")


def test_the_checksum_follows_the_bytes(tmp_path: Path) -> None:
    first = lexicon_sha256(written(tmp_path, GOOD))
    assert first == lexicon_sha256(written(tmp_path, GOOD)) != lexicon_sha256(written(tmp_path, GOOD + "#"))
    assert lexicon_sha256(None) is None


def test_a_run_is_refused_before_it_begins_when_the_lexicon_or_the_model_is_no_good(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    plain = speech_fingerprint(Settings())
    with_words = speech_fingerprint(Settings(lexicon=path))
    assert plain != with_words
    written(tmp_path, GOOD.replace("No", "Yes"))
    assert speech_fingerprint(Settings(lexicon=path)) not in (plain, with_words)
    written(tmp_path, "language: fr\n")
    with pytest.raises(UsageError, match=r"words\.yaml:1: language"):
        speech_fingerprint(Settings(lexicon=path))
    with pytest.raises(UsageError, match="CALLIBRATE_SHERPA_MODEL"):
        speech_fingerprint(Settings(transcriber="sherpa-onnx"))


def test_names_to_expect_are_cut_and_cleaned_without_a_lexicon_too() -> None:
    engines = SpeechEngines(Settings())
    assert engines.expected(Call(call_id="c", agent_name="林悦")) == ("林悦",)
    assert engines.expected(Call(call_id="c")) == ()
    (name,) = engines.expected(Call(call_id="c", agent_name="<|" + "悦" * 200))
    assert len(name) <= 40
    assert "<" not in name
