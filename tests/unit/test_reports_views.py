"""What the pages say, as values: numbers worked by hand, empty states included."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qa.model import Cue, Evidence, Feature, Outcome, Reason, SampleRow, SpeakerRole, Status
from reports.agent import agent_view
from reports.call import call_view
from reports.data import CallRecord
from reports.index import ATTENTION_LIMIT, index_view
from reports.links import Links
from reports.scores import scores
from reports.team import Cell, team_view
from tests.report_builders import (
    CHINESE,
    ENGLISH,
    MET,
    NA,
    NOT,
    NS,
    PART,
    START,
    chinese_results,
    coverage,
    data,
    english_results,
    point,
    quoted,
    record,
    result,
    run,
)


def test_scores_carry_their_counts() -> None:
    calls = [
        record("a", {"opening.greeting": MET, "opening.name": MET}),  # 3 of 3, 100 percent, passed
        record("b", {"opening.greeting": PART, "compliance.recording_notice": NOT}),  # 1 of 5, 20 percent
        record("c", {"compliance.no_abuse": NOT, "opening.greeting": MET}),  # 2 of 5, 40 percent, auto-fail
        record("d", {"opening.name": NA}),  # nothing could be scored
    ]
    total = scores(calls)
    assert (total.n_calls, total.mean.n, total.n_without_score) == (4, 3, 1)
    assert total.mean.value == pytest.approx((100 + 20 + 40) / 3)
    assert (total.points, total.possible) == (6, 13)
    assert (total.passed.k, total.passed.n) == (1, 3)
    assert total.few
    assert [r.call.call_id for r in total.auto_fails] == ["c"]
    assert [(c.name, c.n_errors, c.without.k, c.without.n) for c in total.classes] == [
        ("customer", 1, 0, 1),  # judged on c only, and missed there
        ("business", 0, 0, 0),  # judged nowhere: no accuracy, not 100 %
        ("compliance", 1, 0, 1),
    ]


def test_scores_of_no_calls() -> None:
    total = scores([])
    assert (total.mean.value, total.passed.value, total.first) == (None, None, None)
    assert [c.without.value for c in total.classes] == [None, None, None]


def agent(calls: list[CallRecord], agent_id: str | None = "a-17", **more: object):  # type: ignore[no-untyped-def]
    made = data(calls, **more)
    return agent_view(made, agent_id, Links(made))


def test_a_priority_shows_what_was_said_when_and_what_to_try() -> None:
    said = quoted(
        "hold.permission", PART, ENGLISH, 7, "May I put you on hold", explanation="No reason given.", cue=None
    )
    absent = result("hold.permission", NOT, explanation="Looked for in turns 7 and 8: nothing.")
    view = agent([record("x", results=[said], lines=ENGLISH), record("y", results=[absent])])
    (priority,) = view.priorities
    first, second = priority.quotes
    assert (first.call_id, first.text, first.explanation) == ("y", None, "Looked for in turns 7 and 8: nothing.")
    assert first.href == "calls/y.html#v-hold.permission"
    assert (second.text, second.clock, second.href) == ("May I put you on hold", "0:42", "calls/x.html#t=42.4")
    assert priority.suggestion is not None
    assert "two minutes" in priority.suggestion.attempt


def test_a_criterion_of_another_rubric_has_no_suggestion_but_its_question() -> None:
    view = agent([record("x", results=[result("cards.upsell", NOT)])])
    (priority,) = view.priorities
    assert priority.suggestion is None
    assert (priority.info.title, priority.info.section) == ("cards.upsell", "cards")


def test_a_quote_is_the_agents_where_there_is_one() -> None:
    asked = Evidence(turn=2, role=SpeakerRole.CUSTOMER, quote="Hi", start_s=10.9)
    said = Evidence(turn=1, role=SpeakerRole.AGENT, quote="Good morning", start_s=6.0)
    for evidence, words in (((asked, said), "Good morning"), ((asked,), "Hi")):
        view = agent([record("x", results=[result("opening.greeting", PART, evidence=evidence)])])
        assert view.priorities[0].quotes[0].text == words


def test_a_quote_without_a_time_leads_to_its_turn() -> None:
    proof = Evidence(turn=1, role=SpeakerRole.AGENT, quote="Good")
    view = agent([record("x", results=[result("opening.greeting", PART, evidence=(proof,))])])
    assert view.priorities[0].quotes[0].href == "calls/x.html#turn-1"
    assert view.priorities[0].quotes[0].clock is None


def test_the_agents_name_team_period_and_order() -> None:
    later = START + timedelta(days=2)
    view = agent(
        [
            record("b", {}, agent_name="Grace H.", team="loans", started_at=later),
            record("a", {}, agent_name="Grace", team="cards"),
            record("c", {}, agent_name=None, team=None, started_at=None),
            record("z", {}, agent_id="other"),
        ]
    )
    assert [r.call.call_id for r in view.records] == ["a", "b", "c"]
    assert (view.name, view.teams) == ("Grace H.", ("cards", "loans"))
    assert (view.scores.first, view.scores.last) == (START, later)


@pytest.mark.parametrize(
    ("languages", "expected"), [("en", "en"), ("zh", "zh"), ("en zh", "en"), ("zh zh en", "zh"), ("", "en")]
)
def test_the_page_speaks_the_language_of_most_calls(languages: str, expected: str) -> None:
    view = agent([record(f"c-{i}", {}, language=lang) for i, lang in enumerate(languages.split())])  # type: ignore[arg-type]
    assert view.text.language == expected


def test_earlier_counts_leave_out_the_runs_own_calls() -> None:
    past = (
        point("h-1", 3, 50.0, outcomes={"opening.name": MET}),
        point("h-2", 2, 50.0, outcomes={"opening.name": PART}),
        point("h-3", 2, 50.0, outcomes={"opening.name": NA}),
        point("x", 0, 50.0, outcomes={"opening.name": MET}),
        point("h-4", 2, 50.0, outcomes={"opening.name": MET}, agent_id="other"),
    )
    view = agent([record("x", {"opening.name": MET, "opening.greeting": MET})], history=past)
    rows = {row.tally.criterion: row.earlier for _, members in view.sections for row in members}
    assert rows == {"opening.name": (1, 2), "opening.greeting": None}


def test_an_agent_nobody_named() -> None:
    view = agent([record("x", {}, agent_id=None, agent_name=None, team=None)], None)
    assert (view.name, view.teams, view.sample) == ("Unassigned", (), ())


def test_the_sheet_holds_the_agents_own_sample_calls() -> None:
    sample = tuple(SampleRow(c, "a", None, "en", "a", 0.5, 20, "random") for c in ("x", "elsewhere"))
    view = agent([record("x", {}), record("y", {})], sample=sample)
    assert [row.call_id for row, _ in view.sample] == ["x"]


def team(calls: list[CallRecord], name: str | None = "cards", *, whole: bool = False):  # type: ignore[no-untyped-def]
    made = data(calls)
    return team_view(made, Links(made), name, whole=whole)


def test_agents_stand_by_name_and_never_by_score() -> None:
    view = team(
        [
            record("a", {"opening.name": MET}, agent_id="3", agent_name="zoe"),
            record("b", {"opening.name": NOT}, agent_id="1", agent_name="Bob"),
            record("c", {"opening.name": PART}, agent_id="2", agent_name="anna"),
            record("d", {"opening.name": MET}, agent_id=None, agent_name=None),
        ]
    )
    assert [row.name for row in view.agents] == ["anna", "Bob", "zoe", "Unassigned"]


@pytest.mark.parametrize(
    ("outcomes", "cell"),
    [
        ([MET, MET], Cell(2, 2, 0)),
        ([MET, MET, MET, NOT], Cell(3, 4, 1)),  # 25 percent
        ([MET, MET, NOT], Cell(2, 3, 2)),
        ([PART, MET], Cell(1, 2, 2)),  # 50 percent not fully met
        ([NOT, PART, MET], Cell(1, 3, 3)),
        ([NOT, NOT], Cell(0, 2, 4)),
        ([NOT, NA], Cell(0, 1, None)),  # one call is no pattern
        ([NA, NS], Cell(0, 0, None)),
    ],
)
def test_heat_map_cells(outcomes: list[Outcome], cell: Cell) -> None:
    view = team([record(f"c-{i}", {"opening.name": o}) for i, o in enumerate(outcomes)])
    ((_, (row,)),) = view.sections
    assert row.cells == (cell,)


def test_a_shared_priority_names_who_missed_it() -> None:
    view = team(
        [
            record("a", {"opening.name": NOT}, agent_id="1", agent_name="Ann"),
            record("b", {"opening.name": MET}, agent_id="2", agent_name="Bob"),
            record("c", {"opening.name": PART}, agent_id="3", agent_name="Cid"),
            record("d", {"hold.thanks": NOT}, agent_id="4", agent_name="Dan", team="loans"),
        ]
    )
    (priority,) = view.priorities
    assert [row.name for row in priority.agents] == ["Ann", "Cid"]
    assert len(team([record("a", {}), record("d", {}, team="loans")], whole=True).agents) == 1
    assert team([], whole=True).agents == ()


def index(calls: list[CallRecord], **more: object):  # type: ignore[no-untyped-def]
    made = data(calls, **more)
    return index_view(made, Links(made), "en")


def test_the_coverage_table_has_refused_files_first_with_their_reasons() -> None:
    rows = (
        coverage("b.wav", call_id="x"),
        coverage("z.wav", Status.REFUSED, reason_code=Reason.EMPTY_FILE, detail="0 bytes"),
        coverage("a.wav", Status.SKIPPED, reason_code=Reason.ALREADY_SCORED, call_id="gone"),
        coverage("c.wav", Status.REFUSED, reason_code=Reason.EMPTY_FILE),
    )
    view = index([record("x", {})], coverage=rows)
    assert [(line.row.file, line.reason, line.href) for line in view.coverage] == [
        ("c.wav", "The file is empty", None),
        ("z.wav", "The file is empty", None),
        ("b.wav", "", "calls/x.html"),
        ("a.wav", "Already scored in an earlier run", None),
    ]
    assert view.reasons == (("The file is empty", 2), ("Already scored in an earlier run", 1))


@pytest.mark.parametrize(("audio_s", "wall_s", "speed"), [(100.0, 20.0, 5.0), (0.0, 20.0, None), (100.0, 0.0, None)])
def test_speed(audio_s: float, wall_s: float, speed: float | None) -> None:
    assert index([], run=run(audio_s=audio_s, wall_s=wall_s)).speed == speed


def test_calls_to_look_at_first() -> None:
    view = index(
        [
            record("fine", {"opening.name": NOT}),
            record("unsure", {"opening.name": MET}, flags=("role_uncertain",)),
            record("music", {"opening.name": MET}, flags=("music", "meanings_skipped")),
            record("critical", {"compliance.recording_notice": NOT}),
            record("failed", {"compliance.no_abuse": NOT}),
        ]
    )
    assert [a.record.call.call_id for a in view.attention] == ["failed", "critical", "unsure"]
    assert view.attention[1].criticals == ("Recording notice",)
    assert view.n_more_attention == 0
    many = index([record(f"c-{i}", {"compliance.no_abuse": NOT}) for i in range(ATTENTION_LIMIT + 3)])
    assert (len(many.attention), many.n_more_attention) == (ATTENTION_LIMIT, 3)


def test_an_empty_run() -> None:
    view = index([])
    assert (view.coverage, view.agents, view.teams, view.sample, view.attention) == ((), (), (), (), ())


def call(made: CallRecord):  # type: ignore[no-untyped-def]
    run_data = data([made])
    return call_view(run_data, made, Links(run_data))


def test_every_quote_of_the_sample_calls_is_marked_to_the_character() -> None:
    for made in (
        record("x", results=english_results(), lines=ENGLISH),
        record("y", results=chinese_results(), lines=CHINESE, language="zh"),
    ):
        view = call(made)
        for tv in view.turns:
            assert "".join(s.text for s in tv.segments) == tv.turn.text
        shown = {m.anchor: "" for tv in view.turns for s in tv.segments for m in s.marks}
        for tv in view.turns:
            for s in tv.segments:
                for m in s.marks:
                    shown[m.anchor] += s.text
        proofs = [p for ev in view.evaluations for _, vs in ev.sections for v in vs for p in (*v.proofs, v.cue) if p]
        assert len(proofs) >= 16
        assert {p.anchor: p.quote for p in proofs} == shown


def test_verdicts_follow_the_rubrics_order_and_count_on() -> None:
    made = record("x", {"closing.thanks": MET, "opening.name": NOT, "hold.thanks": NA})
    view = call(made)
    verdicts = [v for _, vs in view.evaluations[0].sections for v in vs]
    assert [(v.number, v.result.criterion) for v in verdicts] == [
        (1, "opening.name"),
        (2, "hold.thanks"),
        (3, "closing.thanks"),
    ]
    both = CallRecord(made.conversation, made.evaluations * 2)
    anchors = [v.anchor for ev in call(both).evaluations for _, vs in ev.sections for v in vs]
    assert anchors[3:] == [f"{anchor}--2" for anchor in anchors[:3]]


@pytest.mark.parametrize(("turn", "quote"), [(1, "words that nobody said"), (99, "Good morning"), (-1, "Good morning")])
def test_a_quote_that_is_not_there_is_said_to_be_missing(turn: int, quote: str) -> None:
    proof = Evidence(turn=turn, role=SpeakerRole.AGENT, quote=quote)
    why = Cue(turn=turn, role=SpeakerRole.CUSTOMER, quote=quote)
    view = call(record("x", results=[result("opening.name", MET, evidence=(proof,), cue=why)]))
    ((_, (verdict,)),) = view.evaluations[0].sections
    assert verdict.proofs[0].anchor is None
    assert verdict.cue is not None
    assert verdict.cue.anchor is None
    assert all(not s.marks for tv in view.turns for s in tv.segments)


@pytest.mark.parametrize(
    ("outcome", "confidence", "unsure"), [(MET, 0.59, True), (MET, 0.6, False), (NOT, None, False), (NA, 0.1, False)]
)
def test_unsure_verdicts(outcome: Outcome, confidence: float | None, unsure: bool) -> None:
    view = call(record("x", results=[result("opening.name", outcome, confidence=confidence)]))
    ((_, (verdict,)),) = view.evaluations[0].sections
    assert verdict.unsure is unsure


def test_features_by_side_with_units() -> None:
    side = SpeakerRole.AGENT
    features = (
        Feature(name="talk_ratio", value=0.584, unit="ratio", role=side),
        Feature(name="made_up", value=23.44, unit="furlongs"),
        Feature(name="talk_ratio", value=None, unit="ratio", role=SpeakerRole.CUSTOMER, reason="no_customer_turns"),
    )
    view = call(record("x", {}, features=features))
    assert view.feature_roles == (SpeakerRole.AGENT, SpeakerRole.CUSTOMER, None)
    assert [(row.label, row.unit, row.values) for row in view.features] == [
        ("Share of talk", "", ("58%", "Nothing said by a customer", None)),
        ("made up", "furlongs", (None, None, "23.4")),
    ]


@pytest.mark.parametrize(
    "href", ["/etc/passwd", "../up.ogg", "javascript:alert(1)", "a\\b.ogg", "a//b", "", "./a", "file:x"]
)
def test_an_audio_address_that_leaves_the_folder_is_refused(href: str) -> None:
    with pytest.raises(ValueError, match="audio_href"):
        record("x", {}, audio_href=href)
