"""A small server that speaks the OpenAI chat completions API on loopback, for tests of the judge."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[dict[str, Any]], object]
"""From the request's document to what the model writes (text as it stands, anything else as JSON)."""


@dataclass
class JudgeServer:
    """Its address and what it was asked."""

    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)


@contextmanager
def judge_server(
    answer: Answer, *, status: int = 200, wait_s: float = 0.0, raw: bytes | None = None
) -> Iterator[JudgeServer]:
    """Serve until the block ends; ``raw`` is sent instead of a well-formed document."""
    seen = JudgeServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.requests.append({"path": self.path, **request})
            seen.authorizations.append(self.headers.get("Authorization"))
            time.sleep(wait_s)
            written = answer(request)
            content = written if isinstance(written, str) else json.dumps(written)
            document = {
                "choices": [{"message": {"role": "assistant", "content": content}}],
                "usage": {"prompt_tokens": 321, "completion_tokens": 45},
            }
            body = raw if raw is not None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # the client did not wait
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
