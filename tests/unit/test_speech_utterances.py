"""Words to utterances to turns."""

from __future__ import annotations

import pytest

from qa.model import Span, SpeakerRole, Word
from qa.speech.diarize import Diarization
from qa.speech.transcribe import ChannelWord
from qa.speech.utterances import by_channel, by_speaker, join_words, to_turns, whole_sentences


def said(channel: int, *words: tuple[str, float, float]) -> list[ChannelWord]:
    return [ChannelWord(channel, Word(text=t, start_s=a, end_s=b, confidence=0.8)) for t, a, b in words]


def test_joining_words() -> None:
    def text(*parts: str) -> str:
        return join_words([Word(text=p, start_s=0, end_s=0, confidence=1) for p in parts])

    assert text("It", "costs", "$10", ",000", "today.") == "It costs $10,000 today."
    assert text("您好", "，", "我", "姓", "林") == "您好，我姓林"
    assert text("账单", "是", "4,", "6", "80", "元") == "账单是4,680元"
    assert text("five", "4", "2", "times") == "five 4 2 times", "said one by one"
    assert text("用", "App", "store", "下载") == "用App store下载"


def test_channels_interleave_and_a_back_channel_does_not_cut_a_turn() -> None:
    agent = said(0, ("so", 0.0, 0.3), ("your", 0.4, 0.7), ("card", 0.8, 1.2), ("is", 1.3, 1.5), ("blocked", 1.6, 2.2))
    customer = said(1, ("mhm", 0.9, 1.1), ("thanks", 3.0, 3.4))
    turns = to_turns(by_channel(agent + customer))
    assert [(t.channel, t.text) for t in turns] == [(0, "so your card is blocked"), (1, "mhm thanks")]
    assert turns[0].span == Span(0.0, 2.2)


def test_a_pause_without_another_voice_stays_one_turn() -> None:
    turns = to_turns(by_channel(said(0, ("one", 0.0, 0.5), ("moment", 3.0, 3.5))))
    assert [t.text for t in turns] == ["one moment"]


def test_words_go_to_who_talks_during_them() -> None:
    diarization = Diarization({"A": (Span(0, 2.0),), "B": (Span(1.9, 4.0),)})
    words = said(0, ("hello", 0.9, 1.4), ("there", 1.5, 2.1), ("hi", 3.3, 3.9), ("late", 4.3, 4.6))
    # "there" lies 0.5 s in A and 0.2 s in B; "late" lies in nobody's speech, B ended last before it.
    assert [(u.speaker, u.text) for u in by_speaker(words, diarization)] == [("A", "hello there"), ("B", "hi late")]


def test_a_single_word_on_the_wrong_side_goes_back() -> None:
    diarization = Diarization({"A": (Span(0, 1.0), Span(1.5, 3.0)), "B": (Span(1.0, 1.5),)})
    words = said(0, ("your", 0.6, 1.0), ("account", 1.02, 1.48), ("number", 1.5, 2.0))
    assert [u.speaker for u in by_speaker(words, diarization)] == ["A", "A", "A"]


def test_a_back_channel_with_pauses_stays() -> None:
    diarization = Diarization({"A": (Span(0, 1.0), Span(2.5, 3.0)), "B": (Span(1.5, 2.0),)})
    words = said(0, ("number", 0.5, 1.0), ("mhm", 1.5, 2.0), ("please", 2.5, 3.0))
    assert [u.speaker for u in by_speaker(words, diarization)] == ["A", "B", "A"]


def test_turn_confidence_is_the_mean_of_its_words() -> None:
    words = [*said(0, ("a", 0, 1)), ChannelWord(0, Word(text="b", start_s=1, end_s=2, confidence=0.4))]
    (turn,) = to_turns([u.with_role(SpeakerRole.AGENT, 0.9) for u in by_channel(words)])
    assert turn.confidence == 0.6
    assert (turn.role, turn.role_confidence, turn.index) == (SpeakerRole.AGENT, 0.9, 0)


def test_a_long_silence_ends_a_turn_of_the_same_speaker() -> None:
    turns = to_turns(by_channel(said(0, ("wait", 0.0, 0.5), ("please", 5.4, 6.0), ("thanks", 11.0, 11.5))))
    # 4.9 s of silence, then 5.0 s.
    assert [(t.text, t.start_s, t.end_s) for t in turns] == [("wait please", 0.0, 6.0), ("thanks", 11.0, 11.5)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a:I b:don't b:deal b:with b:those.", "bbbbb"),  # the first word's time was wrong
        ("a:It's a:four a:four b:one. b:Thanks.", "aaaab"),  # the last one's; the next sentence stays
        ("a:All a:right? b:Yes.", "aab"),  # people take over between sentences
        ("a:Tell a:me / b:Well b:it b:broke.", "aabbb"),  # or after a pause
        ("a:So a:you a:were b:I b:was b:there.", "aaabbb"),  # three words are no scrap
        ("a:您 b:好", "ab"),  # without marks nobody knows where a sentence ends
    ],
)
def test_a_scrap_of_a_sentence_goes_to_who_says_the_rest(line: str, expected: str) -> None:
    words: list[Word] = []
    speakers: list[str] = []
    time_s = 0.0
    for token in line.split():
        if token == "/":
            time_s += 0.5
            continue
        speaker, text = token.split(":")
        words.append(Word(text=text, start_s=time_s, end_s=time_s + 0.2, confidence=0.9))
        speakers.append(speaker)
        time_s += 0.25
    assert "".join(whole_sentences(words, speakers)) == expected
