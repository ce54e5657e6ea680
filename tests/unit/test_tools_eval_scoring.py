"""Noise is seeded and of the stated size; figures by hand; the harness reads a folder of labelled calls."""

from __future__ import annotations

import json
from pathlib import Path

import jiwer
import pytest

from qa.model import Call, Conversation, SpeakerRole, Turn
from tools.call_noise import Noise, Vocabulary, noisy
from tools.eval_scoring import GOLD, main
from tools.scoring_baselines import by_keywords, by_word_counts
from tools.scoring_figures import figures, section

TEXT = "Well, I was told that the parcel would be here on Tuesday and there is no sign of it at their depot. " * 20
ZH = "我上个星期在你们店里买的那个热水器到现在还没有人来安装，打了三次电话都说马上安排。" * 20


def call(text: str, language: str = "en") -> Conversation:
    agent = Turn(index=0, role=SpeakerRole.AGENT, text=text)
    customer = Turn(index=1, role=SpeakerRole.CUSTOMER, text="okay then")
    return Conversation(call=Call.model_validate({"call_id": "c", "language": language}), turns=(agent, customer))


@pytest.mark.parametrize(("text", "language"), [(TEXT, "en"), (ZH, "zh")])
def test_word_errors_are_as_many_as_asked_for_and_the_same_every_time(text: str, language: str) -> None:
    original = call(text, language)
    vocabulary = Vocabulary([original], language)  # type: ignore[arg-type]
    changed = noisy(original, Noise("x", words=0.1), vocabulary).turns[0].text
    assert changed == noisy(original, Noise("x", words=0.1), vocabulary).turns[0].text
    rate = jiwer.wer(text, changed) if language == "en" else jiwer.cer(text, changed)
    assert 0.05 < rate < 0.16


def test_without_marks_nothing_but_letters_and_spaces_is_left() -> None:
    changed = noisy(call("It's Dana's: 2 o'clock, OK?"), Noise("p", marks=False), Vocabulary([call("a")], "en"))
    assert changed.turns[0].text == "it's dana's  2 o'clock  ok"


def test_homophones_sound_the_same() -> None:
    vocabulary = Vocabulary([call("工号公号客服"), call("攻好")], "zh")
    changed = noisy(call("工号", "zh"), Noise("h", homophones=1.0), vocabulary).turns[0].text
    assert changed != "工号"
    assert set(changed) <= set("工公攻号好")


def test_figures_by_hand() -> None:
    # 10 calls: 4 met/met, 2 met/not, 1 not/met, 3 not/not. Agreement .7; chance .6*.5+.4*.5 = .5; kappa .4.
    pairs = [("met", "met")] * 4 + [("met", "not_met")] * 2 + [("not_met", "met")] + [("not_met", "not_met")] * 3
    row = figures({"en": {"a.b": pairs}})["en"]["criteria"]["a.b"]
    assert row["agreement"] == pytest.approx(0.7)
    assert row["precision"] == pytest.approx(4 / 5)
    assert row["recall"] == pytest.approx(4 / 6)
    assert row["f1"] == pytest.approx(8 / 11)
    assert row["cohen_kappa"]["value"] == pytest.approx(0.4)
    assert "| a.b | 10 | 0.80 | 0.67 | 0.73 | 0.70 | 0.40 |" in section(
        {"as written": figures({"en": {"a.b": pairs}})}, 10
    )


def test_baselines() -> None:
    said = call("This is Dana. I guarantee it.")
    found = by_keywords(said, "en", ["opening.name", "compliance.no_guarantee", "closing.thanks"])
    assert found == {"opening.name": "met", "compliance.no_guarantee": "not_met", "closing.thanks": "not_met"}
    learnt = [
        (call("bye now bye"), {"x": "met"}),
        (call("bye bye"), {"x": "met"}),
        (call("no no"), {"x": "not_met"}),
    ] * 2
    assert by_word_counts(learnt, [call("bye"), call("no")], "en") == [{"x": "met"}, {"x": "not_met"}]


def test_reads_scores_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    options = ["--data", str(GOLD / "en"), "--ids", "gold-en-01", "--no-meanings", "--write", str(page)]
    assert main(options) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["as written"]["en"]["n_calls"] == 1
    assert len(found["as written"]["en"]["criteria"]) == 21
    assert "## Scoring" in page.read_text()
