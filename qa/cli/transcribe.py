"""``qa transcribe``."""

from __future__ import annotations

from pathlib import Path

import click

ROLES = ("agent", "customer")


@click.command()
@click.argument("audio", metavar="AUDIO", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["auto", "en", "zh"]), default="auto", show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["json", "txt", "srt", "rttm", "stm"]), default="json", show_default=True
)
@click.option("--role-map", metavar="ROLE=CHANNEL", help="Stereo: who is on which channel, as in agent=0,customer=1.")
@click.option("--swap-roles", is_flag=True, help="Agent and customer came out the wrong way round: turn them.")
def transcribe(audio: Path, language: str, form: str, role_map: str | None, swap_roles: bool) -> None:
    """Who said what and when in one recording: decoded, transcribed, told apart, with roles. Stores nothing."""
    from qa.cli.formats import FORMATS
    from qa.pipeline import transcribe as transcribe_recording
    from qa.settings import Settings

    channel = None if role_map is None else agent_channel(role_map)
    conversation = transcribe_recording(audio, Settings(), language=language, agent_channel=channel)
    if swap_roles:
        from qa.model.swapping import swap_roles as swapped

        conversation = swapped(conversation)
    click.echo(FORMATS[form](conversation), nl=False)


def agent_channel(role_map: str) -> int:
    """The agent's channel by a role map: ``agent=0``, ``customer=1`` and ``agent=0,customer=1`` all say 0.

    Raises:
        UsageError: it is none, or says two things at once.
    """
    from qa.model import UsageError

    given: dict[str, int] = {}
    for part in role_map.split(","):
        role, _, channel = (text.strip() for text in part.partition("="))
        if role not in ROLES or channel not in ("0", "1") or role in given:
            raise UsageError(f"--role-map {role_map!r}", expected="as in agent=0,customer=1")
        given[role] = int(channel)
    if len(set(given.values())) != len(given):
        raise UsageError(f"--role-map {role_map!r} puts both on one channel", expected="as in agent=0,customer=1")
    return given["agent"] if "agent" in given else 1 - given["customer"]
