"""The sentences of explanations, in the rubric's language."""

from __future__ import annotations

from qa.model import Language

_SENTENCES: dict[str, dict[Language, str]] = {
    "comma": {"en": ", ", "zh": "、"},
    "at_turns": {"en": "{what} (turn {turns})", "zh": "{what}（第 {turns} 轮）"},
    "heard": {"en": "Heard: {what}.", "zh": "已听到：{what}。"},
    "condition_holds": {"en": "The condition of this criterion holds.", "zh": "本项条件成立。"},
    "missing": {"en": "Not heard: {what}.", "zh": "未听到：{what}。"},
    "looked_in": {"en": "Looked in {window}: {n} turns ({turns}).", "zh": "查找范围：{window}，共 {n} 轮（{turns}）。"},
    "window_call": {"en": "the whole call", "zh": "整通电话"},
    "window_opening": {"en": "the opening", "zh": "开场部分"},
    "window_after_opening": {"en": "the call after its opening", "zh": "开场之后"},
    "window_second_half": {"en": "the second half of the call", "zh": "通话后半段"},
    "window_closing": {"en": "the closing", "zh": "结束部分"},
    "window_first_turns": {"en": "the first turns ({n})", "zh": "前 {n} 轮"},
    "window_last_turns": {"en": "the last turns ({n})", "zh": "最后 {n} 轮"},
    "window_first_s": {"en": "the first {n} s", "zh": "前 {n} 秒"},
    "window_last_s": {"en": "the last {n} s", "zh": "最后 {n} 秒"},
    "window_before": {"en": "the call before {anchor}", "zh": "“{anchor}”之前"},
    "window_after": {"en": "the call after {anchor}", "zh": "“{anchor}”之后"},
    "window_before_turns": {"en": "the turns before {anchor} ({n})", "zh": "“{anchor}”之前 {n} 轮"},
    "window_after_turns": {"en": "the turns after {anchor} ({n})", "zh": "“{anchor}”之后 {n} 轮"},
    "window_around_turns": {"en": "the turns around {anchor} ({n})", "zh": "“{anchor}”前后 {n} 轮"},
    "window_before_s": {"en": "the {n} s before {anchor}", "zh": "“{anchor}”之前 {n} 秒"},
    "window_after_s": {"en": "the {n} s after {anchor}", "zh": "“{anchor}”之后 {n} 秒"},
    "window_around_s": {"en": "{n} s around {anchor}", "zh": "“{anchor}”前后 {n} 秒"},
    "wrong_time": {"en": "Said at the wrong time: {what}.", "zh": "说的时机不对：{what}。"},
    "meanings_skipped": {
        "en": "Sentence meanings were not compared (no encoder given), only wordings.",
        "zh": "未比对句子含义（未提供编码器），仅比对了用语。",
    },
    "acts_skipped": {
        "en": "What sentences do was not compared (the conversation carries no acts), only wordings.",
        "zh": "未比对句子行为（该通话没有句子行为数据），仅比对了用语。",
    },
    "nothing_called_for_it": {"en": "Nothing in the call asked for it.", "zh": "通话中没有需要这样做的情形。"},
    "cut_off": {
        "en": "The customer ended the call before there was a chance.",
        "zh": "客户先挂断了电话，客服没有机会说。",
    },
    "forbidden": {"en": "Said in turn {turn}: {what}.", "zh": "第 {turn} 轮出现：{what}。"},
    "never_said": {"en": "Not found in any of {n} turns: {what}.", "zh": "{n} 轮发言中均未发现：{what}。"},
    "no_customer_turns": {"en": "No turn of the customer was recognised.", "zh": "没有识别出客户的发言。"},
    "no_agent_turns": {"en": "No turn of the agent was recognised.", "zh": "没有识别出客服的发言。"},
    "no_cue": {"en": "No occasion in the customer's words: {what}.", "zh": "客户的话中没有相应的情形：{what}。"},
    "no_turn_left": {"en": "none left", "zh": "之后已无发言"},
    "unanswered": {
        "en": "Turn {cue} called for: {what}. Not found in the agent's turns that follow ({turns}).",
        "zh": "第 {cue} 轮需要：{what}。在客服随后的发言（{turns}）中未找到。",
    },
    "answered": {"en": "Turn {turn} answers turn {cue}: {what}.", "zh": "第 {turn} 轮回应了第 {cue} 轮：{what}。"},
    "half_answered": {
        "en": "Turn {turn} answers turn {cue} with a formula only; missing: {what}.",
        "zh": "第 {turn} 轮对第 {cue} 轮只有套话；缺少：{what}。",
    },
    "nothing_disclosed": {
        "en": "Nothing account-specific was disclosed or changed.",
        "zh": "没有透露或更改任何账户信息。",
    },
    "identified": {"en": "Checked before turn {turn}: {what}.", "zh": "在第 {turn} 轮之前已核对：{what}。"},
    "identified_unprompted": {
        "en": "Checked, with no disclosure before it: {what}.",
        "zh": "已核对，此前没有透露信息：{what}。",
    },
    "one_identifier": {
        "en": "Only {what} checked before the disclosure or change in turn {turn}; {n} are needed.",
        "zh": "第 {turn} 轮透露或更改信息之前只核对了{what}；需要 {n} 项。",
    },
    "identified_late": {
        "en": "Identity was checked only after the disclosure or change in turn {turn}.",
        "zh": "第 {turn} 轮透露或更改信息之后才核对身份。",
    },
    "not_identified": {
        "en": "Disclosed or changed in turn {turn} without any identifier checked in the turns before it.",
        "zh": "第 {turn} 轮透露或更改了信息，此前各轮没有核对任何身份信息。",
    },
    "no_hold": {
        "en": "The agent never left the customer waiting for {seconds} s.",
        "zh": "客服没有让客户等待达到 {seconds} 秒。",
    },
    "wait": {
        "en": "{seconds} s between turns {before} and {after}",
        "zh": "第 {before} 与第 {after} 轮之间 {seconds} 秒",
    },
    "wait_untimed": {"en": "between turns {before} and {after}", "zh": "第 {before} 与第 {after} 轮之间"},
    "hold_unannounced": {
        "en": "The customer waited ({wait}) without a word of announcement in the agent's turn before it.",
        "zh": "客户等待（{wait}），客服此前的发言没有任何说明。",
    },
    "hold_announced": {
        "en": "Asked or announced with a reason in turn {turn} ({wait}).",
        "zh": "第 {turn} 轮征得同意或说明了原因（{wait}）。",
    },
    "hold_bare": {
        "en": "Announced in turn {turn} without asking and without a reason ({wait}).",
        "zh": "第 {turn} 轮只说了等待，没有征求同意，也没有说明原因（{wait}）。",
    },
    "hold_thanked": {
        "en": "Thanks or apology for the wait in turn {turn} ({wait}).",
        "zh": "第 {turn} 轮为等待致谢或致歉（{wait}）。",
    },
    "hold_not_thanked": {
        "en": "No thanks or apology for the wait in the agent's first turn after it, turn {turn} ({wait}).",
        "zh": "返回后的第一次发言（第 {turn} 轮）没有为等待致谢或致歉（{wait}）。",
    },
    "sequence_met": {"en": "Said in order: {what}.", "zh": "按顺序说出：{what}。"},
    "step_missed": {"en": "Step {n} of {of} is missing: {step}", "zh": "缺少第 {n} 步（共 {of} 步）：{step}"},
    "belongs_between": {
        "en": "; it belongs after turn {after} and before turn {before}.",
        "zh": "；应在第 {after} 轮之后、第 {before} 轮之前。",
    },
    "belongs_after": {"en": "; it belongs after turn {after}.", "zh": "；应在第 {after} 轮之后。"},
    "belongs_before": {"en": "; it belongs before turn {before}.", "zh": "；应在第 {before} 轮之前。"},
    "belongs_in": {"en": "; it belongs in {window}.", "zh": "；应在{window}。"},
    "step_nowhere": {"en": "It was not said anywhere in the call.", "zh": "整通电话中都没有说。"},
    "step_elsewhere": {"en": "It was said in turn {turn}.", "zh": "实际在第 {turn} 轮才说。"},
    "step_unanswered": {
        "en": "It was said in turn {turn}, but the customer's answer was not awaited.",
        "zh": "第 {turn} 轮说了，但没有等待客户答复。",
    },
    "no_promise": {"en": "No follow-up was promised.", "zh": "没有承诺后续跟进。"},
    "promise_open": {
        "en": "The follow-up promised in turn {turn} has no time or date in that turn or the agent's next one.",
        "zh": "第 {turn} 轮承诺的后续在该轮及客服下一次发言中都没有时间或日期。",
    },
    "promise_timed": {
        "en": "The follow-up promised in turn {turn} has its time in turn {time_turn}.",
        "zh": "第 {turn} 轮承诺的后续在第 {time_turn} 轮给出了时间。",
    },
    "no_times": {"en": "The turns have no times.", "zh": "发言没有时间信息。"},
    "measured": {"en": "{value} {unit}; range {band}.", "zh": "{value} {unit}；范围 {band}。"},
    "rate": {
        "en": "{n} interruptions, {rate} per {minutes} minutes; allowed {band}.",
        "zh": "打断 {n} 次，每 {minutes} 分钟 {rate} 次；允许 {band}。",
    },
    "no_dead_air": {
        "en": "No unannounced silence over {limit} s between any two turns.",
        "zh": "任意两轮之间都没有超过 {limit} 秒且未说明的静默。",
    },
    "dead_air": {
        "en": "{seconds} s of unannounced silence between turns {before} and {after}; at most {limit} s.",
        "zh": "第 {before} 与第 {after} 轮之间有 {seconds} 秒未说明的静默；上限 {limit} 秒。",
    },
    "no_sentiment": {"en": "The customer's turns carry no sentiment.", "zh": "客户的发言没有情绪数据。"},
    "never_negative": {"en": "The customer was never negative.", "zh": "客户始终没有负面情绪。"},
    "sentiment": {
        "en": "Customer sentiment over {n} turns: first third {first}, last third {last}.",
        "zh": "客户 {n} 轮发言的情绪：前三分之一 {first}，后三分之一 {last}。",
    },
    "not_applicable_here": {"en": "Does not apply to this call.", "zh": "不适用于本通电话。"},
    "unverified": {
        "en": "A quote was not found in the turn it names; the verdict was dropped.",
        "zh": "引文与所指发言不符，结论已撤回。",
    },
    "for_people": {"en": "The form leaves this to people.", "zh": "评分表规定由人工评定。"},
    "free_text": {"en": "For people to write; it has no verdict.", "zh": "由人工填写，不作评判。"},
    "unanswered_item": {"en": "Not answered.", "zh": "未作答。"},
    "depends_on_unscored": {
        "en": "Whether this applies depends on {criterion}, which was not scored.",
        "zh": "是否适用取决于 {criterion}，而该项未评分。",
    },
    "answered_by": {"en": "Answer: {what}.", "zh": "答案：{what}。"},
    "items_met": {"en": "{n} of {of} items met.", "zh": "{of} 项中完成 {n} 项。"},
    "items_missing": {"en": "Missing: {what}.", "zh": "缺少：{what}。"},
    "unmeasured": {"en": "No value was measured for {what}.", "zh": "没有测得 {what} 的数值。"},
    "graded": {"en": "{value} {unit}: {share} % of the points.", "zh": "{value} {unit}：得分的 {share}%。"},
    "low_confidence": {
        "en": "The words or the speaker behind the verdict are too unsure.",
        "zh": "结论所依据的话语或说话人识别不够可靠。",
    },
    "check_failed": {"en": "The check {type} failed: {fault}.", "zh": "检查 {type} 出错：{fault}。"},
    "judge_off": {"en": "No language model is set up to judge this.", "zh": "未配置用于评判此项的语言模型。"},
    "judge_timeout": {"en": "The language model took too long: {fault}.", "zh": "语言模型响应超时：{fault}。"},
    "judge_unavailable": {"en": "The language model could not be asked: {fault}.", "zh": "无法询问语言模型：{fault}。"},
    "judge_bad_answer": {
        "en": "The language model's answer is not what it was asked for: {fault}.",
        "zh": "语言模型的回答不符合要求：{fault}。",
    },
    "judge_misquotes": {
        "en": "The language model quoted words that the named speaker did not say in turn {turn}; the verdict was dropped.",
        "zh": "语言模型引用的话并非该说话人在第 {turn} 轮所说，结论已撤回。",
    },
    "judge_quotes_nothing": {
        "en": "The language model gave a verdict without any words to prove it; it was dropped.",
        "zh": "语言模型的结论没有引用任何话语作为依据，已撤回。",
    },
    "judged": {"en": "Judged by {model}: {reason}", "zh": "由 {model} 评判：{reason}"},
    "judge_read": {"en": "Looked in {n} turns.", "zh": "查看了 {n} 轮发言。"},
    "too_slow": {
        "en": "A pattern of the rubric took too long on this text.",
        "zh": "评分表中的某个模式在该文本上耗时过长。",
    },
}


def word(language: Language, key: str, **values: object) -> str:
    """The sentence ``key`` with its values filled in."""
    return _SENTENCES[key][language].format(**values)
