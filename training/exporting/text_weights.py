"""Starts a text encoder from another folder's, whose vocabulary may be smaller and whose captions shorter."""

import json
from pathlib import Path

import numpy as np
import torch

from .models.text_encoder import TextEncoder
from .onnx_weights import read_weights
from .tokenizer import END, END_OF_WORD, START, vocabulary_ids, words
from .vocabulary import origin


def load_text_encoder(encoder: TextEncoder, folder: Path) -> None:
    """Tokens that the folder knows keep their embedding; a new synonym starts as the word it stands for; the rest is new.
    Positions beyond the folder's last are copies of that."""
    old_ids: dict[str, int] = json.loads((folder / "tokenizer" / "tokenizer.json").read_text())["model"]["vocab"]
    positions, width = encoder.positions.shape
    stored = TextEncoder(max(old_ids.values()) + 1, stored_length(folder, positions), width)
    found = read_weights(stored, "text_encoder", folder / "text_encoder" / "model.onnx")
    with torch.no_grad():
        for key, parameter in encoder.named_parameters():
            if key not in ("tokens.weight", "positions"):
                parameter.copy_(torch.from_numpy(np.ascontiguousarray(found[key])))
        table, places = torch.from_numpy(found["tokens.weight"].copy()), torch.from_numpy(found["positions"].copy())
        for place in range(positions):
            encoder.positions[place] = places[min(place, len(places) - 1)]
        for token, index in vocabulary_ids().items():
            rows = [old_ids[name] for name in first_known(token, old_ids)]
            if rows:
                encoder.tokens.weight[index] = table[rows].mean(0)


def stored_length(folder: Path, default: int) -> int:
    config = folder / "tokenizer" / "tokenizer_config.json"
    return json.loads(config.read_text()).get("model_max_length", default) if config.exists() else default


def first_known(token: str, old_ids: dict[str, int]) -> list[str]:
    """The old tokens to average for a new one; none for a token that has to start from noise."""
    if token in old_ids:
        return [token]
    word = token.removesuffix(END_OF_WORD)
    stand_ins = {START: ["<s>"], END: ["<pad>"]}.get(token, [])
    if token.endswith(END_OF_WORD) and word in words():
        stand_ins = [word] if word in old_ids else origin(word).split()
    return [name for name in stand_ins if name in old_ids]
