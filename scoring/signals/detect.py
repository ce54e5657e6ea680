"""Signals that words alone do not tell: they need the call data, the place in the call, or what the other side said."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from qa.model import SpeakerRole
from scoring import homophones
from scoring.patterns import Pattern, Phrase, find_all
from scoring.signals.book import Hit, SignalBook
from scoring.text import clause, word_spans, words
from scoring.transcript import Unit

if TYPE_CHECKING:
    from scoring.signals.model import Answer, Detect, NamedCompany, Question, Restatement
    from scoring.transcript import Transcript

_SHORT_TURN_WORDS = {"en": 9, "zh": 16}
_ANSWER_TURNS = 2
_INTRODUCTION_CHARACTERS = {"en": 110, "zh": 40}
_ASKED_ABOUT_CHARACTERS = 12
_QUESTION_CHARACTERS = 90
_SAME_NAME = 0.8
"""How alike a word has to be to the agent's name."""
_DIGIT_WORDS = {
    "oh": "0", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "零": "0", "〇": "0", "一": "1", "幺": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5",
    "六": "6", "七": "7", "八": "8", "九": "9",
}  # fmt: skip


def detect(book: SignalBook, name: str, detector: Detect) -> list[Hit]:
    """The hits of a structural signal."""
    match detector.kind:
        case "named_company":
            return _named_company(book, name, detector)
        case "own_name":
            return _own_name(book, name)
        case "question":
            return _questions(book, name, detector)
        case "answer":
            return _answers(book, name, detector)
        case "restatement":
            return _restatements(book, name, detector)


def _named_company(book: SignalBook, name: str, detector: NamedCompany) -> list[Hit]:
    transcript = book.transcript
    until = _candidates(transcript, book.pattern(detector.until))
    ignore = frozenset(detector.ignore)
    taken: dict[int, list[tuple[int, int]]] = {}
    for other in detector.remove:
        for hit in book.hits(other):
            taken.setdefault(hit.turn, []).append((hit.start, hit.end))
    found = []
    for turn in sorted(transcript.window("opening")):
        if transcript.turns[turn].role != SpeakerRole.AGENT:
            continue
        folded = transcript.folded[turn][: _INTRODUCTION_CHARACTERS[transcript.language]]
        stop = next((start for start, _ in find_all(until.get(turn, ()), folded)), len(folded))
        if transcript.language == "zh":
            folded = _blank_words(folded, ignore)
        left = [
            (start, end)
            for start, end in word_spans(folded[:stop])
            if folded[start:end] not in ignore and not any(a < end and start < b for a, b in taken.get(turn, ()))
        ]
        if len(left) >= (2 if transcript.language == "zh" else 1):
            found.append(Hit(turn, left[0][0], left[-1][1], name, 0.75, "structure"))
    return found


def _blank_words(folded: str, ignore: frozenset[str]) -> str:
    # Chinese has no spaces: blank the formulas, the longest first.
    for word in sorted(ignore, key=len, reverse=True):
        folded = folded.replace(word, " " * len(word))
    return folded


def _own_name(book: SignalBook, name: str) -> list[Hit]:
    transcript = book.transcript
    given = transcript.conversation.call.agent_name
    if not given:
        return []
    found = []
    for turn in transcript.turns:
        if turn.role != SpeakerRole.AGENT:
            continue
        folded = transcript.folded[turn.index]
        spans = _chinese_name(folded, given) if transcript.language == "zh" else _english_name(folded, given)
        found += [Hit(turn.index, start, end, name, 0.9, "call_data") for start, end in spans]
    return found


def _english_name(folded: str, given: str) -> list[tuple[int, int]]:
    first = words(given.lower())[:1]
    if not first or len(first[0]) < 3:
        return []
    alike = SequenceMatcher(None, "", first[0])
    found = []
    for start, end in word_spans(folded):
        if end - start >= 3:
            alike.set_seq1(folded[start:end])
            # The quick ones are never below the exact one.
            if all(ratio() >= _SAME_NAME for ratio in (alike.real_quick_ratio, alike.quick_ratio, alike.ratio)):
                found.append((start, end))
    return found


def _chinese_name(folded: str, given: str) -> list[tuple[int, int]]:
    sounds = homophones.syllables(folded)
    found = []
    forms = [given, "小" + given[:1]] + ([given[1:]] if len(given) == 3 else [])
    for form in forms:
        target = homophones.syllables(form)
        if len(target) < 2 or not all(target):
            continue
        size = len(target)
        found += [(at, at + size) for at in range(len(sounds) - size + 1) if sounds[at : at + size] == target]
    return found


def _questions(book: SignalBook, name: str, detector: Question) -> list[Hit]:
    transcript = book.transcript
    starts = _candidates(transcript, book.pattern(detector.starts))
    taken: dict[int, list[Hit]] = {}
    for other in detector.unless:
        for hit in book.hits(other):
            taken.setdefault(hit.turn, []).append(hit)
    found = []
    for unit in transcript.units:
        if unit.role != SpeakerRole.AGENT:
            continue
        for start, end in _question_spans(unit, starts.get(unit.turn, ()), detector, transcript.language):
            if not any(hit.start < end and start < hit.end for hit in taken.get(unit.turn, ())):
                found.append(Hit(unit.turn, start, end, name, 0.75, "structure"))
    return found


def _candidates(transcript: Transcript, pattern: Pattern | None) -> dict[int, list[Phrase]]:
    """By turn, the phrases that may match in it."""
    return dict(transcript.literals.candidates(pattern or ()))


def _question_spans(unit: Unit, starts: Sequence[Phrase], detector: Question, language: str) -> list[tuple[int, int]]:
    found = list(find_all(starts, unit.text))
    if not found:
        marked = detector.mark_suffices and unit.text.rstrip("\"' ").endswith(("?", "？"))
        return [(unit.start, unit.end)] if marked else []
    if language == "zh":
        # The question word stands late: what is asked about comes before it.
        spans = [(max(clause(unit.text, start, end)[0], start - _ASKED_ABOUT_CHARACTERS), end) for start, end in found]
    else:
        edges = [*(start for start, _ in found), len(unit.text)]
        spans = [(a, min(b, a + _QUESTION_CHARACTERS)) for a, b in pairwise(edges) if b > a]
    return [(unit.start + start, unit.start + end) for start, end in spans]


def _answers(book: SignalBook, name: str, detector: Answer) -> list[Hit]:
    transcript = book.transcript
    requests = {_unit_of(transcript, hit) for hit in book.hits(detector.request)}
    # "It's Lee, M12 4AB. I don't know why I bother" answers: only what is said first refuses.
    refusals = {hit.turn for hit in book.hits(detector.refusal) if _unit_of(transcript, hit) == (hit.turn, 0)}
    short = _SHORT_TURN_WORDS[transcript.language]
    found = []
    for asked in detector.asked:
        for hit in book.hits(asked):
            if _unit_of(transcript, hit) not in requests and len(words(transcript.folded[hit.turn])) > short:
                continue
            for floor in transcript.next_floors(hit.turn, SpeakerRole.CUSTOMER, _ANSWER_TURNS):
                answer = floor[0]
                if answer in refusals:
                    break
                if transcript.folded[answer].strip():
                    found.append(Hit(answer, 0, len(transcript.folded[answer]), name, 0.8, "structure", asked))
                    break
    return found


def _unit_of(transcript: Transcript, hit: Hit) -> tuple[int, int]:
    """The turn and the number of the sentence in it where a hit begins."""
    starts = [unit.start for unit in transcript.units_of(hit.turn)]
    return hit.turn, max(bisect_right(starts, hit.start) - 1, 0)


def _restatements(book: SignalBook, name: str, detector: Restatement) -> list[Hit]:
    transcript = book.transcript
    openers = _candidates(transcript, book.pattern(detector.openers))
    common = frozenset(detector.common)
    meant = [hit for other in detector.opened_by for hit in book.hits(other)]
    read_out = {_unit_of(transcript, hit) for other in detector.not_from for hit in book.hits(other)}
    agreed = _agreed(book, detector.agreed_by)
    found = []
    customer = deque(turn.index for turn in transcript.turns if turn.role == SpeakerRole.CUSTOMER)
    just_said, told, told_digits = set[str](), set[str](), ""
    for unit in transcript.units:
        while customer and customer[0] < unit.turn:
            heard = transcript.folded[customer.popleft()]
            just_said = _content(heard, common, transcript.language)
            told |= just_said
            told_digits += _digits(heard)
        if unit.role != SpeakerRole.AGENT:
            continue
        if _unit_of(transcript, Hit(unit.turn, unit.start, unit.end)) in read_out:
            continue
        digits = _digits(unit.text)
        if len(digits) >= detector.min_digits and _reads_back(digits, told_digits, detector.min_digits):
            found.append(Hit(unit.turn, unit.start, unit.end, name, 0.8, "structure"))
            continue
        if detector.echoes and _echoes(_content(unit.text, common, transcript.language), just_said, detector.echoes):
            found.append(Hit(unit.turn, unit.start, unit.end, name, 0.7, "structure"))
            continue
        opened = next((start for start, _ in find_all(openers.get(unit.turn, ()), unit.text)), None)
        least = detector.min_shared
        if opened is None and any(hit.turn == unit.turn and unit.start <= hit.start < unit.end for hit in meant):
            opened, least = 0, least + 1
        if opened is None:
            continue
        if unit.turn in agreed:
            least = 1
        own = _content(unit.text[opened:], common, transcript.language)
        shared = own & told
        if len(shared) >= max(least, detector.min_share * len(own)):
            found.append(Hit(unit.turn, unit.start + opened, unit.end, name, 0.7, "structure"))
    return found


def _agreed(book: SignalBook, signal: str | None) -> set[int]:
    """The agent's turns whose answer begins with the signal."""
    if signal is None:
        return set()
    transcript = book.transcript
    beginnings = {hit.turn for hit in book.hits(signal) if _unit_of(transcript, hit) == (hit.turn, 0)}
    turns = [turn.index for turn in transcript.turns if turn.role == SpeakerRole.AGENT]
    following = ((turn, transcript.next_floors(turn, SpeakerRole.CUSTOMER, 1)) for turn in turns)
    return {turn for turn, floors in following if floors and floors[0][0] in beginnings}


def _echoes(own: set[str], heard: set[str], least: int) -> bool:
    return len(own & heard) >= max(least, len(own) / 2)


def _digits(folded: str) -> str:
    return "".join(word if word.isdigit() else _DIGIT_WORDS.get(word, " ") for word in words(folded))


def _reads_back(own: str, heard: str, least: int) -> bool:
    return any(run in heard for run in own.split() if len(run) >= least)


def _content(folded: str, common: frozenset[str], language: str) -> set[str]:
    tokens = words(folded)
    if language == "zh":  # pairs of characters are about words
        return {a + b for a, b in pairwise(tokens) if a not in common and b not in common}
    return {token for token in tokens if token not in common and len(token) > 2}
