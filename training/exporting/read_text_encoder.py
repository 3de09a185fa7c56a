"""Starts a text encoder from the one of a folder, whose vocabulary may be smaller."""

from pathlib import Path

import numpy as np
import torch

from ..models.text_encoder import TextEncoder
from ..models.tokenizer import END_OF_WORD, Tokenizer, tokenizer
from ..scenes.vocabulary import known_words, origin
from .read_weights import read_weights


def load_text_encoder(encoder: TextEncoder, folder: Path) -> None:
    """Tokens that the folder knows keep their embedding; a new synonym starts as the word it stands for; the rest stays new."""
    old_ids = Tokenizer.load(folder / "tokenizer").ids
    stored = TextEncoder(len(old_ids))
    found = read_weights("text_encoder", stored, folder / "text_encoder" / "model.onnx")
    old_embeddings = torch.from_numpy(found["tokens.weight"].copy())
    others = {key: torch.from_numpy(np.array(value)) for key, value in found.items() if key != "tokens.weight"}
    encoder.load_state_dict(others, strict=False)
    with torch.no_grad():
        for token, index in tokenizer().ids.items():
            if rows := [old_ids[name] for name in stand_ins(token, old_ids)]:
                encoder.tokens.weight[index] = old_embeddings[rows].mean(0)


def stand_ins(token: str, old_ids: dict[str, int]) -> list[str]:
    """The old tokens whose mean a new one starts as; none for one that has to start from noise."""
    if token in old_ids:
        return [token]
    word = token.removesuffix(END_OF_WORD)
    if not token.endswith(END_OF_WORD) or word not in known_words():
        return []
    return [f"{part}{END_OF_WORD}" for part in origin(word).split() if f"{part}{END_OF_WORD}" in old_ids]
