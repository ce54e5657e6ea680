"""The English core rubric on sentences whose acts are known: respect, promises and sympathy follow acts and their answers."""

from __future__ import annotations

import pytest

from tests.scoring_builders import judge
from tests.unit.test_rubrics_zh_acts import Said, agent, customer
from tests.unit.test_scoring_acts import acting

OPENING = agent("Fernhill Gas, good morning, this is Ruth.", greets=0.9, names_company=0.9, gives_name=0.9)
REASON = customer("my meter stopped last week and nobody has come to change it", states_reason=0.9, reports_trouble=0.9)
YES = customer("Yes.", agrees=0.9)
UPSET = customer("I have been in tears over this.", shows_distress=0.95)
BARB = agent("Some folk can count and some can't.", blames_or_insults=0.7)

CASES: list[tuple[str, str, tuple[Said, ...]]] = [
    # One barb misleads; it counts where the customer flares up or protests, or where barbs add up.
    ("compliance.no_abuse", "met", (BARB, YES)),
    ("compliance.no_abuse", "not_met", (BARB, customer("Wow. Okay.", shows_anger=0.8))),
    ("compliance.no_abuse", "met", (BARB, customer("Wow. Okay.", shows_anger=0.5))),
    ("compliance.no_abuse", "met", (BARB, YES, BARB, YES)),
    ("compliance.no_abuse", "not_met", (BARB, YES, BARB, YES, BARB, YES)),
    ("compliance.no_abuse", "not_met", (agent("Well, look.", blames_or_insults=0.4), customer("Don't talk to me like that."))),
    ("compliance.no_abuse", "met", (agent("Well, look."), customer("Don't talk to me like that."))),
    ("compliance.no_abuse", "met", (agent("Well, look.", blames_or_insults=0.4), YES)),
    # An insulting word in a sentence that is probably none.
    ("compliance.no_abuse", "met", (agent("How thick is the rug?", blames_or_insults=0.3), YES)),
    ("compliance.no_abuse", "not_met", (agent("How thick are you?", blames_or_insults=0.8), YES)),
    # A promise that is refused is none; everyday idioms need the act.
    ("compliance.no_guarantee", "met", (agent("I couldn't guarantee you anything.", guarantees=0.95), YES)),
    ("compliance.no_guarantee", "met", (agent("Sure thing, one pair in the bag."), YES)),
    ("compliance.no_guarantee", "not_met", (agent("That boiler'll never give you bother again.", guarantees=0.96), YES)),
    ("compliance.no_guarantee", "not_met", (agent("It'll never let you down, you've my word on that."), YES)),
    ("compliance.no_guarantee", "met", (agent("We never tell anyone your number, hundred per cent."), YES)),
    # Reading back is no sympathy, nor is a question or a goodbye.
    ("empathy.acknowledge", "not_met", (UPSET, agent("So it has three holes.", acknowledges_feeling=0.7, reads_back=0.9))),
    ("empathy.acknowledge", "not_met", (UPSET, agent("Was anybody hurt?", acknowledges_feeling=0.3))),
    ("empathy.acknowledge", "not_met", (UPSET, agent("Okay, bye now.", says_goodbye=0.9))),
    ("empathy.acknowledge", "partially_met", (UPSET, agent("Okay."))),
    ("empathy.acknowledge", "met", (UPSET, agent("Three holes and rain, that is no joke.", acknowledges_feeling=0.7))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "expected", "more"), CASES, ids=[f"{c}-{o}-{i}" for i, (c, o, _) in enumerate(CASES)]
)
def test_outcome(criterion: str, expected: str, more: tuple[Said, ...]) -> None:
    result = judge(criterion, acting(OPENING, REASON, agent("Right."), YES, *more))
    assert result.outcome == expected, f"{result.explanation} {result.evidence}"
