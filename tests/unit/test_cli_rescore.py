"""``qa rescore``: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from qa.cli import cli
from qa.model import Reason, UsageError
from qa.review.impact import Failure, Flip, Impact, Scores
from qa.store import Store


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rescore", *arguments], standalone_mode=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the command asks for; ``impact`` is what it gets."""
    seen: dict[str, Any] = {
        "impact": Impact(
            n_rescored=1,
            flips=[Flip("c-[b]", "a-1", "care", "met", "not_met")],
            agents={"a-1": Scores(1, 80.0, 70.0, 1, 0, 1)},
        )
    }

    def rescore(store: str, rubric: str, **options: Any) -> Impact:
        options["progress"](1, 1)
        seen.update(options, store=store, rubric=rubric)
        found: Impact = seen["impact"]
        return found

    monkeypatch.setattr("qa.pipeline.rescore", rescore)
    return seen


def test_json_is_one_document(asked: dict[str, Any]) -> None:
    result = run("--rubric", "r.yaml", "--store", "s.db", "--dry-run", "--limit", "3", "--format", "json")
    document = json.loads(result.stdout)
    assert document["n_flips"] == 1
    assert document["dry_run"] is True
    assert document["flips"] == [
        {"call_id": "c-[b]", "agent_id": "a-1", "criterion": "care", "was": "met", "now": "not_met"}
    ]
    assert document["overall"]["change"] == -10.0
    assert (asked["store"], asked["rubric"], asked["limit"], asked["dry_run"], asked["force"]) == (
        "s.db",
        "r.yaml",
        3,
        True,
        False,
    )


def test_text_names_the_flips(asked: dict[str, Any]) -> None:
    result = run("--rubric", "r.yaml")
    assert "c-[b]" in result.stdout  # an id is no markup
    assert "met -> not_met: 1" in result.stdout
    assert "-10.0" in result.stdout
    assert result.return_value == 0


def test_a_call_that_failed_makes_it_1(asked: dict[str, Any]) -> None:
    asked["impact"] = Impact(failures=[Failure("c-9", Reason.ENGINE_FAILED, "KeyError")])
    result = run("--rubric", "r.yaml")
    assert result.return_value == 1
    assert "c-9: engine_failed (KeyError)" in result.stdout


@pytest.mark.parametrize(
    "arguments", [("--rubric", "nothing"), ("--rubric", "service-core.en", "--limit", "0"), ("--rubric", "no.yaml")]
)
def test_wrong_usage_is_told(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    target = tmp_path / "store.db"
    Store.open(target).close()
    assert isinstance(run(*arguments, "--store", str(target)).exception, UsageError)


def test_a_missing_store_is_not_made(tmp_path: Path) -> None:
    target = tmp_path / "none.db"
    assert isinstance(run("--rubric", "service-core.en", "--store", str(target)).exception, UsageError)
    assert not target.exists()
