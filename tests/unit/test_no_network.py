"""The guard of the network tests: it lets the loopback addresses through, and forbids and writes down all others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = Path(__file__).parents[1] / "no_network"


def guarded(code: str, log: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(GUARD), "NO_NETWORK_LOG": str(log)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import socket; socket.socket().connect_ex(('192.0.2.1', 80))",
        "import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "import socket; socket.getaddrinfo('telemetry.invalid', 443)",
        "import socket; socket.gethostbyname('telemetry.invalid')",
        "import urllib.request; urllib.request.urlopen('http://telemetry.invalid/')",
        "import asyncio; asyncio.run(asyncio.open_connection('192.0.2.1', 80))",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'import socket; socket.getaddrinfo(\"telemetry.invalid\", 443)'])",
    ],
)
def test_other_machines_are_out_of_reach(code: str, tmp_path: Path) -> None:
    done = guarded(code, tmp_path / "log")
    assert "NetworkForbidden" in done.stderr
    assert "192.0.2.1" in (log := (tmp_path / "log").read_text()) or "2001:db8::1" in log or "telemetry.invalid" in log


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.53"])
def test_this_machine_is_not(host: str, tmp_path: Path) -> None:
    code = (
        "import socket; server = socket.create_server(('', 0)); "
        f"socket.create_connection(({host!r}, server.getsockname()[1]), timeout=5); "
        "a, b = socket.socketpair(); a.sendall(b'x'); print('through')"
    )
    done = guarded(code, tmp_path / "log")
    assert done.stdout.strip() == "through", done.stderr
    assert not (tmp_path / "log").exists()
