"""From a store with a closed session to averages, and the commands that plan, draw and show them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.model import UsageError
from qa.model.calibration import CalibrationSession
from qa.review.averages import run_candidates, team_averages
from qa.review.averages_shown import shown_averages
from qa.review.calibration import Draw, close_session
from qa.store import Store
from reports.data import CallRecord
from scoring import Rubric
from scoring.averages import Basis
from tests.calibration_builders import RATERS, hand_in_all, opened
from tests.unit.test_cli_main import run

N_CALLS, DRAWN = 30, 10


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "callibrate.db") as made:
        yield made


def session(store: Store, folder: Path) -> tuple[CalibrationSession, Rubric]:
    """Ten of thirty calls, drawn and scored: the machine says all met, people miss the thanks."""
    found, form = opened(store, folder, N_CALLS, calls=Draw(DRAWN, 20))
    hand_in_all(
        store, found, form, dict.fromkeys(RATERS, lambda _, name: "met" if name == "opening.greeting" else "not_met")
    )
    return found, form


def test_a_closed_session_corrects_the_machine(store: Store, tmp_path: Path) -> None:
    made, _ = session(store, tmp_path)
    close_session(store, made.session_id, "lead")
    found = team_averages(store)
    assert (found.run_id, found.session_id) == ("run-1", made.session_id)
    assert (found.n_calls, found.n_checked, found.n_without_chance, found.n_unscored) == (N_CALLS, DRAWN, 0, 0)
    (group,) = found.teams.values()
    # one of two questions of one point each
    assert (group.mean.mean.value, group.mean.machine) == (50, 100)
    assert group.mean.machine_bias.value == 50
    assert group.basis is Basis.PEOPLE
    (agent,) = group.agents
    assert (agent.agent, agent.n_calls, agent.n_checked) == ("a-1", N_CALLS, DRAWN)


def test_the_pages_show_what_the_command_shows(store: Store, tmp_path: Path) -> None:
    def calls() -> list[CallRecord]:
        return [CallRecord(c.conversation, c.evaluations) for c in store.calls_for_run("run-1")]

    made, _ = session(store, tmp_path)
    assert shown_averages(store, "run-1", calls()) is None  # still open
    close_session(store, made.session_id, "lead")
    found = shown_averages(store, "run-1", calls())
    assert found is not None and (found.session_id, found.n_checked) == (made.session_id, DRAWN)
    (team,) = found.teams
    assert (team.team, team.mean.value, team.machine, team.by_people) == (None, 50, 100, True)
    (agent,) = team.agents
    assert (agent.agent_id, agent.machine.value, agent.people.value, agent.corrected.value) == ("a-1", 100, 50, 50)
    assert shown_averages(store, "run-1", calls()[:5]) is None  # a run without the session's calls


def test_an_open_session_is_nobodys_business(store: Store, tmp_path: Path) -> None:
    session(store, tmp_path)
    found = team_averages(store)
    assert (found.session_id, found.n_checked) == (None, 0)
    (group,) = found.teams.values()
    assert group.basis is Basis.MACHINE
    assert {c.disagreement for c in run_candidates(store)[1]} == {0}


def test_calls_named_by_hand_enter_no_average(store: Store, tmp_path: Path) -> None:
    made, form = opened(store, tmp_path, 5)
    hand_in_all(store, made, form, dict.fromkeys(RATERS, lambda *_: "not_met"))
    close_session(store, made.session_id, "lead")
    found = team_averages(store)
    assert (found.session_id, found.n_checked) == (None, 0)


def test_closed_sessions_tell_where_people_disagreed(store: Store, tmp_path: Path) -> None:
    made, _ = session(store, tmp_path)
    close_session(store, made.session_id, "lead")
    _, calls = run_candidates(store)
    disagreement = {c.call_id: c.disagreement for c in calls}
    drawn = {c.call_id for c in made.calls}
    assert {name for name, degree in disagreement.items() if degree} == drawn
    assert {disagreement[name] for name in drawn} == {0.5}


@pytest.mark.parametrize("named", [None, "run-9"])
def test_no_run_no_averages(store: Store, named: str | None) -> None:
    with pytest.raises(UsageError, match="run"):
        team_averages(store, named)


def test_the_commands(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made, _ = session(store, tmp_path)
    close_session(store, made.session_id, "lead")
    at = ("--store", str(tmp_path / "callibrate.db"))

    assert run("calibration", "averages", *at, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["teams"]["unassigned"]["mean"]["mean"]["value"] == 50
    assert run("calibration", "averages", *at) == 0
    assert "unassigned: 50.0 (50.0 to 50.0) (machine alone 100.0)" in capsys.readouterr().out

    assert run("calibration", "draw", *at, "--design", "stratified", "--by", "agent", "--size", "4") == 0
    printed = capsys.readouterr().out
    rows = list(csv.DictReader(printed.splitlines()))
    assert len(rows) == 4
    assert {r["stratum"] for r in rows} == {"agent=a-1"}
    out = tmp_path / "new" / "sample.csv"
    assert run("calibration", "draw", *at, "--design", "disagreement", "--size", "4", "--out", str(out)) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert {r["targeted"] for r in csv.DictReader(out.read_text(encoding="utf-8").splitlines())} == {"true"}

    assert run("calibration", "draw", *at, "--design", "stratified", "--size", "4") == 2
    assert "a stratified draw needs strata" in capsys.readouterr().err


def test_plan_says_how_many(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("calibration", "plan", "--deviation", "12", "--correlation", "0.6") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == [
        "25 calls an agent: the mean to ±5 points (one call's deviation 12.0)",
        "17 calls an agent when the machine helps (correlation 0.6)",
    ]
    assert run("calibration", "plan", "--deviation", "12", "--calls", "30", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["calls"]["agent_mean"] == 15
    session(store, tmp_path)
    # every call of the run has the same score
    assert run("calibration", "plan", "--store", str(tmp_path / "callibrate.db")) == 2
    assert "Set --deviation" in capsys.readouterr().err
