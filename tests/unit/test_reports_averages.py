"""Averages on the pages of teams and agents: what stands there, where it is drawn, and what stands there without people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.averages import Named, Scale, agent_averages, all_teams, team_averages
from reports.data import AgentAverage, Averages, MixFlip, TeamAverage
from reports.statistics import Mean
from reports.text import Text
from reports.write import pages
from tests.report_run import ordinary

EN = Text("en")
NOTHING = Mean(0, None)


def agent(name: str, best: Mean, places: tuple[int, int] | None = (1, 2), **more: Mean) -> AgentAverage:
    means = {
        "machine": Mean(40, 84.2, 80.1, 88.3),
        "same_mix": Mean(40, 79.1, 75, 83.2),
        "people": Mean(12, 68, 58, 78),
    }
    means |= {"corrected": Mean(12, 70, 60, 80)} | more
    return AgentAverage(name, 40, 12, **means, best=best, places=places, flips=name == "a-17")


CARDS = TeamAverage(
    "cards",
    Mean(30, 71.2, 66.1, 76.3),
    people=Mean(30, 70.4, 63, 78),
    machine=80.3,
    by_people=True,
    agents=(agent("a-17", Mean(12, 70.8, 63.5, 78)), agent("a-22", Mean(10, 71.8, 64, 79.5))),
    reliability=0.41,
    flips=(MixFlip("a-22", "a-17", -7.0, 3.0),),
)
LOANS = replace(
    CARDS,
    team="loans",
    mean=Mean(1, 66.2),
    by_people=False,
    agents=(agent("a-31", Mean(40, 12.5, 5, 20), (1, 1), people=NOTHING, corrected=NOTHING, same_mix=NOTHING),),
    reliability=None,
    flips=(),
)
FOUND = Averages("cal-7", 22, 1, 2, (CARDS, LOANS))
NAMES = {
    "a-17": Named("Grace", "agents/a-17.html"),
    "a-22": Named("Tom", "agents/a-22.html"),
    None: Named("Unassigned"),
}


def test_the_scale_starts_at_the_step_below_the_lowest_end() -> None:
    assert Scale.over([Mean(9, 71, 62, 80)]).ticks == ((60, "0.00%"), (80, "50.00%"), (100, "100.00%"))
    assert Scale.over([Mean(9, 71, 59.9, 80)]).low == 40
    assert Scale.over([Mean(9, 100, 100, 100)]).low == 80  # never without length
    assert Scale.over([NOTHING]).low == 0


def test_marks_stand_where_the_numbers_are() -> None:
    # 60 to 100: 70 is a quarter of the way
    mark = Scale.over([Mean(9, 70, 60, 80)]).mark(Mean(9, 70, 60, 80))
    assert mark is not None and (mark.low, mark.at, mark.high) == ("0.00%", "25.00%", "50.00%")
    alone = Scale.over([]).mark(Mean(1, 70))
    assert alone is not None and (alone.at, alone.low) == ("70.00%", None)
    assert Scale.over([]).mark(NOTHING) is None


def test_agents_keep_the_order_of_the_page_and_a_place_is_a_range_where_intervals_overlap() -> None:
    shown = team_averages(FOUND, "cards", dict(reversed(NAMES.items())), EN)
    assert shown is not None and shown.scale.low == 60
    assert [(line.who.name, line.place) for line in shown.agents] == [("Tom", "1 to 2"), ("Grace", "1 to 2")]
    assert [(f.better.name, f.worse.name) for f in shown.flips] == [("Tom", "Grace")]
    (only,) = agent_averages(FOUND, "a-31", EN)
    assert only.place == "1"
    (unplaced,) = agent_averages(
        replace(FOUND, teams=(replace(CARDS, agents=(agent("a-1", NOTHING, None),)),)), "a-1", EN
    )
    assert unplaced.place == "–"


def test_an_agent_of_two_teams_has_both_and_by_the_machine_there_are_no_peoples_means() -> None:
    both = replace(FOUND, teams=(CARDS, replace(LOANS, agents=(agent("a-17", Mean(5, 60)),))))
    first, second = agent_averages(both, "a-17", EN)
    assert [key for key, _, _ in first.rows] == ["machine", "same_mix", "people", "corrected", "best"]
    assert [key for key, _, _ in second.rows] == ["machine", "same_mix", "best"]


def test_without_peoples_scores_there_are_none() -> None:
    assert team_averages(None, "cards", NAMES, EN) is None
    assert team_averages(FOUND, None, NAMES, EN) is None
    assert all_teams(None, {}) is None
    assert agent_averages(None, "a-17", EN) == agent_averages(FOUND, None, EN) == ()


def test_all_teams_stand_on_one_scale() -> None:
    shown = all_teams(FOUND, {"cards": Named("cards", "teams/cards.html"), "loans": Named("loans")})
    assert shown is not None and shown.scale.low == 60
    assert [(line.who.name, line.n_calls, line.n_checked) for line in shown.teams] == [
        ("cards", 80, 24),
        ("loans", 40, 12),
    ]
    assert shown.teams[1].mean is not None and shown.teams[1].mean.low is None


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("teams/cards.html", ("71.2%", "66.1% to 76.3%", "80.3%", "1 to 2", "changes sides", "7 points below", "41%")),
        ("agents/a-17.html", ("84.2%", "79.1%", "Corrected by people", "70.8%", "64% to 78%", "22 of the run")),
        ("teams/loans.html", ("坐席的最佳估计按机器标准", "66.2%", "12.5%")),
        ("agents/a-31.html", ("团队位次：1。", "12.5%")),
        ("team.html", ("71.2%", "66.2%", "2 drawn calls were not scored", "1 flagged or named call enters")),
    ],
)
def test_the_pages_say_it(page: str, words: tuple[str, ...]) -> None:
    written = dict(pages(replace(ordinary(), averages=FOUND)))
    for word in words:
        assert word in written[page], word


def test_the_pages_say_that_nobody_checked() -> None:
    written = dict(pages(ordinary()))
    for page in ("teams/cards.html", "agents/a-17.html", "team.html"):
        assert "People have not scored any calls drawn from this run yet" in written[page]
    assert "本页的平均分只出自机器" in written["agents/a-31.html"]
    assert 'id="averages"' not in written["agents/unassigned.html"]
    # a team none of whose calls has an agent
    assert "both an agent and a score" in dict(pages(replace(ordinary(), averages=FOUND)))["teams/unassigned.html"]
