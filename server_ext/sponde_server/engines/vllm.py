"""vLLM itself: where it is, the command line and the environment that start it.

What depends on the model and the machine comes from fit.py; here are the address, the key's way
in, the doors that stay shut, and what a model's family needs for tools and thinking.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .records import Installation, Machine, Plan

SHIM = Path(__file__).with_name("vllm_cpu.py")
MODULE = "vllm.entrypoints.cli.main"
LOCK = Path(__file__).with_name("engine-cpu.lock")
OWN_PLACES = ("~/.cache/sponde/engine", "~/.cache/sponde/engine-cpu")
"""Where `ways` puts vLLM; the second is the build for processors, by `make engine-cpu` too."""
ASK_SECONDS = 60.0
_ASK = """
import importlib.metadata as m
for name in ("vllm", "vllm-cpu"):
    try:
        print(name, m.version(name))
        break
    except m.PackageNotFoundError:
        pass
"""
_SECRET = re.compile(r"(_|^)(API_KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS)(_|$)", re.IGNORECASE)
_KEPT = {"HF_TOKEN_PATH", "TOKENIZERS_PARALLELISM"}

# By model_type in config.json: how tool calls are written, and how thinking is.
TOOL_PARSERS = {
    "deepseek_v3": "deepseek_v3",
    "gemma4": "gemma4",
    "glm4_moe": "glm45",
    "gpt_oss": "openai",
    "granite": "granite",
    "granitemoe": "granite",
    "granitemoehybrid": "granite4",
    "internlm2": "internlm",
    "jamba": "jamba",
    "lfm2": "lfm2",
    "llama": "llama3_json",
    "llama4": "llama4_pythonic",
    "ministral": "mistral",
    "mistral": "mistral",
    "mistral3": "mistral",
    "olmo3": "olmo3",
    "phi3": "phi4_mini_json",
    "qwen2": "hermes",
    "qwen2_5_vl": "hermes",
    "qwen2_moe": "hermes",
    "qwen3": "hermes",
    "qwen3_moe": "hermes",
}
REASONING_PARSERS = {
    "glm4_moe": "glm45",
    "gpt_oss": "openai_gptoss",
    "qwen3": "qwen3",
    "qwen3_moe": "qwen3",
}


@dataclass(frozen=True)
class Vllm:
    """A vLLM that can be started."""

    words: tuple[str, ...]
    """What stands before `serve`."""
    version: str
    is_cpu: bool

    @property
    def record(self) -> Installation:
        """What people are told of it."""
        return Installation(
            is_found=True, version=self.version, is_cpu=self.is_cpu, program=self.words[0]
        )


def find(python: str, command: list[str]) -> Vllm | None:
    """Find vLLM: the command that was set, the interpreter that was set, then wherever it is.

    Runs interpreters to ask them: on a thread.
    """
    if command:
        return _of_command(tuple(command))
    if python:
        return _of_python(str(Path(python).expanduser()))
    beside = shutil.which("vllm")
    places = [sys.executable]
    if beside:
        places.append(str(Path(beside).resolve().with_name("python")))
    places += [str(Path(place, "bin", "python").expanduser()) for place in OWN_PLACES]
    return next((found for place in places if (found := _of_python(place))), None)


def _of_python(python: str) -> Vllm | None:
    if not Path(python).is_file():
        return None
    name, _, version = _said([python, "-I", "-c", _ASK]).strip().partition(" ")
    if not version:
        return None
    is_cpu = name == "vllm-cpu" or version.endswith("+cpu")
    words = (python, str(SHIM)) if name == "vllm-cpu" else (python, "-m", MODULE)
    if name == "vllm-cpu" and not version.endswith("+cpu"):
        version += "+cpu"
    return Vllm(words, version, is_cpu)


def _of_command(command: tuple[str, ...]) -> Vllm | None:
    found = re.search(r"\d+\.\d+\S*", _said([*command, "--version"]))
    return Vllm(command, found[0], found[0].endswith("+cpu")) if found else None


def _said(command: list[str]) -> str:
    try:
        ran = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ASK_SECONDS,
            check=False,
            env=clean_environment(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.decode("utf-8", "replace") if ran.returncode == 0 else ""


def missing(python: str, command: list[str], machine: Machine) -> Installation:
    """Say that there is no vLLM, and how to get one for this machine."""
    if command:
        message = f"'{' '.join(command)}' is set as SpondeEngines.command, and gives no version."
    elif python:
        message = f"'{python}' is set as SpondeEngines.python, and has no vLLM."
    else:
        message = "vLLM, which runs models on this machine, is not installed."
    return Installation(is_found=False, message=message, ways=ways(machine))


def ways(machine: Machine) -> tuple[str, ...]:
    """Give the command lines that would install vLLM, the best for this machine first."""
    any_place, cpu_place = OWN_PLACES
    gpu = f"python3 -m venv {any_place} && {any_place}/bin/pip install vllm"
    cpu = f"python3 -m venv {cpu_place} && {cpu_place}/bin/pip install --no-deps -r '{LOCK}'"
    return (gpu, cpu) if machine.gpus else (cpu, gpu)


def can_sleep(vllm: Vllm) -> bool:
    """Whether its platform can put a model to sleep: graphics cards can, processors cannot."""
    return not vllm.is_cpu and sys.platform != "darwin"


def command_line(vllm: Vllm, plan: Plan, address: str, *, sleeps: bool) -> list[str]:
    """Give the whole command line. The key is not part of it."""
    words = [*vllm.words, *plan.command]
    add = Adder(words)
    if address.startswith("unix:"):
        words += ["--uds", address.removeprefix("unix:")]
    else:
        host, _, port = address.removeprefix("http://").rpartition(":")
        words += ["--host", host, "--port", port]
    add("--disable-fastapi-docs")
    add("--disable-uvicorn-access-log")
    if sleeps:
        add("--enable-sleep-mode")
    if vllm.is_cpu:
        add("--enforce-eager")
    folder = Path(plan.command[1]) if len(plan.command) > 1 else None
    if folder is not None:
        for option, value in family_options(folder):
            add(option, *value)
    return words


class Adder:
    """Adds an option to a command line that does not have it: what a person wrote stays."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def __call__(self, option: str, *values: str) -> None:
        """Add it."""
        if not any(word == option or word.startswith(f"{option}=") for word in self._words):
            self._words += [option, *values]


def family_options(folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Give the options that a model's family needs for tools, thinking and structured answers."""
    config = _json(folder / "config.json")
    kind = str(config.get("model_type", ""))
    template = _template(folder)
    tools = "hermes" if "<tool_call>" in template else TOOL_PARSERS.get(kind, "")
    options: list[tuple[str, tuple[str, ...]]] = []
    if tools and "tools" in template:
        options += [("--enable-auto-tool-choice", ()), ("--tool-call-parser", (tools,))]
    if kind in REASONING_PARSERS and "<think>" in template:
        options.append(("--reasoning-parser", (REASONING_PARSERS[kind],)))
    # A weak model pads JSON with blanks for ever, if it may.
    structured = {"backend": "xgrammar", "disable_any_whitespace": True}
    options.append(("--structured-outputs-config", (json.dumps(structured),)))
    return options


def _json(path: Path) -> dict[str, object]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _template(folder: Path) -> str:
    try:
        return (folder / "chat_template.jinja").read_text("utf-8", "replace")
    except OSError:
        return str(_json(folder / "tokenizer_config.json").get("chat_template", ""))


def environment(vllm: Vllm, plan: Plan, key: str, *, sleeps: bool) -> dict[str, str]:
    """Give the environment of an engine: ours without secrets, and what it is told this way."""
    told = {
        "VLLM_API_KEY": key,
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_ALLOW_RUNTIME_LORA_UPDATING": "1",
        # Everything that it loads lies on this machine.
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "VLLM_LOGGING_COLOR": "0",
    }
    if sleeps:
        told["VLLM_SERVER_DEV_MODE"] = "1"
    if vllm.is_cpu:
        told["VLLM_CPU_CI_ENV"] = "1"  # no warming up, which takes minutes on a processor
    if plan.gpus:
        told["CUDA_VISIBLE_DEVICES"] = ",".join(str(number) for number in plan.gpus)
    return {**clean_environment(), **told, **dict(plan.environment)}


def clean_environment() -> dict[str, str]:
    """Give this process's environment without keys, and without its own Python settings."""
    return {
        name: value
        for name, value in os.environ.items()
        if (not _SECRET.search(name) or name in _KEPT)
        and not name.startswith(("JUPYTER", "JPY_", "SPONDE_", "PYTHONPATH", "PYTHONHOME"))
    }
