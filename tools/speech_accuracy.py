"""Speech against gold: error rates, roles, speakers. Counts, not percentages, so that calls add up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from qa.language import for_error_rate
from qa.model import Conversation, Language, Span, SpeakerRole, Turn, Word

PEOPLE = (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
_FRAME_S = 0.02
_PAUSE_S = 0.25
_PAUSE_DB = 30.0
_NOISE_MARGIN_DB = 6.0
_GRACE_S = 0.25


@dataclass(frozen=True, slots=True)
class SpeechCounts:
    """Counts over one call or many; add them with ``+``. Units of text are words (en) or characters (zh)."""

    units: int = 0
    errors: int = 0
    """Substitutions, deletions and insertions against gold, all turns in order of their start, whoever spoke."""
    by_role_errors: int = 0
    """The same with each role's words compared to that role's gold (a word under the wrong role counts twice)."""
    role_words: int = 0
    role_words_right: int = 0
    calls: int = 0
    calls_roles_right: int = 0
    """Calls in which most words of the agent, and most of the customer, carry their role."""
    speech_s: float = 0.0
    missed_s: float = 0.0
    false_alarm_s: float = 0.0
    confusion_s: float = 0.0

    def __add__(self, other: Self) -> SpeechCounts:
        return SpeechCounts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    @property
    def error_rate(self) -> float:
        return self.errors / self.units

    @property
    def by_role_error_rate(self) -> float:
        return self.by_role_errors / self.units

    @property
    def diarization_error_rate(self) -> float:
        """Missed, false and confused speech over true speech; no collar, overlap scored."""
        return (self.missed_s + self.false_alarm_s + self.confusion_s) / self.speech_s


@dataclass(frozen=True, slots=True)
class DiarizationErrors:
    """Seconds of true speech, and of speech missed, invented and given to the wrong speaker."""

    speech_s: float
    missed_s: float
    false_alarm_s: float
    confusion_s: float

    @property
    def wrong_s(self) -> float:
        return self.missed_s + self.false_alarm_s + self.confusion_s


@dataclass(frozen=True, slots=True)
class SpeakerErrors:
    """Errors of a diarizer's own spans against gold turns without their inner pauses, and against turns as written."""

    without_pauses: DiarizationErrors
    written: DiarizationErrors


@dataclass(frozen=True, slots=True)
class CallCounts:
    """One call's counts of words and seconds, so that calls add up. ``der`` is None where no diarizer ran."""

    call_id: str
    language: Language
    side: Literal["stereo", "mono"]
    """``stereo``: the channel is the speaker. ``mono``: everything that needs a diarizer."""
    audio_s: float
    units: int
    errors: int
    cp_errors: int
    di_errors: int
    di_unit_errors: int
    n_words: int
    invented: int
    wall_s: float
    cpu_s: float
    der: SpeakerErrors | None = None
    der_of_turns: DiarizationErrors | None = None
    """Whole turns under their roles against gold as written: what the RTTM output is worth."""
    role_words: int = 0
    role_words_right: int = 0
    roles_right: int = 0
    swapped_silently: int = 0
    """1 when fewer than half of the people's words carry their role and the call is not flagged ``role_uncertain``."""
    uncertain: int = 0
    errors_as_heard: int = 0
    """Before homophones were written right."""


class Truth:
    """Gold of a call: its turns with text, and its RTTM with and without the pauses inside turns."""

    def __init__(self, gold: Conversation, rttm: str, samples: NDArray[np.int16], rate_hz: int) -> None:
        self.conversation, self.rttm, self.written = gold, rttm, read_rttm(rttm)
        self.speech = without_pauses(self.written, samples, rate_hz)

    @property
    def language(self) -> Language:
        return self.conversation.language or "en"

    def stretches(self) -> list[tuple[str, str]]:
        """Role and text of each turn, in order."""
        return [(str(turn.role), turn.text) for turn in self.conversation.turns]

    def speaker_errors(self, speakers: Mapping[str, Sequence[Span]], duration_s: float | None) -> SpeakerErrors:
        """A diarizer's spans by label against both readings of gold."""
        spans = [(name, span) for name, found in speakers.items() for span in found]
        return SpeakerErrors(
            diarization_errors(spans, self.speech, duration_s), diarization_errors(spans, self.written, duration_s)
        )


def compare(found: Conversation, gold: Conversation, rttm: str) -> SpeechCounts:
    """How far a conversation is from gold; ``rttm`` holds the true speech by role."""
    language = gold.language or "en"
    errors, units = text_errors(_text(gold.turns, language), _text(found.turns, language))
    by_role = sum(
        text_errors(
            _text([t for t in gold.turns if t.role == role], language),
            _text([t for t in found.turns if t.role == role], language),
        )[0]
        for role in SpeakerRole
    )
    right = {role: _words_right(found, gold, role) for role in PEOPLE}
    spans = [(turn.speaker or "speaker", span) for turn in found.turns for span in _runs(turn)]
    parts = diarization_errors(spans, read_rttm(rttm), found.duration_s)
    return SpeechCounts(
        units=units,
        errors=errors,
        by_role_errors=by_role,
        role_words=sum(n for _, n in right.values()),
        role_words_right=sum(ok for ok, _ in right.values()),
        calls=1,
        calls_roles_right=int(all(2 * ok > n for ok, n in right.values() if n)),
        speech_s=parts.speech_s,
        missed_s=parts.missed_s,
        false_alarm_s=parts.false_alarm_s,
        confusion_s=parts.confusion_s,
    )


def normalised(text: str, language: Language) -> str:
    """`qa.language.for_error_rate`, units of text (words; zh: characters) set apart by spaces."""
    text = for_error_rate(text, language)
    return " ".join(text.replace(" ", "")) if language == "zh" else text


def _text(turns: Sequence[Turn], language: Language) -> str:
    return normalised(" ".join(turn.text for turn in turns), language)


def text_errors(gold: str, found: str) -> tuple[int, int]:
    """Errors and gold units of two normalised texts (jiwer): substitutions, deletions and insertions."""
    import jiwer

    if not gold.strip():
        return len(found.split()), 0
    got = jiwer.process_words(gold, found)
    return got.substitutions + got.deletions + got.insertions, len(gold.split())


def _words_right(found: Conversation, gold: Conversation, role: SpeakerRole) -> tuple[int, int]:
    """Words heard while only this role was speaking, and how many of them carry it."""
    right = total = 0
    for turn in found.turns:
        for word in turn.words:
            middle_s = (word.start_s + word.end_s) / 2
            speaking = {t.role for t in gold.turns if t.span and t.span.start_s <= middle_s <= t.span.end_s}
            if speaking == {role}:
                total += 1
                right += turn.role == role
    return right, total


def diarization_errors(
    found: Iterable[tuple[str, Span]], gold: Iterable[tuple[str, Span]], duration_s: float | None = None
) -> DiarizationErrors:
    """Labelled spans against the true ones (pyannote.metrics); no collar, overlap scored, over the whole recording."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(labelled: Iterable[tuple[str, Span]]) -> Any:
        made = Annotation()
        for i, (name, span) in enumerate(labelled):
            made[Segment(span.start_s, span.end_s), i] = name
        return made

    reference = annotation(gold)
    whole = Timeline([Segment(0.0, duration_s or reference.get_timeline().extent().end)])
    metric = DiarizationErrorRate(collar=0.0, skip_overlap=False)
    parts = metric(reference, annotation(found), uem=whole, detailed=True)
    return DiarizationErrors(parts["total"], parts["missed detection"], parts["false alarm"], parts["confusion"])


def read_rttm(text: str, recording: str | None = None) -> list[tuple[str, Span]]:
    """Speaker and span of each SPEAKER line, of one recording where the file holds several."""
    rows = [line.split() for line in text.splitlines() if line.startswith("SPEAKER")]
    return [
        (row[7], Span(float(row[3]), float(row[3]) + float(row[4])))
        for row in rows
        if recording is None or row[1] == recording
    ]


def without_pauses(
    gold: Sequence[tuple[str, Span]], samples: NDArray[np.int16], rate_hz: int
) -> list[tuple[str, Span]]:
    """Gold turns with the pauses inside them taken out, as forced alignments do it.

    A pause is more than 0.25 s in which the recording (channels, n; the louder channel counts) stays 30 dB under the
    turn's own loud level (95th percentile of 20 ms frames), or within 6 dB of the recording's noise (5th percentile).
    Where another voice or music sounds at that moment, the pause is not seen and counts as speech.
    """
    kept: list[tuple[str, Span]] = []
    size = int(_FRAME_S * rate_hz)
    noise_db = float(np.percentile(_levels_db(samples, size), 5)) + _NOISE_MARGIN_DB
    for name, span in gold:
        level_db = _levels_db(samples[:, int(span.start_s * rate_hz) : int(span.end_s * rate_hz)], size)
        if len(level_db) < 2:
            kept.append((name, span))
            continue
        loud = np.flatnonzero(level_db > max(float(np.percentile(level_db, 95)) - _PAUSE_DB, noise_db))
        cuts = np.flatnonzero(np.diff(loud) * _FRAME_S > _PAUSE_S)
        edges = [span.start_s, *(t for i in cuts for t in (_at(span, loud[i] + 1), _at(span, loud[i + 1]))), span.end_s]
        kept += [(name, Span(float(a), float(b))) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return kept


def _levels_db(samples: NDArray[np.int16], size: int) -> NDArray[np.float64]:
    """Level of each frame of ``size`` samples in the louder channel, in dB of one 16-bit step."""
    frames = samples[:, : samples.shape[1] // size * size].astype(np.float64).reshape(len(samples), -1, size)
    return np.asarray(10.0 * np.log10(frames.var(axis=2).max(axis=0) + 1e-9))


def _at(span: Span, frame: int) -> float:
    return span.start_s + float(frame) * _FRAME_S


@dataclass(frozen=True, slots=True)
class SpeakerAttributed:
    """Errors in units of text when words count only under the right speaker, whatever the speakers are called."""

    units: int
    cp_errors: int
    """cpWER: all words of a speaker against one gold speaker's, under the best one-to-one match of speakers."""
    di_errors: int
    """DI-cpWER: the same when each stretch may go to any speaker. What is left are errors of recognition."""
    di_unit_errors: int
    """DI-cpWER when each single word (zh: character) may go to any speaker; never more than ``di_errors``."""


def speaker_attributed(
    found: Sequence[tuple[str, str]], gold: Sequence[tuple[str, str]], language: Language
) -> SpeakerAttributed:
    """cpWER and DI-cpWER (meeteval, its greedy search) of (speaker, text) stretches in order of time."""
    from meeteval.io import SegLST
    from meeteval.wer import cp_word_error_rate, greedy_di_cp_word_error_rate

    def segments(stretches: Sequence[tuple[str, str]], *, single: bool) -> Any:
        rows = [(speaker, normalised(text, language)) for speaker, text in stretches]
        if single:
            rows = [(speaker, unit) for speaker, text in rows for unit in text.split()]
        return SegLST([{"session_id": "call", "speaker": who, "words": text} for who, text in rows if text.strip()])

    reference, hypothesis = segments(gold, single=False), segments(found, single=False)
    units = sum(len(row["words"].split()) for row in reference)
    if not len(hypothesis) or not units:
        lost = units + sum(len(row["words"].split()) for row in hypothesis)
        return SpeakerAttributed(units, lost, lost, lost)
    as_given = {"reference_sort": False, "hypothesis_sort": False}
    cp = cp_word_error_rate(reference, hypothesis, **as_given)
    by_stretch = greedy_di_cp_word_error_rate(reference, hypothesis, **as_given)
    by_unit = greedy_di_cp_word_error_rate(reference, segments(found, single=True), **as_given)
    return SpeakerAttributed(units, cp.errors, by_stretch.errors, min(by_unit.errors, by_stretch.errors))


def invented_words(words: Iterable[Word], gold: Iterable[Span]) -> int:
    """Words that touch no gold speech, whoever's; times of the recogniser are given 0.25 s of grace."""
    spans = list(gold)
    return sum(
        1
        for word in words
        if not any(s.start_s - _GRACE_S < word.end_s and word.start_s < s.end_s + _GRACE_S for s in spans)
    )


def _runs(turn: Turn) -> list[Span]:
    """A turn's stretches of speech: words less than a third of a second apart."""
    runs: list[Span] = []
    for word in turn.words:
        if runs and word.start_s - runs[-1].end_s < 0.33:
            runs[-1] = Span(runs[-1].start_s, max(runs[-1].end_s, word.end_s))
        else:
            runs.append(Span(word.start_s, max(word.end_s, word.start_s + 0.01)))
    return runs
