"""The command as a whole: exit codes, one line for what we foresee, a traceback for bugs, and a quick answer."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import click
import pytest

from qa.cli import cli, main
from qa.model import ModelUnavailable, Reason, RecordingRefused, UsageError


def run(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A command ``qa fail`` that raises what the test puts into this list."""
    raised: list[BaseException] = []

    @click.command()
    def fail() -> None:
        raise raised[0]

    monkeypatch.setitem(cli.commands, "fail", fail)
    return raised


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nightly"], "qa nightly: Missing argument 'INPUT'. Try 'qa nightly --help'."),
        (["dance"], "qa: No such command 'dance'. Try 'qa --help'."),
        (["nightly", "x", "--limit", "0"], "qa nightly: Invalid value for '--limit': 0 is not in the range x>=1."),
        (["nightly", "x", "--runner", "slurm"], "qa nightly: Invalid value for '--runner': 'slurm' is not one of"),
        (["nightly", "/no/such"], "/no/such: no such file or folder; expected a folder with recordings"),
        (["rubric", "check", "/no/such.yaml"], "/no/such.yaml: cannot be read (No such file or directory)"),
        (["score", "/no/such.json", "--rubric", "service-core.en"], "/no/such.json: cannot be read"),
        (["transcribe", "/no/such.wav"], "/no/such.wav: no such file; expected a recording"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(line)
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UsageError("too\nlong", where="a.csv:3", expected="short"), 2, "a.csv:3: too long; expected short\n"),
        (ModelUnavailable("model.bin is missing"), 1, "model.bin is missing\n"),
        (RecordingRefused(Reason.NO_SPEECH, "nobody speaks", where="a.wav"), 2, "a.wav: nobody speaks (no_speech)\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)  # fmt: skip
def test_what_we_foresee_has_a_code_and_no_traceback(
    failing: list[BaseException], error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(error)
    assert run("fail") == code
    assert capsys.readouterr().err.strip() == line.strip()


def test_a_bug_keeps_its_traceback(failing: list[BaseException]) -> None:
    failing.append(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main(["fail"])


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = (
        "import click; from qa.cli import cli, main; "
        "cli.add_command(click.Command('talk', callback=lambda: click.echo('x' * 10**6))); main(['talk'])"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 1
    assert said == b""


def test_help_answers_at_once() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "qa.cli", "--help"], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "nightly" in done.stdout
    # Seconds of processor time, which other work on the machine does not lengthen.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


@pytest.mark.parametrize("module", ["qa.cli", "qa.cli.nightly", "qa.cli.score", "qa.cli.transcribe", "qa.cli.models"])
def test_commands_import_nothing_heavy_before_they_run(module: str) -> None:
    code = (
        f"import sys, {module}; print(*(set(sys.modules) & {{'pydantic', 'rich', 'numpy', 'prefect', 'sqlalchemy'}}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_command_and_option_has_a_help_text() -> None:
    def texts(command: click.Command, path: str) -> None:
        assert command.help, path
        for option in command.params:
            if isinstance(option, click.Option) and not isinstance(option.type, click.Choice):
                assert option.help, f"{path} {option.name}"
        if isinstance(command, click.Group):
            for name, inner in command.commands.items():
                texts(inner, f"{path} {name}")

    texts(cli, "qa")


def test_an_output_folder_inside_the_input_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("nightly", str(tmp_path), "--out", str(tmp_path / "out")) == 2
    assert "--out lies inside the input folder" in capsys.readouterr().err


def test_a_wrong_setting_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLIBRATE_WORKERS", "many")
    assert run("nightly", str(tmp_path), "--out", str(tmp_path.parent / "out")) == 2
    line = capsys.readouterr().err
    assert line.startswith("CALLIBRATE_WORKERS: Input should be a valid integer")
    assert "got 'many'" in line
    assert line.count("\n") == 1


def test_dask_is_an_extra(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "prefect_dask", None)
    assert run("nightly", str(tmp_path / ".."), "--out", str(tmp_path / "../../out"), "--runner", "dask") == 2
    assert "pip install 'callibrate[dask]'" in capsys.readouterr().err
