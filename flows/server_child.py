"""A Prefect server that ends with the run that started it. Run as a script by :mod:`flows.server`.

The starter holds the other end of this process's standard input; when it goes, however it goes, the pipe closes and so
does the server. Arguments are those of ``prefect``.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading


def _end_with_starter() -> None:
    sys.stdin.buffer.read()
    # At once: nobody is left to serve, and the server's database survives a sudden end.
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_starter, daemon=True).start()
    sys.argv[0] = "prefect"
    runpy.run_module("prefect", run_name="__main__")
