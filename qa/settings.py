"""One place for configuration: every setting, its default and its environment variable (``CALLIBRATE_`` + name)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment; the defaults run everything on one machine without an account or a network."""

    model_config = SettingsConfigDict(env_prefix="CALLIBRATE_", extra="forbid", frozen=True)

    cache_dir: Path = Field(default=Path("~/.cache/callibrate"))
    """Where assembled model files lie."""

    max_file_bytes: int = Field(default=1_000_000_000, gt=0)
    max_duration_s: float = Field(default=4 * 3600 + 60, gt=0)
    min_duration_s: float = Field(default=0.5, ge=0)
    decode_timeout_s: float = Field(default=300, gt=0)
    decode_memory_bytes: int = Field(default=1_500_000_000, gt=0)

    whisper_model: str = "bundled-base"
    """``bundled-base``, a faster-whisper model name, or the path of a CTranslate2 folder."""
    whisper_compute_type: Literal["auto", "int8", "float16", "float32", "int8_float16"] = "auto"
    whisper_beam: int = Field(default=5, ge=1, le=10)
    """Beam width where a greedy search leaves doubt; with 1 there is no second search."""
    whisper_batch: int = Field(default=4, ge=1)
    transcriber: Literal["faster-whisper", "sherpa-onnx"] = "faster-whisper"
    sherpa_model: Path | None = None
    """The folder of a SenseVoice or Paraformer model for ``sherpa-onnx``."""
    lexicon: Path | None = None
    """A YAML file of words to expect in calls (hot words)."""
    diarizer: str = "bundled"
    """``bundled``, or the name or path of any pyannote pipeline (a gated one reads HF_TOKEN)."""
    device: Literal["auto", "cpu", "cuda"] = "auto"

    workers: int = Field(default=2, ge=1)
    """Worker processes of a run; each loads the engines once."""
    threads_per_worker: int = Field(default=1, ge=1)
    shard_s: float = Field(default=300, gt=0)
    """Seconds of audio that one task carries."""

    role_confidence_min: float = Field(default=0.6, ge=0, le=1)
    """Below it a call is scored but flagged ``role_uncertain``."""
    sample_size: int = Field(default=5, ge=0)
    """Calls in the calibration sample of a run."""
    sample_seed: int = 20

    judge_url: str | None = None
    """A server that speaks the OpenAI chat completions API, up to ``/v1``; without it no language model is asked."""
    judge_model: str | None = None
    judge_timeout_s: float = Field(default=60, gt=0)
    judge_key_env: str | None = None
    """Name of the environment variable that holds the server's key."""

    def resolved_cache_dir(self) -> Path:
        """The cache folder with ``~`` replaced; made on first use."""
        folder = self.cache_dir.expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        return folder
