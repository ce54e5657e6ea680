"""A secret that goes into the customer's own device is asked by that device; one that is to be told is asked by the agent."""

from __future__ import annotations

import pytest

from qa.language import split
from tests.scoring_builders import judge
from tests.unit.test_scoring_acts import acting

CRITERION = "compliance.no_secret_request"


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ("met", "Put it in the machine, enter your PIN once, and then you can tap."),
        ("met", "You put the card in any cash machine and type your PIN, and that wakes it up."),
        ("met", "Just pop it in the reader at the till and key in your PIN."),
        ("met", "Log in on our website and enter your password there."),
        ("met", "Use the app, it will ask for your PIN."),
        ("not_met", "Please enter your PIN for me now."),
        ("not_met", "Type your PIN on your keypad now, followed by the hash."),
        ("not_met", "What's the PIN for the machine?"),
        ("not_met", "When the machine asks, give me your PIN."),
        ("not_met", "Enter your PIN in the machine first. And read me the code that we texted you."),
        ("not_met", "Log in to the app. And your password is?"),
        ("not_met", "Go to the website and enter your password. Then tell me the code it shows."),
    ],
)
def test_a_secret_for_a_device_is_not_asked_by_the_agent(outcome: str, text: str) -> None:
    said = ("A", [(text[s.start : s.end], {"asks_secret": 0.97}) for s in split(text)])
    result = judge(CRITERION, acting(said))
    assert result.outcome == outcome, f"{result.explanation} {result.evidence}"
