"""Put this folder on PYTHONPATH and no Python process may talk to anything but itself.

Python imports ``sitecustomize`` at start, so child processes are held to it as well. Every attempt to reach another
address than the loopback ones, and every name looked up that is not ``localhost``, goes as a line into the file
``NO_NETWORK_LOG`` and fails. An audit hook sees what Python's socket module does, whoever calls it.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from typing import Any

_LOG = os.environ.get("NO_NETWORK_LOG")


class NetworkForbidden(OSError):
    """Something outside the loopback addresses was tried."""


def _is_loopback(host: object) -> bool:
    # The empty string, None and 0.0.0.0 stand for this machine: binding to them asks nobody anything.
    name = host.decode(errors="replace") if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(name).split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _host(event: str, arguments: tuple[Any, ...]) -> object:
    """The host that an event is about; None when it is about no other machine."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        connection, address = arguments
        inet = connection.family in (socket.AF_INET, socket.AF_INET6)
        return address[0] if inet and isinstance(address, tuple) else None
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        return arguments[0]
    if event == "socket.getnameinfo":
        return arguments[0][0]
    return None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    host = _host(event, arguments)
    if _is_loopback(host):
        return
    with open(_LOG or os.devnull, "a", encoding="utf-8") as log:  # noqa: PTH123
        log.write(f"{os.getpid()} {sys.argv[:3]} {event} {host!r}\n")
    raise NetworkForbidden(f"{event}: {host!r} is outside the loopback addresses")


if _LOG:
    sys.addaudithook(_watch)
