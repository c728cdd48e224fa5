"""Each message of vLLM, in its true words, becomes a sentence with the way out."""

import time

import pytest

from sponde_server.engines.failures import explain, gave_up
from sponde_server.engines.records import Device, EngineSettings, Plan
from sponde_server.engines.rules import ENDINGS, RULES

PLAN = Plan(
    settings=EngineSettings(
        context_length=32_768, memory_share=0.9, tensor_parallel=4, max_streams=8
    ),
    device=Device.CUDA,
    fits=True,
    sentence="",
    largest_context=20_000,
)
READY = "(APIServer pid=1) INFO:     Application startup complete.\n"
OOM = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 350.00 MiB. GPU 0 has a total "
    "capacity of 23.68 GiB of which 212.81 MiB is free. Including non-PyTorch memory, this process "
    "has 23.40 GiB memory in use."
)
WORDS = [
    ("vllm_not_found", "/usr/bin/python3: No module named vllm", "not installed"),
    ("vllm_not_found", "ModuleNotFoundError: No module named 'vllm'", "not installed"),
    (
        "vllm_unpacked",
        "importlib.metadata.PackageNotFoundError: No package metadata was found for vllm",
        "another name",
    ),
    (
        "python_too_old",
        "ERROR: Package 'vllm' requires a different Python: 3.8.10 not in '<3.15,>=3.10'",
        "newer Python",
    ),
    (
        "torch_mismatch",
        "ImportError: /x/vllm/_C.abi3.so: undefined symbol: _ZN5torch3jit17parseSchemaOrNameERKSsb",
        "not built for each other",
    ),
    (
        "torch_mismatch",
        "ImportError: libcudart.so.13: cannot open shared object file: No such file or directory",
        "not built for each other",
    ),
    ("illegal_instruction", "Illegal instruction (core dumped)", "lacks an instruction"),
    ("module_missing", "ModuleNotFoundError: No module named 'xgrammar'", "package xgrammar"),
    (
        "driver_too_old",
        "RuntimeError: The NVIDIA driver on your system is too old (found version 12080). Please "
        "update your GPU driver by downloading and installing a new version",
        "driver is too old",
    ),
    (
        "card_too_old",
        "RuntimeError: CUDA error: no kernel image is available for execution on the device",
        "no code for the graphics card",
    ),
    (
        "no_gpu",
        "RuntimeError: Failed to infer device type, please set the environment variable "
        "`VLLM_LOGGING_LEVEL=DEBUG` to turn on verbose logging to help debug the issue.",
        "no graphics card",
    ),
    (
        "no_gpu",
        "ImportError: libcuda.so.1: cannot open shared object file: No such file or directory",
        "no graphics card",
    ),
    (
        "card_failed",
        "torch.AcceleratorError: CUDA error: an illegal memory access was encountered",
        "stopped in the middle",
    ),
    (
        "cards_cannot_talk",
        "RuntimeError: NCCL error: unhandled system error (run with NCCL_DEBUG=INFO for details)",
        "cannot exchange",
    ),
    (
        "too_few_cards",
        "World size (4) is larger than the number of available GPUs (3) in this node.",
        "4 graphics cards are asked for, and 3 are here",
    ),
    (
        "heads_do_not_divide",
        "ValueError: Total number of attention heads (28) must be divisible by tensor parallel "
        "size (8).",
        "28 attention heads cannot be shared by 8",
    ),
    (
        "memory_in_use",
        "ValueError: Free memory on device cuda:0 (10.35/23.64 GiB) on startup is less than "
        "desired "
        "GPU memory utilization (0.9, 21.28 GiB). Decrease GPU memory utilization or reduce GPU "
        "memory used by other processes.",
        "Only 10.35 of 23.64 GB",
    ),
    (
        "memory_in_use",
        "ValueError: Available memory on node 0 (3.1/23.5 GiB) on kv cache allocation is less than "
        "requested memory for kv (8.0 GiB). Decrease --kv-cache-memory-bytes",
        "Only 3.1 of 23.5 GB of main memory",
    ),
    (
        "no_room_for_cache",
        "ValueError: To serve at least one request with the model's max seq len (131072), (16.0 "
        "GiB "
        "KV cache is needed, which is larger than the available KV cache memory (5.71 GiB). Based "
        "on the available memory, the estimated maximum model length is 46752. Try increasing "
        "`gpu_memory_utilization`",
        "131072 tokens needs 16.0 GB of cache, and 5.71 GB are left",
    ),
    (
        "no_room_for_cache",
        "ValueError: The model's max seq len (131072) is larger than the maximum number of tokens "
        "that can be stored in KV cache (74704). Try increasing `gpu_memory_utilization`",
        "holds 74704",
    ),
    (
        "no_room_for_cache",
        "ValueError: No available memory for the cache blocks. Try increasing "
        "`gpu_memory_utilization` when initializing the engine",
        "leave no memory",
    ),
    (
        "out_of_memory_warming",
        "RuntimeError: CUDA out of memory occurred when warming up sampler with 256 dummy "
        "requests. "
        "Please try lowering `max_num_seqs` or `gpu_memory_utilization`",
        "256 requests at once",
    ),
    ("out_of_memory_later", READY + OOM, "while it was answering"),
    ("out_of_memory", OOM, "while the model was being loaded"),
    (
        "out_of_memory",
        "RuntimeError: [enforce fail at alloc_cpu.cpp:121] err == 0. DefaultCPUAllocator: can't "
        "allocate memory: you tried to allocate 8589934592 bytes. Error code 12 (Cannot allocate "
        "memory)",
        "while the model was being loaded",
    ),
    (
        "shared_memory_full",
        "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient "
        "shared memory (shm).",
        "shared memory",
    ),
    ("disk_full", "OSError: [Errno 28] No space left on device", "disk is full"),
    ("too_many_files", "OSError: [Errno 24] Too many open files", "as many files"),
    (
        "files_forbidden",
        "PermissionError: [Errno 13] Permission denied: '/srv/models/config.json'",
        "/srv/models/config.json",
    ),
    (
        "weights_damaged",
        "safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge",
        "damaged",
    ),
    (
        "weights_damaged",
        "safetensors._safetensors_rust.SafetensorError: Error while deserializing header: "
        "incomplete metadata, file not fully covered",
        "damaged",
    ),
    (
        "weights_missing",
        "RuntimeError: Cannot find any model weights with `/models/empty`",
        "no weights",
    ),
    (
        "weights_do_not_fit",
        "ValueError: There is no module or parameter named 'model.extra' in LlamaForCausalLM",
        "do not belong",
    ),
    (
        "tokenizer_missing",
        "OSError: Can't load tokenizer for '/models/m'. If you were trying to load it from "
        "'https://huggingface.co/models', make sure you don't have a local directory with the same "
        "name.",
        "tokenizer is missing",
    ),
    (
        "tokenizer_missing",
        "ValueError: Couldn't instantiate the backend tokenizer from one of: \n(1) a `tokenizers` "
        "library serialization file",
        "tokenizer is missing",
    ),
    (
        "gated",
        "OSError: You are trying to access a gated repo.\nMake sure to have access to it at "
        "https://huggingface.co/meta-llama/Llama-3.1-8B.\n401 Client Error.",
        "only people who asked",
    ),
    (
        "wrong_token",
        "huggingface_hub.errors.HfHubHTTPError: Invalid user token. The token stored is invalid.",
        "does not accept the token",
    ),
    (
        "revision_missing",
        "OSError: v9 is not a valid git identifier (branch name, tag name or commit id) that "
        "exists "
        "for this model name.",
        "no such revision",
    ),
    (
        "model_missing",
        "OSError: nobody/nothing is not a local folder and is not a valid model identifier listed "
        "on 'https://huggingface.co/models'",
        "no such model",
    ),
    (
        "hub_unreachable",
        "huggingface_hub.errors.LocalEntryNotFoundError: Cannot find the requested files in the "
        "disk cache and outgoing traffic has been disabled.",
        "cannot be reached",
    ),
    (
        "config_missing",
        "OSError: /models/m does not appear to have a file named config.json. Checkout",
        "is no model",
    ),
    (
        "code_wanted",
        "ValueError: The repository /models/m contains custom code which must be executed to "
        "correctly load the model. You can inspect the repository content at /models/m .",
        "code of its own",
    ),
    (
        "architecture_too_new",
        "ValueError: The checkpoint you are trying to load has model type `future5` but "
        "Transformers does not recognize this architecture.",
        "type future5",
    ),
    (
        "architecture_dropped",
        "ValueError: Model architecture PhiForCausalLM was supported in vLLM until v0.12.0, and is "
        "not supported anymore.",
        "since version 0.12.0",
    ),
    (
        "architecture_unsupported",
        "ValueError: Model architectures ['BertForMaskedLM'] are not supported for now. Supported "
        "architectures: dict_keys([",
        "BertForMaskedLM",
    ),
    (
        "quantization_unknown",
        "ValueError: Unknown quantization method: bitsandbytes. Must be one of ['awq', 'fp8']",
        "'bitsandbytes'",
    ),
    (
        "quantization_unsupported",
        "ValueError: The quantization method fp8 is not supported for the current GPU. Minimum "
        "capability: 75. Current capability: 70.",
        "cannot compute weights",
    ),
    (
        "quantization_conflict",
        "ValueError: Quantization method specified in the model config (awq) does not match the "
        "quantization method specified in the `quantization` argument (fp8).",
        "quantised as awq",
    ),
    (
        "wrong_dtype",
        "ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. "
        "Your Tesla T4 GPU has compute capability 7.5.",
        "not supported here",
    ),
    (
        "wrong_dtype",
        "ValueError: torch.bfloat16 is not supported for quantization method awq. Supported "
        "dtypes: "
        "[torch.float16]",
        "not supported here",
    ),
    (
        "context_too_long",
        "ValueError: User-specified max_model_len (100000) is greater than the derived "
        "max_model_len (max_position_embeddings=4096 or model_max_length=None in model's config",
        "made for 4096",
    ),
    (
        "adapter_rank",
        "ValueError: LoRA rank 64 is greater than max_lora_rank 32.",
        "rank is 64",
    ),
    (
        "adapters_unsupported",
        "ValueError: FalconForCausalLM does not support LoRA yet.",
        "cannot add adapters",
    ),
    (
        "chat_template_missing",
        "vllm.entrypoints.chat_utils.ChatTemplateResolutionError: As of transformers v4.44, "
        "default "
        "chat template is no longer allowed, so you must provide a chat template if the tokenizer "
        "does not define one.",
        "no chat template",
    ),
    (
        "tool_parser_unknown",
        "KeyError: 'invalid tool call parser: hermess (chose from { hermes,mistral })'",
        "tool calls",
    ),
    (
        "sleep_unsupported",
        "ValueError: Sleep mode is not supported on current platform.",
        "cannot sleep",
    ),
    (
        "option_unknown",
        "vllm serve: error: unrecognized arguments: --does-not-exist 7",
        "--does-not-exist 7",
    ),
    ("address_taken", "OSError: [Errno 98] Address already in use", "Another program"),
    ("address_too_long", "OSError: AF_UNIX path too long", "too long"),
    (
        "compiler_missing",
        "RuntimeError: Failed to find C compiler. Please specify via CC environment variable or "
        "set "
        "triton.knobs.build.impl.",
        "no compiler",
    ),
    (
        "compiling_failed",
        "torch._dynamo.exc.BackendCompilerFailed: backend='inductor' raised: CalledProcessError",
        "Compiling the model failed",
    ),
]


@pytest.mark.parametrize(("kind", "log", "words"), WORDS, ids=[kind for kind, *_ in WORDS])
def test_a_message_becomes_a_sentence_with_a_way_out(kind: str, log: str, words: str) -> None:
    failure = explain(log, 1, PLAN)
    assert failure.kind == kind
    assert words in failure.message
    assert failure.hint.endswith(".")
    assert "{" not in failure.message + failure.hint


def test_every_rule_has_a_message_here() -> None:
    assert {rule.kind for rule in RULES} == {kind for kind, *_ in WORDS}


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("killed", (-9, 137)),
        ("shared_memory_full", (-7, 135)),
        ("illegal_instruction", (-4, 132)),
        ("crashed", (-11, 139)),
        ("ended", (-15, 143)),
        ("vllm_not_found", (127,)),
    ],
)
def test_an_end_without_words_is_known_by_its_code(kind: str, codes: tuple[int, ...]) -> None:
    for code in codes:
        assert explain("INFO nothing of note", code, PLAN).kind == kind
    assert {rule.kind for _, rule in ENDINGS} == {
        *("killed", "shared_memory_full", "illegal_instruction", "crashed", "ended"),
        "vllm_not_found",
    }


def test_the_cause_is_found_behind_vllms_own_prefixes_and_last_words() -> None:
    log = (
        "(EngineCore_DP0 pid=163) ERROR 10-25 13:16:45 [core.py:708] ValueError: To serve at least "
        "one request with the model's max seq len (32768), (4.0 GiB KV\n"
        "(EngineCore_DP0 pid=163) ERROR 10-25 13:16:45 [core.py:708] \n"
        "(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above. "
        "Failed core proc(s): {}\n"
        "(EngineCore pid=2) ERROR 10-25 13:16:45 [core.py:708] Total number of attention heads "
        "(28)\n"
        "(EngineCore pid=2) ERROR 10-25 13:16:45 [core.py:708]  must be divisible by tensor "
        "parallel"
        " size (8).\n"
    )
    assert explain(log, 1).kind == "heads_do_not_divide"


def test_what_no_rule_knows_is_given_in_its_own_last_words() -> None:
    log = (
        "(EngineCore pid=2) ERROR 10-25 13:16:45 [core.py:1] ValueError: something quite new\n"
        "(APIServer pid=1) RuntimeError: Engine core initialization failed. See root cause above.\n"
    )
    failure = explain(log, 1)
    assert failure.kind == "unknown"
    assert failure.message == "vLLM ended with code 1: ValueError: something quite new"


def test_silence_is_said_to_be_silence() -> None:
    assert "did not say why" in explain("", 3).message


def test_garbage_and_floods_break_nothing() -> None:
    began = time.perf_counter()
    for garbage in ("\x00\xff{}{0}%s", "word ", "word_", "a\n", "Error: ", "'["):
        assert explain(garbage * 200_000, 1).kind == "unknown"
    assert time.perf_counter() - began < 60
    long = explain("RuntimeError: " + "x" * 100_000, 1)
    assert len(long.message) < 400


# -- settings to try instead -----------------------------------------------------------------------


def _tried(log: str, code: int = 1, plan: Plan = PLAN) -> EngineSettings | None:
    return explain(log, code, plan).try_settings


def _log(kind: str, at: int = 0) -> str:
    return [log for one, log, _ in WORDS if one == kind][at]


def test_the_context_that_vllm_names_is_offered() -> None:
    plan = Plan(
        settings=EngineSettings(context_length=131_072, memory_share=0.9, max_streams=8),
        device=Device.CUDA,
        fits=True,
        sentence="",
    )
    offered = _tried(_log("no_room_for_cache"), plan=plan)
    assert offered is not None
    assert offered.context_length == 46_592  # 46,752 in steps of 256


def test_without_a_number_the_reckoned_context_is_offered() -> None:
    log = "model's max seq len (32768), (4.0 GiB KV cache is needed, which is larger than the "
    offered = _tried(log + "available KV cache memory (0.5 GiB).")
    assert offered is not None
    assert offered.context_length == 19_968


def test_out_of_memory_offers_less_until_nothing_is_left_to_give_up() -> None:
    plan, steps = PLAN, 0
    while (offered := _tried(OOM, plan=plan)) is not None:
        assert offered.context_length <= plan.settings.context_length
        plan = Plan(settings=offered, device=Device.CUDA, fits=True, sentence="")
        steps += 1
        assert steps < 20
    assert plan.settings.context_length == 512
    assert plan.settings.max_streams == 1


def test_out_of_memory_later_leaves_more_room_for_computing() -> None:
    offered = _tried(READY + OOM)
    assert offered is not None
    assert (offered.memory_share, offered.max_streams) == (0.82, 4)


def test_memory_that_others_use_offers_what_is_free() -> None:
    offered = _tried(_log("memory_in_use"))
    assert offered is not None
    assert offered.memory_share == 0.41


def test_a_kill_by_the_system_offers_less() -> None:
    offered = _tried("", -9)
    assert offered is not None
    assert offered.context_length == 16_384


def test_three_cards_offer_two() -> None:
    offered = _tried(_log("too_few_cards"))
    assert offered is not None
    assert offered.tensor_parallel == 2


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("wrong_dtype", ("--dtype", "half")),
        ("adapter_rank", ("--max-lora-rank", "64")),
        ("adapters_unsupported", ("--no-enable-lora",)),
        ("sleep_unsupported", ("--no-enable-sleep-mode",)),
        ("compiler_missing", ("--enforce-eager",)),
        ("tool_parser_unknown", ("--no-enable-auto-tool-choice",)),
    ],
)
def test_words_that_help_are_offered_once(kind: str, more: tuple[str, ...]) -> None:
    offered = _tried(_log(kind))
    assert offered is not None
    assert offered.more == more
    again = Plan(settings=offered, device=Device.CUDA, fits=True, sentence="")
    assert _tried(_log(kind), plan=again) is None


def test_foreign_code_is_never_offered_with_one_click() -> None:
    assert _tried(_log("code_wanted")) is None


def test_after_many_crashes_it_says_that_it_stops_trying() -> None:
    failure = gave_up(4, explain(OOM, 1, PLAN))
    assert failure.kind == "crash_loop"
    assert "crashed 4 times" in failure.message
    assert "memory ran out" in failure.message
    assert failure.try_settings is not None
