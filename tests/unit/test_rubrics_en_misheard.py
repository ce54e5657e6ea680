"""The English core rubric on words misheard: what is left of a sentence, and what answers it, still tell what was done."""

from __future__ import annotations

import pytest

from tests.scoring_builders import judge
from tests.unit.test_rubrics_zh_acts import Said, agent, customer
from tests.unit.test_scoring_acts import acting

OPENING = agent("Fernhill Gas, good morning, this is Ruth.", greets=0.9, names_company=0.9, gives_name=0.9)
REASON = customer("my meter stopped last week and nobody has come to change it", states_reason=0.9, reports_trouble=0.9)
YES = customer("Yes.", agrees=0.9)
NUMBER = customer("eight oh double three five")
TOLD = agent("Your account is nine pounds in credit.", tells_record=0.95)
UPSET = customer("I have been in tears over this.", shows_distress=0.95)
BOSS = customer("Put me on to your supervisor, please.", asks_supervisor=0.99)


def asked(text: str) -> Said:
    """A question of which the classifier still sees that it is after an identifier."""
    return agent(text, asks_identifier=0.9)


CASES: list[tuple[str, str, tuple[Said, ...]]] = [
    # The customer's answer tells what was asked for; a year is no number of an account.
    ("compliance.verify_identity", "partially_met", (asked("And the accent lumber?"), NUMBER, TOLD)),
    ("compliance.verify_identity", "partially_met", (asked("And the pose coat?"), customer("It's BD3 7QX."), TOLD)),
    ("compliance.verify_identity", "partially_met", (asked("Am I spooking to Ann?"), customer("Speaking."), TOLD)),
    ("compliance.verify_identity", "met", (asked("Pose coat and date of breath?"), customer("BD3 7QX, June the second."), TOLD)),
    ("compliance.verify_identity", "partially_met", (asked("And your date of birth?"), customer("2 June 1960."), TOLD)),
    ("compliance.verify_identity", "not_met", (agent("And the accent lumber?"), NUMBER, TOLD)),
    # "Sorry" is lost; what only an apology goes on with is not.
    ("empathy.apology", "met", (agent("I'm salty we left you without heating."),)),
    ("empathy.apology", "not_met", (agent("I'm seeing we left you without heating."),)),
    ("empathy.apology", "not_met", (agent("I'm glad we got that done."),)),
    # The act alone has to be surer of sympathy than beside a word of feeling.
    ("empathy.acknowledge", "not_met", (UPSET, agent("The hard post then.", acknowledges_feeling=0.2))),
    ("empathy.acknowledge", "not_met", (UPSET, agent("Was it the coast one?", acknowledges_feeling=0.6))),
    ("empathy.acknowledge", "met", (UPSET, agent("That is a rotten, tiring week.", acknowledges_feeling=0.4))),
    # A promise refused in the sentence before refuses nothing in the next.
    ("compliance.no_guarantee", "not_met", (agent("It won't. I guarantee it, honest."),)),
    ("compliance.no_guarantee", "met", (agent("I won't ever guarantee it, honest."),)),
    # A secret of another sentence was not asked for; one asked for with a word between was.
    ("compliance.no_secret_request", "met", (agent("I give you my ward. There is zero pin about it."),)),
    ("compliance.no_secret_request", "not_met", (agent("Kindly tell plot that code."),)),
    ("compliance.no_secret_request", "met", (agent("I can text you that code for the gate."),)),
    # A word of insult counts where the sentence surely insults.
    ("compliance.no_abuse", "met", (agent("Fool are free to do that.", blames_or_insults=0.55), YES)),
    # An escalation alone has to be sure: there may be a "no" that was not heard.
    ("resolution.escalation", "not_met", (BOSS, agent("There's one above me, same thing anyhow.", escalates=0.65))),
    ("resolution.escalation", "met", (BOSS, agent("There's one above me, same thing anyhow.", escalates=0.9))),
    ("resolution.escalation", "not_met", (customer("I'm canceling whole thing tonight.", threatens=0.8), agent("Right."))),
    ("resolution.escalation", "not_applicable", (customer("I'm canceling whole thing tonight.", threatens=0.3), agent("Right."))),
    # Half of a goodbye with its act; a bare one is no courtesy however sure.
    ("closing.thanks", "met", (agent("Took good care, Ann.", says_goodbye=0.95),)),
    ("closing.thanks", "not_met", (agent("Alright bye.", says_goodbye=0.95),)),
    ("closing.thanks", "not_met", (agent("Took good, Ann.", says_goodbye=0.3),)),
    # A follow-up of which the time is sure.
    ("resolution.timeframe", "met", (agent("They'll wring by Friday, look.", promises_follow_up=0.3, gives_time=0.9),)),
    ("resolution.timeframe", "not_applicable", (agent("They'll wring by Friday, look.", gives_time=0.9),)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "expected", "more"), CASES, ids=[f"{c}-{o}-{i}" for i, (c, o, _) in enumerate(CASES)]
)
def test_outcome(criterion: str, expected: str, more: tuple[Said, ...]) -> None:
    result = judge(criterion, acting(OPENING, REASON, agent("Right."), YES, *more))
    assert result.outcome == expected, f"{result.explanation} {result.evidence}"


OPENINGS: list[tuple[str, str, Said]] = [
    ("opening.offer_help", "met", agent("Fernhill Gas, harrow can I anymore?", offers_help=0.3)),
    ("opening.offer_help", "not_met", agent("Fernhill Gas, harrow can I anymore?", offers_help=0.1)),
    ("opening.name", "met", agent("Hello, this is with Fernhill Gas.", gives_name=0.95, names_company=0.95)),
    ("opening.name", "not_met", agent("Hello, this is with Fernhill Gas.", gives_name=0.6, names_company=0.95)),
    ("opening.greeting", "not_met", agent("Mm-hm whits.")),
    ("opening.greeting", "partially_met", agent("Fernhill, what is it?", names_company=0.4)),
]


@pytest.mark.parametrize(("criterion", "expected", "opening"), OPENINGS)
def test_opening(criterion: str, expected: str, opening: Said) -> None:
    result = judge(criterion, acting(opening, REASON, agent("Right."), YES))
    assert result.outcome == expected, f"{result.explanation} {result.evidence}"
