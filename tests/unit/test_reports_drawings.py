"""Evidence in the transcript, the call's timeline and the agent's trend, as positions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from qa.model import Conversation, SpeakerRole, Turn, Word
from reports.timeline import timeline
from reports.transcript import Mark, find_quote, segments
from reports.trend import trend
from tests.report_builders import MET, NOT, START, Line, point, record


def mark(number: int, start: int, end: int, kind: str = "met") -> Mark:
    return Mark(f"e-{number}", f"v-{number}", number, kind, f"label {number}", start, end)


def test_overlapping_quotes_are_cut_at_each_end() -> None:
    #       0123456789
    text = "abcdefghij"
    pieces = segments(text, [mark(1, 2, 6), mark(2, 4, 8, "not_met")])
    assert [(p.text, [m.number for m in p.marks], p.kind) for p in pieces] == [
        ("ab", [], "other"),
        ("cd", [1], "met"),
        ("ef", [1, 2], "not_met"),
        ("gh", [2], "not_met"),
        ("ij", [], "other"),
    ]
    assert [[m.number for m in p.opens] for p in pieces] == [[], [1], [2], [], []]
    assert [[m.number for m in p.closes] for p in pieces] == [[], [], [1], [2], []]


@pytest.mark.parametrize(
    "marks",
    [
        [],
        [mark(1, 0, 10)],
        [mark(1, 0, 3), mark(2, 0, 3)],
        [mark(1, 9, 10), mark(2, 0, 1)],
        [mark(1, 0, 5), mark(2, 5, 10)],
    ],
)
def test_the_pieces_are_the_text(marks: list[Mark]) -> None:
    assert "".join(p.text for p in segments("abcdefghij", marks)) == "abcdefghij"
    opened = [m.number for p in segments("abcdefghij", marks) for m in p.opens]
    assert sorted(opened) == sorted(m.number for m in marks)


def test_an_empty_turn_has_no_pieces() -> None:
    assert segments("", []) == []


@pytest.mark.parametrize(
    ("quote", "start_s", "expected"),
    [
        ("thank you", 10.0, (0, 9)),  # at the turn's start
        ("thank you", 19.0, (17, 26)),  # 26 characters over 10 s: 9 s in is character 23.4, nearer 17 than 0
        ("thank you", None, (0, 9)),
        ("well then", 19.0, None),
        ("", 10.0, None),
    ],
)
def test_a_quote_that_occurs_twice_is_found_by_its_time(
    quote: str, start_s: float | None, expected: tuple[int, int] | None
) -> None:
    turn = Turn(index=0, role=SpeakerRole.AGENT, text="thank you. fine, thank you", start_s=10.0, end_s=20.0)
    assert find_quote(turn, quote, start_s) == expected


def talk(*lines: Line, duration_s: float | None = None) -> Conversation:
    made = record(lines=lines).conversation
    return made.model_copy(update={"duration_s": duration_s})


def test_timeline_positions() -> None:
    # 20 s: agent 0-5, customer 4-8 (overlap 4-5), agent 18-20; silence 8-18
    drawn = timeline(talk(("agent", 0, 5, "a"), ("customer", 4, 8, "b"), ("agent", 18, 20, "c"), duration_s=20.0))
    assert drawn is not None
    assert [(lane.role.value, [(b.x, b.width) for b in lane.bars]) for lane in drawn.lanes] == [
        ("agent", [("0.000%", "25.000%"), ("90.000%", "10.000%")]),
        ("customer", [("20.000%", "20.000%")]),
    ]
    assert [(o.x, o.width) for o in drawn.overlaps] == [("20.000%", "5.000%")]
    assert [(s.x, s.width, s.duration_s, s.middle) for s in drawn.silences] == [("40.000%", "50.000%", 10, "65.000%")]
    assert drawn.ticks == (("0.000%", 0), ("25.000%", 5), ("50.000%", 10), ("75.000%", 15), ("100.000%", 20))


def test_silence_counts_from_three_seconds_and_at_both_ends() -> None:
    drawn = timeline(talk(("agent", 3, 5, "a"), ("agent", 7.9, 9, "b"), duration_s=12.5))
    assert drawn is not None
    assert [s.start_s for s in drawn.silences] == [0, 9]  # 0-3 and 9-12.5; 5-7.9 is too short


def test_words_show_pauses_within_a_turn() -> None:
    words = (Word(text="a", start_s=0, end_s=1, confidence=1), Word(text="b", start_s=5, end_s=6, confidence=1))
    turn = Turn(index=0, role=SpeakerRole.AGENT, text="a b", start_s=0, end_s=6, words=words)
    drawn = timeline(talk(duration_s=6.0).model_copy(update={"turns": (turn,)}))
    assert drawn is not None
    assert len(drawn.lanes[0].bars) == 2
    assert [s.duration_s for s in drawn.silences] == [4]


def test_no_times_no_drawing() -> None:
    turn = Turn(index=0, role=SpeakerRole.AGENT, text="a")
    assert timeline(talk().model_copy(update={"turns": (turn,)})) is None
    assert timeline(talk()) is None


def test_turns_past_the_stated_length_still_fit() -> None:
    drawn = timeline(talk(("agent", 0, 30, "a"), duration_s=10.0))
    assert drawn is not None
    assert drawn.duration_s == 30
    assert drawn.lanes[0].bars[0].width == "100.000%"


def test_trend_positions() -> None:
    # 10 days; 70, 80 and 100 percent; the drawing runs from 40 to 100 over 180 px: y = 180 * (100 - p) / 60
    past = (point("h-1", 10, 70.0), point("h-2", 5, 80.0))
    drawn = trend("a-17", [record("c", {"opening.name": MET})], past)
    assert drawn is not None
    assert [(p.call_id, p.x, p.y, p.current) for p in drawn.points] == [
        ("h-1", "0.000%", 90.0, False),
        ("h-2", "50.000%", 60.0, False),
        ("c", "100.000%", 0.0, True),
    ]
    assert drawn.low == 40
    assert drawn.mean == pytest.approx(250 / 3)
    assert drawn.breaks == ()


def test_a_call_of_the_run_is_drawn_once() -> None:
    drawn = trend("a-17", [record("c", {"opening.name": MET})], (point("c", 0, 55.0), point("h", 3, 60.0)))
    assert drawn is not None
    assert [(p.call_id, p.percent) for p in drawn.points] == [("h", 60.0), ("c", 100.0)]


def test_low_scores_start_the_scale_at_zero() -> None:
    drawn = trend("a-17", [record("c", {"opening.name": NOT})], (point("h", 1, 90.0),))
    assert drawn is not None
    assert (drawn.low, drawn.points[1].y) == (0, 180)


def test_a_changed_rubric_is_marked_and_another_rubric_is_not() -> None:
    past = (
        point("h-1", 9, 70.0, rubric="service-core.en 0.9.0"),
        point("h-2", 8, 70.0, rubric="cards.en 2.0"),
        point("h-3", 6, 70.0, rubric="service-core.en 1.0.0"),
        point("h-4", 5, 70.0, rubric="cards.en 2.0"),
    )
    drawn = trend("a-17", [], past)
    assert drawn is not None
    assert drawn.breaks == (("75.000%", "service-core.en 1.0.0"),)  # day 3 of 4


def test_a_rubric_changed_without_a_new_version_is_marked_and_the_mean_is_of_the_latest() -> None:
    past = (point("h-1", 4, 50.0, rubric_sha256="a" * 64), point("h-2", 2, 80.0), point("h-3", 0, 90.0))
    drawn = trend("a-17", [], past)
    assert drawn is not None
    assert drawn.breaks == (("50.000%", "service-core.en 1.0.0 (000000)"),)
    assert (drawn.mean, drawn.mean_x) == (85.0, "50.000%")


@pytest.mark.parametrize(
    "past",
    [(), (point("h", 1, None),), (point("h", 1, 50.0, started_at=None),), (point("h", 1, 50.0, agent_id="other"),)],
)
def test_one_dated_score_is_no_trend(past: tuple) -> None:  # type: ignore[type-arg]
    assert trend("a-17", [record("c", {"opening.name": MET})], past) is None


def test_calls_at_one_moment_and_times_without_a_zone() -> None:
    naive = datetime(2026, 11, 20, 1, 0)
    drawn = trend(
        "a-17", [record("a", {"opening.name": MET}), record("b", {"opening.name": MET}, started_at=naive)], ()
    )
    assert drawn is not None
    assert [p.x for p in drawn.points] == ["50.000%", "50.000%"]
    later = replace(point("h", 0, 50.0), started_at=START + timedelta(days=1))
    assert trend("a-17", [record("a", {"opening.name": MET})], (later,)) is not None
