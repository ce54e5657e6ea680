"""What a sentence does in a service call (dialogue acts of agent, IVR and customer; several at once)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from qa.model.document import Document


class Act(StrEnum):
    """The acts. What counts and what does not: ``qa/language/training/acts/README.md``."""

    # agent and IVR
    GREETS = "greets"
    NAMES_COMPANY = "names_company"
    GIVES_NAME = "gives_name"
    OFFERS_HELP = "offers_help"
    ANNOUNCES_RECORDING = "announces_recording"
    ASKS_IDENTIFIER = "asks_identifier"
    ASKS_SECRET = "asks_secret"  # noqa: S105 (an act, no password)
    READS_BACK = "reads_back"
    TELLS_RECORD = "tells_record"
    ASKS_ABOUT_MATTER = "asks_about_matter"
    ACKNOWLEDGES_FEELING = "acknowledges_feeling"
    APOLOGISES_FOR_TROUBLE = "apologises_for_trouble"
    APOLOGISES_AS_FILLER = "apologises_as_filler"
    TAKES_OWNERSHIP = "takes_ownership"
    REASSURES = "reassures"
    EXPLAINS = "explains"
    PROPOSES_SOLUTION = "proposes_solution"
    PROMISES_FOLLOW_UP = "promises_follow_up"
    GIVES_TIME = "gives_time"
    ASKS_HOLD = "asks_hold"
    ANNOUNCES_HOLD = "announces_hold"
    RETURNS_FROM_HOLD = "returns_from_hold"
    TRANSFERS = "transfers"
    ESCALATES = "escalates"
    REFUSES = "refuses"
    GUARANTEES = "guarantees"
    BLAMES_OR_INSULTS = "blames_or_insults"
    CHECKS_SETTLED = "checks_settled"
    ASKS_FURTHER_WISHES = "asks_further_wishes"
    # either side
    THANKS = "thanks"
    SAYS_GOODBYE = "says_goodbye"
    # customer
    STATES_REASON = "states_reason"
    REPORTS_TROUBLE = "reports_trouble"
    SHOWS_ANGER = "shows_anger"
    SHOWS_DISTRESS = "shows_distress"
    REPORTS_HARDSHIP = "reports_hardship"
    SHOWS_FEAR = "shows_fear"
    REPORTS_GRIEF = "reports_grief"
    ASKS_SUPERVISOR = "asks_supervisor"
    THREATENS = "threatens"
    AGREES = "agrees"
    DENIES = "denies"


class ActScore(Document):
    """One act of a sentence, with the classifier's confidence in 0..1; from 0.5 the act counts."""

    act: Act
    confidence: float = Field(ge=0, le=1)
