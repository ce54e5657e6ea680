"""Write channels to a file in the format that the script asks for, byte for byte the same each time."""

from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from _generator.script import Audio

FORMATS = {
    "pcm_s16le": ("wav", "s16"),
    "pcm_mulaw": ("wav", "s16"),
    "pcm_alaw": ("wav", "s16"),
    "flac": ("flac", "s16"),
    "libmp3lame": ("mp3", "s16p"),
    "libopus": ("ogg", "s16"),
    "aac": ("ipod", "fltp"),
}
BLOCK = 4096


def write_audio(path: Path, channels: NDArray[np.float64], audio: Audio) -> None:
    """Encode shape (channels, n); a dual mono layout stores its one channel twice."""
    if audio.layout == "dual_mono":
        channels = np.repeat(channels, 2, axis=0)
    container, sample_format = FORMATS[audio.codec]
    layout = "stereo" if len(channels) == 2 else "mono"
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format=container, options={"fflags": "+bitexact"}) as out:
        stream = cast(AudioStream, out.add_stream(audio.codec, rate=audio.rate))
        context = stream.codec_context
        context.options = {"flags": "+bitexact"}
        context.layout = layout
        context.format = sample_format
        if audio.bit_rate is not None:
            context.bit_rate = audio.bit_rate
        context.open()
        step = context.frame_size or BLOCK
        for start in range(0, channels.shape[1], step):
            block = _block(channels[:, start : start + step], sample_format)
            frame = av.AudioFrame.from_ndarray(block, sample_format, layout)
            frame.sample_rate = audio.rate
            frame.pts = start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _block(channels: NDArray[np.float64], sample_format: str) -> NDArray[np.float32] | NDArray[np.int16]:
    if sample_format == "fltp":
        return np.ascontiguousarray(channels, dtype=np.float32)
    whole = np.clip(np.round(channels * 32767), -32768, 32767).astype(np.int16)
    if sample_format == "s16p":
        return np.ascontiguousarray(whole)
    return np.ascontiguousarray(whole.T.reshape(1, -1))
