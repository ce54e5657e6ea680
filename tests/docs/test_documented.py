"""Everything a user can set, call or meet is written down; what is written down exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from qa.cli import cli
from qa.model import Reason
from qa.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path: path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]}


def commands(page: str) -> list[str]:
    """Commands in fenced sh blocks, one each, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    row = re.search(
        rf"^\| `{name}` \| `?([^|`]+)`? \|", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE
    )
    assert row, f"docs/settings.md has no row for {name}"
    default = Settings.model_fields[name].default
    documented = row[1].strip()
    assert documented == (
        f"{default:g}" if isinstance(default, float) and default < 1e4 else str(default).removesuffix(".0")
    )


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_code_is_explained(reason: Reason) -> None:
    assert f"`{reason}`" in (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_is_in_the_readme_and_has_help(name: str) -> None:
    assert re.search(rf"\bqa {name}\b", README)
    assert cli.commands[name].help


@pytest.mark.parametrize("line", commands(README))
def test_every_command_of_the_readme_exists(line: str) -> None:
    words = shlex.split(line.removesuffix("&").split(">")[0])
    program = Path(words[0]).name
    if program == "make":
        assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    elif program == "qa":
        command: click.Command = cli
        with click.Context(cli) as context:
            while isinstance(command, click.Group):
                words = words[1:]
                found = command.get_command(context, words[0])
                assert found, f"qa has no command {words[0]}"
                command = found
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known
    else:
        assert program == "prefect"


def test_files_that_the_readme_names_exist() -> None:
    names = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", README) + re.findall(r"(audio_samples/[\w.-]+)", README)
    missing = [name for name in names if not (ROOT / name).exists()]
    assert missing == []


def test_every_run_time_dependency_says_why_it_is_there() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    names = [re.split(r"[<>=\[]", requirement)[0].strip() for requirement in project["dependencies"]]
    assert [name for name in names if not re.search(rf"\b{re.escape(name.removesuffix('-2'))}\b", page)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_shipped_rubric_has_the_criteria_of_the_contract(language: str) -> None:
    rubric = yaml.safe_load((ROOT / "rubrics" / f"service-core.{language}.yaml").read_text(encoding="utf-8"))
    ids = [criterion["id"] for section in rubric["sections"] for criterion in section["criteria"]]
    assert len(ids) == len(set(ids)) == 25


def test_no_page_names_a_path_of_somebodys_machine() -> None:
    for path, text in PAGES.items():
        assert not re.search(r"(?<![\w.])/(root|home|Users|work)/", text), path
