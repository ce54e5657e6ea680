"""``qa calibration confidence`` and ``fit``: what people's answers teach about confidences and thresholds."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qa.cli.calibration import STORE, open_store

if TYPE_CHECKING:
    from qa.review.confidences import ConfidenceReport
    from qa.review.tuning import Tuned

RUBRIC = click.option("--rubric", metavar="ID_OR_FILE", required=True, help="A shipped form's id, or a file.")
FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@click.command()
@RUBRIC
@STORE
@click.option("--wrong", type=float, default=10.0, show_default=True, help="What a wrong verdict costs.")
@click.option("--person", type=float, default=1.0, show_default=True, help="What a person's look at a verdict costs.")
@click.option("--svg", type=click.Path(path_type=Path), help="Write the drawing of confidence and frequency here.")
@FORMAT
def confidence(rubric: str, store: str | None, wrong: float, person: float, svg: Path | None, form: str) -> None:
    """Compare the machine's confidences with how often people agree, and say which verdicts are worth a person's look.

    Uses the closed calibration sessions of the store. Costs are in any unit; only their ratio counts.
    """
    from qa.review.confidences import checked_verdicts, confidence_report
    from reports.reliability import reliability_svg
    from reports.text import Text
    from scoring.loading import find_rubric

    used = find_rubric(rubric)
    with open_store(store) as opened:
        questions = checked_verdicts(opened, used)
    report = confidence_report(questions, wrong=wrong, person=person)
    if svg is not None:
        drawing = reliability_svg([(each.confidence, each.right) for each in report.table], Text(used.language))
        svg.write_text(drawing, encoding="utf-8")
    click.echo(json.dumps(asdict(report), indent=2) if form == "json" else confidence_text(report))


@click.command()
@RUBRIC
@STORE
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the proposed form here, if it is better; never over another file.")  # fmt: skip
@FORMAT
def fit(rubric: str, store: str | None, out: Path | None, form: str) -> None:
    """Refit a form's thresholds and bands to people's answers on half of the calls, and show the gain on the other half.

    Uses the closed calibration sessions of the store. Nothing is switched: a proposal is a file to read, to try with
    "qa rescore --dry-run", and to adopt by naming it.
    """
    from qa.language import load_embedder
    from qa.model import UsageError
    from qa.review.tuning import FormJudge, examples_of, tune, write_proposal
    from scoring.loading import find_rubric

    used = find_rubric(rubric)
    if out is not None and out.exists():
        raise UsageError("there is such a file", where=str(out), expected="a new name for the proposal")
    with open_store(store) as opened:
        examples = examples_of(opened, used)
    tuned = tune(used, examples, FormJudge(load_embedder()))
    written = out if tuned.better else None
    if written is not None:
        write_proposal(tuned, rubric, written)
    click.echo(json.dumps(_as_dict(tuned, written), indent=2) if form == "json" else tuned_text(tuned, written))


def _as_dict(tuned: Tuned, written: Path | None) -> dict[str, object]:
    found = tuned.held_out
    return {
        "rubric": tuned.form.id,
        "n_fitted": tuned.n_fitted,
        "moves": [
            {"name": m.of.name, "key": m.of.key, "before": m.before, "after": m.after, "gain": m.gain}
            for m in tuned.moves
        ],
        "held_out": {**asdict(found), "p": found.p},
        "better": tuned.better,
        "written": None if written is None else str(written),
    }


def tuned_text(tuned: Tuned, written: Path | None) -> str:
    """The proposal for a terminal."""
    found = tuned.held_out
    lines = [f"fitted to {tuned.n_fitted} calls"]
    lines += [f"  {m.of.name}.{m.of.key}: {m.before:g} to {m.after:g}, {m.gain} more right" for m in tuned.moves]
    if not tuned.moves:
        return "\n".join([*lines, "no threshold or band is worth moving"])
    lines += [
        f"on {found.n_calls} calls held out: {found.right_before} of {found.n} right before, {found.right_after} after "
        f"({found.set_right} set right, {found.set_wrong} set wrong; p = {found.p:.3f})",
        f"written to {written}" if written else "not better there: nothing is written" if not tuned.better else "",
    ]
    return "\n".join(line for line in lines if line)


def confidence_text(report: ConfidenceReport) -> str:
    """The report for a terminal."""
    lines = [
        f"{report.n} verdicts checked by people",
        f"confidence is off by {report.error:.3f} on average ({report.by_chance:.3f} would be chance alone); "
        f"{report.error_calibrated:.3f} once calibrated ({report.way.replace('_', '-')})",
        "",
        "confidence    right",
    ]
    for each in report.table:
        share = each.right
        lines.append(
            f"      {each.confidence:.2f}     {share.value:.2f}  ({share.low:.2f} to {share.high:.2f}, {share.k} of {share.n})"
        )
    found = report.handover
    lines += [
        "",
        f"a person is worth it below a probability of {found.threshold:.2f}: {found.n_to_people} of {found.n} verdicts, "
        f"{found.n_wrong_left} wrong ones stay",
        f"cost per verdict {found.cost:.3g}; without people {found.cost_without_people:.3g}, "
        f"people only {found.cost_of_people_only:.3g}",
    ]
    return "\n".join(lines)
