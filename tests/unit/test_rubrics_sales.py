"""Every criterion of the sales compliance rubrics in both languages: met, missed, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.scoring_builders import call, judge

OFFER = "A: I'd like to offer you our new broadband plan."
NEED = "A: How much data do you use at the moment?"
PRICE = "A: It costs thirty pounds a month."
TERM = "A: The contract runs for twelve months."
CANCEL = "A: You can cancel within fourteen days."
CONSENT = "A: Are you happy to go ahead?"
YES = "C: Yes, go ahead."
ORDER = "A: I've placed the order for you."
NO = "C: I'm not interested."
ASKS = "C: What is it about?"

CASES_EN: list[tuple[str, str, tuple[str, ...]]] = [
    ("disclosure.price", "met", (OFFER, ASKS, PRICE, CONSENT, YES, ORDER)),
    ("disclosure.price", "partially_met", (OFFER, ASKS, "A: It's a really great price.", ORDER)),
    ("disclosure.price", "not_met", (OFFER, ASKS, ORDER)),
    ("disclosure.price", "not_met", (OFFER, ASKS, ORDER, PRICE)),  # too late
    ("disclosure.price", "not_met", (OFFER, "C: My old one costs thirty pounds a month.", ORDER)),
    ("disclosure.price", "not_applicable", (OFFER, ASKS, PRICE, NO)),
    ("disclosure.term", "met", (OFFER, ASKS, TERM, ORDER)),
    ("disclosure.term", "met", (OFFER, ASKS, "A: it's a rolling monthly plan so no commitment", ORDER)),
    ("disclosure.term", "not_met", (OFFER, "C: Is the contract for twelve months?", ORDER)),
    ("disclosure.term", "not_met", (OFFER, ASKS, "A: Wait two minutes.", ORDER)),
    ("disclosure.term", "not_applicable", (OFFER, ASKS, TERM, NO)),
    ("disclosure.cancellation", "met", (OFFER, ASKS, ORDER, CANCEL)),
    ("disclosure.cancellation", "met", ("A: there's a fourteen day cooling off period of course", YES, ORDER)),
    ("disclosure.cancellation", "partially_met", (OFFER, ASKS, ORDER, "A: You have the right to cancel.")),
    ("disclosure.cancellation", "not_met", (OFFER, ASKS, ORDER, "A: You can't cancel within that time.")),
    ("disclosure.cancellation", "not_met", (OFFER, "C: Can I cancel within fourteen days?", ORDER)),
    ("disclosure.cancellation", "not_applicable", (OFFER, ASKS, CANCEL, NO)),
    ("disclosure.risk", "met", ("A: The fund may go down as well as up.", YES, ORDER)),
    ("disclosure.risk", "met", ("A: This insurance doesn't cover accidental damage.", YES, ORDER)),
    ("disclosure.risk", "not_met", ("A: We have a wonderful fund for you.", YES, ORDER)),
    ("disclosure.risk", "not_met", ("A: We have a fund for you.", "C: The value may go down.", ORDER)),
    ("disclosure.risk", "not_applicable", (OFFER, YES, ORDER)),  # broadband
    ("fairness.needs", "met", (NEED, "C: A lot.", OFFER, NO)),
    ("fairness.needs", "not_met", (OFFER, NO)),
    ("fairness.needs", "not_met", (OFFER, "C: Do you use it yourself?", ORDER)),
    ("fairness.needs", "not_met", (OFFER, YES, ORDER, NEED)),  # after the order
    ("fairness.needs", "not_applicable", ("A: You are through to billing.", ASKS)),
    ("fairness.no_guarantee", "met", (OFFER, ASKS, "A: I can't guarantee any return.")),
    ("fairness.no_guarantee", "met", (OFFER, ASKS, "A: There is a money back guarantee.")),
    ("fairness.no_guarantee", "not_met", (OFFER, ASKS, "A: You can't lose, returns are guaranteed.")),
    ("fairness.no_guarantee", "not_met", (OFFER, ASKS, "A: its completely risk free")),
    ("fairness.no_guarantee", "met", (OFFER, "C: So it is risk free, is it?", "A: No.")),
    ("fairness.no_pressure", "met", (OFFER, ASKS, "A: You don't have to decide now.")),
    ("fairness.no_pressure", "not_met", (OFFER, ASKS, "A: It is only valid today.")),
    ("fairness.no_pressure", "not_met", (OFFER, ASKS, "A: you have to decide now before i hang up")),
    ("fairness.no_pressure", "met", (OFFER, "C: Is it only valid today?", "A: No.")),
    ("fairness.refusal", "met", (OFFER, NO, "A: That's absolutely fine.")),
    ("fairness.refusal", "met", (OFFER, "C: let me think about it", "A: of course take your time")),
    ("fairness.refusal", "not_met", (OFFER, NO, "A: But it is such a good plan.")),
    ("fairness.refusal", "not_met", (OFFER, NO, "A: No problem, but you'll regret it.")),
    ("fairness.refusal", "not_applicable", (OFFER, YES, ORDER)),
    ("fairness.refusal", "not_applicable", ("C: I'm not interested in a new phone, I need help.", "A: Go on.")),
    ("fairness.vulnerable", "met", (OFFER, "C: My husband just died.", "A: I'm so sorry to hear that. No rush.")),
    ("fairness.vulnerable", "met", (OFFER, "C: I'm hard of hearing.", "A: I'll speak up and go through it again.")),
    ("fairness.vulnerable", "not_met", (OFFER, "C: I'm a bit confused.", ORDER)),
    ("fairness.vulnerable", "not_met", (OFFER, "C: I'm confused.", "A: Well.", "C: Is there no rush?", ORDER)),
    ("fairness.vulnerable", "not_applicable", (OFFER, YES, ORDER)),
    ("fairness.vulnerable", "not_applicable", (OFFER, "C: I'm not hard of hearing, you know.", ORDER)),
    ("consent.before_order", "met", (OFFER, ASKS, PRICE, CONSENT, YES, ORDER)),
    ("consent.before_order", "not_met", (OFFER, ASKS, PRICE, ORDER)),
    ("consent.before_order", "not_met", (OFFER, ASKS, ORDER, PRICE, CONSENT, YES)),
    ("consent.before_order", "not_met", (OFFER, ASKS, PRICE, CONSENT, "C: I'd have to ask my wife.", ORDER)),
    ("consent.before_order", "not_met", (OFFER, ASKS, PRICE, CONSENT, "C: Yes but let me think.", ORDER)),
    ("consent.before_order", "not_applicable", (OFFER, ASKS, PRICE, CONSENT, NO)),
    ("consent.before_order", "not_applicable", (OFFER, ASKS, "A: Once you agree, I'll place the order.", NO)),
    ("consent.before_charge", "met", ("A: May I charge your card?", YES, "A: I've charged thirty pounds to it.")),
    ("consent.before_charge", "not_met", (OFFER, ASKS, "A: I'm charging your card now.")),
    ("consent.before_charge", "not_met", ("A: I'm charging your card.", ASKS, "A: Are you happy with that?", YES)),
    ("consent.before_charge", "not_applicable", (OFFER, ASKS, "A: Your account number please?")),
    ("consent.before_charge", "not_applicable", (OFFER, "C: Don't charge my card.", "A: I won't charge your card.")),
    ("consent.in_writing", "met", (OFFER, YES, ORDER, "A: We'll email you the contract.")),
    ("consent.in_writing", "not_met", (OFFER, YES, ORDER)),
    ("consent.in_writing", "not_met", (OFFER, YES, ORDER, "A: We can't send you the contract.")),
    ("consent.in_writing", "not_met", (OFFER, YES, ORDER, "C: You'll send me the contract?")),
    ("consent.in_writing", "not_applicable", (OFFER, NO)),
]

OFFER_ZH = "A: 给您推荐一款新的宽带套餐。"
NEED_ZH = "A: 您平时每月流量用多少？"
PRICE_ZH = "A: 每个月三十块钱。"
TERM_ZH = "A: 合约期是十二个月。"
CANCEL_ZH = "A: 十五天之内可以取消。"
CONSENT_ZH = "A: 您同意办理吗？"
YES_ZH = "C: 同意，办吧。"
ORDER_ZH = "A: 已经给您办理好了。"
NO_ZH = "C: 我不需要。"
ASKS_ZH = "C: 是什么样的？"

CASES_ZH: list[tuple[str, str, tuple[str, ...]]] = [
    ("disclosure.price", "met", (OFFER_ZH, ASKS_ZH, PRICE_ZH, CONSENT_ZH, YES_ZH, ORDER_ZH)),
    ("disclosure.price", "partially_met", (OFFER_ZH, ASKS_ZH, "A: 价格特别划算。", ORDER_ZH)),
    ("disclosure.price", "not_met", (OFFER_ZH, ASKS_ZH, ORDER_ZH)),
    ("disclosure.price", "not_met", (OFFER_ZH, ASKS_ZH, ORDER_ZH, PRICE_ZH)),
    ("disclosure.price", "not_met", (OFFER_ZH, "C: 我原来那个每个月三十块钱。", ORDER_ZH)),
    ("disclosure.price", "not_applicable", (OFFER_ZH, ASKS_ZH, PRICE_ZH, NO_ZH)),
    ("disclosure.term", "met", (OFFER_ZH, ASKS_ZH, TERM_ZH, ORDER_ZH)),
    ("disclosure.term", "met", (OFFER_ZH, ASKS_ZH, "A: 这个没有合约按月付的", ORDER_ZH)),
    ("disclosure.term", "not_met", (OFFER_ZH, "C: 合约期是十二个月吗？", ORDER_ZH)),
    ("disclosure.term", "not_met", (OFFER_ZH, ASKS_ZH, "A: 您等我两分钟。", ORDER_ZH)),
    ("disclosure.term", "not_applicable", (OFFER_ZH, ASKS_ZH, TERM_ZH, NO_ZH)),
    ("disclosure.cancellation", "met", (OFFER_ZH, ASKS_ZH, ORDER_ZH, CANCEL_ZH)),
    ("disclosure.cancellation", "met", ("A: 这个有十五天的犹豫期", YES_ZH, ORDER_ZH)),
    ("disclosure.cancellation", "partially_met", (OFFER_ZH, ASKS_ZH, ORDER_ZH, "A: 您有权退订。")),
    ("disclosure.cancellation", "not_met", (OFFER_ZH, ASKS_ZH, ORDER_ZH, "A: 一年之内不能取消。")),
    ("disclosure.cancellation", "not_met", (OFFER_ZH, "C: 十五天之内可以取消吗？", ORDER_ZH)),
    ("disclosure.cancellation", "not_applicable", (OFFER_ZH, ASKS_ZH, CANCEL_ZH, NO_ZH)),
    ("disclosure.risk", "met", ("A: 这只基金可能会下跌，有风险。", YES_ZH, ORDER_ZH)),
    ("disclosure.risk", "met", ("A: 这个保险不保意外损坏，属于免责。", YES_ZH, ORDER_ZH)),
    ("disclosure.risk", "not_met", ("A: 有一只很好的基金。", YES_ZH, ORDER_ZH)),
    ("disclosure.risk", "not_met", ("A: 有一只很好的基金。", "C: 可能会亏损吧。", ORDER_ZH)),
    ("disclosure.risk", "not_applicable", (OFFER_ZH, YES_ZH, ORDER_ZH)),
    ("fairness.needs", "met", (NEED_ZH, "C: 挺多的。", OFFER_ZH, NO_ZH)),
    ("fairness.needs", "not_met", (OFFER_ZH, NO_ZH)),
    ("fairness.needs", "not_met", (OFFER_ZH, "C: 你自己平时用多少？", ORDER_ZH)),
    ("fairness.needs", "not_met", (OFFER_ZH, YES_ZH, ORDER_ZH, NEED_ZH)),
    ("fairness.needs", "not_applicable", ("A: 这里是账务组。", ASKS_ZH)),
    ("fairness.no_guarantee", "met", (OFFER_ZH, ASKS_ZH, "A: 下个月肯定不会再扣。")),
    ("fairness.no_guarantee", "met", (OFFER_ZH, ASKS_ZH, "A: 收益我不能保证。")),
    ("fairness.no_guarantee", "met", (OFFER_ZH, ASKS_ZH, "A: 这个产品不保本。")),
    ("fairness.no_guarantee", "not_met", (OFFER_ZH, ASKS_ZH, "A: 这个稳赚不赔，我保证您赚钱。")),
    ("fairness.no_guarantee", "not_met", (OFFER_ZH, ASKS_ZH, "A: 绝对没有任何风险的")),
    ("fairness.no_guarantee", "met", (OFFER_ZH, "C: 是不是稳赚不赔？", "A: 不是。")),
    ("fairness.no_pressure", "met", (OFFER_ZH, ASKS_ZH, "A: 您不用现在就决定。")),
    ("fairness.no_pressure", "not_met", (OFFER_ZH, ASKS_ZH, "A: 只限今天有效。")),
    ("fairness.no_pressure", "not_met", (OFFER_ZH, ASKS_ZH, "A: 您必须现在就决定过了今天就没了")),
    ("fairness.no_pressure", "met", (OFFER_ZH, "C: 只限今天吗？", "A: 不是。")),
    ("fairness.refusal", "met", (OFFER_ZH, NO_ZH, "A: 没关系，打扰您了。")),
    ("fairness.refusal", "met", (OFFER_ZH, "C: 我再考虑一下", "A: 好的您慢慢考虑")),
    ("fairness.refusal", "not_met", (OFFER_ZH, NO_ZH, "A: 可是这个套餐很好啊。")),
    ("fairness.refusal", "not_met", (OFFER_ZH, NO_ZH, "A: 没关系，不过不办您会后悔的。")),
    ("fairness.refusal", "not_applicable", (OFFER_ZH, YES_ZH, ORDER_ZH)),
    ("fairness.refusal", "not_applicable", ("C: 我不需要新手机，我要修旧的。", "A: 您说。")),
    ("fairness.vulnerable", "met", (OFFER_ZH, "C: 我老伴刚去世。", "A: 请您节哀，这个不着急。")),
    ("fairness.vulnerable", "met", (OFFER_ZH, "C: 我耳朵不好听不清。", "A: 我再给您慢点说一遍。")),
    ("fairness.vulnerable", "not_met", (OFFER_ZH, "C: 我没太听懂。", ORDER_ZH)),
    ("fairness.vulnerable", "not_met", (OFFER_ZH, "C: 我没太听懂。", "A: 嗯。", "C: 不急吧？", ORDER_ZH)),
    ("fairness.vulnerable", "not_applicable", (OFFER_ZH, YES_ZH, ORDER_ZH)),
    ("fairness.vulnerable", "not_applicable", (OFFER_ZH, "C: 我又不是听不懂。", ORDER_ZH)),
    ("consent.before_order", "met", (OFFER_ZH, ASKS_ZH, PRICE_ZH, CONSENT_ZH, YES_ZH, ORDER_ZH)),
    ("consent.before_order", "not_met", (OFFER_ZH, ASKS_ZH, PRICE_ZH, ORDER_ZH)),
    ("consent.before_order", "not_met", (OFFER_ZH, ASKS_ZH, ORDER_ZH, PRICE_ZH, CONSENT_ZH, YES_ZH)),
    ("consent.before_order", "not_met", (OFFER_ZH, ASKS_ZH, PRICE_ZH, CONSENT_ZH, "C: 得问我太太。", ORDER_ZH)),
    ("consent.before_order", "not_met", (OFFER_ZH, ASKS_ZH, PRICE_ZH, CONSENT_ZH, "C: 不太好吧。", ORDER_ZH)),
    ("consent.before_order", "not_applicable", (OFFER_ZH, ASKS_ZH, PRICE_ZH, CONSENT_ZH, NO_ZH)),
    ("consent.before_order", "not_applicable", (OFFER_ZH, ASKS_ZH, "A: 您同意了我才能给您办理。", NO_ZH)),
    ("consent.before_charge", "met", ("A: 从您卡里扣款，您同意吗？", YES_ZH, "A: 已经从您卡里扣款三十元。")),
    ("consent.before_charge", "not_met", (OFFER_ZH, ASKS_ZH, "A: 我现在从您卡里扣款。")),
    ("consent.before_charge", "not_met", ("A: 我现在从您卡里扣款。", ASKS_ZH, "A: 您同意吗？", YES_ZH)),
    ("consent.before_charge", "not_applicable", (OFFER_ZH, ASKS_ZH, "A: 麻烦您报一下卡号后四位。")),
    ("consent.before_charge", "not_applicable", (OFFER_ZH, "C: 不要扣我卡里的钱。", "A: 不会从您卡里扣款。")),
    ("consent.in_writing", "met", (OFFER_ZH, YES_ZH, ORDER_ZH, "A: 电子合同会发送给您。")),
    ("consent.in_writing", "not_met", (OFFER_ZH, YES_ZH, ORDER_ZH)),
    ("consent.in_writing", "not_met", (OFFER_ZH, YES_ZH, ORDER_ZH, "A: 合同没法发给您。")),
    ("consent.in_writing", "not_met", (OFFER_ZH, YES_ZH, ORDER_ZH, "C: 合同会发给我吗？")),
    ("consent.in_writing", "not_applicable", (OFFER_ZH, NO_ZH)),
]


@pytest.mark.parametrize(
    ("language", "criterion", "outcome", "lines"),
    [("en", *case) for case in CASES_EN] + [("zh", *case) for case in CASES_ZH],
)
def test_sales(language: str, criterion: str, outcome: str, lines: tuple[str, ...]) -> None:
    result = judge(criterion, call(*lines, language=language), "sales-compliance")
    assert result.outcome == outcome, result.explanation
