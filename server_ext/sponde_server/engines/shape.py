"""The shape of a model, from its config.json and the headers of its files, and what it takes.

The formulas, and where they are from:

- Keys and values: each layer that attends to every token keeps 2 × key/value heads × head size
  values a token (fewer heads than queries have where queries are grouped; vLLM,
  v1/kv_cache_interface.py, FullAttentionSpec). Tensor parallelism divides the heads; a head is
  kept twice rather than cut.
- Latent attention (MLA: DeepSeek and others) keeps one vector a token and layer,
  kv_lora_rank + qk_rope_head_dim values, whole on every GPU (MLAAttentionSpec).
- A layer with a sliding window keeps at most window - 1 + the tokens of one batch, and a block
  (SlidingWindowSpec.max_admission_blocks_per_request).
- Layers without attention (Mamba, linear attention) keep a state that does not grow; it is left
  out here.
- Weights: what the files hold; 32-bit floats are halved, because vLLM loads them as 16-bit ones
  (config/model.py, _resolve_auto_dtype). Without files, counted from the shapes of the layers.

Does not know the machine.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import headers

FULL = 0
_CONTEXT_KEYS = (
    *("max_position_embeddings", "n_positions", "max_seq_len", "seq_length", "model_max_length"),
    *("max_sequence_length", "max_seq_length", "seq_len"),
)
_UNSTRETCHED = ("su", "longrope", "llama3", "yarn", "deepseek_yarn", "default", "mrope")
# Every how many layers one attends to every token, where config.json has no layer_types.
_FULL_EVERY = {"gemma2": 2, "gemma3": 6, "gemma3_text": 6, "cohere2": 4, "gpt_oss": 2}
_NO_CACHE = ("linear_attention", "mamba", "mamba2", "recurrent", "conv", "mlp", "moe")
_BITS = {"awq": 4, "gptq": 4, "fp8": 8, "mxfp4": 4, "bitsandbytes": 4, "fbgemm_fp8": 8, "int8": 8}


@dataclass(frozen=True)
class Shape:
    """What matters of a model for its memory."""

    kind: str
    """The model_type of its config."""
    architecture: str
    hidden: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    intermediate: int
    """Width of the widest feed-forward layer that one token goes through."""
    windows: tuple[int, ...]
    """For each layer that keeps keys and values: 0, or its window in tokens."""
    latent: int
    """Values a token and layer of latent attention; 0: it has none."""
    context: int
    layers: int
    parameters: int
    embedding_parameters: int
    """Of those, what is never quantised: the words and the output."""
    weights_bytes: int
    quantization: str = ""
    """As config.json names it; empty: not quantised."""
    bits: int = 16
    """What it spends on one weight."""
    dtype: str = "bfloat16"
    is_counted: bool = True
    """Whether the weights were counted from files rather than from shapes."""
    config: dict[str, Any] = field(default_factory=dict, repr=False)
    """The part of config.json that describes the text model."""

    def loaded_bytes(self, quantization: str = "") -> int:
        """What the weights take once loaded, altogether; as fp8 where asked."""
        if quantization.startswith("fp8") and not self.quantization:
            kept = self.embedding_parameters
            return 2 * kept + (self.parameters - kept)
        return self.weights_bytes

    def token_bytes(self, tensor_parallel: int = 1, value_bytes: int = 2) -> int:
        """What one token takes on each GPU in one layer that keeps it."""
        if self.latent:
            return self.latent * value_bytes
        kept = max(1, math.ceil(self.kv_heads / tensor_parallel))
        return 2 * kept * self.head_size * value_bytes

    def cache_bytes(
        self,
        context: int,
        tensor_parallel: int = 1,
        *,
        value_bytes: int = 2,
        batch: int = 2048,
        block: int = 16,
    ) -> int:
        """What one request of that many tokens takes of each GPU's cache, at most."""
        blocks = 0
        for window in self.windows:
            if window == FULL:
                blocks += math.ceil(context / block)
            else:
                kept = min(window - 1 + batch, context)
                blocks += min(math.ceil(kept / block) + 1, math.ceil(context / block) + 1)
        return blocks * block * self.token_bytes(tensor_parallel, value_bytes)


def read(folder: Path) -> Shape | None:
    """Read a model's shape; None where there is no config.json that can be understood."""
    try:
        whole = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(whole, dict):
        return None
    return describe(whole, headers.tensors(folder))


def describe(whole: dict[str, Any], held: list[headers.Tensor] | None = None) -> Shape | None:
    """Understand a config; `held` is what the files hold, where there are any."""
    config = {**whole, **_text_part(whole)}
    hidden = _number(config, "hidden_size", "n_embd", "d_model", "dim")
    layers = _number(config, "num_hidden_layers", "n_layer", "num_layers", "n_layers")
    heads = _number(config, "num_attention_heads", "n_head", "n_heads")
    if not (hidden and layers and heads):
        return None
    head_size = _number(config, "head_dim") or hidden // heads
    quantization, bits = _quantization(whole)
    latent = _number(config, "kv_lora_rank")
    embedding = _embedding_parameters(config, hidden)
    if held:
        counted = headers.parameters(held, bits if bits < 16 else 0)
        halved = "" if quantization else "F32"
        weights = sum(
            # Only whole matrices: what is one-dimensional is small, and often stays as it is.
            one.bytes // 2 if one.kind == halved and one.dimensions > 1 else one.bytes
            for one in held
        )
    else:
        counted = _parameters(config, hidden, layers, heads, head_size)
        # A group's scale and zero beside every 128 weights of four bits.
        each = bits / 8 + (4 / 128 if bits < 8 else 0)
        weights = round(2 * embedding + (counted - embedding) * each)
    dtype = str(config.get("dtype") or config.get("torch_dtype") or "bfloat16")
    return Shape(
        kind=str(config.get("model_type", "")),
        architecture=next(iter(whole.get("architectures") or []), ""),
        hidden=hidden,
        heads=heads,
        kv_heads=_number(config, "num_key_value_heads", "n_kv_heads", "num_kv_heads")
        or (1 if config.get("multi_query") else heads),
        head_size=head_size,
        vocabulary=_number(config, "vocab_size"),
        intermediate=_intermediate(config, hidden),
        windows=_windows(config, layers),
        latent=latent + _number(config, "qk_rope_head_dim") if latent else 0,
        context=_context(config),
        layers=layers,
        parameters=counted,
        embedding_parameters=embedding,
        weights_bytes=weights,
        quantization=quantization,
        bits=bits,
        dtype="bfloat16" if dtype == "float32" else dtype,
        is_counted=bool(held),
        config=config,
    )


def _text_part(whole: dict[str, Any]) -> dict[str, Any]:
    for name in ("text_config", "llm_config", "language_config"):
        part = whole.get(name)
        if isinstance(part, dict) and part.get("hidden_size"):
            return part
    return {}


def _quantization(whole: dict[str, Any]) -> tuple[str, int]:
    """Give the name of the quantisation that the files have, and its bits; 16 where none."""
    given = whole.get("quantization_config") or whole.get("compression_config")
    if not isinstance(given, dict):
        given = _text_part(whole).get("quantization_config")
    if not isinstance(given, dict):
        return "", 16
    name = str(given.get("quant_method", "")).lower() or "unknown"
    for key in ("bits", "w_bit", "wbits"):
        if isinstance(given.get(key), int):
            return name, given[key]
    groups = given.get("config_groups")
    for group in groups.values() if isinstance(groups, dict) else ():
        weights = group.get("weights") if isinstance(group, dict) else None
        if isinstance(weights, dict) and isinstance(weights.get("num_bits"), int):
            return name, weights["num_bits"]
    if given.get("load_in_8bit"):
        return name, 8
    return name, _BITS.get(name, 8)


def _windows(config: dict[str, Any], layers: int) -> tuple[int, ...]:
    window = _number(config, "sliding_window", "sliding_window_size")
    chunk = _number(config, "attention_chunk_size")
    types = config.get("layer_types") or config.get("layers_block_type")
    if isinstance(types, list) and types:
        kept = []
        for one in types[:layers]:
            if one in _NO_CACHE:
                continue
            if "sliding" in str(one):
                kept.append(window)
            else:
                kept.append(chunk if "chunked" in str(one) else FULL)
        return tuple(kept)
    pattern = config.get("hybrid_override_pattern")
    if isinstance(pattern, str):
        return (FULL,) * pattern.count("*")
    every = _number(config, "full_attention_interval")
    if every:
        return (FULL,) * (layers // every)
    kind = str(config.get("model_type", ""))
    every = _number(config, "sliding_window_pattern") or _FULL_EVERY.get(kind, 0)
    if not window or config.get("use_sliding_window") is False:
        return (FULL,) * layers
    if every:
        return tuple(FULL if (at + 1) % every == 0 else window for at in range(layers))
    first = _number(config, "max_window_layers") if config.get("use_sliding_window") else 0
    return tuple(FULL if at < first else window for at in range(layers))


def _context(config: dict[str, Any]) -> int:
    """Give the longest context, as vLLM derives it (config/model.py, _get_and_verify_max_len)."""
    known = [_number(config, key) for key in _CONTEXT_KEYS]
    context = min((one for one in known if one), default=2048)
    rope = config.get("rope_scaling") or config.get("rope_parameters")
    if isinstance(rope, dict) and "gemma3" not in str(config.get("model_type", "")):
        kind = rope.get("rope_type") or rope.get("type") or "default"
        factor = rope.get("factor")
        if kind not in _UNSTRETCHED and isinstance(factor, int | float):
            context = int(context * factor)
    return context


# -- counting without files ------------------------------------------------------------------------


def _embedding_parameters(config: dict[str, Any], hidden: int) -> int:
    words = _number(config, "vocab_size") * hidden
    tied = config.get("tie_word_embeddings", False)
    return words if tied else 2 * words


def _intermediate(config: dict[str, Any], hidden: int) -> int:
    experts = _number(config, "moe_intermediate_size") * _number(
        config, "num_experts_per_tok", "moe_top_k"
    )
    dense = _number(config, "intermediate_size", "n_inner", "ffn_dim") or 4 * hidden
    if not experts and _number(config, "num_local_experts"):
        experts = dense * (_number(config, "num_experts_per_tok") or 1)
    return max(experts, dense)


def _parameters(
    config: dict[str, Any], hidden: int, layers: int, heads: int, head_size: int
) -> int:
    """Count the parameters of a Llama-like model from its shapes: dense or of experts."""
    attention = _attention_parameters(config, hidden, heads, head_size)
    total = _embedding_parameters(config, hidden) + hidden
    for layer in range(layers):
        total += attention + 2 * hidden + _feed_forward_parameters(config, hidden, layer)
    return total


def _attention_parameters(config: dict[str, Any], hidden: int, heads: int, head_size: int) -> int:
    latent = _number(config, "kv_lora_rank")
    if latent:
        rope, plain = _number(config, "qk_rope_head_dim"), _number(config, "qk_nope_head_dim")
        value = _number(config, "v_head_dim")
        asked = heads * (rope + plain)
        squeezed = _number(config, "q_lora_rank")
        asks = hidden * squeezed + squeezed + squeezed * asked if squeezed else hidden * asked
        keeps = hidden * (latent + rope) + latent + latent * heads * (plain + value)
        return asks + keeps + heads * value * hidden
    kv_heads = _number(config, "num_key_value_heads") or heads
    asked, kept = heads * head_size, kv_heads * head_size
    count = 2 * hidden * asked + 2 * hidden * kept
    kind = str(config.get("model_type", ""))
    if config.get("attention_bias") or kind.startswith("qwen2"):
        count += asked + 2 * kept
    if kind.startswith(("qwen3", "gemma3")):
        count += 2 * head_size
    return count


def _feed_forward_parameters(config: dict[str, Any], hidden: int, layer: int) -> int:
    dense = 3 * hidden * (_number(config, "intermediate_size") or 4 * hidden)
    experts = _number(config, "num_experts", "num_local_experts", "n_routed_experts")
    plain = config.get("mlp_only_layers")
    step = _number(config, "decoder_sparse_step") or 1
    if (
        not experts
        or layer < _number(config, "first_k_dense_replace")
        or (isinstance(plain, list) and layer in plain)
        or (layer + 1) % step
    ):
        return dense
    width = _number(config, "moe_intermediate_size") or _number(config, "intermediate_size")
    shared = _number(config, "shared_expert_intermediate_size") or (
        width * _number(config, "n_shared_experts")
    )
    return experts * 3 * hidden * width + 3 * hidden * shared + hidden * experts


def _number(config: dict[str, Any], *names: str) -> int:
    """Give the first of some fields that is a whole number; 0 where none is."""
    for name in names:
        value = config.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return 0
