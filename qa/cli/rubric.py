"""``qa rubric``."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.group()
def rubric() -> None:
    """List the shipped rubrics and signals, check a rubric of your own, or print the schema that it follows."""


@rubric.command("list")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_rubrics(form: str) -> None:
    """The rubrics that come with Callibrate."""
    from rich.table import Table

    from qa.cli.console import output_console
    from scoring import load_rubric, shipped_rubrics

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
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def signals(files: tuple[str, ...], form: str) -> None:
    """The signals that a form can take with signals_from: of shipped files by id, or of your own; all shipped without FILE."""
    from rich.table import Table

    from qa.cli.console import output_console
    from scoring.rubric_files import shipped_signal_files
    from scoring.signal_files import load_signal_file

    names = files or [path.stem for path in shipped_signal_files()]
    rows = [
        (name, signal, found.title, [role.value for role in content.roles_of(signal)])
        for name, content in ((name, load_signal_file(name)) for name in names)
        for signal, found in content.signals.items()
    ]
    if form == "json":
        keys = ("file", "signal", "title", "roles")
        click.echo(json.dumps([dict(zip(keys, row, strict=True)) for row in rows], ensure_ascii=False, indent=2))
        return
    table = Table("file", "signal", "title", "said by")
    for file, signal, title, roles in rows:
        table.add_row(file, signal, title, ", ".join(roles))
    output_console().print(table)


@rubric.command()
@click.option("--signals", is_flag=True, help="That of a signal file instead.")
def schema(signals: bool) -> None:
    """Print the JSON Schema of a rubric file, for editors and other tools."""
    from scoring.schema import rubric_schema, signal_file_schema

    click.echo(json.dumps(signal_file_schema() if signals else rubric_schema(), ensure_ascii=False, indent=2))
