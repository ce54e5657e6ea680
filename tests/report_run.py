"""Whole made-up runs for the tests of the written pages: an ordinary one and one whose every word is an attack."""

from __future__ import annotations

from qa.model import (
    Call,
    ChannelKind,
    Conversation,
    Cue,
    Evidence,
    Feature,
    Reason,
    SampleRow,
    SpeakerRole,
    Status,
    Turn,
)
from reports import CallRecord, CriterionInfo, ReportData
from tests.report_builders import (
    CHINESE,
    ENGLISH,
    MET,
    NA,
    NOT,
    PART,
    START,
    chinese_results,
    coverage,
    data,
    english_results,
    evaluation,
    infos,
    point,
    record,
    result,
    run,
)

FEATURES = (
    Feature(name="talk_ratio", value=0.58, unit="ratio", role=SpeakerRole.AGENT),
    Feature(name="longest_silence", value=23.4, unit="s"),
)

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "' autofocus onfocus=alert(3) x='",
    "javascript:alert(4)",
    "</title></style></script><svg onload=alert(5)>",
    '=HYPERLINK("http://evil.example/","x")',
    "{{ 7 * 7 }}{% include 'x' %}",
    "../../../up",
    "a\u202eb<!--",
)


def ordinary(audio_href: str | None = None) -> ReportData:
    """Two teams, three agents and nobody, two languages, refused files, history and a sample."""
    calls = (
        record("en-01", lines=ENGLISH, results=english_results(), features=FEATURES, audio_href=audio_href),
        record(
            "en-02", {"opening.name": NOT, "hold.thanks": PART, "compliance.no_abuse": NOT}, flags=("role_uncertain",)
        ),
        record("en-03", {"opening.name": MET}, agent_id="a-22", agent_name="Tom", started_at=None),
        record(
            "zh-01",
            lines=CHINESE,
            results=chinese_results(),
            language="zh",
            agent_id="a-31",
            agent_name="陈晓",
            team="loans",
        ),
        record("en-20", {"opening.name": NA}, agent_id=None, agent_name=None, team=None, lines=()),
    )
    rows = [coverage(f"{c.call.call_id}.wav", call_id=c.call.call_id, channel_kind=ChannelKind.MONO) for c in calls]
    rows.append(coverage("empty.wav", Status.REFUSED, reason_code=Reason.EMPTY_FILE, detail="0 bytes"))
    return data(
        calls,
        coverage=tuple(rows),
        history=tuple(point(f"h-{i}", 3 * i + 1, 60.0 + i, outcomes={"opening.name": MET}) for i in range(6)),
        sample=(
            SampleRow("en-01", "a-17", "cards", "en", "a-17", 0.5, 20, "random"),
            SampleRow("en-02", "a-17", "cards", "en", "a-17", 0.5, 20, "auto_fail+role_uncertain", targeted=True),
        ),
        run=run(n_files=6, n_scored=5, n_refused=1),
    )


def hostile() -> ReportData:
    """One call per attack, with the attack in every field that holds text from outside."""
    calls = tuple(_hostile_call(attack) for attack in ATTACKS)
    return data(
        calls,
        coverage=tuple(
            coverage(attack, call_id=attack, recording_id=attack, language=attack, rubric=attack, detail=attack)
            for attack in ATTACKS
        ),
        criteria=(*infos(), *(CriterionInfo(attack, "en", attack, attack, attack) for attack in ATTACKS)),
        history=tuple(point(attack, 2, 50.0, agent_id=attack, rubric=f"{attack} {attack}") for attack in ATTACKS),
        sample=tuple(SampleRow(a, a, a, a, a, 1.0, 20, a) for a in ATTACKS),
        run=run(run_id=ATTACKS[0]),
    )


def _hostile_call(attack: str) -> CallRecord:
    call = Call(
        call_id=attack, agent_id=attack, agent_name=attack, team=attack, queue=attack, call_type=attack, started_at=START,
        language="en", tags={attack: attack},
    )  # fmt: skip
    said = Turn(index=0, role=SpeakerRole.AGENT, text=f"before {attack} after", start_s=1.0, end_s=9.0)
    proof = Evidence(turn=0, role=SpeakerRole.AGENT, quote=attack, start_s=1.0)
    lost = Evidence(turn=7, role=SpeakerRole.CUSTOMER, quote=attack)
    why = Cue(turn=0, role=SpeakerRole.AGENT, quote=attack)
    results = (
        result(
            "opening.name", NOT, explanation=attack, evidence=(proof, lost), cue=why, method=attack, reason_code=attack
        ),
        result(attack, PART, explanation=attack, evidence=(proof,)),
        result("compliance.no_abuse", NOT, explanation=attack),
        result("closing.thanks", MET, explanation=attack, evidence=(proof,)),
    )
    features = (Feature(name=attack, value=None, unit=attack, reason=attack), Feature(name="x", value=1.0, unit=attack))
    conversation = Conversation(call=call, duration_s=10.0, turns=(said,), features=features)
    made = evaluation(attack, results, evaluator=attack, flags=(attack,))
    made = made.model_copy(update={"rubric": made.rubric.model_copy(update={"id": attack, "version": attack})})
    return CallRecord(conversation, (made,))
