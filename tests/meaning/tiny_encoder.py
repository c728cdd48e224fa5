"""Makes a tiny sentence encoder with real files: words of one meaning lie near each other.

A BERT of one layer whose attention adds nothing: what remains is the mean of its words' places,
which are drawn by lot for each meaning. Enough to show that meaning is found where no word is the
same; how good a real encoder is, it does not show.
"""

import json
from pathlib import Path

import numpy as np

WIDTH = 32
MEANINGS = [
    "bird heron albatross gull wing",
    "money cost price dollar expensive",
    "plane aircraft jet engine flight",
    "month march year date when",
    "map country state city where",
    "plot chart draw figure line",
    "mean average typical",
    "join merge combine",
]


def make(folder: Path, seed: int = 3, width: int = WIDTH, layers: int = 1) -> Path:
    """Write config.json, tokenizer.json and model.safetensors."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "##s", "?", "."]
    places = [np.zeros(width, np.float32) for _ in words]
    for meaning in MEANINGS:
        middle = chance.normal(size=width)
        for word in meaning.split():
            words.append(word)
            places.append((middle + 0.1 * chance.normal(size=width)).astype(np.float32))
    vocabulary = {word: number for number, word in enumerate(words)}
    zeros = np.zeros((width, width), np.float32)
    nothing = np.zeros(width, np.float32)
    ones = np.ones(width, np.float32)
    weights = {
        "embeddings.word_embeddings.weight": np.stack(places),
        "embeddings.position_embeddings.weight": np.zeros((64, width), np.float32),
        "embeddings.token_type_embeddings.weight": np.zeros((2, width), np.float32),
        "embeddings.LayerNorm.weight": ones,
        "embeddings.LayerNorm.bias": nothing,
    }
    for layer in (f"encoder.layer.{number}" for number in range(layers)):
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            weights[f"{layer}.attention.{name}.weight"] = zeros
            weights[f"{layer}.attention.{name}.bias"] = nothing
        for name in ("intermediate.dense", "output.dense"):
            weights[f"{layer}.{name}.weight"] = zeros
            weights[f"{layer}.{name}.bias"] = nothing
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            weights[f"{layer}.{name}.weight"] = ones
            weights[f"{layer}.{name}.bias"] = nothing
    config = {
        "num_attention_heads": 2,
        "num_hidden_layers": layers,
        "max_position_embeddings": 64,
        "layer_norm_eps": 1e-12,
    }
    tokenizer = {
        "normalizer": {"type": "BertNormalizer", "lowercase": True, "strip_accents": None},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": vocabulary},
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    contents: dict[str, object] = {}
    data = b""
    for name, value in weights.items():
        end = len(data) + value.nbytes
        contents[name] = {"dtype": "F32", "shape": value.shape, "data_offsets": [len(data), end]}
        data += value.tobytes()
    head = json.dumps(contents).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + data)
    return folder
