"""The command ``qa`` with the fake pipeline in place of the engines; for tests that need a process of their own."""

from __future__ import annotations

import sys

from flows.job import nightly_job
from qa.cli import main

if __name__ == "__main__":
    nightly_job.__defaults__ = ("tests.orchestration.fake_pipeline",)
    main(sys.argv[1:])
