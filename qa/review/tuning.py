"""A form's thresholds and bands refitted to what people found: on one part of the calls, shown on the other, switched by
nobody here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from qa.language import Embedder, annotate
from qa.language.shelf import VectorShelf
from qa.model import Conversation, Evaluation, UsageError
from qa.review.calibration.questions import closed_session, rating
from qa.review.gating import compared
from qa.review.halves import half_of
from qa.review.tunable import Tunable, changes, tunables
from qa.review.verdicts import ReadyForm, ready_form
from qa.store import Store
from scoring.again import evaluate_again, kept_results
from scoring.rubric import Rubric

MIN_GAIN = 2
"""Verdicts that a move has to set right on balance: one alone is chance."""
MIN_CALLS = 20
_READER = "tuning"


@dataclass(frozen=True, slots=True)
class Example:
    """A call with what people found: the answer's category by criterion id."""

    call_id: str
    conversation: Conversation
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Move:
    """One threshold or edge of a band moved; ``gain``: verdicts set right on balance, on the part it was fitted to."""

    of: Tunable
    before: float
    after: float
    gain: int


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Both forms on the calls that nothing was fitted to: right verdicts of ``n``, and those that changed."""

    n_calls: int
    n: int
    right_before: int
    right_after: int
    set_right: int
    set_wrong: int

    @property
    def p(self) -> float:
        """How likely so uneven a change is when the two forms are equally good (McNemar's exact test, two-sided)."""
        from scipy.stats import binomtest

        changed = self.set_right + self.set_wrong
        return float(binomtest(self.set_right, changed).pvalue) if changed else 1.0


@dataclass(frozen=True, slots=True)
class Tuned:
    """A proposal: the form with what was moved, and what it is worth."""

    form: Rubric
    moves: tuple[Move, ...]
    n_fitted: int
    """Calls that it was fitted to."""
    held_out: HeldOut

    @property
    def better(self) -> bool:
        """It is right more often than the form of today on calls it has not seen."""
        return self.held_out.right_after > self.held_out.right_before


Judged = Callable[[Rubric, Example], Mapping[str, str]]
"""What a form finds in a call: the answer's category by criterion id."""


def examples_of(store: Store, form: Rubric) -> list[Example]:
    """The calls of closed sessions on which people came to an answer, by call id."""
    sessions = [closed_session(store, s.session_id, _READER) for s in store.calibration.sessions() if s.closed]
    sessions.sort(key=lambda each: (str(each.session.closed_at), each.session.session_id))
    labels: dict[str, dict[str, str]] = {}
    places: dict[str, str] = {}
    for questions in compared(form, sessions).values():
        for q in questions:
            if q.consensus is not None:
                labels.setdefault(q.call_id, {})[q.criterion.id] = q.consensus.label
                places |= {c.call_id: c.conversation_id for c in q.session.calls if c.call_id == q.call_id}
    found = []
    for call_id in sorted(labels):
        conversation = store.find_conversation(places[call_id])
        if conversation is None:
            raise LookupError(places[call_id])  # the store's foreign key keeps it
        found.append(Example(call_id, conversation, labels[call_id]))
    return found


def tune(form: Rubric, examples: Sequence[Example], judged: Judged) -> Tuned:
    """Move one threshold or edge after another to where most verdicts of one half of the calls are right; judge it by the other.

    Raises:
        UsageError: fewer than 20 calls in one of the halves.
    """
    halves: tuple[list[Example], list[Example]] = ([], [])
    for example in examples:
        halves[half_of(example.call_id)].append(example)
    fitted, held_out = halves
    if min(len(fitted), len(held_out)) < MIN_CALLS:
        raise UsageError(
            f"{len(fitted)} and {len(held_out)} calls with people's answers in the two parts",
            expected=f"{MIN_CALLS} or more in each",
            fix="Close a calibration session with more calls",
        )
    proposed, moves = form, []
    right = _right(form, fitted, judged)
    for each in tunables(form):
        before = each.value(proposed)
        scored = {value: _right(each.moved(proposed, value), fitted, judged) for value in each.candidates(proposed)}
        if not scored:
            continue
        # Of equally good ones the nearest: a form should change no more than it has to.
        best = max(scored, key=lambda value: (scored[value], -abs(value - before), value))
        if scored[best] >= right + MIN_GAIN:
            moves.append(Move(each, before, best, scored[best] - right))
            proposed, right = each.moved(proposed, best), scored[best]
    return Tuned(proposed, tuple(moves), len(fitted), _compare(form, proposed, held_out, judged))


def write_proposal(tuned: Tuned, base: str, path: Path) -> None:
    """Write the proposal as a form that extends ``base`` (a shipped id or a file), with the next version.

    Raises:
        UsageError: there is such a file: a proposal never takes another's place.
    """
    document = {
        "id": tuned.form.id,
        "version": _next(tuned.form.version),
        "extends": base if Path(base).suffix not in (".yaml", ".yml") else str(Path(base).resolve()),
        **changes(tuned.form, [move.of for move in tuned.moves]),
    }
    try:
        with path.open("x", encoding="utf-8") as file:
            yaml.safe_dump(document, file, allow_unicode=True, sort_keys=False, width=120)
    except FileExistsError:
        raise UsageError("there is such a file", where=str(path), expected="a new name for the proposal") from None


@dataclass(slots=True)
class FormJudge:
    """Judges calls by forms that differ little: what a change does not touch is kept, and vectors are computed once."""

    embedder: Embedder
    _talks: dict[str, tuple[Conversation, VectorShelf]] = field(default_factory=dict)
    _first: dict[str, Evaluation] = field(default_factory=dict)
    _ready: ReadyForm | None = None

    def __call__(self, form: Rubric, example: Example) -> Mapping[str, str]:
        ready = self._form(form)
        if example.call_id not in self._talks:
            talk = annotate(example.conversation, embedder=self.embedder)
            self._talks[example.call_id] = talk, VectorShelf(self.embedder)
        talk, shelf = self._talks[example.call_id]
        first = self._first.get(example.call_id)
        if first is None:
            found = self._first[example.call_id] = ready.evaluate(talk, shelf)
        else:
            kept = kept_results(first, ready.fingerprints)
            found = evaluate_again(form, talk.call, first, kept, lambda part: ready.evaluate(talk, shelf, part, first))
        criteria = {criterion.id: criterion for criterion in form.criteria}
        return {r.criterion: rating(criteria[r.criterion], r.outcome, r.answer).label for r in found.results}

    def _form(self, form: Rubric) -> ReadyForm:
        if self._ready is None or self._ready.rubric is not form:
            anchors = b"" if self._ready is None else self._ready.anchors.to_bytes()
            self._ready = ready_form(form, self.embedder, None, anchors)
        return self._ready


def _hits(form: Rubric, example: Example, judged: Judged) -> dict[str, bool]:
    found = judged(form, example)
    return {criterion: found.get(criterion) == label for criterion, label in example.labels.items()}


def _right(form: Rubric, examples: Sequence[Example], judged: Judged) -> int:
    return sum(sum(_hits(form, example, judged).values()) for example in examples)


def _compare(before: Rubric, after: Rubric, examples: Sequence[Example], judged: Judged) -> HeldOut:
    pairs = [
        (was, now)
        for example in examples
        for was, now in zip(
            _hits(before, example, judged).values(), _hits(after, example, judged).values(), strict=True
        )
    ]
    return HeldOut(
        n_calls=len(examples),
        n=len(pairs),
        right_before=sum(was for was, _ in pairs),
        right_after=sum(now for _, now in pairs),
        set_right=sum(now and not was for was, now in pairs),
        set_wrong=sum(was and not now for was, now in pairs),
    )


def _next(version: str) -> str:
    """The version with its middle number raised: verdicts may change, the form's questions do not."""
    major, minor, _ = version.split("-")[0].split("+")[0].split(".")
    return f"{major}.{int(minor) + 1}.0"
