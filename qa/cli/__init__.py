"""The command ``qa``: thin doors, one file a noun.

Only click is imported here and at the top of the commands' modules, so that ``qa --help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from qa.cli.agreement import agreement
from qa.cli.calibration import calibration
from qa.cli.calibration_fit import confidence, fit
from qa.cli.calibration_plan import averages, draw, plan
from qa.cli.correct_roles import correct_roles
from qa.cli.models import models
from qa.cli.nightly import nightly
from qa.cli.report import report
from qa.cli.rescore import rescore
from qa.cli.rubric import rubric
from qa.cli.score import score
from qa.cli.transcribe import transcribe

if TYPE_CHECKING:
    from pydantic import ValidationError

EXIT_DONE = 0
EXIT_SOME_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="callibrate", prog_name="qa")
def cli() -> None:
    """Callibrate: scores every recorded call, shows the proof, and says how far each score can be trusted."""


for command in (nightly, transcribe, score, rescore, correct_roles, rubric, agreement, calibration, report, models):
    cli.add_command(command)
for command in (plan, draw, averages, confidence, fit):
    calibration.add_command(command)


def main(args: list[str] | None = None) -> None:
    """Run a command and end the process with the contract's exit code; a bug keeps its traceback."""
    try:
        code = cli.main(args=args, prog_name="qa", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        sys.exit(_complain(_one_line(error), error.exit_code))
    except click.Abort:
        sys.exit(EXIT_INTERRUPTED)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough; the interpreter must not try to flush it again. Click ends with 1 too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        from pydantic import ValidationError

        from qa.model.errors import CallibrateError, RecordingRefused, UsageError

        if isinstance(error, ValidationError) and error.title == "Settings":
            sys.exit(_complain(_wrong_setting(error), EXIT_USAGE))
        if not isinstance(error, CallibrateError):
            raise
        # Outside a run, where a refusal is a row of the coverage, an unusable recording is a bad input file.
        usage = isinstance(error, UsageError | RecordingRefused)
        reason = f" ({error.reason})" if isinstance(error, RecordingRefused) else ""
        sys.exit(_complain(f"{error}{reason}", EXIT_USAGE if usage else EXIT_SOME_FAILED))
    sys.exit(code if isinstance(code, int) else EXIT_DONE)


def _one_line(error: click.ClickException) -> str:
    text = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{error.ctx.command_path}: {text} Try '{error.ctx.command_path} --help'."
    return text


def _wrong_setting(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    name = "_".join(str(part) for part in first["loc"]).upper()
    return f"CALLIBRATE_{name}: {first['msg']}; got {first.get('input')!r}. Change this environment variable"


def _complain(line: str, code: int) -> int:
    click.echo(" ".join(line.split()), err=True)
    return code
