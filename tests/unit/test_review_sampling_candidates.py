"""What the draw sees of a call, and the list of drawn calls."""

from __future__ import annotations

from datetime import datetime

import pytest

from qa.model import Call, Conversation, Evaluation, Outcome, SampleRow, SpeakerRole, Turn
from qa.review.sampling import Candidate, candidates
from qa.review.sampling.candidates import has_crisis_words
from qa.review.sampling.listing import sample_csv
from tests.report_builders import MET, NA, NOT, NS, PART, record, result

AGENT, CUSTOMER, IVR, UNKNOWN = SpeakerRole.AGENT, SpeakerRole.CUSTOMER, SpeakerRole.IVR, SpeakerRole.UNKNOWN


def pair(**outcomes: Outcome) -> tuple[Conversation, Evaluation]:
    made = record("x", {name.replace("__", "."): outcome for name, outcome in outcomes.items()})
    assert made.evaluation is not None
    return made.conversation, made.evaluation


def one(conversation: Conversation, *evaluations: Evaluation) -> Candidate:
    (found,) = candidates((conversation, e) for e in evaluations)
    return found


def said(*lines: tuple[SpeakerRole, str]) -> Conversation:
    turns = tuple(Turn(index=i, role=role, text=text) for i, (role, text) in enumerate(lines))
    return Conversation(call=Call(call_id="x"), turns=turns)


@pytest.mark.parametrize(
    ("role", "text", "found"),
    [
        (CUSTOMER, "I want to die.", True),
        (CUSTOMER, "I will call my LAWYER", True),
        (CUSTOMER, "I'd rather kill\n myself", True),
        (UNKNOWN, "我不想活了", True),
        (CUSTOMER, "我要打12315投诉", True),
        (CUSTOMER, "the word policeman is another word", False),
        (CUSTOMER, "a bombastic advert", False),
        (AGENT, "I want to die.", False),
        (IVR, "媒体曝光", False),
        (CUSTOMER, "I want to diet", False),
    ],
)
def test_crisis_words(role: SpeakerRole, text: str, found: bool) -> None:
    assert has_crisis_words(said((AGENT, "Hello"), (role, text))) is found


def test_risks_in_their_order() -> None:
    conversation, evaluation = pair(compliance__no_abuse=NOT)
    doubtful = conversation.model_copy(
        update={
            "turns": (
                Turn(index=0, role=CUSTOMER, text="police police police", confidence=0.3),
                Turn(index=1, role=AGENT, text="Hm.", confidence=1.0),
            ),
            "provenance": conversation.provenance.model_copy(update={"flags": ("role_uncertain",)}),
        }
    )
    assert one(doubtful, evaluation).risks == ("auto_fail", "crisis_words", "low_confidence", "role_uncertain")
    assert one(*pair(opening__name=MET)).risks == ()


def test_doubt_counts_by_letters() -> None:
    conversation, evaluation = pair(opening__name=MET)
    turns = (
        Turn(index=0, role=CUSTOMER, text="a" * 90, confidence=0.7),
        Turn(index=1, role=AGENT, text="b" * 10, confidence=0.1),
    )
    # 0.9 * 0.7 + 0.1 * 0.1 = 0.64: over 0.6, though the mean of turns is 0.4
    assert one(conversation.model_copy(update={"turns": turns}), evaluation).risks == ()


def test_uncertainty_is_the_distance_from_one_half() -> None:
    conversation, evaluation = pair(opening__name=MET)
    results = (
        result("opening.name", MET, confidence=0.5),
        result("opening.greeting", NOT, confidence=0.9),
        result("hold.thanks", NA, confidence=0.5),
        result("empathy.apology", MET, confidence=None),
    )
    # (1 + 0.2) / 2; what was not judged does not count
    found = one(conversation, evaluation.model_copy(update={"results": results}))
    assert found.uncertainty == pytest.approx(0.6)


def test_disagreement_with_earlier_people() -> None:
    conversation, machine = pair(opening__name=MET, empathy__apology=PART, hold__thanks=NA, closing__thanks=NS)
    _, person = pair(opening__name=NOT, empathy__apology=MET, hold__thanks=MET, closing__thanks=MET)
    person = person.model_copy(update={"evaluator": "grace"})
    # 1, 0.5 and 1 (applicable or not) over the three that both judged
    assert one(conversation, machine, person).disagreement == pytest.approx(2.5 / 3)
    assert one(conversation, machine).disagreement == 0
    (with_earlier,) = candidates([(conversation, machine)], {"x": [person], "unknown": [person]})
    assert with_earlier.disagreement == pytest.approx(2.5 / 3)
    assert with_earlier.percent == machine.totals.percent


@pytest.mark.parametrize(
    ("started_at", "hired_on", "days"),
    [
        ("2026-11-20T00:30:00+08:00", "2026-11-01", 19),
        ("2026-11-20T00:30:00+08:00", "2026-11-01T09:00:00", 19),
        ("2026-11-20T00:30:00+08:00", "last year", None),
        ("2026-11-20T00:30:00+08:00", None, None),
        (None, "2026-11-01", None),
    ],
)
def test_tenure(started_at: str | None, hired_on: str | None, days: int | None) -> None:
    conversation, evaluation = pair(opening__name=MET)
    started = datetime.fromisoformat(started_at) if started_at else None
    call = conversation.call.model_copy(update={"started_at": started, "agent_hired_on": hired_on})
    assert one(conversation.model_copy(update={"call": call}), evaluation).tenure_days == days


def test_the_list_is_inert() -> None:
    row = SampleRow("=cmd()", "-a", None, "en", "agent=-a", 0.25, 20, "random", frame="all")
    assert sample_csv([row]).splitlines() == [
        "call_id,agent_id,team,language,stratum,inclusion_probability,seed,reason,targeted,weighted,frame",
        "'=cmd(),'-a,,en,agent=-a,0.25,20,random,false,false,all",
    ]
