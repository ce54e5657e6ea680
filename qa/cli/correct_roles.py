"""``qa correct-roles``."""

from __future__ import annotations

import getpass

import click


@click.command("correct-roles")
@click.argument("call_id", metavar="CALL_ID")
@click.option(
    "--swap/--as-heard", default=True, help="Turn the machine's roles round, or withdraw that.  [default: swap]"
)
@click.option("--reason", metavar="TEXT", required=True, help="Why; kept with the correction.")
@click.option("--author", metavar="NAME", help="Who says so.  [default: your login name]")
@click.option("--store", metavar="URL", help="Path or URL of the store.  [default: var/nightly/callibrate.db]")
@click.option("--rubric", "rubrics", metavar="ID_OR_FILE", multiple=True, help="Score with this rubric; repeatable.")
def correct_roles(
    call_id: str, swap: bool, reason: str, author: str | None, store: str | None, rubrics: tuple[str, ...]
) -> None:
    """Agent and customer are the wrong way round in a stored call: note it, and score the call again.

    Needs no audio. What the machine heard stays in the store; later runs and their reports show the corrected call.
    """
    from flows.correction import correct_roles as correct
    from flows.job import DEFAULT_OUT, STORE_NAME
    from qa.store import Store

    with Store.open(store or f"{DEFAULT_OUT}/{STORE_NAME}", create=False) as opened:
        evaluations = correct(
            opened, call_id, swapped=swap, author=author or getpass.getuser(), reason=reason, rubrics=rubrics
        )
    for evaluation in evaluations:
        percent = evaluation.totals.percent
        score = "no score" if percent is None else f"{percent:.1f} %"
        click.echo(f"{call_id}  {evaluation.rubric.id} {evaluation.rubric.version}  {score}")
