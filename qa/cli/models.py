"""``qa models``."""

from __future__ import annotations

import json
from dataclasses import asdict

import click


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def models(form: str) -> int:
    """Which model files are used, where they come from, their SHA-256, and whether it is the expected one."""
    from rich.table import Column, Table

    from qa.cli.console import output_console
    from qa.language import minilm
    from qa.speech import models as speech

    files = [*speech.verify(), *minilm.verify()]
    if form == "json":
        click.echo(json.dumps([asdict(file) for file in files], indent=2))
    else:
        table = Table("model", "verified", Column("SHA-256", overflow="fold"), "from", Column("file", overflow="fold"))
        for file in files:
            table.add_row(file.name, "yes" if file.verified else "NO", file.sha256, file.source, file.path)
        output_console().print(table)
    return 0 if all(file.verified for file in files) else 1
