"""``prefect.yaml``: the nightly deployment names a flow that exists, with parameters that it takes."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def deployment() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
    (only,) = document["deployments"]
    assert isinstance(only, dict)
    return only


def test_it_runs_at_one_every_night(deployment: dict[str, Any]) -> None:
    assert deployment["name"] == "nightly"
    assert deployment["schedules"] == [{"cron": "0 1 * * *", "timezone": "UTC"}]
    assert deployment["work_pool"]["name"] == "nights"
    assert deployment["work_pool"]["job_variables"]["env"]["DO_NOT_TRACK"] == "1"


def test_the_flow_takes_its_parameters(deployment: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    path, name = deployment["entrypoint"].split(":")
    spec = importlib.util.spec_from_file_location("nightly_of_the_deployment", ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    flow = getattr(module, name)
    assert flow.name == "nightly"
    assert set(deployment["parameters"]) == {"input", "out", "store"}
    assert flow.validate_parameters(deployment["parameters"]).items() >= deployment["parameters"].items()
    assert set(deployment["parameters"]) < set(inspect.signature(flow.fn).parameters)
