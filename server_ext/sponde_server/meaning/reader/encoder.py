"""Turns texts into vectors by a sentence encoder of the BERT family, such as MiniLM.

Computed with numpy alone: no torch, no tokenizer of others; its words are pieces (WordPiece) as
BERT's are. Imports nothing of Sponde.
"""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np

LONGEST = 256
KINDS = {"F32": "<f4", "F16": "<f2", "F64": "<f8"}
IDEOGRAPH = re.compile(
    "[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002ceaf\U0002f800-\U0002fa1f]"
)


def tensors(path: Path) -> dict[str, Any]:
    """Read a safetensors file: a table of contents as JSON, then the numbers."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    contents = json.loads(data[8 : 8 + length])
    found = {}
    for name, about in contents.items():
        if name == "__metadata__":
            continue
        start, end = about["data_offsets"]
        raw = data[8 + length + start : 8 + length + end]
        if about["dtype"] == "BF16":
            value = (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
        elif about["dtype"] in KINDS:
            value = np.frombuffer(raw, KINDS[about["dtype"]])
        else:
            continue  # positions and the like, which are no weights
        found[name] = value.astype(np.float32).reshape(about["shape"])
    return found


class Pieces:
    """Texts as numbers of pieces of words, as BERT reads them."""

    def __init__(self, tokenizer: dict[str, Any]) -> None:
        model = tokenizer["model"]
        if model.get("type", "WordPiece") != "WordPiece":
            raise SystemExit(f"Only WordPiece encoders are known, not {model['type']}.")
        self._vocabulary: dict[str, int] = model["vocab"]
        self._unknown = self._vocabulary[model.get("unk_token", "[UNK]")]
        self._within = model.get("continuing_subword_prefix", "##")
        normalizer = tokenizer.get("normalizer") or {}
        self._lowers = normalizer.get("lowercase", True)
        strips = normalizer.get("strip_accents")
        self._strips = self._lowers if strips is None else strips

    def ids(self, text: str, longest: int) -> list[int]:
        """Give the numbers of a text's pieces between a beginning and an end."""
        found = [piece for word in self._words(text) for piece in self._split(word)]
        begins, ends = self._vocabulary["[CLS]"], self._vocabulary["[SEP]"]
        return [begins, *found[: longest - 2], ends]

    def _words(self, text: str) -> list[str]:
        kept = "".join(
            " " if letter.isspace() else letter
            for letter in text
            if letter in "\t\n\r"
            or not (unicodedata.category(letter)[0] == "C" or letter == "\ufffd")
        )
        kept = IDEOGRAPH.sub(r" \g<0> ", kept)
        if self._strips:
            kept = "".join(
                letter
                for letter in unicodedata.normalize("NFD", kept)
                if unicodedata.category(letter) != "Mn"
            )
        kept = kept.lower() if self._lowers else kept
        return "".join(f" {letter} " if _is_mark(letter) else letter for letter in kept).split()

    def _split(self, word: str) -> list[int]:
        """Take the longest known piece from the front, again and again."""
        if len(word) > 100:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = (self._within if start else "") + word[start:end]
                if piece in self._vocabulary:
                    break
            else:
                return [self._unknown]
            found.append(self._vocabulary[piece])
            start = end
        return found


def _is_mark(letter: str) -> bool:
    is_ascii = letter.isascii() and letter.isprintable() and not letter.isalnum() and letter != " "
    return is_ascii or unicodedata.category(letter).startswith("P")


class Encoder:
    """A sentence encoder: tokens through transformer layers, their mean as the sentence."""

    def __init__(self, folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self._heads = int(config["num_attention_heads"])
        self._layers = int(config["num_hidden_layers"])
        self._epsilon = float(config.get("layer_norm_eps", 1e-12))
        found = tensors(folder / "model.safetensors")
        self._weights = {name.removeprefix("bert."): value for name, value in found.items()}
        self._pieces = Pieces(json.loads((folder / "tokenizer.json").read_text("utf-8")))
        self._longest = min(LONGEST, int(config.get("max_position_embeddings", LONGEST)))
        self.width = int(self._weights["embeddings.word_embeddings.weight"].shape[1])

    def encode(self, texts: list[str]) -> Any:
        """Give a vector of length one for each text."""
        encoded = [self._pieces.ids(text, self._longest) for text in texts]
        longest = max(map(len, encoded))
        ids = np.array([one + [0] * (longest - len(one)) for one in encoded])
        lengths = np.array([len(one) for one in encoded])
        mask = (np.arange(longest)[None, :] < lengths[:, None]).astype(np.float32)
        weights = self._weights
        state = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        state = self._norm(state, "embeddings.LayerNorm")
        hidden = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        for number in range(self._layers):
            state = self._layer(state, hidden, f"encoder.layer.{number}")
        mean = (state * mask[:, :, None]).sum(1) / np.maximum(mask.sum(1), 1)[:, None]
        return mean / np.maximum(np.linalg.norm(mean, axis=1), 1e-9)[:, None]

    def _layer(self, state: Any, hidden: Any, name: str) -> Any:
        batch, length, width = state.shape
        size = width // self._heads

        def parts(which: str) -> Any:
            made = self._linear(state, f"{name}.attention.self.{which}")
            return made.reshape(batch, length, self._heads, size).transpose(0, 2, 1, 3)

        scores = parts("query") @ parts("key").transpose(0, 1, 3, 2) / np.sqrt(np.float32(size))
        scores = scores + hidden
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores = scores / scores.sum(-1, keepdims=True)
        mixed = (scores @ parts("value")).transpose(0, 2, 1, 3).reshape(batch, length, width)
        mixed = self._linear(mixed, f"{name}.attention.output.dense")
        state = self._norm(mixed + state, f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._linear(state, f"{name}.intermediate.dense"))
        return self._norm(
            self._linear(inner, f"{name}.output.dense") + state, f"{name}.output.LayerNorm"
        )

    def _linear(self, state: Any, name: str) -> Any:
        return state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _norm(self, state: Any, name: str) -> Any:
        mean = state.mean(-1, keepdims=True)
        spread = np.sqrt(((state - mean) ** 2).mean(-1, keepdims=True) + self._epsilon)
        return (state - mean) / spread * self._weights[f"{name}.weight"] + self._weights[
            f"{name}.bias"
        ]


def _gelu(value: Any) -> Any:
    """Bend as BERT does (x·Φ(x)); Φ by Abramowitz and Stegun 7.1.26, exact to 1.5e-7."""
    x = np.abs(value) / np.float32(np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * x)
    series = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    error = 1 - series * np.exp(-x * x)
    return value * (1 + np.sign(value) * error) / 2
