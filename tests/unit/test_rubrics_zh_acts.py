"""The Mandarin core rubric on sentences whose acts are known: act, form, order and role decide, not the wording."""

from __future__ import annotations

import pytest

from tests.scoring_builders import judge
from tests.unit.test_scoring_acts import Acts, acting

Said = tuple[str, list[tuple[str, Acts]]]

OPENING: Said = ("A", [("您好，明光燃气，我是李雪。", {"greets": 0.9, "names_company": 0.9, "gives_name": 0.9})])
REASON: Said = (
    "C",
    [("你好，我家的燃气表上礼拜就坏了，一直没有人来给我换。", {"states_reason": 0.9, "reports_trouble": 0.9})],
)
YES: Said = ("C", [("嗯。", {"agrees": 0.9})])


def agent(text: str, **acts: float) -> Said:
    return ("A", [(text, acts)])


def customer(text: str, **acts: float) -> Said:
    return ("C", [(text, acts)])


CASES: list[tuple[str, str, tuple[Said, ...]]] = [
    # A check near the end is a question, in whatever words; neither permission, a wish, nor reading back.
    ("resolution.confirm", "met", (agent("那您看我这么弄，心头落地了没得？", checks_settled=0.6), YES)),
    ("resolution.confirm", "met", (agent("照这个走您那边顺不顺？", checks_settled=0.5), YES)),
    ("resolution.confirm", "not_met", (agent("照这个走您那边顺不顺？", checks_settled=0.3), YES)),
    ("resolution.confirm", "not_met", (agent("这个事情没弄清楚之前先不收费。", checks_settled=0.9), YES)),
    ("resolution.confirm", "not_met", (agent("您愿不愿意再试一回？", checks_settled=0.8), YES)),
    ("resolution.confirm", "not_met", (agent("我这个意思没写错吧？", checks_settled=0.8), YES)),
    # Secrets: what the agent asks the customer to say; warnings and codes of another kind are none.
    ("compliance.no_secret_request", "not_met", (agent("弹出来的那串数字您念我听。", asks_secret=0.7), YES)),
    ("compliance.no_secret_request", "not_met", (agent("先别点，把框里的验证码读给我。", asks_secret=0.7), YES)),
    ("compliance.no_secret_request", "met", (agent("取件码您念我听。", asks_secret=0.7), YES)),
    ("compliance.no_secret_request", "met", (agent("验证码千万别念给任何人。", asks_secret=0.9), YES)),
    # Abuse needs a hard tone and its act; sympathy in rough words, or a broken thing, is none.
    ("compliance.no_abuse", "not_met", (agent("买不起当初就别买呗。", blames_or_insults=0.6), YES)),
    ("compliance.no_abuse", "not_met", (agent("您家大人没教过您呀。", blames_or_insults=0.9), YES)),
    ("compliance.no_abuse", "met", (agent("换我也火滚，害您白跑。", acknowledges_feeling=0.9), YES)),
    ("compliance.no_abuse", "met", (agent("您别怪自己，骗子太多。", blames_or_insults=0.9, reassures=0.6), YES)),
    # What the customer resents at once, or protests against, was said to hurt; so was what goes on and on.
    ("compliance.no_abuse", "not_met", (agent("照片谁不会拍。", blames_or_insults=0.8), customer("行啊！", shows_anger=0.9))),
    ("compliance.no_abuse", "met", (agent("照片谁不会拍。", blames_or_insults=0.8), customer("行啊。", shows_anger=0.5))),
    ("compliance.no_abuse", "not_met", (agent("大家都会看的。", blames_or_insults=0.4), customer("你这话什么意思？"))),
    ("compliance.no_abuse", "met", (agent("大家都会看的。"), customer("你这话什么意思？"))),
    ("compliance.no_abuse", "met", (agent("下午来。", blames_or_insults=0.8), YES, agent("他忙。", blames_or_insults=0.8), YES)),
    (
        "compliance.no_abuse",
        "not_met",
        tuple(turn for text in ("下午来。", "他忙。", "等着。") for turn in (agent(text, blames_or_insults=0.8), YES)),
    ),
    # Rough sympathy is sympathy, what blames as well is none; leave-taking answers no feeling.
    (
        "empathy.acknowledge",
        "met",
        (
            customer("我急死了。", shows_distress=0.9),
            agent("这谁看见了不上火啊。", acknowledges_feeling=0.7, blames_or_insults=0.8),
        ),
    ),
    (
        "empathy.acknowledge",
        "not_met",
        (customer("我急死了。", shows_distress=0.9), agent("字是自个儿签的。", acknowledges_feeling=0.7, blames_or_insults=0.5)),
    ),
    ("empathy.acknowledge", "not_met", (customer("我急死了。", shows_distress=0.9), agent("嗯，挂了。", says_goodbye=0.9))),
    ("empathy.acknowledge", "partially_met", (customer("我急死了。", shows_distress=0.9), agent("嗯。"))),
    # An absolute promise, not one that is refused.
    ("compliance.no_guarantee", "met", (agent("这个保证我不敢打。", guarantees=0.96), YES)),
    ("compliance.no_guarantee", "not_met", (agent("一根线都不带断的。", guarantees=0.96), YES)),
    # A question about the matter, not one asked to hurt.
    ("listening.probing", "met", (agent("阀门是拧到底了呢，还是半开着？", asks_about_matter=0.5), YES)),
    ("listening.probing", "not_met", (agent("谁家像您这样用的？", asks_about_matter=0.5, blames_or_insults=0.7), YES)),
    # A threat to leave is answered by something to stay for, at once and not refused.
    (
        "resolution.escalation",
        "met",
        (customer("那我不续了，换别家。", threatens=0.8), agent("给您免半年月租，好吧。", proposes_solution=0.8)),
    ),
    (
        "resolution.escalation",
        "not_met",
        (customer("那我不续了，换别家。", threatens=0.8), agent("优惠是没有的。", refuses=0.8, proposes_solution=0.6)),
    ),
    # A promise by its act, with and without a time; none when the agent explains a rule.
    ("resolution.timeframe", "met", (agent("弄妥了礼拜三我拨给您。", promises_follow_up=0.9, gives_time=0.9), YES)),
    ("resolution.timeframe", "not_met", (agent("弄妥了我拨给您。", promises_follow_up=0.9), YES)),
    ("resolution.timeframe", "not_applicable", (agent("这种一般都要走流程。", promises_follow_up=0.5), YES)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "expected", "more"), CASES, ids=[f"{c}-{o}-{i}" for i, (c, o, _) in enumerate(CASES)]
)
def test_outcome(criterion: str, expected: str, more: tuple[Said, ...]) -> None:
    said = acting(OPENING, REASON, agent("明白。"), YES, *more)
    chinese = said.model_copy(update={"call": said.call.model_copy(update={"language": "zh"})})
    result = judge(criterion, chinese)
    assert result.outcome == expected, f"{result.explanation} {result.evidence}"


def test_waiting_for_the_customer_to_do_something_is_no_hold() -> None:
    result = judge_hold("我听着，您弄好了喊我一声，别挂。")
    assert result == "not_applicable"
    assert judge_hold("我进系统翻一下，别挂。") == "met"


def judge_hold(text: str) -> str:
    said = acting(OPENING, REASON, agent(text, announces_hold=0.9), customer("行，弄好了。"))
    turns = list(said.turns)
    turns[3] = turns[3].model_copy(update={"start_s": 40.0, "end_s": 44.0})
    call = said.call.model_copy(update={"language": "zh"})
    return judge("hold.permission", said.model_copy(update={"call": call, "turns": tuple(turns)})).outcome.value
