"""A conversation and a rubric in, an evaluation out. Pure: what compares meanings comes in as a function."""

from __future__ import annotations

from qa.model import Conversation, CriterionResult, Evaluation, Evidence, Reason, SpeakerRole
from scoring.checks import CHECKS, CheckResult, Context
from scoring.checks.condition import evaluate as condition_holds
from scoring.checks.result import not_applicable, not_scored
from scoring.rubric import Criterion, Rubric
from scoring.signals import SignalBook
from scoring.signals.semantic import Embed, Similarity
from scoring.text import MAX_TURN_CHARACTERS
from scoring.totals import auto_failed, critical_errors, points_for, total
from scoring.transcript import Transcript

LANGUAGE_DIFFERS = "language_differs"
TURN_CUT = "turn_cut"
MEANINGS_SKIPPED = "meanings_skipped"


def evaluate(conversation: Conversation, rubric: Rubric, *, embed: Embed | None = None) -> Evaluation:
    """Score a conversation.

    ``embed`` turns texts into vectors, one row each (any length of row; rows are brought to length 1). Without it only
    wordings are compared, which the explanations and the flag ``meanings_skipped`` say.
    """
    transcript = Transcript(conversation, rubric.language, sounds_like=rubric.sounds_like)
    similarity = Similarity(transcript, rubric.signals, embed) if embed is not None else None
    book = SignalBook(transcript, rubric.signals, rubric.words, similarity)
    context = Context(transcript, book)
    results = tuple(_result(context, criterion) for criterion in rubric.criteria)
    return Evaluation(
        call_id=conversation.call.call_id,
        rubric=rubric.ref,
        totals=total(results, rubric.pass_mark),
        critical_errors=critical_errors(results),
        auto_fail=auto_failed(results),
        results=results,
        flags=_flags(conversation, rubric, embed),
    )


def _flags(conversation: Conversation, rubric: Rubric, embed: Embed | None) -> tuple[str, ...]:
    flags = []
    if conversation.language is not None and conversation.language != rubric.language:
        flags.append(LANGUAGE_DIFFERS)
    if any(len(turn.text) > MAX_TURN_CHARACTERS for turn in conversation.turns):
        flags.append(TURN_CUT)
    if embed is None and any(signal.meanings for signal in rubric.signals.values()):
        flags.append(MEANINGS_SKIPPED)
    return tuple(flags)


def _result(context: Context, criterion: Criterion) -> CriterionResult:
    result = _judge(context, criterion)
    if not verified(result.evidence, context.transcript.conversation) or not _cue_verified(result, context):
        result = not_scored(context.say("unverified"), Reason.UNVERIFIED_QUOTE)
    points, possible = points_for(result.outcome, criterion.points)
    return CriterionResult(
        criterion=criterion.id,
        outcome=result.outcome,
        points=points,
        possible=possible,
        severity=criterion.severity,
        auto_fail=criterion.auto_fail,
        confidence=result.confidence,
        method=result.method,
        explanation=result.explanation,
        evidence=result.evidence,
        cue=result.cue,
        reason_code=result.reason.value if result.reason is not None else None,
    )


def _judge(context: Context, criterion: Criterion) -> CheckResult:
    if not context.transcript.conversation.by_role(SpeakerRole.AGENT):
        return not_scored(context.say("no_agent_turns"), Reason.NO_AGENT_TURNS)
    try:
        if criterion.applies_when is not None:
            applies = condition_holds(criterion.applies_when, context, context.transcript.window("call"))
            if not applies.holds:
                return not_applicable(context.say("not_applicable_here"))
        return CHECKS[criterion.check.type](context, criterion.check)
    except TimeoutError:  # a rubric's pattern that explodes on this text; the other criteria are still scored
        return not_scored(context.say("too_slow"), Reason.CHECK_FAILED)


def verified(evidence: tuple[Evidence, ...], conversation: Conversation) -> bool:
    """True when every quote stands in the turn that it names, said by that role, within that turn's time."""
    for item in evidence:
        if not 0 <= item.turn < len(conversation.turns):
            return False
        turn = conversation.turns[item.turn]
        if not item.quote or item.quote not in turn.text or item.role != turn.role:
            return False
        if item.start_s is not None and (turn.start_s is None or item.start_s < turn.start_s):
            return False
        if item.end_s is not None and (turn.end_s is None or item.end_s > turn.end_s):
            return False
    return True


def _cue_verified(result: CheckResult, context: Context) -> bool:
    cue = result.cue
    if cue is None:
        return True
    return verified((Evidence(turn=cue.turn, role=cue.role, quote=cue.quote),), context.transcript.conversation)
