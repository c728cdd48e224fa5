"""What models take, against published sizes and numbers worked out by hand; and what is chosen."""

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sponde_server.engines import shape
from sponde_server.engines.fit import GB, plan
from sponde_server.engines.records import (
    Device,
    EngineSettings,
    Gpu,
    Machine,
    PartKind,
    Plan,
)

LLAMA_8B = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "rope_scaling": {"rope_type": "llama3", "factor": 8.0},
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}
QWEN3_4B = {
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "hidden_size": 2560,
    "head_dim": 128,
    "intermediate_size": 9728,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 151936,
    "max_position_embeddings": 40960,
    "max_window_layers": 36,
    "sliding_window": None,
    "use_sliding_window": False,
    "tie_word_embeddings": True,
    "torch_dtype": "bfloat16",
}
QWEN3_30B_A3B = {
    **QWEN3_4B,
    "architectures": ["Qwen3MoeForCausalLM"],
    "model_type": "qwen3_moe",
    "hidden_size": 2048,
    "num_hidden_layers": 48,
    "num_key_value_heads": 4,
    "intermediate_size": 6144,
    "moe_intermediate_size": 768,
    "num_experts": 128,
    "num_experts_per_tok": 8,
    "decoder_sparse_step": 1,
    "mlp_only_layers": [],
    "tie_word_embeddings": False,
}
DEEPSEEK_V2_LITE = {
    "architectures": ["DeepseekV2ForCausalLM"],
    "model_type": "deepseek_v2",
    "hidden_size": 2048,
    "intermediate_size": 10944,
    "moe_intermediate_size": 1408,
    "num_hidden_layers": 27,
    "num_attention_heads": 16,
    "num_key_value_heads": 16,
    "kv_lora_rank": 512,
    "qk_rope_head_dim": 64,
    "qk_nope_head_dim": 128,
    "v_head_dim": 128,
    "q_lora_rank": None,
    "n_routed_experts": 64,
    "n_shared_experts": 2,
    "num_experts_per_tok": 6,
    "first_k_dense_replace": 1,
    "vocab_size": 102400,
    "max_position_embeddings": 163840,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
}
QWEN25_7B_AWQ = {
    "architectures": ["Qwen2ForCausalLM"],
    "model_type": "qwen2",
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
    "max_position_embeddings": 32768,
    "sliding_window": 131072,
    "use_sliding_window": False,
    "tie_word_embeddings": False,
    "torch_dtype": "float16",
    "quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128},
}
GEMMA3_12B = {
    "architectures": ["Gemma3ForConditionalGeneration"],
    "model_type": "gemma3",
    "text_config": {
        "model_type": "gemma3_text",
        "hidden_size": 3840,
        "head_dim": 256,
        "intermediate_size": 15360,
        "num_hidden_layers": 48,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "vocab_size": 262208,
        "max_position_embeddings": 131072,
        "sliding_window": 1024,
        "sliding_window_pattern": 6,
        "tie_word_embeddings": True,
    },
}
QWEN3_NEXT = {
    **QWEN3_30B_A3B,
    "model_type": "qwen3_next",
    "head_dim": 256,
    "num_key_value_heads": 2,
    "num_attention_heads": 16,
    "full_attention_interval": 4,
}
RTX_4090 = Gpu(
    index=0,
    name="NVIDIA GeForce RTX 4090",
    total_bytes=24 * GB,
    free_bytes=int(23.5 * GB),
    capability="8.9",
)
NO_GPU = Machine(cores=8, memory_bytes=32 * GB, free_memory_bytes=28 * GB, features=("avx2",))


def _with(*gpus: Gpu) -> Machine:
    return replace(NO_GPU, gpus=gpus)


def _cards(count: int, **changes: Any) -> Machine:
    return _with(*(replace(RTX_4090, index=index, **changes) for index in range(count)))


def _folder(folder: Path, config: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _safetensors(path: Path, tensors: dict[str, tuple[str, list[int]]]) -> None:
    """Write a header without its weights: nothing reads further."""
    header = json.dumps(
        {
            name: {"dtype": kind, "shape": size, "data_offsets": [0, 0]}
            for name, (kind, size) in tensors.items()
        }
    ).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)


def _described(config: dict[str, Any]) -> shape.Shape:
    found = shape.describe(config)
    assert found is not None
    return found


def _part(made: Plan, kind: PartKind) -> int:
    return next(part.bytes for part in made.parts if part.kind is kind)


# -- what a model takes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "parameters"),
    [
        (LLAMA_8B, 8_030_261_248),
        (QWEN3_4B, 4_022_468_096),
        (QWEN3_30B_A3B, 30_532_122_624),
        (DEEPSEEK_V2_LITE, 15_706_484_224),
        (QWEN25_7B_AWQ, 7_615_616_512),
    ],
    ids=["llama-3.1-8b", "qwen3-4b", "qwen3-30b-a3b", "deepseek-v2-lite", "qwen2.5-7b"],
)
def test_parameters_are_counted_as_their_makers_published_them(
    config: dict[str, Any], parameters: int
) -> None:
    assert _described(config).parameters == parameters


@pytest.mark.parametrize(
    ("config", "each_token"),
    [
        (LLAMA_8B, 2 * 32 * 8 * 128 * 2),  # 131,072: 128 KiB
        (QWEN3_4B, 2 * 36 * 8 * 128 * 2),  # 147,456
        (QWEN3_30B_A3B, 2 * 48 * 4 * 128 * 2),  # 98,304
        (QWEN25_7B_AWQ, 2 * 28 * 4 * 128 * 2),  # 57,344
        (DEEPSEEK_V2_LITE, 27 * (512 + 64) * 2),  # 31,104: latent attention, one vector
        (QWEN3_NEXT, 2 * 12 * 2 * 256 * 2),  # every fourth layer of 48 keeps tokens
    ],
    ids=["llama", "qwen3", "experts", "awq", "latent", "linear attention"],
)
def test_the_cache_of_a_token_is_as_worked_out_by_hand(
    config: dict[str, Any], each_token: int
) -> None:
    assert _described(config).cache_bytes(16_384) == 16_384 * each_token


def test_a_sliding_window_keeps_its_window_and_a_batch() -> None:
    gemma = _described(GEMMA3_12B)
    assert gemma.windows.count(0) == 8
    assert gemma.windows.count(1024) == 40
    token = 2 * 8 * 256 * 2
    # 1,023 of the window and 2,048 of the batch in blocks of 16, and one block more.
    assert gemma.cache_bytes(65_536) == token * (8 * 65_536 + 40 * (3_072 + 16))


def test_two_cards_halve_the_cache_but_never_cut_a_head_or_a_latent_vector() -> None:
    llama, latent = _described(LLAMA_8B), _described(DEEPSEEK_V2_LITE)
    assert llama.cache_bytes(1024, 2) * 2 == llama.cache_bytes(1024)
    assert llama.cache_bytes(1024, 16) == llama.cache_bytes(1024, 8)
    assert latent.cache_bytes(1024, 2) == latent.cache_bytes(1024)


def test_weights_are_what_the_files_hold_and_packed_ones_count_as_parameters(
    tmp_path: Path,
) -> None:
    folder = _folder(tmp_path, QWEN25_7B_AWQ)
    _safetensors(
        folder / "model-1.safetensors",
        {
            "model.embed_tokens.weight": ("F16", [152064, 3584]),
            "model.layers.0.mlp.up_proj.qweight": ("I32", [3584, 18944 // 8]),
            "model.layers.0.mlp.up_proj.qzeros": ("I32", [28, 18944 // 8]),
            "model.layers.0.mlp.up_proj.scales": ("F16", [28, 18944]),
        },
    )
    # A second copy in the maker's own layout, which vLLM leaves alone.
    _safetensors(folder / "consolidated.safetensors", {"x": ("F16", [10**9])})
    found = shape.read(folder)
    assert found is not None
    assert found.is_counted
    assert found.bits == 4
    assert found.parameters == 152064 * 3584 + 3584 * 18944
    packed = 4 * 3584 * 18944 // 8 + 4 * 28 * 18944 // 8 + 2 * 28 * 18944
    assert found.weights_bytes == 2 * 152064 * 3584 + packed


def test_weights_of_32_bits_are_loaded_as_16(tmp_path: Path) -> None:
    folder = _folder(tmp_path, {**QWEN3_4B, "torch_dtype": "float32"})
    _safetensors(folder / "model.safetensors", {"a.weight": ("F32", [1000, 1000])})
    found = shape.read(folder)
    assert found is not None
    assert found.weights_bytes == 2_000_000


def test_only_the_files_that_the_index_names_count(tmp_path: Path) -> None:
    folder = _folder(tmp_path, QWEN3_4B)
    _safetensors(folder / "model-00001-of-00001.safetensors", {"a": ("BF16", [500])})
    _safetensors(folder / "old.safetensors", {"b": ("BF16", [500])})
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {"a": "model-00001-of-00001.safetensors"}})
    )
    found = shape.read(folder)
    assert found is not None
    assert found.weights_bytes == 1000


@pytest.mark.parametrize("damage", [b"", b"\xff" * 20, struct.pack("<Q", 5) + b"{nope"])
def test_a_damaged_file_does_not_break_the_weighing(tmp_path: Path, damage: bytes) -> None:
    folder = _folder(tmp_path, QWEN3_4B)
    (folder / "model.safetensors").write_bytes(damage)
    found = shape.read(folder)
    assert found is not None
    assert not found.is_counted


# -- what is chosen --------------------------------------------------------------------------------


def test_a_model_that_fits_easily_gets_a_useful_context_and_no_more_memory_than_it_needs(
    tmp_path: Path,
) -> None:
    machine = _cards(1, total_bytes=80 * GB, free_bytes=79 * GB)
    made = plan(_folder(tmp_path, QWEN3_4B), machine, EngineSettings())
    assert made.fits
    assert made.settings.context_length == 32_768
    # 7.5 GB of weights and 8 × 4.5 GB of cache, and not 0.92 of 80.
    assert 0.55 < made.settings.memory_share < 0.65
    assert "8 requests of 32,768 tokens at once" in made.sentence


def test_llama_8b_fits_a_24_gb_card(tmp_path: Path) -> None:
    made = plan(_folder(tmp_path, LLAMA_8B), _cards(1), EngineSettings(), name="llama")
    assert made.fits
    assert made.device is Device.CUDA
    assert made.settings.quantization == ""
    assert made.settings.context_length >= 16_384
    assert _part(made, PartKind.WEIGHTS) >= 16_060_522_496
    assert sum(part.bytes for part in made.parts) == 24 * GB
    words = " ".join(made.command)
    assert f"--max-model-len {made.settings.context_length}" in words
    assert f"--gpu-memory-utilization {made.settings.memory_share:g}" in words
    assert "--enable-sleep-mode" in words
    assert "8.0 billion weights take 15" in made.sentence


def test_it_is_loaded_as_8_bit_floats_where_only_that_fits_and_says_so(tmp_path: Path) -> None:
    machine = _cards(1, total_bytes=16 * GB, free_bytes=int(15.5 * GB))
    made = plan(_folder(tmp_path, LLAMA_8B), machine, EngineSettings())
    assert made.fits
    assert made.settings.quantization == "fp8"
    assert "--quantization fp8" in " ".join(made.command)
    assert made.sentence.startswith("As they are, the weights would take 15")


def test_a_card_too_old_for_8_bits_says_what_would_fit(tmp_path: Path) -> None:
    machine = _cards(1, total_bytes=16 * GB, free_bytes=15 * GB, capability="7.0")
    made = plan(_folder(tmp_path, LLAMA_8B), machine, EngineSettings())
    assert not made.fits
    assert made.smaller is None
    assert "14.7 GB of the 16.0 GB" in made.sentence
    assert "AWQ" in made.sentence


def test_an_old_card_is_told_to_compute_in_half_precision(tmp_path: Path) -> None:
    machine = _cards(1, capability="7.5")
    made = plan(_folder(tmp_path, QWEN3_4B), machine, EngineSettings())
    assert "--dtype half" in " ".join(made.command)


def test_two_cards_share_what_one_cannot_hold(tmp_path: Path) -> None:
    folder = _folder(tmp_path, {**QWEN3_30B_A3B, "num_hidden_layers": 24})
    made = plan(folder, _cards(2), EngineSettings())
    assert made.fits
    assert made.settings.tensor_parallel == 2
    assert made.gpus == (0, 1)
    assert "--tensor-parallel-size 2" in " ".join(made.command)
    assert "each of 2 cards" in made.sentence


def test_the_emptier_card_is_used_and_the_other_hidden(tmp_path: Path) -> None:
    machine = _with(replace(RTX_4090, free_bytes=2 * GB), replace(RTX_4090, index=1))
    made = plan(_folder(tmp_path, QWEN3_4B), machine, EngineSettings())
    assert made.gpus == (1,)
    assert dict(made.environment)["CUDA_VISIBLE_DEVICES"] == "1"
    assert dict(made.environment)["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"


def test_memory_that_others_use_is_not_planned_with(tmp_path: Path) -> None:
    made = plan(
        _folder(tmp_path, QWEN3_4B), _with(replace(RTX_4090, free_bytes=14 * GB)), EngineSettings()
    )
    assert made.fits
    assert _part(made, PartKind.OTHERS) == 10 * GB
    assert made.settings.memory_share * 24 <= 14


def test_a_context_that_does_not_fit_is_answered_with_one_that_does(tmp_path: Path) -> None:
    asked = EngineSettings(context_length=131_072)
    made = plan(_folder(tmp_path, LLAMA_8B), _cards(1), asked)
    assert not made.fits
    assert "One request of 131,072 tokens needs 16.0 GB of cache" in made.sentence
    assert made.smaller is not None
    assert "with a context of" in made.smaller_sentence
    assert plan(_folder(tmp_path, LLAMA_8B), _cards(1), made.smaller).fits


def test_a_context_longer_than_the_model_was_made_for_is_refused(tmp_path: Path) -> None:
    made = plan(_folder(tmp_path, QWEN3_4B), _cards(1), EngineSettings(context_length=100_000))
    assert not made.fits
    assert "made for 40,960" in made.sentence


def test_a_share_that_is_not_free_is_answered_with_one_that_is(tmp_path: Path) -> None:
    machine = _with(replace(RTX_4090, free_bytes=14 * GB))
    made = plan(_folder(tmp_path, QWEN3_4B), machine, EngineSettings(memory_share=0.9))
    assert not made.fits
    assert "only 14.0 GB are free" in made.sentence
    assert made.smaller is not None
    assert made.smaller.memory_share == 0


@pytest.mark.parametrize("config", [LLAMA_8B, QWEN3_4B, QWEN25_7B_AWQ, GEMMA3_12B])
@pytest.mark.parametrize("machine", [_cards(1), _cards(2), NO_GPU], ids=["one", "two", "none"])
def test_what_was_chosen_is_chosen_again_when_it_is_set(
    tmp_path: Path, config: dict[str, Any], machine: Machine
) -> None:
    folder = _folder(tmp_path, config)
    first = plan(folder, machine, EngineSettings())
    again = plan(folder, machine, first.settings)
    assert first.fits == again.fits
    assert first.settings == again.settings
    assert first.command == again.command


def test_without_a_graphics_card_it_computes_in_main_memory(tmp_path: Path) -> None:
    made = plan(_folder(tmp_path, QWEN3_4B), NO_GPU, EngineSettings())
    assert made.fits
    assert made.device is Device.CPU
    assert made.settings.context_length == 8192
    words = " ".join(made.command)
    assert "--enforce-eager" in words
    assert "--enable-sleep-mode" not in words
    assert "--gpu-memory-utilization" not in words
    # 4 requests of 8,192 tokens at 147,456 bytes: 4.5 GB, in whole gigabytes.
    assert dict(made.environment)["VLLM_CPU_KVCACHE_SPACE"] == "5"


def test_too_little_main_memory_is_said_with_both_numbers(tmp_path: Path) -> None:
    machine = replace(NO_GPU, memory_bytes=16 * GB, free_memory_bytes=12 * GB)
    made = plan(_folder(tmp_path, LLAMA_8B), machine, EngineSettings())
    assert not made.fits
    assert "take 15.3 GB" in made.sentence  # with places for adapters
    assert "11.5 GB of this machine's 16.0 GB can be used" in made.sentence


@pytest.mark.parametrize(
    ("method", "machine", "words"),
    [
        ("gguf", _cards(1), "does not load GGUF"),
        ("mxfp4", NO_GPU, "on graphics cards only"),
        ("awq", _cards(1, capability="7.0"), "compute capability 7.0"),
    ],
)
def test_a_quantisation_that_cannot_run_here_is_refused_ahead(
    tmp_path: Path, method: str, machine: Machine, words: str
) -> None:
    config = {**QWEN3_4B, "quantization_config": {"quant_method": method}}
    made = plan(_folder(tmp_path, config), machine, EngineSettings())
    assert not made.fits
    assert words in made.sentence


def test_more_cards_than_there_are_is_refused(tmp_path: Path) -> None:
    made = plan(_folder(tmp_path, QWEN3_4B), _cards(1), EngineSettings(tensor_parallel=2))
    assert not made.fits
    assert "2 graphics cards are asked for" in made.sentence


def test_heads_that_cannot_be_shared_are_refused(tmp_path: Path) -> None:
    made = plan(_folder(tmp_path, QWEN25_7B_AWQ), _cards(8), EngineSettings(tensor_parallel=8))
    assert not made.fits
    assert "28 attention heads" in made.sentence


def test_a_folder_without_a_config_is_left_to_vllm(tmp_path: Path) -> None:
    made = plan(tmp_path, NO_GPU, EngineSettings(), name="odd")
    assert made.fits
    assert made.parts == ()
    assert made.command[:4] == ("serve", str(tmp_path), "--served-model-name", "odd")


# -- the words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "parser"),
    [
        ("{% if tools %}<tool_call>", "hermes"),
        ("{% if tools %}[TOOL_CALLS]", "mistral"),
        ("{% if tools %}<|python_tag|>", "llama3_json"),
        ("{% for message in messages %}", ""),
    ],
)
def test_tools_are_read_the_way_the_models_template_writes_them(
    tmp_path: Path, template: str, parser: str
) -> None:
    folder = _folder(tmp_path, QWEN3_4B)
    (folder / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))
    words = plan(folder, NO_GPU, EngineSettings()).command
    assert (parser in words) if parser else ("--enable-auto-tool-choice" not in words)


def test_a_named_adapter_is_given_room_for_its_rank(tmp_path: Path) -> None:
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text('{"r": 100}')
    folder = _folder(tmp_path / "base", QWEN3_30B_A3B)
    plain = plan(folder, _cards(4), EngineSettings())
    adapted = plan(folder, _cards(4), EngineSettings(), adapters=(adapter,))
    assert "--enable-lora" not in plain.command
    assert "--max-lora-rank 128" in " ".join(adapted.command)
    assert _part(adapted, PartKind.WEIGHTS) > _part(plain, PartKind.WEIGHTS)


def test_further_words_come_last_as_they_stand(tmp_path: Path) -> None:
    settings = EngineSettings(more=("--seed 7", "--max-model-len", "64"))
    words = plan(_folder(tmp_path, QWEN3_4B), NO_GPU, settings).command
    assert words[-4:] == ("--seed", "7", "--max-model-len", "64")
