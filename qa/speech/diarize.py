"""Who speaks when on a mono recording: pyannote.audio's pipeline with bundled weights, made fast for calls."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.model import Span, union
from qa.settings import Settings
from qa.speech import memory, models
from qa.speech.embedding import DIMENSION, FRAME_S, CamPlusPlus
from qa.speech.speakers import cluster
from qa.speech.voices import Voices

SEGMENTATION_STEP = 0.5
"""Ratio of the 10 s window. pyannote's default of 0.1 costs four times as much; what 0.5 loses, the second look finds."""
_MAX_FRAMES = 250
_MIN_FRAMES = 40
_BATCH = 4


@dataclass(frozen=True, slots=True)
class Diarization:
    """Spans by speaker label, overlaps kept."""

    speakers: dict[str, tuple[Span, ...]]
    """Speaker label to sorted spans; those of one speaker do not overlap."""
    voices: Voices | None = None
    """What a second look at each phrase needs; None where the pipeline is not ours."""

    def at(self, start_s: float, end_s: float) -> dict[str, float]:
        """Seconds that each speaker talks between two times; speakers with none are left out."""
        wanted = Span(start_s, end_s)
        shared: dict[str, float] = {}
        for name, spans in self.speakers.items():
            first = bisect_right(spans, start_s, key=_end_s)
            near = takewhile(lambda span: span.start_s < end_s, islice(spans, first, None))
            if seconds := sum(span.overlap_s(wanted) for span in near):
                shared[name] = seconds
        return shared

    def nearest(self, time_s: float) -> str | None:
        """The speaker whose speech lies nearest to a moment."""
        distances: dict[str, float] = {}
        for name, spans in self.speakers.items():
            at = bisect_right(spans, time_s, key=_end_s)  # the one before it ended, this one goes on or comes next
            beside = spans[max(0, at - 1) : at + 1]
            if beside:
                distances[name] = min(max(s.start_s - time_s, time_s - s.end_s, 0.0) for s in beside)
        return min(distances, key=lambda name: distances[name], default=None)


def _end_s(span: Span) -> float:
    return span.end_s


class Diarizer(Protocol):
    """Finds speakers in 16 kHz 16-bit samples of one channel."""

    provenance: dict[str, Any]

    def diarize(self, samples: NDArray[np.int16]) -> Diarization: ...


class PyannoteDiarizer:
    """Any pyannote pipeline; by default segmentation 3.0 with CAM++ from the bundled packages."""

    sample_rate_hz = 16_000

    def __init__(self, settings: Settings) -> None:
        import torch

        torch.set_num_threads(settings.threads_per_worker)
        self._embedding: CamPlusPlus | None = None
        self.provenance: dict[str, Any] = {"engine": "pyannote.audio", "model": settings.diarizer}
        if settings.diarizer == "bundled":
            self._embedding = CamPlusPlus(models.embedding_file(settings), settings.threads_per_worker)
            self._pipeline = _bundled_pipeline(settings, self._embedding)
            self.provenance |= {"segmentation": "segmentation-3.0", "embedding": "campplus", "step": SEGMENTATION_STEP}
        else:
            import os

            from pyannote.audio import Pipeline

            self._pipeline = Pipeline.from_pretrained(settings.diarizer, token=os.environ.get("HF_TOKEN"))

    def diarize(self, samples: NDArray[np.int16]) -> Diarization:
        """Speakers of one channel; none when nobody speaks."""
        import torch

        wave: Any
        if self._embedding is None:
            voices, wave = None, torch.from_numpy(samples.astype(np.float32) / 32768.0)
        else:
            voices = Voices(self._embedding, self._embedding.features(samples))
            wave = samples  # our pipeline scales them window by window: four hours as floats would take a gigabyte
        with torch.inference_mode():
            output = self._pipeline(
                {"waveform": wave[None], "sample_rate": self.sample_rate_hz, "uri": "call", "voices": voices}
            )
        annotation = getattr(output, "speaker_diarization", output)
        spans: dict[str, list[Span]] = {}
        for segment, _, label in annotation.itertracks(yield_label=True):
            spans.setdefault(str(label), []).append(Span(round(segment.start, 3), round(segment.end, 3)))
        return Diarization({name: tuple(union(found)) for name, found in spans.items()}, voices)


def _bundled_pipeline(settings: Settings, embedding: CamPlusPlus) -> Any:
    """pyannote's `SpeakerDiarization` with our embedding and clustering in place of those behind a token."""
    from pyannote.audio import Inference
    from pyannote.audio.pipelines import SpeakerDiarization

    class CallDiarization(SpeakerDiarization):
        """The parent's steps, but: features of a call are computed once, and only clean stretches are embedded."""

        def __init__(self) -> None:
            # The parent's constructor would ask the hub for an embedding model and a PLDA that we do not use.
            super(SpeakerDiarization, self).__init__()  # type: ignore[no-untyped-call]
            model = _segmentation_model(settings)
            self.legacy = False
            self.klustering = "OracleClustering"
            self.embedding_exclude_overlap = True
            self._expects_num_speakers = False
            self._embedding = embedding
            self.clustering = cluster
            self.segmentation = _Segmentation()
            self._segmentation = Inference(model, skip_aggregation=True)

        def get_segmentations(self, file: Any, hook: Any = None) -> Any:
            """Who talks when in each window, by local speaker; windows are cut and scaled a batch at a time."""
            import torch
            from pyannote.core import SlidingWindow, SlidingWindowFeature

            samples, rate_hz, duration_s = file["waveform"][0], file["sample_rate"], self._segmentation.duration
            window = SlidingWindow(start=0.0, duration=duration_s, step=SEGMENTATION_STEP * duration_s)
            size, step = int(duration_s * rate_hz), int(window.step * rate_hz)
            n_windows = 1 + max(0, -(-(len(samples) - size) // step))
            found = []
            for first in range(0, n_windows, _BATCH):
                batch = torch.zeros(min(_BATCH, n_windows - first), 1, size)
                for i, row in enumerate(batch):
                    piece = samples[(first + i) * step :][:size]
                    row[0, : len(piece)] = torch.from_numpy(piece.astype(np.float32) / 32768.0)
                found.append(self._segmentation.infer(batch))
            memory.let_go(samples)
            return SlidingWindowFeature(np.concatenate(found), window)

        def get_embeddings(
            self, file: Any, segmentations: Any, exclude_overlap: bool = True, hook: Any = None
        ) -> NDArray[np.float32]:
            features = file["voices"].features
            n_chunks, _, n_speakers = segmentations.data.shape
            found = np.full((n_chunks, n_speakers, DIMENSION), np.nan, dtype=np.float32)
            stretches = list(_clean_stretches(segmentations, len(features)))
            vectors = embedding.embed(features.rows(frames) for _, _, frames in stretches)
            for (chunk, speaker, _), vector in zip(stretches, vectors, strict=True):
                found[chunk, speaker] = vector
            return found

    return CallDiarization()


@dataclass
class _Segmentation:
    """The one parameter that the parent's `apply` reads."""

    min_duration_off: float = 0.0


def _segmentation_model(settings: Settings) -> Any:
    """PyanNet with segmentation 3.0's shape (its config.yaml) and weights."""
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet
    from safetensors.torch import load_file

    model = PyanNet(
        sincnet={"stride": 10},
        lstm={"hidden_size": 128, "num_layers": 4, "bidirectional": True, "monolithic": True, "dropout": 0.0},
        linear={"hidden_size": 128, "num_layers": 2},
    )
    model.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION,
        resolution=Resolution.FRAME,
        duration=10.0,
        classes=["speaker#1", "speaker#2", "speaker#3"],
        powerset_max_classes=2,
        permutation_invariant=True,
    )
    model.build()  # type: ignore[no-untyped-call]
    model.load_state_dict(load_file(models.segmentation_file(settings)))
    return model.eval()


def _clean_stretches(segmentations: Any, n_features: int) -> Iterator[tuple[int, int, NDArray[np.intp]]]:
    """For each chunk and local speaker: which feature frames hold that voice alone, the middle 2.5 s at most."""
    window = segmentations.sliding_window
    active = np.nan_to_num(segmentations.data)
    n_frames = active.shape[1]
    alone = active * (active.sum(axis=2, keepdims=True) < 2)
    for chunk in range(active.shape[0]):
        start_frame = window[chunk].start / FRAME_S
        for speaker in range(active.shape[2]):
            mask = alone[chunk, :, speaker] > 0
            if mask.sum() * window.duration / n_frames < _MIN_FRAMES * FRAME_S:
                mask = active[chunk, :, speaker] > 0
            seconds = np.arange(int(window.duration / FRAME_S))
            wanted = mask[np.minimum(seconds * n_frames // len(seconds), n_frames - 1)]
            frames = np.flatnonzero(wanted) + int(start_frame)
            frames = frames[(frames >= 0) & (frames < n_features)]
            if len(frames) < _MIN_FRAMES:
                continue
            spare = max(0, len(frames) - _MAX_FRAMES)
            yield chunk, speaker, frames[spare // 2 : len(frames) - (spare - spare // 2)]
