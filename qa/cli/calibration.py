"""``qa calibration``: people score the same calls blind, and what that says about people and machine."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from qa.store import Store

STORE = click.option("--store", metavar="URL", help="Path or URL of the store.  [default: var/nightly/callibrate.db]")
_AUTHOR = click.option("--author", metavar="NAME", help="Who does this.  [default: your login name]")


@click.group()
def calibration() -> None:
    """Calibration sessions: new, export, import, close, consensus, report, list.

    Several people score the same calls, blind to each other and to the machine; then the session is closed and compared.
    docs/calibration.md goes through it step by step.
    """


@calibration.command()
@click.option("--rater", "raters", metavar="NAME", multiple=True, required=True, help="Who scores; two or more.")
@click.option("--expert", metavar="NAME", required=True, help="Who gives the final answer where raters differ.")
@click.option("--call", "calls", metavar="CALL_ID", multiple=True, help="A call to score; repeatable. Without: draw.")
@click.option("--sample", metavar="FILE.csv", type=click.Path(path_type=Path), help="What qa calibration draw wrote.")
@click.option("--size", metavar="N", type=click.IntRange(min=1), help="Draw N calls of a run, and the flagged ones.")
@click.option("--seed", metavar="N", type=int, help="The same seed draws the same calls.  [default: sample_seed]")
@click.option("--run", "run_id", metavar="ID", help="Draw from this run.  [default: the newest]")
@click.option("--rubric", "forms", metavar="ID_OR_FILE", multiple=True, help="Score with this form; repeatable.")
@click.option("--title", metavar="TEXT", default="", help="What the session is called.")
@click.option("--id", "session_id", metavar="ID", help="The session's id.  [default: from the day]")
@_AUTHOR
@STORE
def new(
    raters: tuple[str, ...],
    expert: str,
    calls: tuple[str, ...],
    sample: Path | None,
    size: int | None,
    seed: int | None,
    run_id: str | None,
    forms: tuple[str, ...],
    title: str,
    session_id: str | None,
    author: str | None,
    store: str | None,
) -> None:
    """Open a session over drawn or named calls; prints its id."""
    from qa.review.calibration import Draw, new_session
    from qa.review.calibration.sample_file import read_sample
    from qa.settings import Settings

    if sum((bool(calls), sample is not None, bool(size or run_id or seed is not None))) > 1:
        raise click.UsageError(
            "--call names the calls, --sample reads them, --size, --seed and --run draw them: one of these."
        )
    settings = Settings()
    draw = Draw(size or settings.sample_size, settings.sample_seed if seed is None else seed, run_id)
    with open_store(store) as opened:
        session = new_session(
            opened,
            raters=raters,
            expert=expert,
            author=author or getpass.getuser(),
            calls=read_sample(sample) if sample else calls or draw,
            forms=forms,
            title=title,
            session_id=session_id,
        )
    click.echo(session.session_id)
    click.echo(f"{len(session.calls)} calls, raters {', '.join(session.raters)}", err=True)


@calibration.command()
@click.argument("session", metavar="SESSION")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder.  [default: var/calibration]")
@click.option("--rater", "raters", metavar="NAME", multiple=True, help="Only this rater's files; repeatable.")
@STORE
def export(session: str, out: Path | None, raters: tuple[str, ...], store: str | None) -> None:
    """Write a workbook and a CSV file for each rater, and the transcripts; prints the paths."""
    from qa.review.calibration import export_session

    with open_store(store) as opened:
        _print_paths(export_session(opened, session, out or Path("var/calibration"), raters=raters))


@calibration.command("import")
@click.argument("session", metavar="SESSION")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--rater", metavar="NAME", help="Refuse a file of anybody else.")
@STORE
def import_(session: str, file: Path, rater: str | None, store: str | None) -> None:
    """Read a filled-in file back. A fault is named with row and column, and nothing of the file is saved then."""
    from qa.review.calibration import hand_in

    with open_store(store) as opened:
        done = hand_in(opened, session, file, rater=rater)
    click.echo(f"{done.rater}: {done.n_answers} answers on {done.n_calls} calls")
    if done.blank:
        blank = "1 answer is blank," if len(done.blank) == 1 else f"{len(done.blank)} answers are blank, the first"
        click.echo(f"{blank} at {done.blank[0]}", err=True)


@calibration.command()
@click.argument("session", metavar="SESSION")
@click.option("--unfinished", is_flag=True, help="Close although raters have calls left.")
@_AUTHOR
@STORE
def close(session: str, unfinished: bool, author: str | None, store: str | None) -> None:
    """End the scoring: from here on the scores may be read, and no more be given."""
    from qa.review.calibration import close_session

    with open_store(store) as opened:
        close_session(opened, session, author or getpass.getuser(), unfinished=unfinished)
    click.echo(f"{session} closed")


@calibration.command()
@click.argument("session", metavar="SESSION")
@click.option(
    "--write", metavar="FILE.csv", type=click.Path(path_type=Path), help="Write the open questions to a file."
)
@click.option("--read", metavar="FILE", type=click.Path(path_type=Path), help="Read the filled-in file back.")
@click.option("--call", metavar="CALL_ID", help="Decide one question: its call,")
@click.option("--criterion", metavar="ID", help="its criterion,")
@click.option("--answer", metavar="ANSWER", help="the final answer,")
@click.option("--reason", metavar="TEXT", help="and why.")
@click.option("--author", metavar="NAME", help="The session's expert.  [default: your login name]")
@STORE
def consensus(
    session: str,
    write: Path | None,
    read: Path | None,
    call: str | None,
    criterion: str | None,
    answer: str | None,
    reason: str | None,
    author: str | None,
    store: str | None,
) -> None:
    """The expert's final answers, each with its reason; without options the questions that wait for one."""
    from qa.review.calibration import Decision, decide, open_questions
    from qa.review.calibration.consensus import read_decisions, write_open_questions

    one = (call, criterion, answer, reason)
    if any(one) and (not all(one) or read or write):
        raise click.UsageError("--call, --criterion, --answer and --reason belong together, and stand alone.")
    name = author or getpass.getuser()
    with open_store(store) as opened:
        if call and criterion and answer and reason:
            decisions = [Decision(call, criterion, answer, reason)]
        elif read:
            decisions = read_decisions(opened, session, read)
        elif write:
            click.echo(f"{write_open_questions(opened, session, name, write)} open questions in {write}")
            return
        else:
            for q in open_questions(opened, session, name):
                said = ", ".join(f"{who}: {rating.label}" for who, rating in q.ratings.items())
                click.echo(f"{q.call_id}  {q.criterion.id}  {said}")
            return
        click.echo(f"{len(decide(opened, session, name, decisions))} final answers saved")


@calibration.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@STORE
def list_sessions(form: str, store: str | None) -> None:
    """The sessions of the store, and how far their raters are (how many calls, not what they found)."""
    import json

    from rich.table import Table
    from rich.text import Text

    from qa.cli.console import output_console

    with open_store(store) as opened:
        sessions = opened.calibration.sessions()
        done = {s.session_id: opened.calibration.scored(s.session_id) for s in sessions}
    if form == "json":
        rows: list[dict[str, Any]] = [
            {
                **s.model_dump(
                    mode="json", include={"session_id", "title", "created_at", "closed_at", "raters", "expert"}
                ),
                "n_calls": len(s.calls),
                "n_scored": {rater: len(calls) for rater, calls in done[s.session_id].items()},
            }
            for s in sessions
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("session", "title", "state", "calls", "scored", "expert")
    for s in sessions:
        scored = ", ".join(f"{rater} {len(calls)}" for rater, calls in done[s.session_id].items())
        state = "closed" if s.closed else "open"
        table.add_row(*(Text(c) for c in (s.session_id, s.title, state, str(len(s.calls)), scored, s.expert)))
    output_console().print(table)


@calibration.command()
@click.argument("sessions", metavar="[SESSION]...", nargs=-1)
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder.  [default: var/reports]")
@click.option("--format", "form", type=click.Choice(["html", "xlsx", "json"]), default="html", show_default=True)
@STORE
def report(sessions: tuple[str, ...], out: Path | None, form: str, store: str | None) -> None:
    """What closed sessions say: all of them together, or those named. The same as qa report calibration."""
    write_report(sessions, out, form, store)


def write_report(sessions: tuple[str, ...], out: Path | None, form: str, store: str | None) -> None:
    """Write the report in one format and print the paths; JSON without a folder is printed itself."""
    from qa.review.calibration import calibration_report
    from reports.calibration import write_calibration_pages
    from reports.calibration_tables import report_json, write_calibration_workbook

    with open_store(store) as opened:
        found = calibration_report(opened, getpass.getuser(), sessions)
    if form == "json" and out is None:
        click.echo(report_json(found), nl=False)
        return
    folder = out or Path("var/reports")
    folder.mkdir(parents=True, exist_ok=True)
    if form == "html":
        _print_paths(write_calibration_pages(found, folder))
        return
    path = folder / f"calibration.{form}"
    if form == "json":
        path.write_text(report_json(found), encoding="utf-8", newline="\n")
    else:
        write_calibration_workbook(found, path)
    _print_paths([path])


def open_store(target: str | None) -> Store:
    """The store that ``--store`` names, or the one of ``qa nightly``."""
    from flows.job import DEFAULT_OUT, STORE_NAME
    from qa.store import Store

    return Store.open(target or f"{DEFAULT_OUT}/{STORE_NAME}", create=False)


def _print_paths(paths: list[Path]) -> None:
    for path in paths:
        click.echo(str(path))
