"""Asks a language model about one criterion of a call, over any server that speaks the OpenAI chat completions API.

The call's words are data: they travel JSON-encoded inside a marked block, and nothing is believed that the scoring room
does not find in the transcript afterwards. Standard library only; no redirects, no proxies, one host.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa.language.judge_prompt import request_body
from qa.model import JudgeAnswer, JudgeFailed, JudgeQuestion, JudgeUse, Outcome, Quote, Reason, UsageError

_MAX_ANSWER_BYTES = 1_000_000
_MAX_QUOTES = 8
_BLOCK_BYTES = 65_536


class _Quoted(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)
    turn: int
    quote: str


class _Verdict(BaseModel):
    """The content that the model is told to write."""

    model_config = ConfigDict(extra="ignore", strict=True)
    outcome: str
    quotes: list[_Quoted] = Field(max_length=_MAX_QUOTES)
    reason: str


@dataclass(frozen=True)
class HttpJudge:
    """Asks ``model`` at ``url`` (up to and with the version: ``http://127.0.0.1:8080/v1``), each question once.

    Answers are kept in ``cache_dir``, a JSON file each, named by the SHA-256 of everything that was sent: criterion,
    conversation and model. Failures are not kept. ``api_key`` is sent as a bearer token and never written anywhere.
    """

    url: str
    model: str
    timeout_s: float
    cache_dir: Path | None = None
    api_key: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username:
            raise UsageError(
                f"cannot use the address {self.url!r}",
                where="judge_url",
                expected="http://HOST:PORT/v1 or https://HOST/v1",
            )
        if not self.model:
            raise UsageError(
                "no model is named", where="judge_model", expected="a model that the server of judge_url has"
            )

    def __call__(self, question: JudgeQuestion) -> JudgeAnswer:
        """The model's answer; raises :class:`~qa.model.JudgeFailed` with a reason code."""
        body = request_body(question, self.model)
        key = hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        kept = self._recall(key)
        if kept is not None:
            return kept
        started = time.monotonic()
        reply = self._post(json.dumps(body, ensure_ascii=False).encode())
        answer = _read(reply, self.model, round(time.monotonic() - started, 3))
        self._keep(key, answer)
        return answer

    def _post(self, body: bytes) -> bytes:
        parts = urlsplit(self.url)
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        deadline = time.monotonic() + self.timeout_s
        connection = _connection(parts.scheme, str(parts.hostname), parts.port, self.timeout_s)
        try:
            connection.request("POST", parts.path.rstrip("/") + "/chat/completions", body, headers)
            response = connection.getresponse()
            content = _body(response, deadline)
        except TimeoutError as fault:
            raise JudgeFailed(Reason.JUDGE_TIMEOUT, f"no answer within {self.timeout_s:g} s") from fault
        except (OSError, http.client.HTTPException, ValueError) as fault:
            raise JudgeFailed(Reason.JUDGE_UNAVAILABLE, f"{type(fault).__name__} at {parts.hostname}") from fault
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise JudgeFailed(Reason.JUDGE_UNAVAILABLE, f"HTTP {response.status} from {parts.hostname}")
        return content

    def _recall(self, key: str) -> JudgeAnswer | None:
        if self.cache_dir is None:
            return None
        try:
            kept = json.loads(self._file(key).read_bytes())
            return JudgeAnswer(
                Outcome(kept["outcome"]),
                tuple(Quote(int(quote["turn"]), str(quote["quote"])) for quote in kept["quotes"]),
                str(kept["reason"]),
                JudgeUse.model_validate({**kept["use"], "cached": True}),
            )
        except (OSError, ValueError, KeyError, TypeError):  # none, or cut short by a crash: the model is asked again
            return None

    def _keep(self, key: str, answer: JudgeAnswer) -> None:
        if self.cache_dir is None:
            return
        document = {
            "outcome": answer.outcome,
            "quotes": [{"turn": quote.turn, "quote": quote.quote} for quote in answer.quotes],
            "reason": answer.reason,
            "use": answer.use.to_dict(),
        }
        file = self._file(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.{os.getpid()}.tmp")
        unfinished.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(file)

    def _file(self, key: str) -> Path:
        return Path(str(self.cache_dir)) / key[:2] / f"{key}.json"


def judge_from_settings(
    url: str | None,
    model: str | None,
    timeout_s: float,
    key_env: str | None,
    cache_dir: Path,
    environment: Mapping[str, str],
) -> HttpJudge | None:
    """The judge that the settings ask for, None for none (the default).

    ``key_env`` names the environment variable with the server's key; None for a server that wants none. Raises
    ``UsageError`` for an address, a model or a key that cannot be used.
    """
    if not url:
        return None
    if key_env and key_env not in environment:
        raise UsageError(
            f"the environment has no variable {key_env}",
            where="judge_key_env",
            expected="the name of the variable with the server's key",
            fix="Leave it out for a server that wants none.",
        )
    return HttpJudge(url, model or "", timeout_s, cache_dir / "judge", environment[key_env] if key_env else None)


def _connection(scheme: str, host: str, port: int | None, timeout_s: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=timeout_s)


def _body(response: http.client.HTTPResponse, deadline: float) -> bytes:
    """The whole body, within the deadline and the size that an answer may have (a socket's own timeout is for one read)."""
    content = bytearray()
    while block := response.read1(_BLOCK_BYTES):
        content += block
        if len(content) > _MAX_ANSWER_BYTES:
            raise JudgeFailed(Reason.JUDGE_BAD_ANSWER, f"longer than {_MAX_ANSWER_BYTES:,} bytes")
        if time.monotonic() > deadline:
            raise TimeoutError
    return bytes(content)


def _read(reply: bytes, model: str, latency_s: float) -> JudgeAnswer:
    try:
        document: Any = json.loads(reply)
        content = document["choices"][0]["message"]["content"]
        verdict = _Verdict.model_validate_json(content)
        outcome = Outcome(verdict.outcome)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "content"
        raise JudgeFailed(Reason.JUDGE_BAD_ANSWER, f"{place}: {first['msg']}") from fault
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as fault:
        raise JudgeFailed(Reason.JUDGE_BAD_ANSWER, f"no verdict in it ({type(fault).__name__})") from fault
    used = document.get("usage")
    tokens = used if isinstance(used, dict) else {}
    use = JudgeUse(
        model=model,
        prompt_tokens=_count(tokens.get("prompt_tokens")),
        completion_tokens=_count(tokens.get("completion_tokens")),
        latency_s=latency_s,
    )
    quotes = tuple(Quote(quote.turn, quote.quote) for quote in verdict.quotes)
    return JudgeAnswer(outcome, quotes, verdict.reason, use)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
