"""A byte-level BPE tokenizer in CLIP's format, in which each known word is one token.

Any other word falls apart into pieces, which is how it is recognized as unknown. `Tokenizer.load` reads the one of an exported
folder, `tokenizer()` is the one of the current vocabulary.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ..scenes.vocabulary import words

LENGTH = 32
START, END = "<|startoftext|>", "<|endoftext|>"
END_OF_WORD = "</w>"
# CLIP's own pattern, from openai/CLIP simple_tokenizer.py.
PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
# The same for the standard library's `re`, which lacks `\p`.
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|(?:[^\w\s]|_)+")

Pair = tuple[str, str]


class Tokenizer:
    """Ids are in CLIP's order: bytes, bytes that end a word, merges, start, end."""

    def __init__(self, merges: Sequence[Pair]):
        letters = list(byte_alphabet().values())
        tokens = [*letters, *(letter + END_OF_WORD for letter in letters), *("".join(pair) for pair in merges), START, END]
        self.merges = tuple(merges)
        self.ids = {token: index for index, token in enumerate(dict.fromkeys(tokens))}
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self._pieces: dict[str, list[int]] = {}

    @classmethod
    def load(cls, folder: Path) -> "Tokenizer":
        lines = (folder / "merges.txt").read_text().splitlines()[1:]
        first, _, second = zip(*(line.partition(" ") for line in lines))
        loaded = cls(list(zip(first, second)))
        if loaded.ids != json.loads((folder / "vocab.json").read_text()):
            raise ValueError(f"{folder}: vocab.json does not follow from merges.txt in CLIP's order.")
        return loaded

    def word_ids(self, word: str) -> list[int]:
        if word not in self._pieces:
            self._pieces[word] = [self.ids[piece] for piece in apply_merges(word, self._ranks)]
        return self._pieces[word]

    def encode(self, text: str) -> list[int]:
        """Exactly LENGTH ids: start, the words, end, and the end token again as padding, as CLIP pads."""
        inner = [piece for word in split_words(text) for piece in self.word_ids(word)][: LENGTH - 2]
        start, end = self.ids[START], self.ids[END]
        return [start, *inner, *[end] * (LENGTH - 1 - len(inner))]

    def save(self, folder: Path) -> None:
        """CLIP's files, plus `tokenizer.json` for libraries that read only that."""
        folder.mkdir(parents=True, exist_ok=True)
        specials = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
        config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "add_prefix_space": False, "do_lower_case": True,
                  "errors": "replace", **specials}  # fmt: skip
        for name, content in (
            ("tokenizer.json", fast_tokenizer(self)), ("tokenizer_config.json", config), ("vocab.json", self.ids),
            ("special_tokens_map.json", specials), ("vocabulary.json", words()),
        ):  # fmt: skip
            (folder / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in self.merges))


@cache
def tokenizer() -> Tokenizer:
    return Tokenizer(learn_merges(words()))


def split_words(text: str) -> list[str]:
    return WORD.findall(text.lower())


@cache
def byte_alphabet() -> dict[int, str]:
    """GPT-2's printable stand-in for every byte (openai/gpt-2 encoder.py, `bytes_to_unicode`)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + n) for n, byte in enumerate(others)}}


def letters_of(word: str) -> list[str]:
    pieces = [byte_alphabet()[byte] for byte in word.encode()]
    pieces[-1] += END_OF_WORD
    return pieces


def apply_merges(word: str, ranks: dict[Pair, int]) -> list[str]:
    """Byte-pair encoding of one word: the best-ranked adjacent pair becomes one piece, until no pair has a rank."""
    pieces = letters_of(word)
    while len(pieces) > 1:
        pairs = list(zip(pieces, pieces[1:]))
        best = min(pairs, key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        at = pairs.index(best)
        pieces[at : at + 2] = ["".join(best)]
    return pieces


def learn_merges(vocabulary: Sequence[str]) -> list[Pair]:
    """Byte-pair encoding (Sennrich et al. 2016) of the list of words alone, until each is one token: the pair that most words
    share is joined first, so that words have common pieces and the table stays small."""
    pieces = [letters_of(word) for word in vocabulary]
    homes: dict[Pair, Counter[int]] = defaultdict(Counter)  # pair -> word -> how often
    for n, word in enumerate(pieces):
        for pair in zip(word, word[1:]):
            homes[pair][n] += 1
    merges: list[Pair] = []
    while homes:
        best = max(homes, key=lambda pair: (homes[pair].total(), pair))
        merges.append(best)
        for n in list(homes[best]):
            word = pieces[n]
            for pair in zip(word, word[1:]):
                homes[pair][n] -= 1
                if homes[pair][n] <= 0:
                    del homes[pair][n]
                if not homes[pair]:
                    del homes[pair]
            at = 0
            while at < len(word) - 1:
                if (word[at], word[at + 1]) == best:
                    word[at : at + 2] = ["".join(best)]
                at += 1
            for pair in zip(word, word[1:]):
                homes[pair][n] += 1
    return merges


def fast_tokenizer(tokenizer: Tokenizer) -> dict[str, object]:
    """The content of Hugging Face's `tokenizer.json`, as CLIP's has it."""
    special = {"single_word": False, "lstrip": False, "rstrip": False}
    start, end = tokenizer.ids[START], tokenizer.ids[END]
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": start, "content": START, **special, "normalized": True, "special": True},
            {"id": end, "content": END, **special, "normalized": False, "special": True},
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
        "post_processor": {"type": "RobertaProcessing", "sep": [END, end], "cls": [START, start],
                           "trim_offsets": False, "add_prefix_space": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": END, "continuing_subword_prefix": "",
                  "end_of_word_suffix": END_OF_WORD, "fuse_unk": False, "vocab": tokenizer.ids,
                  "merges": [" ".join(pair) for pair in tokenizer.merges]},
    }  # fmt: skip
