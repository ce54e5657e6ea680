"""Every criterion of the crisis rubrics in both languages: met, missed, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.scoring_builders import call, judge

DESPAIR = "C: I can't do this any more, I just want to kill myself."
HARMLESS = "C: My phone is dead and the bill is killing me."
SAFE = "A: Are you safe right now?"
CALLS = "A: I'm sending an ambulance to you now."
STAYS = "A: I'm staying here with you until they arrive."

CASES_EN: list[tuple[str, str, tuple[str, ...]]] = [
    ("safety.first", "met", (DESPAIR, SAFE)),
    ("safety.first", "met", ("C: There is a strong smell of gas here.", "A: please open the windows and go outside")),
    ("safety.first", "partially_met", (DESPAIR, "A: Where are you?")),
    ("safety.first", "not_met", (DESPAIR, "A: Your account number please?")),
    ("safety.first", "not_met", (DESPAIR, "A: Hm.", "C: Aren't you going to ask are you safe?", "A: Hm.")),
    ("safety.first", "not_met", (DESPAIR, "A: Okay.", "C: Yes.", "A: Right.", "C: So.", SAFE)),  # too late
    ("safety.first", "not_applicable", (HARMLESS, "A: I see.")),
    ("safety.first", "not_applicable", ("C: I don't want to kill myself or anything, it is just a bill.", "A: Okay.")),
    ("safety.before_business", "met", (DESPAIR, SAFE, "C: Yes.", "A: What is your account number?")),
    ("safety.before_business", "not_met", (DESPAIR, "A: What is your account number?", "C: Four.", SAFE)),
    ("safety.before_business", "not_applicable", ("A: Your account number?", "C: Four.", DESPAIR, SAFE)),
    ("safety.before_business", "not_applicable", (DESPAIR, SAFE, "C: Do you need my account number?")),
    ("safety.place", "met", (DESPAIR, "A: Is anybody with you?")),
    ("safety.place", "not_met", (DESPAIR, SAFE)),
    ("safety.place", "not_met", (DESPAIR, "A: Hm.", "C: Do you know where are you sending them?")),
    ("safety.place", "not_applicable", (HARMLESS, "A: Where are you?")),
    ("safety.help", "met", (DESPAIR, CALLS)),
    ("safety.help", "met", (DESPAIR, "A: you can call the samaritans any time")),
    ("safety.help", "not_met", (DESPAIR, "A: I can't call an ambulance for you.")),
    ("safety.help", "not_met", (DESPAIR, "C: Please call an ambulance.", "A: Hm.")),
    ("safety.help", "not_applicable", (HARMLESS, CALLS)),
    ("calm.feeling", "met", (DESPAIR, "A: That sounds unbearable. I'm so glad you called.")),
    ("calm.feeling", "partially_met", (DESPAIR, "A: Take a deep breath.")),
    ("calm.feeling", "not_met", (DESPAIR, "A: Account number?")),
    ("calm.feeling", "not_met", (DESPAIR, "A: Hm.", "C: It is so frightening.", "A: Hm.")),
    ("calm.feeling", "not_applicable", (HARMLESS, "A: Okay.")),
    ("calm.no_belittling", "met", (DESPAIR, "A: You are not overreacting. It's not your fault.")),
    ("calm.no_belittling", "not_met", (DESPAIR, "A: Don't be silly.")),
    ("calm.no_belittling", "not_met", (DESPAIR, "A: calm down it's not that bad")),
    ("calm.no_belittling", "met", (DESPAIR, "A: Go on.", "C: My father said pull yourself together.", SAFE)),
    ("alone.stays", "met", (DESPAIR, STAYS)),
    ("alone.stays", "met", (DESPAIR, "A: Please don't hang up, you're not alone.")),
    ("alone.stays", "not_met", (DESPAIR, SAFE)),
    ("alone.stays", "not_met", (DESPAIR, "A: I can't stay on the line.")),
    ("alone.stays", "not_met", (DESPAIR, "C: Please stay with me.", "A: Hm.")),
    ("alone.stays", "not_applicable", (HARMLESS, STAYS)),
    ("alone.no_hold", "met", (DESPAIR, STAYS)),
    ("alone.no_hold", "not_met", (DESPAIR, "A: I'll put you on hold for a moment.")),
    ("alone.no_hold", "not_met", (DESPAIR, "A: please call back tomorrow")),
    ("alone.no_hold", "met", ("A: I'll put you on hold for a moment.", DESPAIR, SAFE)),  # before the danger was told
    ("alone.no_hold", "met", (DESPAIR, "A: I won't put you on hold.")),
    ("alone.no_hold", "not_applicable", (HARMLESS, "A: I'll put you on hold.")),
    (
        "alone.handover",
        "met",
        (DESPAIR, "A: I'll put you through to the crisis team and I'll stay on the line until they pick up."),
    ),
    ("alone.handover", "not_met", (DESPAIR, "A: I'll put you through to the crisis team.")),
    ("alone.handover", "not_applicable", (DESPAIR, STAYS)),
    ("alone.handover", "not_applicable", (DESPAIR, "C: Can you put me through to a doctor?", "A: Hm.")),
    ("course.steps", "met", (DESPAIR, SAFE, "C: I think so.", CALLS, STAYS)),
    ("course.steps", "partially_met", (DESPAIR, CALLS, SAFE, STAYS)),
    ("course.steps", "partially_met", (DESPAIR, SAFE, CALLS)),
    ("course.steps", "not_met", (DESPAIR, CALLS)),
    ("course.steps", "not_applicable", (HARMLESS, SAFE, CALLS, STAYS)),
    ("course.escalation", "met", (DESPAIR, "A: I'm getting my supervisor right now.")),
    ("course.escalation", "partially_met", (DESPAIR, "A: You can call the Samaritans.")),
    ("course.escalation", "not_met", (DESPAIR, SAFE)),
    ("course.escalation", "not_met", (DESPAIR, "C: I'll tell your supervisor.", "A: Hm.")),
    ("course.no_empty_promise", "met", (DESPAIR, "A: I can't promise that everything will be fine.")),
    ("course.no_empty_promise", "not_met", (DESPAIR, "A: I promise nothing will happen to you.")),
    ("course.no_empty_promise", "met", (DESPAIR, "A: I don't know whether everything will be fine.")),
    ("course.no_empty_promise", "not_met", (DESPAIR, "A: don't worry everything will be fine")),
    ("course.no_empty_promise", "met", (DESPAIR, "C: You'll say everything will be fine.", SAFE)),
    ("course.next_step", "met", (DESPAIR, CALLS, "A: They will be there in ten minutes.")),
    ("course.next_step", "not_met", (DESPAIR, SAFE)),
    ("course.next_step", "not_met", (DESPAIR, "A: Hm.", "C: What happens next?", "A: Hm.")),
]

DESPAIR_ZH = "C: 我真的撑不下去了，我不想活了。"
HARMLESS_ZH = "C: 我手机死机了，话费贵得要命。"
SAFE_ZH = "A: 您现在安全吗？"
CALLS_ZH = "A: 我马上帮您叫救护车。"
STAYS_ZH = "A: 我会一直陪着您，等他们到。"

CASES_ZH: list[tuple[str, str, tuple[str, ...]]] = [
    ("safety.first", "met", (DESPAIR_ZH, SAFE_ZH)),
    ("safety.first", "met", ("C: 家里有一股很重的煤气味。", "A: 请马上打开窗户到室外去")),
    ("safety.first", "partially_met", (DESPAIR_ZH, "A: 您在哪里？")),
    ("safety.first", "not_met", (DESPAIR_ZH, "A: 报一下户号。")),
    ("safety.first", "not_met", (DESPAIR_ZH, "A: 嗯。", "C: 你都不问我现在安全吗？", "A: 嗯。")),
    ("safety.first", "not_met", (DESPAIR_ZH, "A: 嗯。", "C: 对。", "A: 嗯。", "C: 唉。", SAFE_ZH)),
    ("safety.first", "not_applicable", (HARMLESS_ZH, "A: 好。")),
    ("safety.first", "not_applicable", ("C: 我又没有想死，就是问个账单。", "A: 好。")),
    ("safety.first", "not_applicable", ("C: 我说不要！再打我就去告你们。", "A: 好。")),
    ("safety.before_business", "met", (DESPAIR_ZH, SAFE_ZH, "C: 嗯。", "A: 您的户号是多少？")),
    ("safety.before_business", "not_met", (DESPAIR_ZH, "A: 您的户号是多少？", "C: 四。", SAFE_ZH)),
    ("safety.before_business", "not_applicable", ("A: 您的户号？", "C: 四。", DESPAIR_ZH, SAFE_ZH)),
    ("safety.before_business", "not_applicable", (DESPAIR_ZH, SAFE_ZH, "C: 要报户号吗？")),
    ("safety.place", "met", (DESPAIR_ZH, "A: 您身边有没有人？")),
    ("safety.place", "not_met", (DESPAIR_ZH, SAFE_ZH)),
    ("safety.place", "not_met", (DESPAIR_ZH, "A: 嗯。", "C: 你们公司在哪里？")),
    ("safety.place", "not_applicable", (HARMLESS_ZH, "A: 您在哪里？")),
    ("safety.help", "met", (DESPAIR_ZH, CALLS_ZH)),
    ("safety.help", "met", (DESPAIR_ZH, "A: 您可以拨打心理援助热线")),
    ("safety.help", "not_met", (DESPAIR_ZH, "A: 我们没法叫救护车。")),
    ("safety.help", "not_met", (DESPAIR_ZH, "C: 帮我叫救护车。", "A: 嗯。")),
    ("safety.help", "not_applicable", (HARMLESS_ZH, CALLS_ZH)),
    ("calm.feeling", "met", (DESPAIR_ZH, "A: 我听得出来您很痛苦，谢谢您愿意告诉我。")),
    ("calm.feeling", "partially_met", (DESPAIR_ZH, "A: 您先深呼吸。")),
    ("calm.feeling", "not_met", (DESPAIR_ZH, "A: 报一下户号。")),
    ("calm.feeling", "not_met", (DESPAIR_ZH, "A: 嗯。", "C: 真的很难受很害怕。", "A: 嗯。")),
    ("calm.feeling", "not_applicable", (HARMLESS_ZH, "A: 好。")),
    ("calm.no_belittling", "met", (DESPAIR_ZH, "A: 这不是您的错。")),
    ("calm.no_belittling", "not_met", (DESPAIR_ZH, "A: 您想多了吧。")),
    ("calm.no_belittling", "not_met", (DESPAIR_ZH, "A: 多大点儿事没什么大不了")),
    ("calm.no_belittling", "met", (DESPAIR_ZH, "A: 您说。", "C: 我爸就说你想多了。", SAFE_ZH)),
    ("alone.stays", "met", (DESPAIR_ZH, STAYS_ZH)),
    ("alone.stays", "met", (DESPAIR_ZH, "A: 您先别挂电话，您不是一个人。")),
    ("alone.stays", "not_met", (DESPAIR_ZH, SAFE_ZH)),
    ("alone.stays", "not_met", (DESPAIR_ZH, "A: 我没法一直陪着您。")),
    ("alone.stays", "not_met", (DESPAIR_ZH, "C: 你别挂电话。", "A: 嗯。")),
    ("alone.stays", "not_applicable", (HARMLESS_ZH, STAYS_ZH)),
    ("alone.no_hold", "met", (DESPAIR_ZH, STAYS_ZH)),
    ("alone.no_hold", "not_met", (DESPAIR_ZH, "A: 您稍等一下，我去问问。")),
    ("alone.no_hold", "not_met", (DESPAIR_ZH, "A: 您明天再打过来")),
    ("alone.no_hold", "met", ("A: 您稍等一下。", DESPAIR_ZH, SAFE_ZH)),
    ("alone.no_hold", "met", (DESPAIR_ZH, "A: 我不会挂的。")),
    ("alone.no_hold", "not_applicable", (HARMLESS_ZH, "A: 您稍等。")),
    ("alone.handover", "met", (DESPAIR_ZH, "A: 我帮您转接心理专员，我会一直陪着直到他接起来。")),
    ("alone.handover", "not_met", (DESPAIR_ZH, "A: 我帮您转接心理专员。")),
    ("alone.handover", "not_applicable", (DESPAIR_ZH, STAYS_ZH)),
    ("alone.handover", "not_applicable", (DESPAIR_ZH, "C: 能转接医生吗？", "A: 嗯。")),
    ("course.steps", "met", (DESPAIR_ZH, SAFE_ZH, "C: 还好。", CALLS_ZH, STAYS_ZH)),
    ("course.steps", "partially_met", (DESPAIR_ZH, CALLS_ZH, SAFE_ZH, STAYS_ZH)),
    ("course.steps", "partially_met", (DESPAIR_ZH, SAFE_ZH, CALLS_ZH)),
    ("course.steps", "not_met", (DESPAIR_ZH, CALLS_ZH)),
    ("course.steps", "not_applicable", (HARMLESS_ZH, SAFE_ZH, CALLS_ZH, STAYS_ZH)),
    ("course.escalation", "met", (DESPAIR_ZH, "A: 我马上请值班主管过来。")),
    ("course.escalation", "partially_met", (DESPAIR_ZH, "A: 您可以拨打心理援助热线。")),
    ("course.escalation", "not_met", (DESPAIR_ZH, SAFE_ZH)),
    ("course.escalation", "not_met", (DESPAIR_ZH, "C: 我马上找你们主管。", "A: 嗯。")),
    ("course.no_empty_promise", "met", (DESPAIR_ZH, "A: 我不能跟您保证一切都会好起来。")),
    ("course.no_empty_promise", "not_met", (DESPAIR_ZH, "A: 我向您保证，您不会有任何危险。")),
    ("course.no_empty_promise", "not_met", (DESPAIR_ZH, "A: 放心吧一切都会好起来的")),
    ("course.no_empty_promise", "met", (DESPAIR_ZH, "C: 你又要说一切都会好起来。", SAFE_ZH)),
    ("course.next_step", "met", (DESPAIR_ZH, CALLS_ZH, "A: 他们十分钟就会到您那里。")),
    ("course.next_step", "not_met", (DESPAIR_ZH, SAFE_ZH)),
    ("course.next_step", "not_met", (DESPAIR_ZH, "A: 嗯。", "C: 接下来怎么办？", "A: 嗯。")),
]


@pytest.mark.parametrize(
    ("language", "criterion", "outcome", "lines"),
    [("en", *case) for case in CASES_EN] + [("zh", *case) for case in CASES_ZH],
)
def test_crisis(language: str, criterion: str, outcome: str, lines: tuple[str, ...]) -> None:
    result = judge(criterion, call(*lines, language=language), "crisis")
    assert result.outcome == outcome, result.explanation
