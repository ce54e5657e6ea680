"""``qa agreement``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("ratings", metavar="RATINGS.csv", type=click.Path(path_type=Path))
@click.option("--scale", nargs=2, type=float, metavar="LOW HIGH", help="Refuse numbers outside LOW to HIGH.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def agreement(ratings: Path, scale: tuple[float, float] | None, form: str) -> None:
    """How far raters agree: coefficients with 95 % intervals, per criterion and overall.

    RATINGS.csv has the columns item, criterion, rater and rating, one rating a row: an outcome word or a number; empty is
    missing. docs/agreement.md says which coefficient answers which question.
    """
    import json

    from qa.cli.agreement_table import print_agreement
    from qa.review.ratings import read_ratings
    from scoring.agreement import agreement_report

    if scale and not scale[0] < scale[1]:
        raise click.BadParameter("expected LOW below HIGH", param_hint="--scale")
    report = agreement_report(read_ratings(ratings, scale=scale))
    if form == "json":
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print_agreement(report)
