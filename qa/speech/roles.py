"""Who is the agent: from the channel map, then from what is said, with a confidence.

Every speaker gets the sum of log odds of the cues in their words (`role_cues.yaml`). The difference between two
speakers is turned into a probability, so a call in which nothing was said for either side ends near 0.5 and is flagged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from qa.model import Call, Language, SpeakerRole
from qa.speech.utterances import Utterance

_CHANNEL_MAP_LOG_ODDS = 4.0
"""What a manifest's channel map is worth: a clear contradiction in the words outweighs it."""
_FIRST_VOICE_LOG_ODDS = 0.7
_IVR_LEAD_S = 60.0
_IVR_LOG_ODDS = 2.0
_LEAD_CONFIDENCE = 0.8
_OFFERS_HELP = 4.0
"""An agent who greets and is then replaced by another after a transfer reaches this; an announcement does not."""
_OPENING_CHARACTERS = 80
_OPENS = {
    "en": re.compile(r"\b(good (morning|afternoon|evening)|hello|hi|speaking|my name is|this is \w+)\b"),
    "zh": re.compile("(您好|你好|我是|我姓|工号|很?高兴为您)"),
}
_MAIN_SHARE = 0.1
_MAX_CUE = 6.0
"""However often a cue comes again, its sum counts no more than this."""
_OWN_NAME_LOG_ODDS = 3.0
_WORTH = 0.4
"""Cues are not independent, so their sum says less than it seems to."""
_REPORT_CHARACTERS = 40
_TURN_TAKING_LOG_ODDS = 0.5
"""A third voice that answers the customer is rather an agent's, and the other way round."""
_QUOTED = re.compile(
    r"\b(said|says|say|saying|goes|going|went|expecting|i mean|was like|tells? me|told me)( \w+){0,5} ?$|说.{0,4}$"
)
"""What stands before a cue that somebody else once said."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Utterances with roles; ``confidence`` in 0.5..1 is the probability that agent and customer are not swapped."""

    utterances: tuple[Utterance, ...]
    method: str
    confidence: float
    contradicts_map: bool = False


def assign_roles(utterances: Sequence[Utterance], call: Call, language: Language) -> Roles:
    """Give every utterance its role. The call's ``agent_channel`` counts where each channel is a speaker."""
    lead = _lead_voice(utterances, language)
    marked = [
        u.with_role(SpeakerRole.IVR, _LEAD_CONFIDENCE)
        if u.speaker == lead
        else _announcement(u, i, utterances, language)
        for i, u in enumerate(utterances)
    ]
    people = [u for u in marked if u.role is not SpeakerRole.IVR]
    speakers = sorted({u.speaker for u in people})
    if not speakers:
        return Roles(tuple(marked), "none", 0.5)

    said = {name: _log_odds([u for u in people if u.speaker == name], call, language) for name in speakers}
    prior = dict.fromkeys(speakers, 0.0)
    if _opens(people[0], language):
        # On an inbound call the agent answers; on an outbound call the customer says hello first.
        prior[people[0].speaker] += _FIRST_VOICE_LOG_ODDS * (1 if call.direction != "outbound" else -1)
    mapped = f"channel-{call.agent_channel}" if call.agent_channel is not None else None
    by_map = mapped is not None and all(name.startswith("channel-") for name in speakers)
    if by_map:
        for name in speakers:
            prior[name] += _CHANNEL_MAP_LOG_ODDS / 2 * (1 if name == mapped else -1)

    score = {name: said[name] + prior[name] for name in speakers}
    talk = {name: sum(len(u.text) for u in people if u.speaker == name) for name in speakers}
    # The most and the least agent-like are the two sides; who hardly talks is a companion or a diarizer's splinter.
    main = [name for name in speakers if talk[name] >= _MAIN_SHARE * sum(talk.values())]
    if len(main) == 1:
        main = sorted(speakers, key=lambda name: -talk[name])[:2]
    agent = max(main, key=lambda name: score[name])
    if len(main) == 1:
        role = SpeakerRole.AGENT if score[agent] > 0 else SpeakerRole.CUSTOMER
        confidence = _probability(abs(score[agent]))
        return Roles(tuple(_with(u, {agent: role}, confidence) for u in marked), "words", confidence)
    customer = min((name for name in main if name != agent), key=lambda name: score[name])
    roles = {agent: SpeakerRole.AGENT, customer: SpeakerRole.CUSTOMER}
    for name in set(speakers) - set(roles):
        answers = _neighbours(people, name, customer) - _neighbours(people, name, agent)
        agent_like = said[name] + _TURN_TAKING_LOG_ODDS * answers > 0
        roles[name] = SpeakerRole.AGENT if agent_like else SpeakerRole.CUSTOMER
    confidence = _probability(score[agent] - score[customer])
    contradicts = by_map and agent != mapped
    method = "words against channel map" if contradicts else "channel map and words" if by_map else "words"
    return Roles(tuple(_with(u, roles, confidence) for u in marked), method, confidence, contradicts)


def _with(utterance: Utterance, roles: dict[str, SpeakerRole], confidence: float) -> Utterance:
    if utterance.role is SpeakerRole.IVR:
        return utterance
    return utterance.with_role(roles[utterance.speaker], confidence)


def _lead_voice(utterances: Sequence[Utterance], language: Language) -> str | None:
    """A voice that speaks first, never again, and offers no help, before two others talk: a machine's announcement."""
    order = [u.speaker for u in utterances]
    if len(set(order)) < 3:
        return None
    first = order[0]
    n_first = order.count(first)
    text = _plain(" ".join(u.text for u in utterances[:n_first]))
    alone = first not in order[n_first:] and utterances[n_first - 1].end_s <= _IVR_LEAD_S
    return first if alone and _cue_sum(text, language, "agent") < _OFFERS_HELP else None


def _announcement(utterance: Utterance, index: int, all_: Sequence[Utterance], language: Language) -> Utterance:
    """Mark a machine's announcement: early in the call, worded like one, before any other speaker has answered."""
    early = utterance.start_s <= _IVR_LEAD_S and all(u.speaker == utterance.speaker for u in all_[:index])
    strength = _cue_sum(_plain(utterance.text), language, "ivr")
    agent_like = _cue_sum(_plain(utterance.text), language, "agent")
    if early and strength > 0 and _introduces_itself_after(index, all_, language):
        return utterance.with_role(SpeakerRole.IVR, _LEAD_CONFIDENCE)
    if strength >= (_IVR_LOG_ODDS if early else 3.0) and (early or agent_like < strength):
        return utterance.with_role(SpeakerRole.IVR, _probability(strength))
    return utterance


def _introduces_itself_after(index: int, all_: Sequence[Utterance], language: Language) -> bool:
    """The same leg goes on with a greeting or a name, and what it said before spoke of no "I": two openings, two voices."""
    if index + 1 >= len(all_) or all_[index + 1].speaker != all_[index].speaker:
        return False
    first_person = r"\b(i|i'm|my|me)\b" if language == "en" else "我"
    if re.search(first_person, _plain(all_[index].text)):
        return False
    opens = _OPENS[language].search(_plain(all_[index + 1].text)[:_OPENING_CHARACTERS])
    return opens is not None


def _opens(utterance: Utterance, language: Language) -> bool:
    """Greets or answers a call, as a recording that begins in the middle does not."""
    text = _plain(utterance.text)
    return _OPENS[language].search(text[:_OPENING_CHARACTERS]) is not None or _cue_sum(text, language, "agent") >= 2.0


def _neighbours(people: Sequence[Utterance], name: str, other: str) -> int:
    """How often two voices follow each other."""
    return sum({a.speaker, b.speaker} == {name, other} for a, b in pairwise(people))


def _log_odds(utterances: Sequence[Utterance], call: Call, language: Language) -> float:
    text = " ".join(_plain(u.text) for u in utterances)
    agent, customer = _cue_sum(text, language, "agent"), _cue_sum(text, language, "customer")
    caller = _cue_sum(text, language, "caller") * (1 if call.direction == "outbound" else -1)
    return agent - customer + caller + _own_name(text, call)


def _own_name(text: str, call: Call) -> float:
    """Who introduces themselves by the agent's name, as the manifest gives it, is the agent."""
    name = re.escape(_plain(call.agent_name or ""))
    if not name:
        return 0.0
    pattern = rf"\b(my name is|this is|i'm|speaking (to|with)) {name}\b|\b{name} (here|speaking)\b|(我是|我叫|我姓).{{0,6}}{name}"
    return _OWN_NAME_LOG_ODDS if re.search(pattern, text) else 0.0


def _cue_sum(text: str, language: Language, role: str) -> float:
    total = 0.0
    for pattern, weight in _cues()[language][role]:
        n = sum(
            not _QUOTED.search(text[max(0, m.start() - _REPORT_CHARACTERS) : m.start()]) for m in pattern.finditer(text)
        )
        total += min(_MAX_CUE, weight * n)
    return total


@cache
def _cues() -> dict[str, dict[str, list[tuple[re.Pattern[str], float]]]]:
    import yaml

    data = yaml.safe_load(Path(__file__).with_name("role_cues.yaml").read_text(encoding="utf-8"))
    return {
        language: {
            role: [(re.compile(pattern), float(weight)) for pattern, weight in cues] for role, cues in roles.items()
        }
        for language, roles in data.items()
    }


def _plain(text: str) -> str:
    return re.sub(r"[^\w\s']", " ", text.lower().replace("\u2019", "'")).strip()


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, _WORTH * log_odds))))
