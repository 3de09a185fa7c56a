"""A byte-level BPE tokenizer of the class that CLIP uses, made for our few words.

Letters are the alphabet, and the merges are chosen so that each known word ends up as one token; any other word falls apart
into pieces, which is how it is recognised as unknown. Same files as CLIP's: `vocab.json`, `merges.txt`, `tokenizer.json`.
"""

import json
import random
import re
from functools import cache
from pathlib import Path

from .vocabulary import words

LENGTH = 32
START, END = "<|startoftext|>", "<|endoftext|>"
END_OF_WORD = "</w>"
# CLIP's own pattern, from openai/CLIP simple_tokenizer.py.
PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def byte_alphabet() -> dict[int, str]:
    """GPT-2's printable stand-in for every byte (openai/gpt-2 encoder.py, `bytes_to_unicode`)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + n) for n, byte in enumerate(others)}}


def apply_merges(word: str, ranks: dict[tuple[str, str], int]) -> list[str]:
    """Byte-pair encoding of one word: again and again the best-ranked adjacent pair becomes one piece."""
    alphabet = byte_alphabet()
    pieces = [alphabet[byte] for byte in word.encode()]
    pieces[-1] += END_OF_WORD
    while len(pieces) > 1:
        pairs = list(zip(pieces, pieces[1:]))
        best = min(pairs, key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        at = pairs.index(best)
        pieces[at : at + 2] = ["".join(best)]
    return pieces


@cache
def merges() -> tuple[tuple[str, str], ...]:
    """For each word in turn, what is still in pieces is joined from the left. Later merges rank lower, so they never disturb
    a word that is already whole."""
    ranks: dict[tuple[str, str], int] = {}
    for word in words():
        pieces = apply_merges(word, ranks)
        while len(pieces) > 1:
            ranks[(pieces[0], pieces[1])] = len(ranks)
            pieces = apply_merges(word, ranks)
    return tuple(ranks)


@cache
def vocabulary_ids() -> dict[str, int]:
    """Token -> id, in CLIP's order: bytes, bytes that end a word, merges, start, end."""
    letters = list(byte_alphabet().values())
    tokens = [*letters, *(letter + END_OF_WORD for letter in letters), *("".join(pair) for pair in merges()), START, END]
    return {token: index for index, token in enumerate(dict.fromkeys(tokens))}


@cache
def word_ids(word: str) -> tuple[int, ...]:
    ids, ranks = vocabulary_ids(), {pair: rank for rank, pair in enumerate(merges())}
    return tuple(ids[piece] for piece in apply_merges(word, ranks))


def split_words(text: str) -> list[str]:
    """CLIP's pattern for the standard library's `re` (which lacks `\\p`)."""
    return re.findall(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\w\s]|_)+", text.lower())


def encode(text: str) -> list[int]:
    """Exactly LENGTH ids: start, the words, end, and the end token again as padding, as CLIP pads."""
    ids = vocabulary_ids()
    inner = [piece for word in split_words(text) for piece in word_ids(word)][: LENGTH - 2]
    encoded = [ids[START], *inner, ids[END]]
    return encoded + [ids[END]] * (LENGTH - len(encoded))


def is_known(word: str) -> bool:
    return len(word_ids(word)) == 1 and word in set(words())


def nonsense_word(rng: random.Random) -> str:
    """A pronounceable word outside the vocabulary: shown in captions so that unknown words come to mean nothing."""
    while True:
        word = "".join(rng.choice("bcdfghjklmnprstvwz") + rng.choice("aeiou") for _ in range(rng.randint(2, 3)))
        word += rng.choice(["", "", "n", "s", "t", "r"])
        if word not in words():
            return word


def write_tokenizer(folder: Path) -> None:
    """Writes CLIP's files, plus `tokenizer.json` for libraries that read only that."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = vocabulary_ids()
    special = {"single_word": False, "lstrip": False, "rstrip": False}
    tokenizer = {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": ids[START], "content": START, **special, "normalized": True, "special": True},
            {"id": ids[END], "content": END, **special, "normalized": False, "special": True},
        ],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"},
            {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
            {"type": "Lowercase"},
        ]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": PATTERN}, "behavior": "Removed", "invert": True},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True},
        ]},
        "post_processor": {"type": "RobertaProcessing", "sep": [END, ids[END]], "cls": [START, ids[START]],
                           "trim_offsets": False, "add_prefix_space": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": END, "continuing_subword_prefix": "",
                  "end_of_word_suffix": END_OF_WORD, "fuse_unk": False, "vocab": ids,
                  "merges": [" ".join(pair) for pair in merges()]},
    }  # fmt: skip
    config = {
        "tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "add_prefix_space": False, "do_lower_case": True,
        "errors": "replace", "bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END,
    }  # fmt: skip
    special_tokens = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    for name, content in (
        ("tokenizer.json", tokenizer), ("tokenizer_config.json", config), ("vocab.json", ids),
        ("special_tokens_map.json", special_tokens), ("vocabulary.json", words()),
    ):  # fmt: skip
        (folder / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges()))
