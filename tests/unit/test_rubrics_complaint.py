"""Every criterion of the complaint rubrics in both languages: met, missed, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.scoring_builders import call, judge

LATE = "C: My parcel never arrived and your driver was really rude to me."
ASKS = "A: I'm sorry about that. When was that, and what is your order number?"
TELLS = "C: Last Tuesday. The order number is four four one two."
LOOKS = "A: Let me look into this. I can see that the driver marked it delivered."
REFUND = "A: I'll refund the full amount to your card."

CASES_EN: list[tuple[str, str, tuple[str, ...]]] = [
    # receiving.accept
    ("receiving.accept", "met", (LATE, "A: I'm so sorry about that.")),
    ("receiving.accept", "met", (LATE, "A: thank you so much for telling us")),
    ("receiving.accept", "partially_met", (LATE, "A: I understand.")),
    ("receiving.accept", "not_met", (LATE, "A: What is your postcode?", "C: B one.")),
    ("receiving.accept", "not_met", (LATE, "A: Postcode?", "C: Well, at least say sorry for that.", "A: Postcode.")),
    ("receiving.accept", "partially_met", (LATE, "A: Sorry, I didn't catch that.")),  # a mishearing is no apology
    ("receiving.accept", "not_applicable", ("C: What time do you open?", "A: At nine.")),
    # receiving.no_blame
    ("receiving.no_blame", "met", (LATE, "A: It's not your fault at all.")),
    ("receiving.no_blame", "met", (LATE, "A: With this, is your problem solved?")),
    ("receiving.no_blame", "not_met", (LATE, "A: You should have read the delivery terms.")),
    ("receiving.no_blame", "not_met", (LATE, "A: well that's your own fault")),
    ("receiving.no_blame", "met", (LATE, "A: Pardon?", "C: He said that's your own fault.", "A: That is not right.")),
    # recording.details: of what the customer has not told
    ("recording.details", "met", (LATE, "A: Tell me what happened. When was that, and which order number?")),
    ("recording.details", "partially_met", (LATE, "A: What exactly happened?")),
    ("recording.details", "not_met", (LATE, "A: Okay.")),
    ("recording.details", "met", (LATE, TELLS, "A: And what did the driver say?")),  # time and order were told
    ("recording.details", "not_met", (LATE, "A: Okay.", "C: Don't you ask when it was?")),
    ("recording.details", "not_applicable", ("C: What time do you open?", "A: At nine.")),
    # recording.wish
    ("recording.wish", "met", (LATE, "A: What would you like us to do?")),
    ("recording.wish", "not_met", (LATE, "A: Noted.")),
    ("recording.wish", "not_applicable", (LATE, "C: I want my money back.", "A: Okay.")),
    ("recording.wish", "met", (LATE, "A: would you prefer a refund or a new one")),
    ("recording.wish", "not_met", (LATE, "A: Noted.", "C: So what would you like me to do?")),
    # recording.read_back
    ("recording.read_back", "met", (LATE, "A: So the parcel is missing and the driver was rude, is that right?")),
    ("recording.read_back", "not_met", (LATE, "A: Okay.")),
    ("recording.read_back", "not_met", (LATE, "A: Okay.", "C: Is that right, you can do nothing?")),
    # recording.registered
    ("recording.registered", "met", (LATE, "A: I've logged your complaint, the reference number is eight one two.")),
    ("recording.registered", "partially_met", (LATE, "A: I have logged the complaint.")),
    ("recording.registered", "not_met", (LATE, "A: I can't log a complaint here.")),
    ("recording.registered", "not_met", ("A: This call is recorded.", LATE, "A: Okay.")),
    ("recording.registered", "not_met", (LATE, "A: Okay.", "C: My case number is four one.")),
    # investigation.findings
    ("investigation.findings", "met", (LATE, LOOKS)),
    ("investigation.findings", "met", (LATE, "A: The depot manager will investigate this.")),
    ("investigation.findings", "partially_met", (LATE, "A: I'll look into this.")),
    ("investigation.findings", "not_met", (LATE, "A: Okay.", "C: I can see that the van was at my door.")),
    ("investigation.findings", "not_met", (LATE, "A: I can't look into this.")),
    # solving.remedy
    ("solving.remedy", "met", (LATE, REFUND)),
    ("solving.remedy", "partially_met", (LATE, "A: Someone will call you tomorrow.")),
    ("solving.remedy", "not_met", (LATE, "A: I can't refund that.")),
    ("solving.remedy", "not_met", (LATE, "C: I will send it back, then.", "A: Okay.")),
    ("solving.remedy", "not_applicable", ("C: Can I have a refund form?", "A: I'll send you one.")),
    # solving.order
    ("solving.order", "met", (LATE, ASKS, TELLS, LOOKS, REFUND)),
    ("solving.order", "partially_met", (LATE, LOOKS, REFUND)),
    ("solving.order", "partially_met", (LATE, REFUND, ASKS, TELLS, LOOKS)),
    ("solving.order", "not_met", (LATE, REFUND)),
    ("solving.order", "not_applicable", (LATE, ASKS, TELLS)),
    # solving.escalation
    ("solving.escalation", "met", (LATE, "C: Get me your manager.", "A: I'll get my supervisor for you.")),
    ("solving.escalation", "not_met", (LATE, "C: Get me your manager.", "A: There is none.")),
    ("solving.escalation", "not_applicable", (LATE, "C: The manager of the shop was nice, though.", "A: Okay.")),
    # answer.feedback_day
    ("answer.feedback_day", "met", (LATE, "A: We'll call you back by Friday.")),
    ("answer.feedback_day", "met", (LATE, "A: you'll hear from us within three working days")),
    ("answer.feedback_day", "not_met", (LATE, "A: We'll call you back as soon as possible.")),
    ("answer.feedback_day", "not_met", (LATE, "A: Someone will call you.", "C: By Friday?")),
    ("answer.feedback_day", "not_applicable", (LATE, REFUND)),
    # answer.never_open
    ("answer.never_open", "met", (LATE, REFUND)),
    ("answer.never_open", "met", (LATE, "A: We'll call you back by Friday.")),
    (
        "answer.never_open",
        "partially_met",
        (LATE, "A: Was that on Friday?", "C: Yes.", "A: Right.", "C: And?", "A: Someone will call you.", "C: When?"),
    ),  # a day, but not that of the answer
    ("answer.never_open", "partially_met", (LATE, "A: We'll call you back as soon as possible.")),
    ("answer.never_open", "not_met", (LATE, "A: There is nothing I can do.", "C: That is poor.", "A: Goodbye.")),
    ("answer.never_open", "partially_met", (LATE, REFUND, "C: And the driver?", "A: There's nothing we can do.")),
    ("answer.never_open", "not_scored", (LATE, "A: Hm.", "C: Forget it, bye.")),  # the customer hangs up
    ("answer.never_open", "not_applicable", ("C: What time do you open?", "A: At nine.")),
]

LATE_ZH = "C: 我的快递一直没收到，你们师傅态度还特别差。"
ASKS_ZH = "A: 非常抱歉。请问是什么时候的事，订单号是多少？"
TELLS_ZH = "C: 上周二，订单号是四四一二。"
LOOKS_ZH = "A: 我帮您核实一下。系统显示师傅点了签收。"
REFUND_ZH = "A: 我马上给您全额退款。"

CASES_ZH: list[tuple[str, str, tuple[str, ...]]] = [
    ("receiving.accept", "met", (LATE_ZH, "A: 非常抱歉给您添麻烦了。")),
    ("receiving.accept", "met", (LATE_ZH, "A: 谢谢您向我们反映这个情况")),
    ("receiving.accept", "partially_met", (LATE_ZH, "A: 我理解。")),
    ("receiving.accept", "not_met", (LATE_ZH, "A: 报一下邮编。")),
    ("receiving.accept", "not_met", (LATE_ZH, "A: 邮编？", "C: 你至少说句抱歉吧。", "A: 邮编。")),
    ("receiving.accept", "not_met", (LATE_ZH, "A: 抱歉没听清，请再说一遍。")),
    ("receiving.accept", "not_applicable", ("C: 你们几点上班？", "A: 九点。")),
    ("receiving.no_blame", "met", (LATE_ZH, "A: 这不是您的问题。")),
    ("receiving.no_blame", "met", (LATE_ZH, "A: 我来改，省得您自己弄。")),
    ("receiving.no_blame", "not_met", (LATE_ZH, "A: 那是您自己没看清楚。")),
    ("receiving.no_blame", "not_met", (LATE_ZH, "A: 您这是小题大做，您想多了吧")),
    ("receiving.no_blame", "met", (LATE_ZH, "A: 您说。", "C: 他居然说是你自己的问题。", "A: 这样说不对。")),
    ("recording.details", "met", (LATE_ZH, "A: 您说一下具体经过，是什么时候的事，订单号是多少？")),
    ("recording.details", "partially_met", (LATE_ZH, "A: 具体是怎么回事？")),
    ("recording.details", "not_met", (LATE_ZH, "A: 好。")),
    ("recording.details", "met", (LATE_ZH, TELLS_ZH, "A: 当时是什么情况？")),
    ("recording.details", "not_met", (LATE_ZH, "A: 好。", "C: 你不问问是什么时候的事？")),
    ("recording.details", "not_applicable", ("C: 你们几点上班？", "A: 九点。")),
    ("recording.wish", "met", (LATE_ZH, "A: 您希望我们怎么处理？")),
    ("recording.wish", "not_met", (LATE_ZH, "A: 好。")),
    ("recording.wish", "not_applicable", (LATE_ZH, "C: 我要求退款。", "A: 好。")),
    ("recording.wish", "met", (LATE_ZH, "A: 您是想退款还是重新发一件")),
    ("recording.wish", "not_met", (LATE_ZH, "A: 好。", "C: 你希望我怎么办？")),
    ("recording.read_back", "met", (LATE_ZH, "A: 我跟您确认一下，快递没收到，师傅态度不好，对吗？")),
    ("recording.read_back", "not_met", (LATE_ZH, "A: 好。")),
    ("recording.read_back", "not_met", (LATE_ZH, "A: 好。", "C: 你们就这么不管，对吗？")),
    ("recording.registered", "met", (LATE_ZH, "A: 我已经帮您登记了，投诉编号是八一二。")),
    ("recording.registered", "partially_met", (LATE_ZH, "A: 我已经给您登记了投诉。")),
    ("recording.registered", "not_met", (LATE_ZH, "A: 这个我登记不了。")),
    ("recording.registered", "not_met", ("A: 本次通话会被录音记录。", LATE_ZH, "A: 好。")),
    ("recording.registered", "not_met", (LATE_ZH, "A: 好。", "C: 我的投诉编号是四一。")),
    ("investigation.findings", "met", (LATE_ZH, LOOKS_ZH)),
    ("investigation.findings", "met", (LATE_ZH, "A: 站点主管会去调查这件事。")),
    ("investigation.findings", "partially_met", (LATE_ZH, "A: 我帮您查一下。")),
    ("investigation.findings", "not_met", (LATE_ZH, "A: 好。", "C: 我看到他的车就在楼下。")),
    ("investigation.findings", "not_met", (LATE_ZH, "A: 这个我没法查。")),
    ("solving.remedy", "met", (LATE_ZH, REFUND_ZH)),
    ("solving.remedy", "partially_met", (LATE_ZH, "A: 明天会有人给您回电。")),
    ("solving.remedy", "not_met", (LATE_ZH, "A: 这个不能给您退款。")),
    ("solving.remedy", "not_met", (LATE_ZH, "C: 那我给你们退货。", "A: 好。")),
    ("solving.remedy", "not_applicable", ("C: 退款单怎么填？", "A: 我给您发一份。")),
    ("solving.order", "met", (LATE_ZH, ASKS_ZH, TELLS_ZH, LOOKS_ZH, REFUND_ZH)),
    ("solving.order", "partially_met", (LATE_ZH, LOOKS_ZH, REFUND_ZH)),
    ("solving.order", "partially_met", (LATE_ZH, REFUND_ZH, ASKS_ZH, TELLS_ZH, LOOKS_ZH)),
    ("solving.order", "not_met", (LATE_ZH, REFUND_ZH)),
    ("solving.order", "not_applicable", (LATE_ZH, ASKS_ZH, TELLS_ZH)),
    ("solving.escalation", "met", (LATE_ZH, "C: 叫你们经理来。", "A: 我帮您转给主管。")),
    ("solving.escalation", "not_met", (LATE_ZH, "C: 叫你们经理来。", "A: 没有经理。")),
    ("solving.escalation", "not_applicable", (LATE_ZH, "C: 门店那个经理人倒是不错。", "A: 好。")),
    ("answer.feedback_day", "met", (LATE_ZH, "A: 我们周五之前会给您回电。")),
    ("answer.feedback_day", "met", (LATE_ZH, "A: 三个工作日内会有专人联系您")),
    ("answer.feedback_day", "not_met", (LATE_ZH, "A: 我们会尽快给您回复。")),
    ("answer.feedback_day", "not_met", (LATE_ZH, "A: 会有人给您回电。", "C: 周五之前吗？")),
    ("answer.feedback_day", "not_applicable", (LATE_ZH, REFUND_ZH)),
    ("answer.never_open", "met", (LATE_ZH, REFUND_ZH)),
    ("answer.never_open", "met", (LATE_ZH, "A: 我们周五之前会给您回电。")),
    ("answer.never_open", "partially_met", (LATE_ZH, "A: 我们会尽快给您回复。")),
    ("answer.never_open", "not_met", (LATE_ZH, "A: 这个我也没办法。", "C: 怎么这样。", "A: 再见。")),
    ("answer.never_open", "partially_met", (LATE_ZH, REFUND_ZH, "C: 那师傅呢？", "A: 这个没办法。")),
    ("answer.never_open", "not_scored", (LATE_ZH, "A: 嗯。", "C: 算了，挂了。")),
    ("answer.never_open", "not_applicable", ("C: 你们几点上班？", "A: 九点。")),
]


@pytest.mark.parametrize(
    ("language", "criterion", "outcome", "lines"),
    [("en", *case) for case in CASES_EN] + [("zh", *case) for case in CASES_ZH],
)
def test_complaint(language: str, criterion: str, outcome: str, lines: tuple[str, ...]) -> None:
    result = judge(criterion, call(*lines, language=language), "complaint")
    assert result.outcome == outcome, result.explanation
