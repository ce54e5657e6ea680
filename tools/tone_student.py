"""MiniLM in PyTorch, as it is fine-tuned: frozen weights, and low-rank changes of its upper blocks (tools.train_tones)."""

from __future__ import annotations

from math import sqrt

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from qa.language.adapter import Adapter
from qa.language.encoder import LINEAR, Weights
from qa.language.minilm import MINILM, N_BLOCKS, N_HEADS
from qa.language.sentiment import LABELS

_FROZEN = 2
_RANK = 32
_DROP = 0.1

Tokens = list[list[int]]


class Student:
    """The encoder in PyTorch: frozen weights, and what is learned beside them."""

    def __init__(self, weights: Weights, n_outputs: int, seed: int, start: Adapter | None = None) -> None:
        torch.manual_seed(seed)
        self.frozen = {name: torch.tensor(array) for name, array in weights.items()}
        self.learned: dict[str, Tensor] = {}
        for name in (f"encoder.layer.{block}.{layer}" for block in range(_FROZEN, N_BLOCKS) for layer in LINEAR):
            inputs, outputs = self.frozen[name + ".weight"].shape
            self.learned[name + ".down"] = torch.randn(inputs, _RANK) / sqrt(inputs)
            self.learned[name + ".up"] = torch.zeros(_RANK, outputs)
        self.width = len(self.frozen["embeddings.LayerNorm.bias"])
        self.learned["head"] = torch.randn(self.width, n_outputs) * 0.02
        self.learned["bias"] = torch.zeros(n_outputs)
        if start is not None:
            self._go_on_from(start)
        for value in self.learned.values():
            value.requires_grad_()

    def _go_on_from(self, start: Adapter) -> None:
        for name, (down, up) in start.changes.items():
            self.learned[name + ".down"], self.learned[name + ".up"] = torch.tensor(down), torch.tensor(up)
        self.learned["head"][:, : len(LABELS)] = torch.tensor(start.head)
        self.learned["bias"][: len(LABELS)] = torch.tensor(start.bias)

    @torch.no_grad()
    def lower(self, tokens: Tensor) -> Tensor:
        """Outputs of the blocks that stay as they are, for padded tokens (batch, length)."""
        positions = self.frozen["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        kind = self.frozen["embeddings.token_type_embeddings.weight"][0]
        start = self._norm(self.frozen["embeddings.word_embeddings.weight"][tokens] + positions + kind, "embeddings")
        return self._blocks(start, tokens != 0, range(_FROZEN))

    def outputs(self, lower: Tensor, mask: Tensor, *, training: bool) -> Tensor:
        """Tones, then emotions, as logits."""
        hidden = self._blocks(lower, mask, range(_FROZEN, N_BLOCKS))
        weights = mask[..., None].float()
        pooled = functional.dropout((hidden * weights).sum(1) / weights.sum(1), _DROP, training)
        return torch.addmm(self.learned["bias"], pooled, self.learned["head"])

    def adapter(self) -> Adapter:
        """What was learned, without the second task."""
        arrays = {name: value.detach().numpy() for name, value in self.learned.items()}
        names = [name.removesuffix(".down") for name in arrays if name.endswith(".down")]
        changes = {name: (arrays[name + ".down"], arrays[name + ".up"]) for name in names}
        return Adapter(MINILM, LABELS, changes, arrays["head"][:, : len(LABELS)], arrays["bias"][: len(LABELS)])

    def _blocks(self, hidden: Tensor, mask: Tensor, blocks: range) -> Tensor:
        batch, length = mask.shape
        padding = torch.zeros(batch, 1, 1, length).masked_fill(~mask[:, None, None], -1e4)
        for block in blocks:
            name = f"encoder.layer.{block}."
            query, key, value = (
                self._linear(hidden, name + layer).view(batch, length, N_HEADS, -1).transpose(1, 2)
                for layer in LINEAR[:3]
            )
            seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=padding)
            seen = self._linear(seen.transpose(1, 2).reshape(batch, length, -1), name + LINEAR[3])
            hidden = self._norm(hidden + seen, name + "attention.output")
            inner = functional.gelu(self._linear(hidden, name + LINEAR[4]))
            hidden = self._norm(hidden + self._linear(inner, name + LINEAR[5]), name + "output")
        return hidden

    def _linear(self, inputs: Tensor, name: str) -> Tensor:
        flat = inputs.reshape(-1, inputs.shape[-1])
        outputs = torch.addmm(self.frozen[name + ".bias"], flat, self.frozen[name + ".weight"])
        if name + ".down" in self.learned:
            outputs = outputs + flat @ self.learned[name + ".down"] @ self.learned[name + ".up"]
        return outputs.view(*inputs.shape[:-1], -1)

    def _norm(self, inputs: Tensor, name: str) -> Tensor:
        weight, bias = (self.frozen[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return functional.layer_norm(inputs, (self.width,), weight, bias, 1e-12)


class LowerBlocks:
    """Outputs of the lower blocks, computed when they are first asked for and kept in half precision."""

    def __init__(self, student: Student, tokens: Tokens) -> None:
        self._student, self._tokens = student, tokens
        self._known: dict[int, Tensor] = {}

    def of(self, rows: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """Padded outputs (batch, length, width) and which of them are words."""
        length = max(len(self._tokens[row]) for row in rows)
        tokens = torch.tensor([self._tokens[row] + [0] * (length - len(self._tokens[row])) for row in rows])
        if any(row not in self._known for row in rows):
            fresh = self._student.lower(tokens)
            self._known |= {row: fresh[at, : len(self._tokens[row])].half() for at, row in enumerate(rows)}
        padded = torch.zeros(*tokens.shape, self._student.width)
        for at, row in enumerate(rows):
            padded[at, : len(self._tokens[row])] = self._known[row]
        return padded, tokens != 0
