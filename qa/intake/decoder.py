"""The child process that decodes one file: ``python -m qa.intake.decoder``. It alone opens foreign bytes.

It reads with PyAV (FFmpeg), resamples each channel to 16 kHz, and writes 16-bit samples, channels interleaved, to one
raw file in a stream, so that a recording of any length needs little memory. Its answer is one JSON line. It runs under
limits on memory, processor time and written bytes that the parent passes in (`qa.intake.decode`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

SAMPLE_RATE_HZ = 16_000
SAMPLES_FILE = "samples.s16"
_LOST = 0.1
"""More of a file than this that no decoder can read is more than a scratch."""
_MPEG1_L3_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MPEG2_L3_KBPS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_MPEG_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


class Refused(Exception):
    """Carries a reason code (`qa.model.Reason`) and a line of detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def decode_file(source: Path, out: Path, max_duration_s: float) -> dict[str, Any]:
    """Write ``out/samples.s16`` and say what was found; raises ``Refused``."""
    import av

    try:
        container = av.open(str(source), metadata_errors="ignore")
    except PermissionError as error:
        raise Refused("unreadable_file", _short(error)) from error
    except (av.FFmpegError, ValueError, OSError) as error:
        raise Refused("not_audio", f"no decoder knows this file ({_short(error)})") from error
    with container, (out / SAMPLES_FILE).open("wb") as sink:
        if not container.streams.audio:
            raise Refused("not_audio", "the file has no audio stream")
        stream = container.streams.audio[0]
        n_in = stream.codec_context.channels
        n_channels = 2 if n_in == 2 else 1
        declared_s = _declared_s(container, stream)
        written, faults, lost_bytes, last_packet = 0, 0, 0, b""
        resampled = _Resampler(n_channels)
        try:
            for packet in container.demux(stream):
                last_packet = bytes(packet) if packet.size else last_packet
                try:
                    frames = packet.decode()
                except av.FFmpegError:
                    faults, lost_bytes = faults + 1, lost_bytes + packet.size
                    continue
                for frame in frames:
                    written += _write(sink, resampled.push(frame))
                    if written > max_duration_s * SAMPLE_RATE_HZ:
                        raise Refused("too_long", f"longer than {max_duration_s:.0f} s")
        except av.FFmpegError:
            faults += 1
        written += _write(sink, resampled.flush())
        facts = {
            "duration_s": written / SAMPLE_RATE_HZ,
            "sample_rate_hz": stream.codec_context.sample_rate,
            "n_channels": n_in,
            "n_planes": n_channels,
            "codec": stream.codec_context.name,
            "faults": faults,
        }
        changed = resampled.n_shapes > 1
    if written == 0:
        raise Refused("decode_failed" if faults else "not_audio", "not one sample could be decoded")
    if lost_bytes > _LOST * source.stat().st_size:
        raise Refused("decode_failed", f"{lost_bytes} bytes of the file could not be decoded")
    # A header knows nothing of what was joined on behind it.
    _refuse_if_cut_short(source, facts, None if changed else declared_s, last_packet)
    return facts


class _Resampler:
    """16 kHz signed 16 bit, channels interleaved; begins anew when the file changes its rate or layout."""

    def __init__(self, n_channels: int) -> None:
        self.layout = "stereo" if n_channels == 2 else "mono"
        self.shape: tuple[Any, ...] | None = None
        self.inner: Any = None
        self.n_shapes = 0

    def push(self, frame: Any) -> Iterator[Any]:
        import av

        frame = _finite(frame)
        shape = (frame.sample_rate, frame.layout.name, frame.format.name)
        if shape != self.shape:
            yield from self.flush()
            self.shape = shape
            self.n_shapes += 1
            self.inner = av.AudioResampler(format="s16", layout=self.layout, rate=SAMPLE_RATE_HZ)
        frame.pts = None
        yield from self.inner.resample(frame)

    def flush(self) -> Iterator[Any]:
        if self.inner is not None:
            yield from self.inner.resample(None)


def _finite(frame: Any) -> Any:
    """Float samples may be NaN or infinite; a resampler's filter would smear one of them over its neighbours."""
    import av
    import numpy as np

    if not frame.format.name.startswith(("flt", "dbl")):
        return frame
    samples = frame.to_ndarray()
    if np.isfinite(samples).all():
        return frame
    clean = av.AudioFrame.from_ndarray(
        np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), format=frame.format.name, layout=frame.layout.name
    )
    clean.sample_rate = frame.sample_rate
    return clean


def _write(sink: BinaryIO, frames: Iterator[Any]) -> int:
    """Write frames; returns how many samples a channel."""
    written = 0
    for frame in frames:
        sink.write(frame.to_ndarray().tobytes())
        written += frame.samples
    return written


def _declared_s(container: Any, stream: Any) -> float | None:
    """How long the file says that it is, where its header does; an estimate from the bit rate says nothing."""
    if container.format.name in ("ogg", "aac", "amr", "gsm"):
        return None
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def _refuse_if_cut_short(source: Path, facts: dict[str, Any], declared_s: float | None, last_packet: bytes) -> None:
    found_s = facts["duration_s"]
    missing_s = (declared_s or 0.0) - found_s
    if missing_s > max(1.0, 0.02 * (declared_s or 0.0)):
        raise Refused("truncated", f"the file promises {declared_s:.1f} s and ends after {found_s:.1f} s")
    missing_bytes = _missing_wav_bytes(source) if facts["codec"].startswith(("pcm", "adpcm")) else 0
    if missing_bytes < 0:
        raise Refused("decode_failed", "a second WAV file is joined on behind the first; split them")
    if missing_bytes > 4096:
        raise Refused("truncated", f"{missing_bytes} bytes are missing at the end of the file")
    expected = _mp3_frame_bytes(last_packet) if facts["codec"].startswith("mp3") else 0
    if len(last_packet) < expected:
        raise Refused("truncated", f"the last frame has {len(last_packet)} of {expected} bytes")


def _missing_wav_bytes(source: Path) -> int:
    """How many bytes the RIFF header promises beyond the end; 0 for other files and for streamed headers.

    Negative when the bytes behind the sound are another RIFF file, which FFmpeg would leave out without a word.
    """
    size = source.stat().st_size
    with source.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            return 0
        while len(chunk := file.read(8)) == 8:
            length = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                streamed = length in (0, 0x7FFFFFFF, 0x7FFFF000, 0xFFFFFFFF) or length > 0xFFFFFF00
                end = file.tell() + length + length % 2
                file.seek(min(end, size))
                if not streamed and file.read(4) == b"RIFF":
                    return end - size
                return 0 if streamed else max(0, end - size)
            file.seek(length + length % 2, 1)
    return 0


def _mp3_frame_bytes(packet: bytes) -> int:
    """Length of an MPEG layer III frame by its header (ISO/IEC 11172-3, 2.4.1.3); 0 when there is none."""
    if len(packet) < 4 or packet[0] != 0xFF or packet[1] & 0xE0 != 0xE0:
        return 0
    version, layer = packet[1] >> 3 & 3, packet[1] >> 1 & 3
    rates = _MPEG_HZ.get(version)
    rate_index, kbps_index = packet[2] >> 2 & 3, packet[2] >> 4
    if layer != 1 or rates is None or rate_index == 3:
        return 0
    kbps = (_MPEG1_L3_KBPS if version == 3 else _MPEG2_L3_KBPS)[kbps_index]
    return (144 if version == 3 else 72) * kbps * 1000 // rates[rate_index] + (packet[2] >> 1 & 1)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".split("\n")[0][:120]


def _limit(memory_bytes: int, cpu_s: int, written_bytes: int) -> None:
    """Limits of this process; Linux and macOS know them, and elsewhere the parent's clock still holds."""
    try:
        import resource
    except ImportError:
        return
    limits = ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, cpu_s), (resource.RLIMIT_FSIZE, written_bytes))
    for kind, value in limits:
        _, hard = resource.getrlimit(kind)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (ceiling, hard))


def main(arguments: list[str]) -> int:
    """``SOURCE OUT MAX_DURATION_S MEMORY_BYTES CPU_S``; prints one JSON object."""
    source, out, max_duration_s = Path(arguments[0]), Path(arguments[1]), float(arguments[2])
    _limit(int(arguments[3]), int(arguments[4]), int((max_duration_s + 60) * SAMPLE_RATE_HZ * 4))
    import av

    av.logging.set_level(av.logging.PANIC)
    try:
        answer = decode_file(source, out, max_duration_s)
    except Refused as refused:
        answer = {"reason": refused.reason, "detail": refused.detail}
    except MemoryError:
        answer = {"reason": "decode_failed", "detail": "decoding needs more memory than it may have"}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
