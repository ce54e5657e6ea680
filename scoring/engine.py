"""A conversation and a rubric in, an evaluation out. Pure: what compares meanings comes in as a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from qa.model import Conversation, Evaluation, Judge, Outcome, Reason, SpeakerRole
from scoring.answers import Answer, by_outcome
from scoring.applicability import asked_answers, holds
from scoring.assembly import assemble
from scoring.checks import CheckResult, Condition, Context
from scoring.checks.condition import evaluate as condition_holds
from scoring.checks.result import not_applicable, not_scored
from scoring.checks.run import run_check
from scoring.evidence import ConfidenceFloors, verified
from scoring.graded import answer
from scoring.ordering import in_dependency_order
from scoring.rubric import Criterion, Rubric
from scoring.signals import SignalBook
from scoring.signals.kept import KeptHits
from scoring.signals.semantic import Embed, Similarity
from scoring.text import MAX_TURN_CHARACTERS
from scoring.transcript import Transcript
from scoring.windows import TimesMissing

__all__ = ["evaluate", "verified"]

LANGUAGE_DIFFERS = "language_differs"
TURN_CUT = "turn_cut"
MEANINGS_SKIPPED = "meanings_skipped"
ACTS_SKIPPED = "acts_skipped"


def evaluate(
    conversation: Conversation,
    rubric: Rubric,
    *,
    embed: Embed | None = None,
    judge: Judge | None = None,
    sure_from: ConfidenceFloors | None = None,
    kept: KeptHits | None = None,
) -> Evaluation:
    """Score a conversation.

    ``embed`` turns texts into vectors, one row each (any length of row; rows are brought to length 1). Without it only
    wordings are compared, which the explanations and the flag ``meanings_skipped`` say. ``judge`` asks a language model;
    without it the criteria that are for one are not scored. ``sure_from``, instead of the rubric's own: how
    sure the words and the speaker behind a verdict must be. ``kept`` (used with ``embed`` only) knows where signals were
    found before, and learns where they are found now.
    """
    transcript = Transcript(conversation, rubric.language, sounds_like=rubric.sounds_like)
    similarity = Similarity(transcript, rubric.signals, embed) if embed is not None else None
    kept = kept if embed is not None else None
    book = SignalBook(transcript, rubric.signals, rubric.words, similarity, kept)
    context = Context(transcript, book, judge)
    verdicts: dict[str, CheckResult] = {}
    answers: dict[str, Answer] = {}
    for criterion in in_dependency_order(rubric):
        verdict = _kept_from_judging(context, criterion, answers, verdicts)
        if verdict is None:
            run = partial(
                run_check, replace(context, question=criterion.question), floors=sure_from or rubric.sure_from
            )
            verdicts[criterion.id], answers[criterion.id] = answer(context, criterion, run)
        else:
            verdicts[criterion.id], answers[criterion.id] = verdict, by_outcome(verdict.outcome)
    margins = {name: (margin.above, margin.up_to) for name, margin in sorted(book.margins.items()) if margin.narrow}
    flags = _flags(conversation, rubric, embed)
    hits = kept.to_bytes() if kept is not None else b""
    return assemble(rubric, conversation.call, answers, verdicts, flags=flags, margins=margins, hits=hits)


def _flags(conversation: Conversation, rubric: Rubric, embed: Embed | None) -> tuple[str, ...]:
    flags = []
    if conversation.language is not None and conversation.language != rubric.language:
        flags.append(LANGUAGE_DIFFERS)
    if any(len(turn.text) > MAX_TURN_CHARACTERS for turn in conversation.turns):
        flags.append(TURN_CUT)
    if embed is None and any(signal.meanings for signal in rubric.signals.values()):
        flags.append(MEANINGS_SKIPPED)
    by_acts = any(signal.acts or signal.if_acts or signal.unless_acts for signal in rubric.signals.values())
    if by_acts and not any(sentence.acts for turn in conversation.turns for sentence in turn.sentences):
        flags.append(ACTS_SKIPPED)
    return tuple(flags)


def _kept_from_judging(
    context: Context, criterion: Criterion, answers: Mapping[str, Answer], verdicts: Mapping[str, CheckResult]
) -> CheckResult | None:
    """Why a criterion is not judged on this call, or None when it is."""
    conversation = context.transcript.conversation
    if not conversation.by_role(SpeakerRole.AGENT):
        return not_scored(context.say("no_agent_turns"), Reason.NO_AGENT_TURNS)
    condition = criterion.applies_when
    if condition is None:
        return None

    def heard(said: Condition) -> bool:
        return condition_holds(said, context, context.region("call")).holds

    try:
        applies = holds(condition, answers, conversation.call, heard)
    except TimeoutError:
        return not_scored(context.say("too_slow"), Reason.CHECK_FAILED)
    except TimesMissing:
        return not_scored(context.say("no_times"), Reason.NO_TIMES)
    if applies is None:
        asked = next(a for a in asked_answers(condition) if answers[a.criterion].outcome is Outcome.NOT_SCORED)
        reason = verdicts[asked.criterion].reason or Reason.CHECK_FAILED
        return not_scored(context.say("depends_on_unscored", criterion=asked.criterion), reason)
    return None if applies else not_applicable(context.say("not_applicable_here"))
