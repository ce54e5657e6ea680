"""Every spoken criterion of service-core.zh: a met case, a miss, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.scoring_builders import call, judge

OPENING = "A: 您好，明光燃气，我是客服李雪，请问有什么可以帮您？"
REASON = "C: 你好，我想问一下下个星期装新燃气表的那个预约是什么时候。"
ANGRY = "C: 你们师傅昨天根本没来，害我白等一整天，班也没上成，真是气死我了。"

CASES: list[tuple[str, str, tuple[str, ...]]] = [
    # opening.greeting
    ("opening.greeting", "met", (OPENING, REASON)),
    ("opening.greeting", "met", ("A: 欢迎致电海天航空请问您需要办理什么业务", REASON)),
    ("opening.greeting", "partially_met", ("A: 您好，请讲。", REASON)),
    ("opening.greeting", "partially_met", ("A: 明光燃气，请讲。", REASON)),
    ("opening.greeting", "not_met", ("A: 喂，说。", REASON)),
    ("opening.greeting", "not_met", ("I: 您好，欢迎致电明光燃气。", "A: 喂，讲。", REASON)),
    ("opening.greeting", "not_met", ("A: 喂？", REASON, "A: 您好，明光燃气。")),
    # opening.name
    ("opening.name", "met", (OPENING, REASON)),
    ("opening.name", "met", ("A: 您好，明光燃气，我是阿珊，请讲。", REASON)),
    ("opening.name", "met", ("A: 您好，工号三零七二为您服务。", REASON)),
    ("opening.name", "met", ("A: 您好明光燃气公号八八零一很高兴为您服务", REASON)),  # 工号, misheard
    ("opening.name", "not_met", ("A: 您好，明光燃气，请问有什么可以帮您？", REASON)),
    ("opening.name", "not_met", ("A: 您好，请讲。", "C: 我叫王芳，我想问一下我的燃气表什么时候装。")),
    ("opening.name", "not_met", ("A: 您好，请讲。", REASON, "A: 好的，我叫李雪。")),
    # opening.offer_help
    ("opening.offer_help", "met", (OPENING, REASON)),
    ("opening.offer_help", "met", ("A: 您好，明光燃气，请问您是要报修吗？", REASON)),
    ("opening.offer_help", "met", ("A: 喂，啥子事情？", REASON)),
    ("opening.offer_help", "met", ("A: 您好您今天想咨询点什么", REASON)),
    ("opening.offer_help", "not_met", ("A: 您好，报一下户号。", REASON)),
    ("opening.offer_help", "not_met", ("A: 喂。", "C: 你们不是应该先说请问有什么可以帮您的吗，真是的。")),
    ("opening.offer_help", "not_met", ("A: 喂。", REASON, "A: 那有什么可以帮您？")),
    # compliance.recording_notice
    ("compliance.recording_notice", "met", ("A: 您好，为了保证服务质量，本次通话会被录音。", REASON)),
    ("compliance.recording_notice", "met", ("I: 您的通话可能会被录音。", OPENING, REASON)),
    ("compliance.recording_notice", "met", ("A: 您好这通电话后台是录着音的您请讲", REASON)),
    ("compliance.recording_notice", "not_met", (OPENING, REASON)),
    (
        "compliance.recording_notice",
        "not_met",
        (OPENING, "C: 你们这个电话有录音的吧？我可是要留证据的。", "A: 您的问题是什么？"),
    ),
    ("compliance.recording_notice", "not_met", ("A: 您好，这通电话没有录音，请讲。", REASON)),
    (
        "compliance.recording_notice",
        "not_met",
        (OPENING, REASON, "A: 请报一下您的户号。", "C: 四四一二九三。", "A: 另外本次通话会被录音。"),
    ),
    # compliance.verify_identity
    (
        "compliance.verify_identity",
        "met",
        (
            OPENING,
            REASON,
            "A: 请报一下户主姓名和手机号。",
            "C: 王芳，一三九零零零零一一二二。",
            "A: 查到了，您的预约是周四上午。",
        ),
    ),
    (
        "compliance.verify_identity",
        "partially_met",
        (OPENING, REASON, "A: 请报一下您的户号。", "C: 四四一二九三。", "A: 系统显示您这边欠费四十块。"),
    ),
    (
        "compliance.verify_identity",
        "partially_met",
        (
            OPENING,
            REASON,
            "A: 系统显示您欠费四十块。",
            "C: 哦。",
            "A: 您的姓名和手机号是多少？",
            "C: 王芳，一三九零零。",
        ),
    ),
    ("compliance.verify_identity", "not_met", (OPENING, REASON, "A: 系统显示您欠费四十块。")),
    ("compliance.verify_identity", "not_met", (OPENING, "C: 我叫王芳，我现在欠多少钱？", "A: 系统显示您欠费四十块。")),
    ("compliance.verify_identity", "not_applicable", (OPENING, REASON, "A: 新表都是免费安装的。")),
    # compliance.no_secret_request
    ("compliance.no_secret_request", "met", (OPENING, REASON, "A: 您银行卡的后四位是多少？")),
    ("compliance.no_secret_request", "met", (OPENING, "C: 要不要我把密码告诉你？", "A: 千万别，密码跟谁都不要说。")),
    ("compliance.no_secret_request", "met", (OPENING, REASON, "A: 我们不会向您索要验证码。")),
    ("compliance.no_secret_request", "met", (OPENING, REASON, "A: 机器上提示的是密码错误吗？")),
    ("compliance.no_secret_request", "not_met", (OPENING, REASON, "A: 您把短信里的六位验证码念给我。")),
    ("compliance.no_secret_request", "not_met", (OPENING, REASON, "A: 麻烦您提供一下验正码")),  # 验证码, misheard
    ("compliance.no_secret_request", "not_met", (OPENING, REASON, "A: 您的登录密码告诉我一下，我帮您登进去。")),
    # compliance.no_guarantee
    ("compliance.no_guarantee", "met", (OPENING, REASON, "A: 这个我不能保证，要看天气。")),
    ("compliance.no_guarantee", "met", (OPENING, "C: 你能保证明天一定来吗？百分之百？", "A: 一般是来的。")),
    ("compliance.no_guarantee", "met", ("A: 您好，为保证服务质量，通话会录音。", REASON)),
    ("compliance.no_guarantee", "met", (OPENING, REASON, "A: 保证金在柜台退。")),
    ("compliance.no_guarantee", "not_met", (OPENING, REASON, "A: 我保证明天给您装好。")),
    ("compliance.no_guarantee", "not_met", (OPENING, REASON, "A: 您放心百分之百没有问题")),
    # compliance.no_abuse
    ("compliance.no_abuse", "met", (OPENING, "C: 你是不是有病啊，你个废物。", "A: 您先别生气，我来处理。")),
    ("compliance.no_abuse", "met", (OPENING, "C: 都怪我自己没看清楚。", "A: 不怪您，说明写得不清楚。")),
    ("compliance.no_abuse", "not_met", (OPENING, REASON, "A: 您自己不看通知，这能怪谁？")),
    ("compliance.no_abuse", "not_met", (OPENING, REASON, "A: 跟你说了多少遍了，听不懂啊？")),
    ("compliance.no_abuse", "not_met", (OPENING, REASON, "A: 你早干嘛去了")),
    # empathy.acknowledge
    ("empathy.acknowledge", "met", (OPENING, ANGRY, "A: 白等了一天，换谁都会生气的。")),
    ("empathy.acknowledge", "met", (OPENING, ANGRY, "A: 我特别理解您现在的心情")),
    (
        "empathy.acknowledge",
        "met",
        (OPENING, ANGRY, "A: 哦。", "C: 你说怎么办吧。", "A: 害您白跑一天班，真是委屈您了。"),
    ),
    ("empathy.acknowledge", "partially_met", (OPENING, ANGRY, "A: 不好意思哈。您报一下户号。")),
    ("empathy.acknowledge", "partially_met", (OPENING, ANGRY, "A: 嗯，好的。户号多少？")),
    ("empathy.acknowledge", "not_met", (OPENING, ANGRY, "A: 户号报一下。")),
    (
        "empathy.acknowledge",
        "not_met",
        (OPENING, ANGRY, "A: 户号？", "C: 四四一。", "A: 地址？", "C: 光明路。", "A: 换谁都会生气的。"),
    ),
    ("empathy.acknowledge", "not_applicable", (OPENING, REASON, "A: 好的。")),
    # empathy.apology
    ("empathy.apology", "met", (OPENING, ANGRY, "A: 非常抱歉，让您白等了一天。")),
    ("empathy.apology", "met", (OPENING, ANGRY, "A: 这是我们的失误我向您道歉")),
    ("empathy.apology", "not_met", (OPENING, ANGRY, "A: 不好意思您再说一遍？")),
    ("empathy.apology", "not_met", (OPENING, ANGRY, "A: 抱歉让您久等了，查到了。")),
    ("empathy.apology", "not_met", (OPENING, ANGRY, "A: 户号？", "C: 对不起我刚才声音大了点，是四四一。")),
    ("empathy.apology", "not_applicable", (OPENING, REASON, "A: 周四上午。")),
    # empathy.ownership
    ("empathy.ownership", "met", (OPENING, ANGRY, "A: 我马上给您联系师傅重新安排。")),
    ("empathy.ownership", "met", (OPENING, ANGRY, "A: 这件事交给我")),
    ("empathy.ownership", "not_met", (OPENING, ANGRY, "A: 这个我没办法给您安排。")),
    ("empathy.ownership", "not_met", (OPENING, ANGRY, "A: 这不归我们管。", "C: 那我自己来联系，我去找他们。")),
    ("empathy.ownership", "not_applicable", (OPENING, REASON, "A: 营业厅每天九点开门。")),
    # listening.probing
    ("listening.probing", "met", (OPENING, ANGRY, "A: 师傅之前给您打过电话没有？")),
    ("listening.probing", "met", (OPENING, ANGRY, "A: 当时约的是几点钟")),
    ("listening.probing", "not_met", (OPENING, ANGRY, "A: 您的手机号是多少？")),
    ("listening.probing", "not_met", (OPENING, ANGRY, "A: 您还有别的问题吗？")),
    ("listening.probing", "not_met", (OPENING, ANGRY, "A: 都登记了。", "C: 那当时约的是几点？")),
    # listening.confirm_understanding
    ("listening.confirm_understanding", "met", (OPENING, ANGRY, "A: 您是说师傅昨天没来，您白等了一整天，对吧？")),
    ("listening.confirm_understanding", "met", (OPENING, ANGRY, "A: 那我跟您核对一下刚才说的情况")),
    ("listening.confirm_understanding", "met", (OPENING, "C: 我的表号是四四一九二。", "A: 四四一九二，记下了。")),
    ("listening.confirm_understanding", "not_met", (OPENING, ANGRY, "A: 系统里有一个三号的工单。")),
    (
        "listening.confirm_understanding",
        "not_met",
        (OPENING, ANGRY, "A: 嗯。", "C: 我跟你确认一遍啊，你记下了没有？", "A: 嗯。"),
    ),
    # hold.permission
    ("hold.permission", "met", (OPENING, REASON, "A: 您稍等一下可以吗？", "C: 可以。", "30s", "A: 好了。")),
    ("hold.permission", "met", (OPENING, REASON, "A: 请别挂机，我跟派单部门核实一下情况。", "20s", "A: 是周四上午。")),
    ("hold.permission", "partially_met", (OPENING, REASON, "A: 稍等。", "20s", "A: 是周四上午。")),
    ("hold.permission", "not_met", (OPENING, REASON, "A: 嗯。", "25s", "C: 喂？有人吗？", "A: 在的。")),
    ("hold.permission", "not_applicable", (OPENING, REASON, "A: 稍等。", "5s", "A: 是周四上午。")),
    (
        "hold.permission",
        "not_applicable",
        (OPENING, "C: 你等一下啊，我拿支笔。", "A: 不急。", "30s", "C: 好了，你说。"),
    ),
    # hold.thanks
    ("hold.thanks", "met", (OPENING, REASON, "A: 稍等。", "20s", "A: 感谢您的耐心等待。")),
    ("hold.thanks", "met", (OPENING, REASON, "A: 稍等。", "20s", "A: 让您久等了是周四上午")),
    ("hold.thanks", "not_met", (OPENING, REASON, "A: 稍等。", "20s", "A: 是周四上午。")),
    ("hold.thanks", "not_met", (OPENING, REASON, "A: 稍等。", "20s", "C: 我等了好久了。", "A: 是周四上午。")),
    ("hold.thanks", "not_applicable", (OPENING, REASON, "A: 是周四上午。")),
    # resolution.solution
    ("resolution.solution", "met", (OPENING, ANGRY, "A: 我给您重新约了周四上午上门。")),
    ("resolution.solution", "met", (OPENING, REASON, "A: 您打开小程序，点我的预约就能看到。")),
    (
        "resolution.solution",
        "partially_met",
        (OPENING, ANGRY, "A: 我给您重新约了周四上午。", "C: 那误工费呢？", "A: 这个我不清楚，您自己去问物业吧。"),
    ),
    ("resolution.solution", "not_met", (OPENING, ANGRY, "A: 没办法，等通知吧，尽快。")),
    ("resolution.solution", "not_met", (OPENING, ANGRY, "A: 嗯。", "C: 你们应该给我重新约一个，再赔我一百块。")),
    # resolution.timeframe
    ("resolution.timeframe", "met", (OPENING, ANGRY, "A: 明天上午十点前主管给您回电话。")),
    ("resolution.timeframe", "met", (OPENING, ANGRY, "A: 赔付三个工作日内到账")),
    ("resolution.timeframe", "not_met", (OPENING, ANGRY, "A: 回头会有人联系您。", "C: 什么时候？", "A: 尽快吧。")),
    ("resolution.timeframe", "not_applicable", (OPENING, REASON, "A: 就是周四上午。")),
    ("resolution.timeframe", "not_applicable", (OPENING, REASON, "A: 嗯。", "C: 那我明天再给你们打电话。")),
    # resolution.confirm
    ("resolution.confirm", "met", (OPENING, ANGRY, "A: 给您约好了，这样处理您满意吗？", "C: 行。")),
    ("resolution.confirm", "met", (OPENING, ANGRY, "A: 我刚才说的您都清楚了吗", "C: 清楚了")),
    ("resolution.confirm", "not_met", (OPENING, ANGRY, "A: 请问还有其他需要吗？", "C: 没有。")),
    ("resolution.confirm", "not_met", (OPENING, ANGRY, "A: 好了。", "C: 你们上次也问我解决了吗，结果还不是没来。")),
    # resolution.escalation
    ("resolution.escalation", "met", (OPENING, "C: 叫你们主管来听电话。", "A: 好的，我给您转接主管。")),
    ("resolution.escalation", "met", (OPENING, "C: 我要去工信部投诉你们。", "A: 我给您登记投诉工单，专员会联系您。")),
    ("resolution.escalation", "met", (OPENING, "C: 我要去公信部投宿你们。", "A: 我给您升级处理。")),  # misheard
    ("resolution.escalation", "not_met", (OPENING, "C: 叫你们主管来听电话。", "A: 主管不接电话的。")),
    ("resolution.escalation", "not_met", (OPENING, "C: 我要发到抖音上去。", "A: 那是您的自由。")),
    ("resolution.escalation", "not_applicable", (OPENING, REASON, "A: 我们主管说是周四上午。")),
    # closing.further_help
    ("closing.further_help", "met", (OPENING, REASON, "A: 请问还有其他可以帮您的吗？", "C: 没有了。")),
    ("closing.further_help", "met", (OPENING, REASON, "A: 那您还有别的事没有", "C: 没了")),
    ("closing.further_help", "not_met", (OPENING, REASON, "A: 周四上午。", "C: 还有什么要我准备的吗？", "A: 不用。")),
    ("closing.further_help", "not_met", (OPENING, REASON, "A: 没有别的办法了。", "C: 行吧。")),
    ("closing.further_help", "not_met", (OPENING, REASON, "A: 您是自己拆的还是装了什么别的东西？", "C: 没有。")),
    # closing.thanks
    ("closing.thanks", "met", (OPENING, REASON, "A: 周四上午。", "C: 谢谢。", "A: 感谢您的来电，再见。")),
    ("closing.thanks", "met", (OPENING, REASON, "A: 周四上午。", "C: 谢谢。", "A: 祝您生活愉快")),
    ("closing.thanks", "not_met", (OPENING, REASON, "A: 周四上午。", "C: 谢谢啊，再见。", "A: 嗯。")),
    ("closing.thanks", "not_scored", (OPENING, REASON, "A: 周四上午，那个", "C: 算了算了，我不跟你说了，挂了。")),
]


@pytest.mark.parametrize(
    ("criterion", "expected", "lines"), CASES, ids=[f"{c}-{o}-{i}" for i, (c, o, _) in enumerate(CASES)]
)
def test_outcome(criterion: str, expected: str, lines: tuple[str, ...]) -> None:
    result = judge(criterion, call(*lines, language="zh"))
    assert result.outcome == expected, f"{result.explanation} {result.evidence}"


def test_outbound_calls_need_no_company_and_no_offer() -> None:
    conversation = call("A: 您好，请问是王女士吗？", "C: 是我，你哪位？", language="zh", direction="outbound")
    assert judge("opening.greeting", conversation).outcome == "met"
    assert judge("opening.offer_help", conversation).outcome == "not_applicable"


def test_the_name_of_the_call_data_is_heard_by_its_sound() -> None:
    conversation = call("A: 您好明光燃气梨雪为您服务", REASON, language="zh", agent_name="李雪")
    assert judge("opening.name", conversation).outcome == "met"


def test_what_was_misheard_is_quoted_as_it_was_written() -> None:
    result = judge("compliance.no_secret_request", call(OPENING, REASON, "A: 麻烦您提供一下验正码", language="zh"))
    assert result.evidence[0].quote == "麻烦您提供一下验正码"


def test_explanations_are_in_the_language_of_the_rubric() -> None:
    result = judge("closing.further_help", call(OPENING, REASON, "A: 周四上午。", language="zh"))
    assert "查找范围" in result.explanation


LOOKS_UP = "A: 好的，我查一下。"


@pytest.mark.parametrize(
    ("expected", "lines"),
    [
        # The phone that belongs to an order is one thing asked for, not two.
        (
            "partially_met",
            ("A: 订单登记的手机号报一下。", "C: 幺三九零零二二五七四八。", "A: 查到了，您这单昨天签收的。"),
        ),
        ("met", ("A: 姓名和订单号报一下。", "C: 王芳，七七零幺。", "A: 查到了，您这单昨天签收的。")),
        # What the line shows is no check, and a negated request is none.
        ("not_met", ("A: 不用报卡号，来电号码我看得见。", "C: 那你快查啊。", "A: 尾号九二的卡，系统显示扣了两千。")),
        # Nobody asks for an account for the opening hours.
        ("partially_met", ("A: 户号报一下。", "C: 七七零幺二二。", "A: 好的。")),
        ("not_applicable", ("A: 您住哪个小区？", "C: 桂园小区。", "A: 那边周四停气。")),
        ("not_applicable", ("A: 您带上身份证和存折，一趟办完。", "C: 好的。", LOOKS_UP)),
    ],
)
def test_identity(expected: str, lines: tuple[str, ...]) -> None:
    result = judge("compliance.verify_identity", call(OPENING, REASON, *lines, language="zh"))
    assert result.outcome == expected, f"{result.explanation} {result.evidence}"


def test_an_address_said_again_is_read_back() -> None:
    lines = (OPENING, REASON, "A: 地址报一下？", "C: 对，桂园小区五栋二单元三零二。")
    assert (
        judge("listening.confirm_understanding", call(*lines, "A: 桂园五栋二单元三零二。", language="zh")).outcome
        == "met"
    )
    other = judge("listening.confirm_understanding", call(*lines, "A: 明天下午六点以前给您送到。", language="zh"))
    assert other.outcome == "not_met"


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("met", "A: 处理好了给您回电话。明天上午十点前师傅给您打电话。"),  # one matter, two sentences
        ("not_met", "A: 面重新做一份，二十分钟左右送到。回头给您回电话。"),  # the firm promise decides
        ("met", "A: 面重新做一份，二十分钟左右送到。"),
        ("not_met", "A: 我们尽快给您安排。"),
    ],
)
def test_promises_of_one_matter(expected: str, said: str) -> None:
    result = judge("resolution.timeframe", call(OPENING, REASON, said, "C: 好的。", "A: 再见。", language="zh"))
    assert result.outcome == expected, f"{result.explanation} {result.evidence}"


@pytest.mark.parametrize("marks", ["，。？！：", ",.?!:"])
def test_marks_of_either_width(marks: str) -> None:
    """Whoever typed the transcript: the clause ends where the mark stands."""
    lines = [line[:3] + line[3:].translate(str.maketrans("，。？！：", marks)) for line in (OPENING, REASON, ANGRY)]
    said = "A: 这个，我们没有做好，向您道歉。".translate(str.maketrans("，。", marks[:2]))
    conversation = call(*lines, said, language="zh")
    for criterion in ("opening.greeting", "opening.name", "opening.offer_help", "empathy.apology"):
        assert judge(criterion, conversation).outcome == "met"
