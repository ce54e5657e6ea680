"""The encoder against PyTorch and against the package's own graph; its tokens; its adapter."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from qa.language.adapter import Adapter, FineTuned
from qa.language.encoder import LINEAR, Encoder, Weights
from qa.language.minilm import MINILM_FILE, N_BLOCKS, N_HEADS, read_minilm, spelled_out, tokens_of
from qa.language.packed import Matrix
from qa.model import ModelUnavailable

WIDTH, INNER, WORDS, HEADS = 24, 32, 40, 12


def tiny(n_blocks: int) -> dict[str, Matrix]:
    """Random weights by BERT's names."""
    rng = np.random.default_rng(3)

    def some(*shape: int) -> Matrix:
        return np.asarray(rng.standard_normal(shape) * 0.3, dtype=np.float32)

    weights = {
        "embeddings.word_embeddings.weight": some(WORDS, WIDTH),
        "embeddings.position_embeddings.weight": some(12, WIDTH),
        "embeddings.token_type_embeddings.weight": some(2, WIDTH),
    }
    norms = ["embeddings"]
    for block in range(n_blocks):
        name = f"encoder.layer.{block}."
        for layer in LINEAR:
            inputs = INNER if layer == "output.dense" else WIDTH
            outputs = INNER if layer == "intermediate.dense" else WIDTH
            weights[f"{name}{layer}.weight"], weights[f"{name}{layer}.bias"] = some(inputs, outputs), some(outputs)
        norms += [name + "attention.output", name + "output"]
    for name in norms:
        weights[name + ".LayerNorm.weight"], weights[name + ".LayerNorm.bias"] = 1 + some(WIDTH), some(WIDTH)
    return weights


def by_torch(weights: Weights, tokens: list[int]) -> Matrix:
    """The mean output of PyTorch's own encoder with these weights."""
    from torch.nn import TransformerEncoderLayer
    from torch.nn.functional import layer_norm

    found = {name: torch.tensor(array) for name, array in weights.items()}
    start = found["embeddings.word_embeddings.weight"][tokens]
    start = start + found["embeddings.position_embeddings.weight"][: len(tokens)]
    start = start + found["embeddings.token_type_embeddings.weight"][0]
    scale, shift = found["embeddings.LayerNorm.weight"], found["embeddings.LayerNorm.bias"]
    hidden = layer_norm(start, (WIDTH,), scale, shift, 1e-12)[None]
    for block in range(2):
        name = f"encoder.layer.{block}."
        layer = TransformerEncoderLayer(WIDTH, HEADS, INNER, 0.0, "gelu", 1e-12, batch_first=True)
        query, key, value, out, wide, narrow = (name + part for part in LINEAR)
        state = {
            "self_attn.in_proj_weight": torch.cat([found[part + ".weight"].T for part in (query, key, value)]),
            "self_attn.in_proj_bias": torch.cat([found[part + ".bias"] for part in (query, key, value)]),
        }
        for theirs, ours in (("self_attn.out_proj", out), ("linear1", wide), ("linear2", narrow)):
            state |= {f"{theirs}.weight": found[ours + ".weight"].T, f"{theirs}.bias": found[ours + ".bias"]}
        for theirs, ours in (("norm1", "attention.output"), ("norm2", "output")):
            state |= {f"{theirs}.{part}": found[f"{name}{ours}.LayerNorm.{part}"] for part in ("weight", "bias")}
        layer.load_state_dict(state)
        layer.eval()
        with torch.no_grad():
            hidden = layer(hidden)
    return np.asarray(hidden[0].mean(0).numpy())


def test_forward_pass_is_pytorchs() -> None:
    weights = tiny(2)
    rows = [[1, 2, 3], [4, 5, 6, 7, 8], [9], [3, 2, 1]]
    found = Encoder(weights, n_blocks=2, n_heads=HEADS).pooled(rows)
    assert found == pytest.approx(np.stack([by_torch(weights, row) for row in rows]), abs=1e-5)


def test_company_does_not_change_a_text() -> None:
    encoder = Encoder(tiny(2), n_blocks=2, n_heads=HEADS)
    rows = [[1, 2, 3], [4, 5, 6, 7, 8], [3, 2, 1]] * 20
    alone = np.concatenate([encoder.pooled([row]) for row in rows])
    assert encoder.pooled(rows) == pytest.approx(alone, abs=1e-5)
    assert encoder.pooled([]).shape == (0, WIDTH)


def adapter() -> Adapter:
    rng = np.random.default_rng(5)
    change = (
        rng.standard_normal((WIDTH, 2)).astype(np.float32),
        rng.standard_normal((2, WIDTH)).astype(np.float32),
    )
    name = "encoder.layer.1.attention.self.value"
    head = rng.standard_normal((WIDTH, 3)).astype(np.float32)
    return Adapter("tiny", ("a", "b", "c"), {name: change}, head, np.array([0.5, 0, -0.5], dtype=np.float32))


def test_adapter_changes_only_what_it_names() -> None:
    weights = tiny(2)
    changed = adapter().changed(weights)
    ((name, (down, up)),) = adapter().changes.items()
    assert changed[name + ".weight"] == pytest.approx(weights[name + ".weight"] + down @ up)
    assert all(changed[other] is weights[other] for other in weights if other != name + ".weight")


def test_adapter_comes_back_from_its_file() -> None:
    one = adapter()
    document = json.loads(json.dumps(one.to_document()))
    again = Adapter.from_document(document, where="f.json")
    assert (again.encoder, again.labels) == (one.encoder, one.labels)
    encoders = [Encoder(item.changed(tiny(2)), 2, HEADS) for item in (one, again)]
    logits = [
        FineTuned(encoder, lambda texts: [[1, 2, 3] for _ in texts], item.head, item.bias).logits(["x"])
        for encoder, item in zip(encoders, (one, again), strict=True)
    ]
    assert logits[0] == pytest.approx(logits[1], abs=0.1)
    changes: list[dict[str, object]] = [{"schema": "qa.adapter/2"}, {"changes": {"x": {}}}, {"head": "x"}]
    for change in changes:
        with pytest.raises(ModelUnavailable, match=r"f\.json: not an adapter"):
            Adapter.from_document(document | change, where="f.json")


def test_tokens_are_berts() -> None:
    # 101 and 102 mark begin and end; the words' numbers are their lines in BERT's list, counted from 0.
    assert tokens_of(["Hello, world", "unaffable"]) == [[101, 7592, 1010, 2088, 102], [101, 14477, 20961, 3468, 102]]
    assert [len(row) for row in tokens_of(["", "why " * 500])] == [2, 128]
    assert tokens_of(["why " * 500])[0][-1] == 102


def test_emoji_are_read_by_their_names() -> None:
    assert spelled_out("so good \N{FACE WITH TEARS OF JOY}!") == "so good  face with tears of joy !"
    assert 100 not in tokens_of(["so good \N{FACE WITH TEARS OF JOY}"])[0]  # 100 stands for an unknown word


@pytest.mark.engines
def test_minilm_runs_as_its_own_graph_does() -> None:
    from onnxruntime import InferenceSession

    rows = tokens_of(["It's not bad at all.", "Nobody told me that this would cost extra, did they?"])
    found = Encoder(read_minilm(), N_BLOCKS, N_HEADS).pooled(rows)
    session = InferenceSession(MINILM_FILE.checked())
    for row, pooled in zip(rows, found, strict=True):
        ids = np.array([row])
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        assert pooled == pytest.approx(session.run(None, given)[0][0].mean(axis=0), abs=1e-4)
