"""A made-up run for the tests of reports and sampling: two languages, two teams, everything settable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from qa.model import (
    Call,
    Conversation,
    CoverageRow,
    CriterionResult,
    CriticalErrors,
    Cue,
    Evaluation,
    Evidence,
    Feature,
    Language,
    Outcome,
    Provenance,
    Reason,
    RubricRef,
    Severity,
    SpeakerRole,
    Status,
    Totals,
    Turn,
)
from reports import CallRecord, CriterionInfo, HistoryPoint, ReportData, RunInfo

ZONE = timezone(timedelta(hours=8))
START = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)
NON, CUS, COM = Severity.NON_CRITICAL, Severity.CRITICAL_CUSTOMER, Severity.CRITICAL_COMPLIANCE
MET, PART, NOT, NA, NS = (
    Outcome.MET,
    Outcome.PARTIALLY_MET,
    Outcome.NOT_MET,
    Outcome.NOT_APPLICABLE,
    Outcome.NOT_SCORED,
)
_EARNED = {MET: 1.0, PART: 0.5, NOT: 0.0}

# id, English title, Chinese title, severity, auto-fail, points
CRITERIA: tuple[tuple[str, str, str, Severity, bool, float], ...] = (
    ("opening.greeting", "Greeting and company", "问候并报公司名", NON, False, 2),
    ("opening.name", "Own name", "报姓名或工号", NON, False, 1),
    ("opening.offer_help", "Offer of help", "主动询问需求", NON, False, 1),
    ("compliance.recording_notice", "Recording notice", "录音告知", COM, False, 3),
    ("compliance.verify_identity", "Identity check", "身份核实", COM, False, 3),
    ("compliance.no_secret_request", "No secrets asked", "不索要密码", COM, True, 3),
    ("compliance.no_guarantee", "No guarantee", "不作绝对承诺", COM, False, 2),
    ("compliance.no_abuse", "Respect", "尊重客户", CUS, True, 3),
    ("empathy.acknowledge", "Acknowledgement", "回应情绪", NON, False, 2),
    ("empathy.apology", "Apology", "致歉", NON, False, 1),
    ("empathy.ownership", "Ownership", "主动承担", NON, False, 2),
    ("listening.probing", "Probing", "询问了解", NON, False, 2),
    ("listening.confirm_understanding", "Confirming understanding", "确认理解", NON, False, 2),
    ("listening.no_interruptions", "No interruptions", "不打断客户", NON, False, 1),
    ("hold.permission", "Asking before a hold", "等待前征求同意", NON, False, 1),
    ("hold.thanks", "Thanks after a hold", "等待后致谢", NON, False, 1),
    ("resolution.solution", "Solution", "解决方案", CUS, False, 4),
    ("resolution.timeframe", "Time frame", "告知时限", NON, False, 2),
    ("resolution.confirm", "Checking that it is settled", "确认问题解决", NON, False, 2),
    ("resolution.escalation", "Escalation", "升级处理", CUS, False, 3),
    ("closing.further_help", "Anything else", "询问其他需要", NON, False, 1),
    ("closing.thanks", "Goodbye", "礼貌结束", NON, False, 1),
    ("delivery.pace", "Pace", "语速", NON, False, 1),
    ("delivery.dead_air", "Dead air", "无故静默", NON, False, 1),
    ("delivery.sentiment_recovery", "Sentiment recovery", "情绪好转", NON, False, 2),
)
_SECTIONS = {
    "opening": ("Opening", "开场"),
    "compliance": ("Compliance", "合规"),
    "empathy": ("Empathy", "同理心"),
    "listening": ("Listening", "倾听"),
    "hold": ("Hold", "等待"),
    "resolution": ("Resolution", "解决"),
    "closing": ("Closing", "结束"),
    "delivery": ("Delivery", "表达"),
}
_BY_ID = {row[0]: row for row in CRITERIA}

Line = tuple[str, float, float, str]
"""Role, start, end, text."""

ENGLISH: tuple[Line, ...] = (
    ("ivr", 0.0, 5.2, "Welcome to Harbour Bank. This call may be recorded for quality and training."),
    ("agent", 6.0, 10.4, "Good morning, Harbour Bank, my name is Grace. How can I help you today?"),
    (
        "customer",
        10.9,
        19.8,
        "Hi. Look, this is the third time I'm calling about the same fee. You charged me twice and nobody does anything.",
    ),
    (
        "agent",
        19.1,
        27.5,
        "Three calls about one fee, I'd be fed up as well. I'm sorry about that. I'll sort it out with you now. "
        "Could you tell me your full name and date of birth?",
    ),
    ("customer", 28.0, 33.1, "Maria Lopez, the fourth of May nineteen eighty."),
    ("agent", 33.6, 38.8, "Thank you. And which of the two charges looks wrong to you, the first or the second?"),
    ("customer", 39.5, 42.0, "The second one, on the ninth."),
    ("agent", 42.4, 47.0, "May I put you on hold for about a minute while I check with billing?"),
    ("customer", 47.3, 48.1, "Okay."),
    (
        "agent",
        71.5,
        84.0,
        "Thank you for waiting, Ms Lopez. It was our mistake. I've refunded the second fee of twelve pounds, "
        "and you'll see it by Thursday.",
    ),
    ("customer", 84.2, 87.5, "Oh. Well, thank you. That's all I wanted."),
    ("agent", 88.0, 92.6, "Does that settle it for you? Is there anything else I can do while you're here?"),
    ("customer", 93.0, 94.2, "No, that's it."),
    ("agent", 94.5, 97.3, "Thank you for bearing with us. Have a good day."),
)
CHINESE: tuple[Line, ...] = (
    ("agent", 0.8, 6.0, "您好，海港银行客服中心，我是8021号陈晓，请问有什么可以帮您？"),
    ("customer", 6.5, 14.0, "我的信用卡在外地刷不了，昨天吃饭付不了钱，真的很丢人。"),
    (
        "agent",
        14.6,
        22.3,
        "在外面付不了款确实让人着急，给您添麻烦了，非常抱歉。我马上帮您查。请问您的姓名和预留手机号后四位？",
    ),
    ("customer", 22.8, 27.0, "李明，手机尾号六六三二。"),
    ("agent", 27.5, 34.0, "好的李先生，您是要恢复境内刷卡，对吗？当时机器上提示的是什么？"),
    ("customer", 34.4, 37.5, "对，提示交易受限。"),
    ("agent", 38.0, 40.2, "请您稍等。"),
    ("agent", 58.0, 70.0, "感谢您的等待。卡片因异地交易被临时限制，我已经为您解除，今天下午三点前生效。"),
    ("customer", 70.3, 72.5, "好，那谢谢你。"),
    ("agent", 73.0, 78.8, "这样处理您看可以吗？请问还有其他可以帮您的吗？感谢来电，祝您生活愉快。"),
)


def infos() -> tuple[CriterionInfo, ...]:
    """The 25 criteria in both languages."""
    found = []
    for place, language in enumerate(("en", "zh")):
        for criterion, *titles in CRITERIA:
            section = _SECTIONS[criterion.partition(".")[0]][place]
            question = "Is it so?" if language == "en" else "是这样吗？"
            found.append(CriterionInfo(criterion, language, str(titles[place]), question, section))  # type: ignore[arg-type]
    return tuple(found)


def turns(lines: Iterable[Line]) -> tuple[Turn, ...]:
    return tuple(
        Turn(index=i, role=SpeakerRole(role), start_s=start, end_s=end, text=text, confidence=0.9)
        for i, (role, start, end, text) in enumerate(lines)
    )


def result(criterion: str, outcome: Outcome, **changes: Any) -> CriterionResult:
    """A result of one of the 25 criteria, or of any other id (non-critical, two points)."""
    _, _, _, severity, auto_fail, points = _BY_ID.get(criterion, (criterion, "", "", NON, False, 2.0))
    counts = outcome in _EARNED
    fields: dict[str, Any] = {
        "criterion": criterion,
        "outcome": outcome,
        "points": points * _EARNED.get(outcome, 0.0),
        "possible": points if counts else 0.0,
        "severity": severity,
        "auto_fail": auto_fail,
        "confidence": 0.9,
        "method": "phrase",
        "explanation": f"Explained: {criterion} {outcome}.",
    }
    return CriterionResult.model_validate(fields | changes)


def evaluation(call_id: str, results: Iterable[CriterionResult], **changes: Any) -> Evaluation:
    """An evaluation whose totals follow from the results; passed from 80 percent on without an auto-fail."""
    listed = tuple(results)
    points, possible = sum(r.points for r in listed), sum(r.possible for r in listed)
    missed = [r for r in listed if r.outcome is NOT]
    auto_fail = any(r.auto_fail for r in missed)
    percent = 100 * points / possible if possible else None

    def count(outcome: Outcome) -> int:
        return sum(r.outcome is outcome for r in listed)

    def classed(severity: Severity) -> tuple[str, ...]:
        return tuple(r.criterion for r in missed if r.severity is severity)

    made = Evaluation(
        call_id=call_id,
        rubric=RubricRef(id="service-core.en", version="1.0.0", sha256="0" * 64),
        totals=Totals(
            points=points,
            possible=possible,
            percent=percent,
            passed=None if percent is None else percent >= 80 and not auto_fail,
            n_met=count(MET),
            n_partially_met=count(PART),
            n_not_met=count(NOT),
            n_not_applicable=count(NA),
            n_not_scored=count(NS),
        ),
        critical_errors=CriticalErrors(customer=classed(CUS), compliance=classed(COM)),
        auto_fail=auto_fail,
        results=listed,
    )
    return made.model_copy(update=changes)


def record(
    call_id: str = "en-01",
    outcomes: Mapping[str, Outcome] | None = None,
    *,
    agent_id: str | None = "a-17",
    agent_name: str | None = "Grace",
    team: str | None = "cards",
    language: Language = "en",
    started_at: datetime | None = START,
    lines: Iterable[Line] = ENGLISH[:3],
    results: Iterable[CriterionResult] | None = None,
    features: tuple[Feature, ...] = (),
    flags: tuple[str, ...] = (),
    audio_href: str | None = None,
) -> CallRecord:
    """One call with these outcomes (or these results)."""
    said = turns(lines)
    scored = [result(c, o) for c, o in (outcomes or {}).items()] if results is None else list(results)
    call = Call(
        call_id=call_id, agent_id=agent_id, agent_name=agent_name, team=team, language=language, started_at=started_at
    )
    conversation = Conversation(
        call=call,
        duration_s=max((t.end_s or 0 for t in said), default=0) + 1,
        turns=said,
        features=features,
        provenance=Provenance(flags=flags),
    )
    rubric = RubricRef(id=f"service-core.{language}", version="1.0.0", sha256="0" * 64)
    return CallRecord(conversation, (evaluation(call_id, scored, rubric=rubric),), audio_href)


def run(**changes: Any) -> RunInfo:
    fields: dict[str, Any] = {
        "run_id": "run-20261120",
        "started_at": START,
        "n_files": 1,
        "n_scored": 1,
        "n_refused": 0,
        "n_skipped": 0,
        "audio_s": 100.0,
        "wall_s": 20.0,
    }
    return RunInfo(**(fields | changes))


def data(calls: Iterable[CallRecord] = (), **changes: Any) -> ReportData:
    """A run over these calls."""
    fields: dict[str, Any] = {"run": run(), "coverage": (), "calls": tuple(calls), "criteria": infos()}
    return ReportData(**(fields | changes))


def coverage(name: str, status: Status = Status.SCORED, **changes: Any) -> CoverageRow:
    return CoverageRow.model_validate({"file": name, "status": status} | changes)


def point(call_id: str, days_ago: int, percent: float | None, **changes: Any) -> HistoryPoint:
    """An earlier score of agent a-17."""
    fields: dict[str, Any] = {
        "agent_id": "a-17",
        "call_id": call_id,
        "started_at": START - timedelta(days=days_ago),
        "percent": percent,
        "outcomes": {},
        "rubric": "service-core.en 1.0.0",
        "rubric_sha256": "0" * 64,
    }
    return HistoryPoint(**(fields | changes))


def quoted(
    criterion: str, outcome: Outcome, lines: tuple[Line, ...], turn: int, quote: str, **more: Any
) -> CriterionResult:
    """A result with one piece of evidence; the turn's start is the evidence's."""
    role, start, end, text = lines[turn]
    assert quote in text, (quote, text)
    proof = Evidence(turn=turn, role=SpeakerRole(role), quote=quote, start_s=start, end_s=end)
    return result(criterion, outcome, evidence=(proof,), **more)


def cue(lines: tuple[Line, ...], turn: int, quote: str) -> Cue:
    return Cue(turn=turn, role=SpeakerRole(lines[turn][0]), quote=quote)


def english_results() -> tuple[CriterionResult, ...]:
    """Verdicts on the English call, each with its words."""
    t = ENGLISH
    angry = cue(t, 2, "this is the third time")
    shown = [
        quoted(
            "opening.greeting", MET, t, 1, "Good morning, Harbour Bank", explanation="Greets and names Harbour Bank."
        ),
        quoted("opening.name", MET, t, 1, "my name is Grace", explanation="Gives the name Grace."),
        quoted("opening.offer_help", MET, t, 1, "How can I help you today?", explanation="Offers help."),
        quoted("compliance.recording_notice", MET, t, 0, "This call may be recorded", explanation="Said by the IVR."),
        quoted(
            "compliance.verify_identity",
            MET,
            t,
            3,
            "Could you tell me your full name and date of birth?",
            explanation="Name and date of birth are checked before the account is discussed.",
        ),
        quoted(
            "empathy.acknowledge",
            MET,
            t,
            3,
            "Three calls about one fee, I'd be fed up as well.",
            cue=angry,
            explanation="Names the feeling in the first turn after the complaint.",
        ),
        quoted(
            "empathy.apology", PART, t, 3, "I'm sorry about that", cue=angry, confidence=0.48, explanation="Apologises."
        ),
        quoted("empathy.ownership", MET, t, 3, "I'll sort it out with you now.", explanation="Takes it on: I'll."),
        quoted("listening.probing", MET, t, 5, "which of the two charges looks wrong to you", explanation="Asks once."),
        quoted(
            "hold.permission", MET, t, 7, "May I put you on hold for about a minute while I check", explanation="Asks."
        ),
        quoted("hold.thanks", MET, t, 9, "Thank you for waiting", explanation="Thanks for the wait."),
        quoted(
            "resolution.solution", MET, t, 9, "I've refunded the second fee of twelve pounds", explanation="A refund."
        ),
        quoted("resolution.timeframe", MET, t, 9, "by Thursday", explanation="A day is named."),
        quoted("resolution.confirm", MET, t, 11, "Does that settle it for you?", explanation="Checks the matter."),
        quoted("closing.further_help", MET, t, 11, "Is there anything else I can do", explanation="Asks."),
        quoted(
            "closing.thanks", MET, t, 13, "Thank you for bearing with us. Have a good day.", explanation="Says goodbye."
        ),
        result(
            "listening.confirm_understanding",
            NOT,
            explanation="Looked for a restatement or a read-back in the agent's turns 2 to 12: none found.",
        ),
        result("resolution.escalation", NA, explanation="No supervisor asked for, no threat to leave."),
        result("delivery.sentiment_recovery", NS, reason_code=Reason.NO_SENTIMENT, explanation="No sentiment."),
    ]
    return _completed(shown, "Nothing of the kind in the agent's turns.")


def chinese_results() -> tuple[CriterionResult, ...]:
    """Verdicts on the Chinese call."""
    t = CHINESE
    upset = cue(t, 1, "真的很丢人")
    shown = [
        quoted("opening.greeting", MET, t, 0, "您好，海港银行客服中心", explanation="问候并报出公司名。"),
        quoted("opening.name", MET, t, 0, "我是8021号陈晓", explanation="报出工号和姓名。"),
        quoted("opening.offer_help", MET, t, 0, "请问有什么可以帮您？", explanation="主动询问需求。"),
        result(
            "compliance.recording_notice", NOT, explanation="在客户报出姓名之前的话轮 1 至 3 中寻找，没有找到录音告知。"
        ),
        quoted(
            "compliance.verify_identity", MET, t, 2, "请问您的姓名和预留手机号后四位？", explanation="核对了两项信息。"
        ),
        quoted(
            "empathy.acknowledge", MET, t, 2, "在外面付不了款确实让人着急", cue=upset, explanation="说出了客户的心情。"
        ),
        quoted("empathy.apology", MET, t, 2, "给您添麻烦了，非常抱歉", explanation="为麻烦致歉。"),
        quoted("empathy.ownership", MET, t, 2, "我马上帮您查", explanation="以第一人称承担。"),
        quoted("listening.probing", MET, t, 4, "当时机器上提示的是什么？", explanation="询问了情况。"),
        quoted("listening.confirm_understanding", MET, t, 4, "您是要恢复境内刷卡，对吗？", explanation="复述并求证。"),
        quoted("hold.permission", PART, t, 6, "请您稍等。", explanation="只说了稍等，没有征求同意，也没有说原因。"),
        quoted("hold.thanks", MET, t, 7, "感谢您的等待", explanation="回来后致谢。"),
        quoted("resolution.solution", MET, t, 7, "我已经为您解除", explanation="给出了解决办法。"),
        quoted("resolution.timeframe", MET, t, 7, "今天下午三点前", explanation="告知了时限。"),
        quoted("resolution.confirm", MET, t, 9, "这样处理您看可以吗？", explanation="确认了结果。"),
        quoted("closing.further_help", MET, t, 9, "请问还有其他可以帮您的吗？", explanation="询问了其他需要。"),
        quoted("closing.thanks", MET, t, 9, "感谢来电，祝您生活愉快", explanation="礼貌结束。"),
        result("resolution.escalation", NA, explanation="客户没有要求升级。"),
    ]
    return _completed(shown, "坐席的话轮中没有这类内容。")


def _completed(shown: list[CriterionResult], explanation: str) -> tuple[CriterionResult, ...]:
    known = {r.criterion: r for r in shown}
    return tuple(known.get(c) or result(c, MET, explanation=explanation) for c, *_ in CRITERIA)
