"""Words to utterances to turns.

An utterance is a run of one speaker's words without a long pause; roles are found for utterances. A turn is one role
until another takes over, made of utterances.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.model import SpeakerRole, Turn, Word
from qa.speech.diarize import Diarization
from qa.speech.transcribe import ChannelWord
from qa.speech.voices import second_look

_CLOSING = frozenset(",.!?;:%)'-")
_SENTENCE_ENDS = frozenset(".?!。？！")
_OPEN_NUMBER = re.compile(r"\d[,.]?$")
_FLOWS_S = 0.25
_SCRAP_WORDS = 2
PAUSE_S = 0.8
"""A pause this long ends an utterance."""
SILENCE_S = 5.0
"""A silence this long ends a turn even if the same speaker goes on: a hold or dead air lies between turns, not in one."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words of one speaker in one go. ``speaker`` is a diarizer's label or ``channel-N``."""

    speaker: str
    channel: int
    words: tuple[Word, ...]
    role: SpeakerRole = SpeakerRole.UNKNOWN
    role_confidence: float = 0.0

    @property
    def start_s(self) -> float:
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        return max(word.end_s for word in self.words)

    @property
    def text(self) -> str:
        return join_words(self.words)

    def with_role(self, role: SpeakerRole, confidence: float) -> Utterance:
        return replace(self, role=role, role_confidence=confidence)


def join_words(words: Sequence[Word]) -> str:
    """Words as text: a space between them, except before punctuation (``$10`` ``,000``), beside Chinese, and within the
    numbers of Chinese text, which recognisers give in parts (``4,`` ``6`` ``80``)."""
    text = ""
    chinese = any(_is_cjk(word.text[:1]) for word in words)
    for word in words:
        first = word.text[:1]
        spaced = bool(text) and not _is_cjk(text[-1]) and not _is_cjk(first) and first not in _CLOSING
        if chinese and first.isdigit() and _OPEN_NUMBER.search(text):
            spaced = False
        text += (" " if spaced else "") + word.text
    return text


def by_channel(words: Sequence[ChannelWord]) -> list[Utterance]:
    """Utterances where each channel is a speaker, in order of their start."""
    channels = sorted({item.channel for item in words})
    found: list[Utterance] = []
    for channel in channels:
        own = [item.word for item in words if item.channel == channel]
        found += [Utterance(f"channel-{channel}", channel, run) for run in _runs(own)]
    return sorted(found, key=lambda u: (u.start_s, u.end_s))


def by_speaker(words: Sequence[ChannelWord], diarization: Diarization) -> list[Utterance]:
    """Utterances of a mono recording: each word goes to who talks during most of it, else to who is nearest.

    Then whole phrases are compared with the voices found (`qa.speech.voices`).
    """
    if not words:
        return []
    speakers: list[str] = []
    for item in words:
        speakers.append(_speaker_of(item.word, diarization, speakers[-1] if speakers else None))
    spoken = [item.word for item in words]
    if diarization.voices is not None:
        speakers = second_look(spoken, speakers, diarization.voices)
    speakers = whole_sentences(spoken, speakers)
    runs: list[tuple[str, list[Word]]] = []
    for word, speaker in zip(spoken, speakers, strict=True):
        if runs and runs[-1][0] == speaker and word.start_s - runs[-1][1][-1].end_s <= PAUSE_S:
            runs[-1][1].append(word)
        else:
            runs.append((speaker, [word]))
    return _without_slivers([Utterance(speaker, words[0].channel, tuple(run)) for speaker, run in runs])


def whole_sentences(words: Sequence[Word], speakers: Sequence[str]) -> list[str]:
    """Speakers of ``words``; a scrap of a sentence that goes on without a pause in another's mouth goes to the other.

    People take over between sentences. A change in the midst of one is most often a word whose time is wrong. Mandarin is
    left as it is: recognisers hardly mark where its sentences end.
    """
    given = list(speakers)
    for i in range(1, len(words)):
        flows = words[i].start_s - words[i - 1].end_s < _FLOWS_S and words[i - 1].text[-1:] not in _SENTENCE_ENDS
        if given[i] == given[i - 1] or not flows or _is_cjk(words[i].text[:1]):
            continue
        head = next((k for k in range(i - 1, -1, -1) if not _goes_on(words, given, k)), 0)
        tail = next((k for k in range(i, len(words)) if not _goes_on(words, given, k + 1)), len(words) - 1)
        before, after = i - head, tail + 1 - i
        if min(before, after) <= _SCRAP_WORDS and before != after:
            owner = given[i] if before < after else given[i - 1]
            given[head : tail + 1] = [owner] * (before + after)
    return given


def _goes_on(words: Sequence[Word], speakers: Sequence[str], i: int) -> bool:
    """True when word ``i`` continues the sentence and the speaker of the word before it."""
    return 0 < i < len(words) and speakers[i] == speakers[i - 1] and words[i - 1].text[-1:] not in _SENTENCE_ENDS


def to_turns(utterances: Sequence[Utterance]) -> tuple[Turn, ...]:
    """Join neighbouring utterances of one speaker and role into turns, up to a long silence."""
    groups: list[list[Utterance]] = []
    for utterance in sorted(utterances, key=lambda u: (u.start_s, u.end_s)):
        last = groups[-1][-1] if groups else None
        goes_on = last is not None and (last.speaker, last.role) == (utterance.speaker, utterance.role)
        if goes_on and utterance.start_s - max(u.end_s for u in groups[-1]) < SILENCE_S:
            groups[-1].append(utterance)
        else:
            groups.append([utterance])
    return tuple(_turn(index, group) for index, group in enumerate(groups))


def _turn(index: int, group: Sequence[Utterance]) -> Turn:
    words = tuple(word for utterance in group for word in utterance.words)
    return Turn(
        index=index,
        role=group[0].role,
        text=join_words(words),
        start_s=round(group[0].start_s, 3),
        end_s=round(max(u.end_s for u in group), 3),
        confidence=round(sum(word.confidence for word in words) / len(words), 3),
        role_confidence=round(group[0].role_confidence, 3),
        speaker=group[0].speaker,
        channel=group[0].channel,
        words=words,
    )


def _runs(words: Sequence[Word]) -> list[tuple[Word, ...]]:
    runs: list[list[Word]] = []
    for word in words:
        if runs and word.start_s - runs[-1][-1].end_s <= PAUSE_S:
            runs[-1].append(word)
        else:
            runs.append([word])
    return [tuple(run) for run in runs]


def _speaker_of(word: Word, diarization: Diarization, previous: str | None) -> str:
    talking = diarization.at(word.start_s, max(word.end_s, word.start_s + 0.02))
    if talking:
        most = max(talking.values())
        # In overlapped speech the one who already had the word keeps it.
        if previous in talking and talking[previous] >= 0.9 * most:
            return previous
        return max(talking, key=lambda name: talking[name])
    return diarization.nearest((word.start_s + word.end_s) / 2) or previous or "speaker"


def _without_slivers(utterances: list[Utterance]) -> list[Utterance]:
    """A single word between two utterances of another speaker, without a pause on either side, is theirs.

    Word times of the recogniser are good to about 0.2 s, so the first or last word of a turn often falls on the wrong
    side; a back-channel has a pause or an overlap around it and stays.
    """
    kept: list[Utterance] = []
    for i, utterance in enumerate(utterances):
        before = kept[-1] if kept else None
        after = utterances[i + 1] if i + 1 < len(utterances) else None
        if (
            before is not None
            and after is not None
            and len(utterance.words) == 1
            and before.speaker == after.speaker != utterance.speaker
            and utterance.start_s - before.end_s < 0.1
            and after.start_s - utterance.end_s < 0.1
        ):
            utterance = replace(utterance, speaker=before.speaker)
        kept.append(utterance)
    return kept


def _is_cjk(character: str) -> bool:
    return bool(character) and ("\u2e80" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef")
