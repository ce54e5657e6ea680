"""A cue of the customer and the agent's reply to it, judged as a pair. Of several cues one answered suffices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qa.model import Outcome, Reason, SpeakerRole
from scoring.checks.result import CheckResult, Context, absent, found, not_applicable, not_scored
from scoring.checks.said import turns_text
from scoring.form import Form
from scoring.signals.book import Hit

_RANK = {Outcome.MET: 2, Outcome.PARTIALLY_MET: 1, Outcome.NOT_MET: 0}


class ReplyParams(Form):
    """What calls for a reply, and what counts as one."""

    type: Literal["reply"]
    cue: str
    met: str
    partially_met: str | None = None
    within_agent_turns: int | None = Field(default=None, ge=1)
    """How many agent turns after the cue are looked at; all that follow when left out."""
    spoiled_by: str | None = None
    """A reply in the same turn as this signal counts for nothing."""
    fainter_cue: str | None = None
    """Calls for nothing by itself, but an agent who answers it in full has answered a cue that only a person hears."""

    def signal_names(self) -> Iterator[str]:
        yield from (
            name
            for name in (self.cue, self.fainter_cue, self.met, self.partially_met, self.spoiled_by)
            if name is not None
        )


def reply(context: Context, params: ReplyParams) -> CheckResult:
    """The best-answered cue decides; no cue, not applicable."""
    if not context.transcript.conversation.by_role(SpeakerRole.CUSTOMER):
        return not_scored(context.say("no_customer_turns"), Reason.NO_CUSTOMER_TURNS)
    cues = context.signals.hits(params.cue)
    judged = [(*_judge(context, params, cue), cue) for cue in cues]
    if params.fainter_cue is not None:
        fainter = [(*_judge(context, params, cue), cue) for cue in context.signals.hits(params.fainter_cue)]
        judged += [item for item in fainter if item[0] is Outcome.MET]
    if not judged:
        text = f"{context.say('no_cue', what=context.title(params.cue))} {context.skipped([params.cue])}".strip()
        return not_applicable(text)
    outcome, answers, cue = max(judged, key=lambda item: (_RANK[item[0]], -item[2].turn))
    if outcome is Outcome.NOT_MET:
        looked = context.transcript.next_floors(cue.turn, SpeakerRole.AGENT, params.within_agent_turns)
        where = turns_text([floor[0] for floor in looked]) or context.say("no_turn_left")
        explanation = context.say("unanswered", cue=cue.turn, what=context.title(params.met), turns=where)
        looked_in = [index for floor in looked for index in floor]
        return absent(context, outcome, explanation, looked_in=looked_in, cue=cue)
    key = "answered" if outcome is Outcome.MET else "half_answered"
    explanation = context.say(key, cue=cue.turn, turn=answers[0].turn, what=context.title(params.met))
    return found(context, outcome, explanation, answers, cue=cue)


def _judge(context: Context, params: ReplyParams, cue: Hit) -> tuple[Outcome, tuple[Hit, ...]]:
    near = context.transcript.next_floors(cue.turn, SpeakerRole.AGENT, params.within_agent_turns)
    turns = {index for floor in near for index in floor}
    if params.spoiled_by is not None:
        turns -= {hit.turn for hit in context.signals.hits(params.spoiled_by)}
    for outcome, name in ((Outcome.MET, params.met), (Outcome.PARTIALLY_MET, params.partially_met)):
        hits = tuple(hit for hit in context.signals.hits(name) if hit.turn in turns) if name else ()
        if hits:
            return outcome, hits
    return Outcome.NOT_MET, ()
