"""The flow that scores a store again: real Prefect, a real store, the real engines of text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qa.store import Store
from scoring import evaluate
from tests.scoring_builders import HEAD, call, rubric
from tests.store_builders import FACTS, recording

ROOT = Path(__file__).resolve().parents[2]

BODY = """\
signals:
  hello: {title: greeting, phrases: [hello]}
sections:
  - title: S
    criteria:
      - {id: care.greeting, title: T, question: Q, points: 1, check: {type: said, met: hello}}
"""

FLOW = """
import json, sys
from flows.rescore import rescore
from flows.server import prefect_server
from qa.settings import Settings
with prefect_server(Settings()) as server:
    server.wait()
    print(json.dumps(rescore(sys.argv[1], sys.argv[2])))
"""


@pytest.mark.timeout(300)
def test_the_flow_scores_a_store_again(tmp_path: Path) -> None:
    target, form = tmp_path / "store.db", tmp_path / "form.yaml"
    of, talk = recording("a", agent_id="a-1"), call("A: good day to you", "C: my card is lost")
    talk = talk.model_copy(update={"call": of.call.model_copy(update={"language": "en"})})
    with Store.open(str(target)) as store:
        store.save_call(of, FACTS, "f", talk, [evaluate(talk, rubric(BODY))])
    form.write_text(HEAD.replace("1.0.0", "1.1.0") + BODY.replace("[hello]", "[good day]"))
    done = subprocess.run(
        [sys.executable, "-c", FLOW, str(target), str(form)],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "CALLIBRATE_WORKERS": "1",
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["n_rescored"], found["n_failed"]) == (1, 0)
    assert [(flip["was"], flip["now"]) for flip in found["flips"]] == [("not_met", "met")]
