"""What the evaluation makes of counts: estimates, ratios, and its page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools.eval_speech import report
from tools.speech_accuracy import CallCounts, DiarizationErrors, SpeakerErrors
from tools.speech_figures import Beside, Measured, estimates, ratios, speeds, word_ratios
from tools.speech_page import page
from tools.speech_trials import Trial
from tools.speech_workers import Outcome, Round

DER = SpeakerErrors(DiarizationErrors(80.0, 2.0, 4.0, 2.0), DiarizationErrors(100.0, 22.0, 2.0, 2.0))
CALL = CallCounts(
    call_id="c-1",
    language="en",
    side="mono",
    audio_s=90.0,
    units=200,
    errors=10,
    cp_errors=16,
    di_errors=12,
    di_unit_errors=10,
    n_words=198,
    invented=1,
    wall_s=9.0,
    cpu_s=9.0,
    der=DER,
    role_words=190,
    role_words_right=180,
    roles_right=1,
    der_of_turns=DER.written,
)
STEREO = replace(CALL, call_id="c-2", side="stereo", der=None, der_of_turns=None, errors=4, invented=0)


def test_estimates_pool_the_counts() -> None:
    found = {name: estimate.value for name, estimate in estimates([CALL, STEREO]).items()}
    assert found["error rate (WER; zh: CER)"] == pytest.approx(14 / 400)
    assert found["speaker confusion cost, turns"] == pytest.approx(8 / 400)
    assert found["speaker confusion cost, single words"] == pytest.approx(12 / 400)
    assert found["words outside gold speech an hour"] == pytest.approx(1 / (180 / 3600))
    assert found["DER"] == pytest.approx(8 / 80), "the stereo call has no diarizer and does not count"
    assert found["DER of whole turns (the RTTM output), pauses in turns as speech"] == pytest.approx(26 / 100)
    assert found["calls with roles right"] == 1.0
    assert found["calls swapped and not flagged"] == 0.0


def test_a_group_without_diarizer_shows_no_der() -> None:
    assert "DER" not in estimates([STEREO])


def heard(wall_s: float, *counts: CallCounts) -> Round:
    return Round([Outcome(c.n_words, c.wall_s, c.cpu_s, counts=c) for c in counts], wall_s)


SLOW = replace(CALL, errors=8, cpu_s=45.0)
MONO_BESIDE = Beside("mono", heard(5.0, CALL), heard(30.0, SLOW), heard(25.0, SLOW))
STEREO_BESIDE = Beside("stereo", heard(5.0, STEREO), heard(9.0, replace(STEREO, errors=2)), heard(9.0, STEREO))


def test_ratios_by_call_by_side_and_over_all() -> None:
    rows = {row["call"]: row for row in ratios([MONO_BESIDE, STEREO_BESIDE])}
    assert list(rows) == ["c-1", "c-2", "all mono", "all stereo", "all"]
    assert rows["c-1"]["error_rate"]["ratio"] == pytest.approx(10 / 8)
    assert rows["all stereo"]["error_rate"]["ratio"] == pytest.approx(4 / 2)
    assert rows["all"]["error_rate"]["ratio"] == pytest.approx(14 / 10), "errors are added up, not rates"
    assert "der" not in rows["c-2"]


def test_words_beside_the_plain_recognition_by_call_by_language_and_over_all() -> None:
    mandarin = replace(CALL, call_id="c-3", language="zh", errors=30, errors_as_heard=33)
    rows = word_ratios([STEREO, CALL, mandarin], [replace(mandarin, errors=24), replace(CALL, errors=16)])
    assert [(row["call"], row["ratio"]) for row in rows] == [
        ("c-3", pytest.approx(30 / 24)),
        ("c-1", pytest.approx(10 / 16)),
        ("all en", pytest.approx(10 / 16)),
        ("all zh", pytest.approx(30 / 24)),
        ("all mono", pytest.approx(40 / 40)),
    ]
    assert rows[-1]["units"] == 400
    assert [row["as_heard"] for row in rows[-2:]] == [33, 33 + CALL.errors_as_heard]
    assert rows[-1]["low"] is None, "two calls are too few for an interval"


def test_speeds_go_by_the_clock_of_all_processes_together() -> None:
    mono, stereo = speeds([MONO_BESIDE, STEREO_BESIDE])
    assert mono["calls"] == "mono"
    assert mono["plain"]["as_fast_wall"] == pytest.approx(30 / 5)
    assert mono["plain_pair"]["as_fast_wall"] == pytest.approx(25 / 5)
    assert mono["plain"]["as_fast_cpu"] == pytest.approx(45 / 9)
    assert stereo["plain"]["as_fast_wall"] == pytest.approx(9 / 5)


def test_no_ratio_to_a_plain_pipeline_without_errors() -> None:
    perfect = heard(9.0, replace(STEREO, errors=0, cp_errors=0))
    assert ratios([Beside("stereo", heard(5.0, STEREO), perfect, perfect)])[0]["error_rate"]["ratio"] is None


def test_page_says_how_it_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.eval_speech.verify", list)
    silence = Trial("music", audio_s=1800.0, n_words=0, wall_s=18.0, cpu_s=20.0)
    stage_s: dict[str, dict[str, float]] = {"mono": {"transcribe": 8.0}, "stereo": {}}
    measured = Measured([replace(CALL, errors_as_heard=11), STEREO], [SLOW], stage_s, [MONO_BESIDE], [silence])
    text = page(report(measured, "torch"), measured)
    assert "| all (2 calls) |" in text
    assert "| transcribe | 0.0889 | 0.0000 |" in text  # 8 s over 90 s of mono
    assert "| music | 1800 | 0 | 100.0 | 90.0 |" in text
    assert "| all mono | 200 | 11, 5.5% | 10, 5.0% | 8, 4.0% | 1.25 |" in text
    assert "| all mono | 5.0% / 4.0% = 1.25 (10 and 8 of 200) |" in text
    assert "5.0 s (18.0 x real time) | 30.0 s (3.0 x real time) | 6.0 |" in text
    assert "3.5% (14/400)" in text  # no interval: two calls are too few
