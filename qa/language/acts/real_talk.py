"""Sentences of whole calls and chats as training examples: few positives, many hard negatives.

Nobody labelled their sentences. What is known: a call whose criterion came out as "does not occur" holds no sentence with
its acts (``LINKS``); a scripted reply performs the acts of its step; and role-played chats about bookings hold none of the
rare acts.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from qa.language.acts.call_links import LINKS, LabelledCall, labelled
from qa.language.acts.examples import ActExample
from qa.language.acts.units import ActUnit
from qa.model import Act, Conversation, SpeakerRole

_RARE_OF_AGENT = frozenset(
    {Act.ANNOUNCES_RECORDING, Act.GUARANTEES, Act.BLAMES_OR_INSULTS, Act.ESCALATES, Act.RETURNS_FROM_HOLD}
)
_RARE_OF_CUSTOMER = frozenset({Act.REPORTS_GRIEF, Act.REPORTS_HARDSHIP, Act.ASKS_SUPERVISOR, Act.THREATENS})
_STAR_STEPS = {
    "anything_else": Act.ASKS_FURTHER_WISHES,
    "ask_name": Act.ASKS_IDENTIFIER,
    "bank_ask_account_number": Act.ASKS_IDENTIFIER,
    "bank_ask_dob": Act.ASKS_IDENTIFIER,
    "bank_ask_mothers_maiden_name": Act.ASKS_IDENTIFIER,
    "bank_ask_childhood_pets_name": Act.ASKS_IDENTIFIER,
    "ride_ask_booking_number": Act.ASKS_IDENTIFIER,
    "bank_ask_pin": Act.ASKS_SECRET,
    "bank_ask_fraud_details": Act.ASKS_ABOUT_MATTER,
    "doctor_ask_symptoms": Act.ASKS_ABOUT_MATTER,
    "hotel_unavailable": Act.REFUSES,
    "goodbye_1": Act.SAYS_GOODBYE,
    "ride_bye": Act.SAYS_GOODBYE,
}
_MULTIDOGO_INTENTS = {"thankyou": Act.THANKS, "closinggreeting": Act.SAYS_GOODBYE}
_MOST_STAR = 1_500
_MOST_PER_DOMAIN = 200


def negatives_of(calls: Sequence[LabelledCall], *, weight: float) -> list[ActExample]:
    """The sentences of labelled calls, each judged only on acts that its call is known not to hold there."""
    found = []
    for call in calls:
        absent: dict[int, set[Act]] = {}
        for link in LINKS:
            if call.truth(link) is False:
                for turn in call.turns(link):
                    absent.setdefault(turn, set()).update(link.acts)
        language = call.conversation.language or "en"
        for turn, acts in absent.items():
            judged = frozenset(acts)
            found += [
                ActExample(unit, frozenset(), judged, language, "harper_valley", weight) for unit in call.units[turn]
            ]
    return found


def read_harper_valley(folder: Path) -> list[LabelledCall]:
    """The role-played bank calls, as people wrote them down, with the labels of ``qa_labels.json``."""
    labels = json.loads((folder / "qa_labels.json").read_text(encoding="utf-8"))["labels"]
    paths = sorted((folder / "human").glob("*.json"))
    return [labelled(Conversation.from_json(path.read_bytes()), labels[path.stem]) for path in paths]


def read_star(folder: Path, *, weight: float) -> list[ActExample]:
    """What STAR's agents and customers wrote, each text once: scripted steps with their act, the rest without rare acts."""
    found: dict[tuple[str, SpeakerRole], ActExample] = {}
    for path in sorted((folder / "dialogues").glob("*.jsonl.gz")):
        for unit, step in _star_units(path):
            if len(found) == _MOST_STAR:
                return list(found.values())
            act = _STAR_STEPS.get(step)
            rare = _RARE_OF_CUSTOMER if unit.role == SpeakerRole.CUSTOMER else _RARE_OF_AGENT
            acts = frozenset({act} if act else ())
            found.setdefault((unit.text, unit.role), ActExample(unit, acts, acts | rare, "en", "star", weight))
    return list(found.values())


def read_multidogo(folder: Path, *, weight: float) -> list[ActExample]:
    """The first customer sentences of each domain: thanks and farewells are named, rare acts do not occur."""
    found = []
    for domain in sorted(path for path in folder.iterdir() if path.is_dir()):
        with (domain / "train.tsv").open(encoding="utf-8", newline="") as file:
            texts = {row["utterance"]: row["intent"] for row in csv.DictReader(file, delimiter="\t")}
        for text, intent in list(texts.items())[:_MOST_PER_DOMAIN]:
            acts = frozenset(_MULTIDOGO_INTENTS[name] for name in intent.split("<div>") if name in _MULTIDOGO_INTENTS)
            unit = ActUnit(text, SpeakerRole.CUSTOMER)
            judged = acts | _RARE_OF_CUSTOMER
            found.append(ActExample(unit, acts, judged, "en", "multidogo", weight))
    return found


def _star_units(path: Path) -> Iterator[tuple[ActUnit, str]]:
    sides = {"User": SpeakerRole.CUSTOMER, "Wizard": SpeakerRole.AGENT}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            before = ""
            for event in json.loads(line)["Events"]:
                role, text = sides.get(event.get("Agent", "")), event.get("Text")
                if role is None or not text or event.get("Action") not in ("utter", "pick_suggestion"):
                    continue
                yield (
                    ActUnit(text, role, before if role == SpeakerRole.CUSTOMER else ""),
                    event.get("ActionLabel") or "",
                )
                before = text if role == SpeakerRole.AGENT else before
