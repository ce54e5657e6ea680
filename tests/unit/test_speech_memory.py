"""What a long recording may hold in memory: bounds by construction, checked on arrays as long as four hours' are."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.model import Span
from qa.speech import embedding, memory
from qa.speech.embedding import DIMENSION, CamPlusPlus, Features
from qa.speech.speakers import assign
from qa.speech.voices import Voices

RATE_HZ = 16_000
HOUR_S = 3600
MB = 1_000_000


class Peak:
    mb = 0.0


@contextmanager
def traced() -> Iterator[Peak]:
    """The peak of what numpy and Python allocate meanwhile."""
    found = Peak()
    tracemalloc.start()
    try:
        yield found
        found.mb = tracemalloc.get_traced_memory()[1] / MB
    finally:
        tracemalloc.stop()


class Network(CamPlusPlus):
    """CAM++ without its weights: a segment's vector is its first row, again and again."""

    def __init__(self) -> None:
        self._session = self
        self.n_frames: list[int] = []

    def run(self, _: None, given: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        batch = given["features"]
        self.n_frames.append(batch.shape[1])
        return [np.resize(batch[:, 0], (len(batch), DIMENSION)) + np.float32(1.0)]


def noise(seconds: float) -> NDArray[np.int16]:
    random = np.random.default_rng(5)
    return np.asarray(random.integers(-3000, 3000, int(seconds * RATE_HZ)), dtype=np.int16)


def test_features_are_the_same_however_they_are_asked_for() -> None:
    features = Features(noise(130))
    everything = features.rows(np.arange(len(features)))
    assert everything.shape == (130 * 100 - 2, 80)
    some = np.array([0, 12_997, 5_999, 6_000, 12_000, 3])
    assert np.array_equal(features.rows(some), everything[some])
    assert np.isfinite(everything).all()


def test_floats_and_16_bit_samples_have_the_same_features() -> None:
    samples = noise(2)
    frames = np.arange(198)
    scaled = samples.astype(np.float32) / np.float32(32768)
    assert np.array_equal(Features(samples).rows(frames), Features(scaled).rows(frames))


def test_a_recording_shorter_than_a_frame_has_none() -> None:
    features = Features(noise(0.02))
    assert len(features) == 0
    assert features.rows(np.arange(0)).shape == (0, 80)


def test_features_of_four_hours_hold_the_latest_minutes_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = []

    def banks(samples: NDArray[np.int16], n_frames: int, block: int) -> NDArray[np.float32]:
        made.append(block)
        return np.full((embedding._BLOCK, 80), block, dtype=np.float32)

    monkeypatch.setattr(embedding, "_filter_banks", banks)
    samples = np.memmap(tmp_path / "samples.s16", dtype=np.int16, mode="w+", shape=(4 * HOUR_S * RATE_HZ,))
    features = Features(samples)
    voices = Voices(Network(), features)
    spans = [Span(float(start_s), start_s + 4.0) for start_s in range(0, 4 * HOUR_S - 10, 4)]
    with traced() as peak:
        vectors = voices.vectors(spans)
    assert vectors.shape == (len(spans), DIMENSION)
    assert made == list(range(240))  # each minute once
    assert peak.mb < 150  # all features are 460 MB, and so are all the segments


def resident_pages(file: Path) -> int:
    """Kilobytes of the mapped file that count as this process's."""
    mappings = Path("/proc/self/smaps").read_text(encoding="ascii").split(f" {file}\n")
    assert len(mappings) == 2, "mapped once"
    return next(int(line.split()[1]) for line in mappings[1].splitlines() if line.startswith("Rss:"))


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="reads /proc")
def test_a_mapped_recording_is_let_go_and_can_be_read_again(tmp_path: Path) -> None:
    file = tmp_path / "samples.s16"
    noise(60).tofile(file)
    samples = np.memmap(file, dtype=np.int16, mode="r").reshape(-1, 2).T
    level = float(np.abs(samples).mean())
    assert resident_pages(file) > 1500
    memory.let_go(samples[1][None])  # any view of it
    assert resident_pages(file) < 100
    assert float(np.abs(samples).mean()) == level


def test_an_array_of_its_own_is_not_touched() -> None:
    samples = noise(1)
    kept = samples.copy()
    memory.let_go(samples[None])
    assert np.array_equal(samples, kept)


def test_segments_of_an_ordinary_call_share_batches_by_length() -> None:
    network = Network()
    lengths = [40, 250] * 16
    network.embed(np.ones((n, 80), np.float32) for n in lengths)
    assert network.n_frames == [40, 250]


def test_no_segments_have_no_vectors() -> None:
    assert Network().embed([]).shape == (0, DIMENSION)


def talk(n_windows: int, cast: list[int], seed: int = 7) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Two local speakers a window, whose voices are those of ``cast``, in turn on either place."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(cast) + 1, DIMENSION)) / np.sqrt(DIMENSION)
    vectors = np.full((n_windows, 3, DIMENSION), np.nan, dtype=np.float32)
    seconds = np.zeros((n_windows, 3))
    for window in range(n_windows):
        for place in (0, 1):
            voice = cast[(window + place) % len(cast)]
            vectors[window, place] = centres[voice] + 0.03 * random.standard_normal(DIMENSION)
            seconds[window, place] = 3.0
    return vectors, seconds


def test_voices_of_four_hours_are_told_apart_in_bounded_memory() -> None:
    vectors, seconds = talk(2880, [0, 1])
    with traced() as peak:
        hard, _, centroids = assign(vectors, seconds, None, 5, 0.5)
    assert len(centroids) == 2
    assert peak.mb < 200  # the distances of all 5760 takes to each other would need twice that, and more in copies
    first = hard[0, 0]
    expected = np.array([[first, 1 - first], [1 - first, first]] * 1440)
    assert np.array_equal(hard[:, :2], expected)


def test_a_voice_of_two_minutes_in_four_hours_is_found() -> None:
    vectors, seconds = talk(2880, [0, 1])
    rare, _ = talk(24, [0, 1, 2])
    vectors[1200:1224] = np.nan
    seconds[1200:1224] = 0.0
    vectors[1200:1224, 0] = rare[[2] * 24, 0]
    seconds[1200:1224, 0] = 6.0
    hard, _, centroids = assign(vectors, seconds, None, 5, 0.5)
    assert len(centroids) == 3
    assert len(set(hard[1200:1224, 0])) == 1
    assert hard[1200, 0] not in set(hard[:1200, :2].ravel())
