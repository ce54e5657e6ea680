"""The speech engines of a process: loaded once, on first use, and kept."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from qa.model import Call, Language
from qa.settings import Settings
from qa.speech import memory, models
from qa.speech.activity import ActivityDetector, OmniActivity
from qa.speech.diarize import Diarizer, PyannoteDiarizer
from qa.speech.lexicon import Lexicon, load_lexicon
from qa.speech.sherpa import SherpaTranscriber, checked_folder
from qa.speech.transcribe import NO_HOTWORDS, Transcriber, WhisperTranscriber

_NO_TERMS = Lexicon(language="en")


@dataclass
class SpeechEngines:
    """Activity, transcription and diarization behind their protocols; tests put fakes in their place."""

    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        memory.spare()

    @cached_property
    def activity(self) -> ActivityDetector:
        return OmniActivity(str(models.VOICE_ACTIVITY.checked()), str(models.AUDIO_EVENTS.checked()))

    @cached_property
    def transcriber(self) -> Transcriber:
        if self.settings.transcriber == "sherpa-onnx":
            return SherpaTranscriber(self.settings)
        _stay_offline(self.settings.whisper_model == "bundled-base" or Path(self.settings.whisper_model).exists())
        return WhisperTranscriber(self.settings)

    @cached_property
    def _lexicon(self) -> Lexicon | None:
        return None if self.settings.lexicon is None else load_lexicon(self.settings.lexicon)

    def hotwords(self, call: Call) -> Mapping[Language, str]:
        """Words to expect in this call, by language; none without a lexicon."""
        return NO_HOTWORDS if self._lexicon is None else self._lexicon.hotwords(call)

    def expected(self, call: Call) -> tuple[str, ...]:
        """The agent's name and, with a lexicon, its words for this call."""
        return (self._lexicon or _NO_TERMS).expected(call)

    @cached_property
    def diarizer(self) -> Diarizer:
        _stay_offline(self.settings.diarizer == "bundled" or Path(self.settings.diarizer).exists())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pyannote warns that torchcodec is missing; we decode with PyAV
            return PyannoteDiarizer(self.settings)


def check_settings(settings: Settings) -> None:
    """Look at the files that the settings name, before a run begins; raises ``UsageError`` for what cannot be used."""
    if settings.transcriber == "sherpa-onnx":
        checked_folder(settings.sherpa_model)
    if settings.lexicon is not None:
        load_lexicon(settings.lexicon)


def _stay_offline(local: bool) -> None:
    """No engine reports home, and none may ask a hub unless the settings name a model that lies there."""
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    if local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
