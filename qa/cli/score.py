"""``qa score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qa.model import Conversation
    from qa.review.gating import Gates
    from scoring.rubric import Rubric


@click.command()
@click.argument("conversation", metavar="CONVERSATION.json", type=click.Path(path_type=Path))
@click.option("--rubric", metavar="ID_OR_FILE", required=True, help="A shipped rubric's id, or a rubric file.")
@click.option("--store", metavar="URL", help="Mark and leave out what its calibration sessions do not trust.")
@click.option("--format", "form", type=click.Choice(["json", "text"]), default="json", show_default=True)
def score(conversation: Path, rubric: str, store: str | None, form: str) -> None:
    """Score one conversation, wherever its words come from. Needs no audio.

    CONVERSATION.json is a document "qa.conversation/1"; "-" reads it from standard input. Turns without times are
    scored too, except where a criterion needs them. With --store verdicts have the gate that tonight's run would give
    them (docs/gate.md); nothing is written to the store.
    """
    from qa.cli.evaluation_text import evaluation_text
    from qa.pipeline import score as score_conversation
    from qa.review.gating import apply_gates
    from scoring.loading import find_rubric

    form_used = find_rubric(rubric)
    talk = read_conversation(conversation)
    gates = read_gates_of(store, form_used) if store else {}
    evaluation = score_conversation(talk, form_used)
    if store:
        (evaluation,) = apply_gates(gates, [form_used], [evaluation])
    click.echo(evaluation.to_json(indent=2) if form == "json" else evaluation_text(evaluation, form_used), nl=True)


def read_gates_of(store: str, form: Rubric) -> Gates:
    """The gates of one form, as the sessions of a store have it; asked first, so that a wrong store costs no scoring."""
    from qa.review.gating import read_gates
    from qa.store import Store

    with Store.open(store, create=False) as opened:
        return read_gates(opened, [form])


def read_conversation(path: Path) -> Conversation:
    """A conversation from a file, or from standard input for ``-``.

    Raises:
        UsageError: naming the file, the place in the document and what belongs there.
    """
    import sys

    from pydantic import ValidationError

    from qa.model import Conversation, UsageError

    where = "standard input" if str(path) == "-" else str(path)
    try:
        text = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read ({error.strerror})", where=where, expected="a conversation file") from None
    try:
        return Conversation.from_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
        more = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise UsageError(
            f"{place}: {first['msg']}{more}" if place else f"{first['msg']}{more}",
            where=where,
            expected="a document qa.conversation/1",
        ) from None
