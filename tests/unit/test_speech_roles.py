"""Who is the agent: by the words, by the map, and flagged when neither says."""

from __future__ import annotations

import pytest

from qa.model import Call, Language, SpeakerRole, Word
from qa.speech.roles import Roles, assign_roles
from qa.speech.utterances import Utterance

A, B = "channel-0", "channel-1"

SERVICE: dict[Language, list[tuple[str, str]]] = {
    "en": [
        (A, "thank you for calling harbour energy you're speaking with dan how can i help"),
        (B, "hi my bill has gone up and i want to know why"),
        (A, "can i take your account number please"),
        (B, "yes it's four four one"),
        (A, "let me check that for you is there anything else"),
    ],
    "zh": [
        (A, "您好感谢致电海港能源工号一零三请问有什么可以帮您"),
        (B, "你好我想查一下我的账单怎么这么多"),
        (A, "请您提供一下户号我帮您查询"),
        (B, "四四一"),
        (A, "好的还有什么可以帮您的吗祝您生活愉快"),
    ],
}


def call(lines: list[tuple[str, str]], language: Language, **data: object) -> Roles:
    utterances = [
        Utterance(who, int(who[-1]), (Word(text=text, start_s=10.0 * i, end_s=10.0 * i + 8, confidence=0.9),))
        for i, (who, text) in enumerate(lines)
    ]
    return assign_roles(utterances, Call.model_validate({"call_id": "c", **data}), language)


def role_of(roles: Roles, speaker: str) -> SpeakerRole:
    return next(u.role for u in roles.utterances if u.speaker == speaker and u.role is not SpeakerRole.IVR)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("swapped", [False, True])
def test_words_tell_the_agent(language: Language, swapped: bool) -> None:
    lines = [({A: B, B: A}[who] if swapped else who, text) for who, text in SERVICE[language]]
    roles = call(lines, language)
    assert role_of(roles, B if swapped else A) is SpeakerRole.AGENT
    assert role_of(roles, A if swapped else B) is SpeakerRole.CUSTOMER
    assert roles.confidence > 0.9


def test_the_channel_map_decides_when_words_are_few() -> None:
    lines = [(A, "hello"), (B, "hello yes"), (A, "okay")]
    assert role_of(call(lines, "en", agent_channel=1), B) is SpeakerRole.AGENT
    assert role_of(call(lines, "en", agent_channel=0), A) is SpeakerRole.AGENT


def test_clear_words_outweigh_a_wrong_map_and_say_so() -> None:
    roles = call(SERVICE["en"], "en", agent_channel=1)
    assert role_of(roles, A) is SpeakerRole.AGENT
    assert roles.contradicts_map
    assert not call(SERVICE["en"], "en", agent_channel=0).contradicts_map


def test_nothing_said_for_either_side_is_uncertain() -> None:
    assert call([(A, "hello"), (B, "hello"), (A, "hm"), (B, "hm")], "en").confidence < 0.65


def test_on_an_outbound_call_the_customer_speaks_first() -> None:
    lines = [(A, "hello"), (B, "hello")]
    assert role_of(call(lines, "en", direction="outbound"), B) is SpeakerRole.AGENT
    assert role_of(call(lines, "en", direction="inbound"), A) is SpeakerRole.AGENT


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "welcome to harbour energy for billing press one for faults press two"),
        ("en", "your call is important to us please hold for the next available agent"),
        ("zh", "欢迎致电海港能源普通话请按一"),
        ("zh", "坐席正忙请您稍候您的来电对我们很重要"),
    ],
)
def test_an_announcement_on_the_agents_leg_is_no_agent(language: Language, text: str) -> None:
    roles = call([(A, text), *SERVICE[language]], language)
    assert [u.role for u in roles.utterances][:3] == [SpeakerRole.IVR, SpeakerRole.AGENT, SpeakerRole.CUSTOMER]


def test_an_agents_recording_notice_is_no_announcement() -> None:
    lines = [(A, "good morning harbour energy this call is recorded my name is dan how can i help"), *SERVICE["en"][1:]]
    assert call(lines, "en").utterances[0].role is SpeakerRole.AGENT


def test_one_voice_alone() -> None:
    assert role_of(call(SERVICE["en"][:1], "en"), A) is SpeakerRole.AGENT
    assert role_of(call(SERVICE["en"][1:2], "en"), B) is SpeakerRole.CUSTOMER


def test_a_third_voice_that_only_leads_in_is_an_announcement() -> None:
    lead = ("SPEAKER_02", "thanks for choosing us a colleague is on the way")
    utterances = [
        Utterance(who, 0, (Word(text=text, start_s=10.0 * i, end_s=10.0 * i + 8, confidence=0.9),))
        for i, (who, text) in enumerate([lead, *SERVICE["en"]])
    ]
    roles = assign_roles(utterances, Call(call_id="c"), "en").utterances
    assert [u.role for u in roles][:3] == [SpeakerRole.IVR, SpeakerRole.AGENT, SpeakerRole.CUSTOMER]


def test_a_first_agent_who_transfers_stays_an_agent() -> None:
    first = ("SPEAKER_02", "thank you for calling harbour energy how can i help you let me check i'll transfer you")
    utterances = [
        Utterance(who, 0, (Word(text=text, start_s=10.0 * i, end_s=10.0 * i + 8, confidence=0.9),))
        for i, (who, text) in enumerate([first, *SERVICE["en"]])
    ]
    assert assign_roles(utterances, Call(call_id="c"), "en").utterances[0].role is SpeakerRole.AGENT


@pytest.mark.parametrize(
    ("language", "notice", "greeting", "first"),
    [
        (
            "en",
            "thank you for calling harbour energy this call is recorded",
            "good evening dan speaking",
            SpeakerRole.IVR,
        ),
        (
            "en",
            "thank you for calling harbour energy this call is recorded",
            "what can i do for you",
            SpeakerRole.AGENT,
        ),
        ("en", "thank you for calling my name is dan this call is recorded", "hello are you there", SpeakerRole.AGENT),
        ("zh", "欢迎致电海港能源您的通话可能会被录音", "您好我是小王请问有什么可以帮您", SpeakerRole.IVR),
    ],
)
def test_two_openings_on_one_leg_are_a_machine_and_an_agent(
    language: Language, notice: str, greeting: str, first: SpeakerRole
) -> None:
    roles = call([(A, notice), (A, greeting), *SERVICE[language][1:]], language).utterances
    assert [u.role for u in roles][:2] == [first, SpeakerRole.AGENT]


# Calls whose recording begins in the middle: nobody greets, and the first voice says nothing of its role.
MIDDLE: dict[str, tuple[Language, list[tuple[str, str]]]] = {
    "en, customer first": (
        "en",
        [
            (B, "so do i have to pay the rest"),
            (A, "no i'm closing it now and you'll get a letter by wednesday"),
            (B, "okay and when will i get my money"),
            (A, "within five days is there anything else"),
        ],
    ),
    "en, agent first": (
        "en",
        [
            (A, "and what's your account number"),
            (B, "it's four four one nine two"),
            (A, "mrs hale i have you here at willow road is that right"),
            (B, "that's right nobody told me about the fee"),
        ],
    ),
    "zh": (
        "zh",
        [
            (B, "那我的卡现在怎么办"),
            (A, "您身份证号码报一下我帮您查一下"),
            (B, "四四一九我念给你了"),
            (A, "好的还有什么可以帮您的吗"),
        ],
    ),
}


@pytest.mark.parametrize("name", MIDDLE)
@pytest.mark.parametrize("direction", ["inbound", "outbound", None])
def test_a_call_that_begins_in_the_middle(name: str, direction: str | None) -> None:
    language, lines = MIDDLE[name]
    roles = call(lines, language, direction=direction)
    assert (role_of(roles, A), role_of(roles, B)) == (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)
    assert roles.confidence > 0.65


def test_who_rings_gives_the_reason() -> None:
    lines = [(A, "hello"), (B, "hello i'm calling about a claim"), (A, "okay")]
    assert role_of(call(lines, "en", direction="inbound"), B) is SpeakerRole.CUSTOMER
    assert role_of(call(lines, "en", direction="outbound"), B) is SpeakerRole.AGENT


@pytest.mark.parametrize(
    "quoted",
    [
        "the last one goes how can i help you today and then he lost it",
        "he said is there anything else i can help you with madam",
        "i was expecting you know thank you for calling how may i help",
        "is there anything else you can do for me at all",
        "and this call is being recorded for quality, isn't it?",
    ],
)
def test_an_agents_words_in_a_customers_mouth_do_not_make_an_agent(quoted: str) -> None:
    lines = [(A, "order number"), (B, quoted), (A, "it says here it went out"), (B, "so when will i get my money")]
    assert role_of(call(lines, "en"), A) is SpeakerRole.AGENT


def test_the_agents_name_in_the_manifest_tells() -> None:
    lines = [(A, "grace here"), (B, "hello this is tom")]
    assert role_of(call(lines, "en", agent_name="Grace", direction="outbound"), A) is SpeakerRole.AGENT
    assert role_of(call(lines, "en", agent_name="Tom", direction="inbound"), B) is SpeakerRole.AGENT


def test_a_second_voice_that_hardly_talks_is_the_other_side() -> None:
    # The customer's one word is under a tenth of all that is said.
    roles = call([*SERVICE["en"][::2], (B, "yes")], "en")
    assert (role_of(roles, A), role_of(roles, B)) == (SpeakerRole.AGENT, SpeakerRole.CUSTOMER)


def test_a_third_voice_that_answers_the_customer_is_an_agent() -> None:
    lines = [*SERVICE["en"], (B, "it is about the bill"), ("SPEAKER_02", "okay one second"), (B, "thanks")]
    utterances = [
        Utterance(who, 0, (Word(text=text, start_s=10.0 * i, end_s=10.0 * i + 8, confidence=0.9),))
        for i, (who, text) in enumerate(lines)
    ]
    assert role_of(assign_roles(utterances, Call(call_id="c"), "en"), "SPEAKER_02") is SpeakerRole.AGENT
