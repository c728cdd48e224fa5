"""The words and the environment that `vllm serve` is started with, but for its address and key.

Options as vLLM 0.32 knows them (vllm serve --help=all). Does not start anything.
"""

import json
import math
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .records import Device, EngineSettings, Machine
from .shape import Shape

RANKS = (8, 16, 32, 64, 128, 256, 320, 512)
"""What vLLM accepts as --max-lora-rank (config/lora.py)."""
ADAPTERS_AT_ONCE = 2
USUAL_RANK = 32
"""Room for what people train: an adapter of a larger rank needs a new start."""
TAKES_ADAPTERS = (
    *("LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM"),
    *("Gemma2ForCausalLM", "Gemma3ForCausalLM", "Phi3ForCausalLM", "GraniteForCausalLM"),
)
"""Architectures that adapters may be added to while they run; others only where one is named."""
# What a chat template writes for a call, and the parser of vLLM that reads it back.
TOOL_PARSERS = (
    ("<function=", "qwen3_coder"),
    ("<tool_call>", "hermes"),
    ("[TOOL_CALLS]", "mistral"),
    ("<|python_tag|>", "llama3_json"),
    ("ipython", "llama3_json"),
    ("<｜tool▁calls▁begin｜>", "deepseek_v3"),
    ("<|channel|>commentary", "openai"),
    ("functools", "phi4_mini_json"),
)
JSON_WITHOUT_BLANKS = '{"backend":"xgrammar","disable_any_whitespace":true}'
"""Without it a weak model pads its JSON with blanks until its answer is cut."""


@dataclass(frozen=True)
class Served:
    """What an engine serves."""

    folder: Path
    name: str
    adapters: tuple[Path, ...]
    can_add: bool


def words(
    served: Served,
    shape: Shape | None,
    device: Device,
    settings: EngineSettings,
    machine: Machine | None = None,
    gpus: tuple[int, ...] = (),
) -> tuple[str, ...]:
    """Give the words after the vLLM program; `settings.more` come last, and so win."""
    made = ["serve", str(served.folder), "--served-model-name", served.name]
    if settings.context_length:
        made += ["--max-model-len", str(settings.context_length)]
    if settings.max_streams:
        made += ["--max-num-seqs", str(settings.max_streams)]
    if device is Device.CPU:
        made += ["--enforce-eager"]
    else:
        if settings.memory_share:
            made += ["--gpu-memory-utilization", f"{settings.memory_share:g}"]
        if settings.tensor_parallel > 1:
            made += ["--tensor-parallel-size", str(settings.tensor_parallel)]
        made += ["--enable-sleep-mode"]
        if machine and shape and shape.dtype == "bfloat16" and _is_old(machine, gpus):
            made += ["--dtype", "half"]
    if settings.quantization:
        made += ["--quantization", settings.quantization]
    template = _chat_template(served.folder)
    parser = _tool_parser(template)
    if parser:
        made += ["--enable-auto-tool-choice", "--tool-call-parser", parser]
    made += ["--structured-outputs-config", JSON_WITHOUT_BLANKS]
    if shape and _takes_adapters(served, shape):
        made += ["--enable-lora", "--max-lora-rank", str(_rank(served))]
        made += ["--max-loras", str(max(ADAPTERS_AT_ONCE, len(served.adapters)))]
    return (*made, *_split(settings.more))


def environment(
    device: Device, gpus: tuple[int, ...], cache_bytes: int, machine: Machine
) -> tuple[tuple[str, str], ...]:
    """Give the variables that go with the words."""
    made = {"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "True"}
    if device is Device.CPU:
        made["VLLM_CPU_KVCACHE_SPACE"] = str(max(1, math.ceil(cache_bytes / 1024**3)))
        # No warming-up: with --enforce-eager there is nothing to compile ahead.
        made["VLLM_CPU_CI_ENV"] = "1"
    elif gpus and (len(gpus) < len(machine.gpus) or gpus != tuple(range(len(gpus)))):
        made["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID"  # as NVML counts them
        key = "CUDA_VISIBLE_DEVICES" if device is Device.CUDA else "HIP_VISIBLE_DEVICES"
        made[key] = ",".join(str(index) for index in gpus)
    return tuple(made.items())


def adapter_bytes(served: Served, shape: Shape) -> int:
    """Estimate what the places for adapters take: two thin matrices beside each large one."""
    if not _takes_adapters(served, shape):
        return 0
    asked = shape.heads * shape.head_size
    kept = shape.kv_heads * shape.head_size
    sides = 2 * (shape.hidden + asked) + 2 * (shape.hidden + kept)
    sides += 3 * (shape.hidden + shape.intermediate)
    places = max(ADAPTERS_AT_ONCE, len(served.adapters))
    return places * _rank(served) * sides * shape.layers * 2


def _takes_adapters(served: Served, shape: Shape) -> bool:
    return bool(served.adapters) or (served.can_add and shape.architecture in TAKES_ADAPTERS)


def _rank(served: Served) -> int:
    largest = max((_adapter_rank(folder) for folder in served.adapters), default=0)
    return next((rank for rank in RANKS if rank >= max(largest, USUAL_RANK)), RANKS[-1])


def _adapter_rank(folder: Path) -> int:
    rank = _json(folder / "adapter_config.json").get("r")
    return rank if isinstance(rank, int) else USUAL_RANK


def _is_old(machine: Machine, gpus: tuple[int, ...]) -> bool:
    """Tell whether a card cannot compute bfloat16: its capability is below 8.0."""
    used = [gpu for gpu in machine.gpus if not gpus or gpu.index in gpus]
    return any(gpu.capability and float(gpu.capability) < 8.0 for gpu in used)


def _chat_template(folder: Path) -> str:
    try:
        return (folder / "chat_template.jinja").read_text("utf-8", errors="replace")
    except OSError:
        given = _json(folder / "tokenizer_config.json").get("chat_template")
    if isinstance(given, list):
        return "\n".join(str(one.get("template", "")) for one in given if isinstance(one, dict))
    return given if isinstance(given, str) else ""


def _tool_parser(template: str) -> str:
    if "tools" not in template:
        return ""
    return next((parser for mark, parser in TOOL_PARSERS if mark in template), "")


def _split(more: tuple[str, ...]) -> tuple[str, ...]:
    """Give further words, split as a shell would where one holds several."""
    made: list[str] = []
    for word in more:
        if word.startswith("-") and " " in word:
            made += shlex.split(word)
        else:
            made.append(word)
    return tuple(made)


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
