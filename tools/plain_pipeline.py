"""The plain pipeline that ours is measured against: the same weights in the engines' own default ways.

Recognition: faster-whisper's sequential `transcribe` with beam 5, over the whole of each channel, without a speech gate.
Speakers: pyannote's `SpeakerDiarization` at its default step 0.1 with its own embedding loop (every window and local
speaker, over all of that speaker's frames in the window) and its own agglomerative clustering, with the options of its
published 3.1 pipeline. The speaker embedding runs in PyTorch, as its package has it, or on request as the ONNX file that our
pipeline makes of it. On true stereo each leg is recognised and no diarizer runs.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qa.model import ChannelKind, Language, ModelUnavailable, Span, Word
from qa.settings import Settings
from qa.speech import models
from qa.speech.diarize import Diarization
from qa.speech.embedding import DIMENSION, FRAME_S, CamPlusPlus
from qa.speech.transcribe import device_and_type
from tools.speech_accuracy import (
    CallCounts,
    Truth,
    invented_words,
    normalised,
    speaker_attributed,
    text_errors,
)

Runtime = Literal["torch", "onnx"]
STEP = 0.1
CLUSTERING = {"method": "centroid", "min_cluster_size": 12, "threshold": 0.7}
_RATE_HZ = 16_000
_MIN_FRAMES = 10
_BATCH = 32


@dataclass(frozen=True, slots=True)
class PlainResult:
    """Words with their speaker (a diarizer's label, or ``channel-N``), the speakers' spans, and what it cost."""

    words: tuple[tuple[str, Word], ...]
    diarization: Diarization | None
    stage_s: dict[str, float]
    cpu_s: float


class PlainPipeline:
    """Both engines, loaded once; without an ``embedding`` there is no diarizer and only words are recognised."""

    def __init__(self, settings: Settings, embedding: Runtime | None = "torch") -> None:
        from faster_whisper import WhisperModel

        device, compute_type = device_and_type(settings)
        self._whisper: Any = WhisperModel(
            str(models.whisper_folder(settings)),
            device=device,
            compute_type=compute_type,
            cpu_threads=settings.threads_per_worker,
        )
        self._pyannote = None if embedding is None else _pyannote(settings, embedding)

    def run(
        self, samples: NDArray[np.int16], kind: ChannelKind, active: tuple[int, ...], language: Language
    ) -> PlainResult:
        """Hear ``samples`` (channels, n) at 16 kHz; the times are wall seconds by stage."""
        import torch

        stage_s: dict[str, float] = {}
        cpu_start, start = time.process_time(), time.perf_counter()
        by_channel = {channel: self._words(samples[channel], language) for channel in active}
        stage_s["transcribe"] = time.perf_counter() - start
        diarization = None
        if kind is not ChannelKind.STEREO and self._pyannote is not None:
            start = time.perf_counter()
            wave = torch.from_numpy(samples[active[0]].astype(np.float32) / 32768.0)[None]
            with torch.inference_mode(), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # numpy's remarks on windows in which nobody speaks
                output = self._pyannote({"waveform": wave, "sample_rate": _RATE_HZ, "uri": "call"})
            spans: dict[str, list[Span]] = {}
            for segment, _, label in output.speaker_diarization.itertracks(yield_label=True):
                spans.setdefault(str(label), []).append(Span(segment.start, segment.end))
            diarization = Diarization({name: tuple(sorted(found)) for name, found in spans.items()})
            stage_s["diarize"] = time.perf_counter() - start
        cpu_s = time.process_time() - cpu_start
        words = [
            (_speaker(word, diarization) if diarization else f"channel-{channel}", word)
            for channel, found in by_channel.items()
            for word in found
        ]
        words.sort(key=lambda item: item[1].start_s)
        return PlainResult(tuple(words), diarization, stage_s, cpu_s)

    def _words(self, channel: NDArray[np.int16], language: Language) -> list[Word]:
        audio = channel.astype(np.float32) / 32768.0
        segments, _ = self._whisper.transcribe(
            audio, language=language, beam_size=5, word_timestamps=True, vad_filter=False
        )
        return [
            Word(
                text=word.word.strip(),
                start_s=float(word.start),
                end_s=float(word.end),
                confidence=min(1.0, max(0.0, float(word.probability))),
            )
            for segment in segments
            for word in segment.words or ()
            if word.word.strip()
        ]


def plain_counts(result: PlainResult, truth: Truth, kind: ChannelKind, audio_s: float, call_id: str) -> CallCounts:
    """Counts of the plain pipeline, which knows no roles; a stretch is a run of one speaker's words."""
    stretches: list[tuple[str, list[str]]] = []
    for speaker, word in result.words:
        if not stretches or stretches[-1][0] != speaker:
            stretches.append((speaker, []))
        stretches[-1][1].append(word.text)
    space = "" if truth.language == "zh" else " "
    texts = [(speaker, space.join(words)) for speaker, words in stretches]
    gold = normalised(space.join(text for _, text in truth.stretches()), truth.language)
    errors, units = text_errors(gold, normalised(space.join(text for _, text in texts), truth.language))
    speakers = speaker_attributed(texts, truth.stretches(), truth.language)
    return CallCounts(
        call_id=call_id,
        language=truth.language,
        side="stereo" if kind is ChannelKind.STEREO else "mono",
        audio_s=audio_s,
        units=units,
        errors=errors,
        cp_errors=speakers.cp_errors,
        di_errors=speakers.di_errors,
        di_unit_errors=speakers.di_unit_errors,
        n_words=len(result.words),
        invented=invented_words((w for _, w in result.words), (span for _, span in truth.written)),
        wall_s=sum(result.stage_s.values()),
        cpu_s=result.cpu_s,
        der=truth.speaker_errors(result.diarization.speakers, audio_s) if result.diarization else None,
    )


def _speaker(word: Word, diarization: Diarization) -> str:
    """Who talks during most of the word, else who is nearest."""
    talking = diarization.at(word.start_s, max(word.end_s, word.start_s + 0.02))
    if talking:
        return max(talking, key=lambda name: talking[name])
    return diarization.nearest((word.start_s + word.end_s) / 2) or "speaker"


class _MaskedEmbedding:
    """CAM++ behind the interface of pyannote's `PretrainedSpeakerEmbedding`, which masks frames as its ONNX models do."""

    sample_rate = _RATE_HZ
    dimension = DIMENSION
    metric = "cosine"
    min_num_samples = int(_MIN_FRAMES * FRAME_S * _RATE_HZ) + 400

    def __init__(self, settings: Settings, runtime: Runtime) -> None:
        self._onnx = CamPlusPlus(models.embedding_file(settings), settings.threads_per_worker)
        self._torch = _campplus() if runtime == "torch" else None

    def __call__(self, waveforms: Any, masks: Any) -> NDArray[np.float32]:
        """Waveforms (batch, 1, samples) and masks (batch, frames) to vectors (batch, 192); NaN where too little speech."""
        vectors = np.full((len(waveforms), DIMENSION), np.nan, dtype=np.float32)
        for i, (wave, mask) in enumerate(zip(waveforms, np.asarray(masks), strict=True)):
            features = self._onnx.features(np.asarray(wave[0]))
            nearest = np.minimum(np.arange(len(features)) * len(mask) // len(features), len(mask) - 1)
            kept = features.rows(np.flatnonzero(mask[nearest] > 0.5))
            if len(kept) >= _MIN_FRAMES:
                vectors[i] = self._embed(kept)
        return vectors

    def _embed(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._torch is None:
            return np.asarray(self._onnx.embed([features])[0])
        import torch

        return np.asarray(self._torch(torch.from_numpy(features - features.mean(axis=0))[None])[0])


def _campplus() -> Any:
    """The embedding network in PyTorch, from the package's own definition and weights, both checked first."""
    import importlib.util

    import torch

    spec = importlib.util.spec_from_file_location("camplusplus", models.EMBEDDING_CODE.checked())
    if spec is None or spec.loader is None:
        raise ModelUnavailable("the CAM++ network definition cannot be loaded", where=models.EMBEDDING_CODE.path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.CAMPPlus(feat_dim=80, embedding_size=DIMENSION)
    network.load_state_dict(torch.load(models.EMBEDDING.checked(), weights_only=True, map_location="cpu"))
    return network.eval()


def _pyannote(settings: Settings, runtime: Runtime) -> Any:
    """pyannote's own pipeline; only where its embedding model and PLDA come from is replaced, as those are gated."""
    import importlib
    import os

    import torch

    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    torch.set_num_threads(settings.threads_per_worker)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchcodec is missing; the audio is given as samples
        stock: Any = importlib.import_module("pyannote.audio.pipelines.speaker_diarization")
        # The checkpoint is a pickle: it is opened only after its checksum proved right.
        segmentation = stock.Model.from_pretrained(models.SEGMENTATION.checked())
    was = stock.PretrainedSpeakerEmbedding, stock.get_plda
    stock.PretrainedSpeakerEmbedding = lambda *_, **__: _MaskedEmbedding(settings, runtime)
    stock.get_plda = lambda *_, **__: None
    try:
        pipeline = stock.SpeakerDiarization(
            segmentation=segmentation,
            segmentation_step=STEP,
            segmentation_batch_size=_BATCH,
            embedding_batch_size=_BATCH,
            embedding_exclude_overlap=True,
            clustering="AgglomerativeClustering",
        )
    finally:
        stock.PretrainedSpeakerEmbedding, stock.get_plda = was
    return pipeline.instantiate({"clustering": CLUSTERING, "segmentation": {"min_duration_off": 0.0}})
