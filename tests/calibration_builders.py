"""Calibration sessions in a few words: a small form, a store with calls, raters who answer by a table."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qa.model import AudioFacts, ChannelKind, Conversation, CoverageRow, Evaluation, Recording, Status
from qa.model.calibration import CalibrationSession
from qa.review.calibration import new_session
from qa.store import Store
from scoring import Rubric, evaluate_answers, load_rubric
from tests.form_builders import section
from tests.scoring_builders import call

RATERS = ("Anna", "Ben", "陈晓")
FACTS = AudioFacts(duration_s=60.0, sample_rate_hz=8000, n_channels=1, channel_kind=ChannelKind.MONO, codec="pcm_mulaw")
SPEECH = "speech-1"


def ask(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "title": name, "question": f"{name}?", "points": 1, "answered_by": "person", **more}


def form_file(folder: Path, *criteria: dict[str, Any], **more: Any) -> Path:
    """A form of two yes-or-no questions, or of those given, as a file."""
    asked = criteria or (ask("opening.greeting"), ask("closing.thanks"))
    text = {"id": "small.en", "version": "1.0.0", "language": "en", "title": "Small", **more}
    path = folder / f"{text['id']}-{text['version']}.yaml"
    path.write_text(json.dumps({**text, "sections": [section("All", *asked)]}), encoding="utf-8")
    return path


def fill(store: Store, n_calls: int, form: Rubric, machine: Mapping[str, Any] | None = None, **data: Any) -> list[str]:
    """``n_calls`` calls in run ``run-1``, each with the machine's evaluation (all met when not told); their ids."""
    if store.run("run-1") is None:
        store.begin_run("run-1", "/in", {})
    ids = []
    for number in range(n_calls):
        call_id = f"c-{number:03d}"
        conversation = spoken(call_id, **data)
        recording = Recording(
            recording_id=f"{number:064x}",
            path=f"/in/{call_id}.wav",
            file=f"{call_id}.wav",
            n_bytes=1000,
            call=conversation.call,
        )
        yes_no = [criterion.id for criterion in form.criteria if criterion.answer.type == "yes_no"]
        answers = dict.fromkeys(yes_no, "met") if machine is None else machine
        verdict = evaluate_answers(form, conversation.call, answers, "machine")
        row = CoverageRow.model_validate(
            {"file": recording.file, "recording_id": recording.recording_id, "call_id": call_id,
             "status": Status.SCORED}
        )  # fmt: skip
        store.save_call(recording, FACTS, SPEECH, conversation, [verdict], covers=("run-1", row))
        ids.append(call_id)
    return ids


def spoken(call_id: str, *lines: str, **data: Any) -> Conversation:
    """A call with this id; a greeting and an answer when no line is given."""
    talk = call(*(lines or ("A: Hello, Harbour Bank.", "C: =HYPERLINK(1) my card")), agent_id="a-1", **data)
    return talk.model_copy(update={"call": talk.call.model_copy(update={"call_id": call_id})})


def opened(store: Store, folder: Path, n_calls: int = 2, **more: Any) -> tuple[CalibrationSession, Rubric]:
    """A session of RATERS, with Dora as the expert, over ``n_calls`` calls of the small form."""
    path = more.pop("form", None) or form_file(folder)
    form = load_rubric(path)
    ids = fill(store, n_calls, form)
    asked = {"raters": RATERS, "expert": "Dora", "author": "lead", "calls": ids, "forms": [str(path)], **more}
    return new_session(store, **asked), form


Answers = Callable[[str, str], Any]
"""From call id and criterion id to what a rater gives; None leaves it out."""


def scored(form: Rubric, rater: str, call_ids: list[str], answers: Answers, comment: str = "") -> list[Evaluation]:
    """A rater's evaluations."""
    found = []
    for call_id in call_ids:
        given = {c.id: a for c in form.criteria if (a := answers(call_id, c.id)) is not None}
        notes = dict.fromkeys(given, comment) if comment else {}
        found.append(evaluate_answers(form, spoken(call_id).call, given, rater, comments=notes))
    return found


def hand_in_all(store: Store, session: CalibrationSession, form: Rubric, answers: Mapping[str, Answers]) -> None:
    """Save what each rater answers."""
    ids = [each.call_id for each in session.calls]
    for rater, given in answers.items():
        store.calibration.save_scores(session.session_id, rater, scored(form, rater, ids, given))


def refill(path: Path, change: Callable[[list[dict[str, str]]], object]) -> Path:
    """Change the rows of a CSV file in place."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), list(reader.fieldnames or ())
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path
