"""``qa rubric``."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group()
def rubric() -> None:
    """List the shipped rubrics, check one of your own, or print the schema that it follows."""


@rubric.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rubrics(form: str) -> None:
    """The rubrics that come with Callibrate."""
    from rich.table import Table

    from qa.cli.console import output_console
    from scoring.loading import load_rubric, shipped_rubrics

    rubrics = [load_rubric(path) for path in shipped_rubrics()]
    if form == "json":
        rows = [
            {**r.ref.to_dict(), "language": r.language, "title": r.title, "criteria": [c.id for c in r.criteria]}
            for r in rubrics
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("id", "version", "language", "criteria", "title")
    for r in rubrics:
        table.add_row(r.id, r.version, r.language, str(len(r.criteria)), r.title)
    output_console().print(table)


@rubric.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def check(file: Path) -> int:
    """Check a rubric file: prints ok, or each fault as FILE:LINE: path: expected, got."""
    from qa.model import UsageError
    from scoring.loading import find_faults

    try:
        source = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})", where=str(file), expected="a rubric file") from None
    faults = find_faults(source, str(file))
    for fault in faults:
        click.echo(fault, err=True)
    if not faults:
        click.echo("ok")
    return 2 if faults else 0


@rubric.command()
def schema() -> None:
    """Print the JSON Schema of a rubric file, for editors and other tools."""
    from scoring.schema import rubric_schema

    click.echo(json.dumps(rubric_schema(), ensure_ascii=False, indent=2))
