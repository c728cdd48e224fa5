"""vLLM's own benchmark, in a process of its own, at an engine of ours.

Knows its command line and its results (vLLM 0.32, vllm bench serve --help=all); the process itself
is bench_serve.py. Does not know SpondeModels: these requests go to the engine and nowhere else.
"""

import asyncio
import json
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sponde_server.engines.records import Engine
from sponde_server.engines.vllm import Vllm, clean_environment

from .records import BenchPoint

CHILD = Path(__file__).with_name("bench_serve.py")
LOOK_SECONDS = 0.2
SILENCE_SECONDS = 900.0
LAST_WORDS = 400


class CannotMeasure(Exception):
    """vLLM's benchmark did not run; says why."""


async def measure(
    program: Vllm,
    engine: Engine,
    key: str,
    points: list[tuple[int, int, int]],
    answer_tokens: int,
    took: Callable[[BenchPoint], None],
) -> None:
    """Take the figures for each (context, streams, requests), and hand them over as they come."""
    with tempfile.TemporaryDirectory(prefix="sponde-bench-") as made:
        folder = Path(made)
        runs = [
            _words(engine, folder / f"{at}.json", *one, answer_tokens, warms=at == 0)
            for at, one in enumerate(points)
        ]
        socket = engine.address.removeprefix("unix:") if _is_socket(engine) else ""
        child = await _start(program, key, folder)
        try:
            assert child.stdin is not None
            child.stdin.write(json.dumps({"socket": socket, "runs": runs}).encode())
            child.stdin.close()
            for at, (context, streams, _) in enumerate(points):
                result = await _result(child, folder / f"{at}.json", folder)
                took(read(result, context, streams))
        finally:
            await _end(child)


def read(result: dict[str, Any], context: int, streams: int) -> BenchPoint:
    """Read one result of vLLM's."""
    completed = int(result.get("completed") or 0)
    pace = result.get("p50_tpot_ms") or result.get("median_tpot_ms")
    errors = [str(error)[:200] for error in result.get("errors") or [] if error]
    return BenchPoint(
        context=context,
        streams=streams,
        requests=completed,
        failed=int(result.get("failed") or 0),
        seconds=float(result.get("duration") or 0.0),
        first_p50_ms=_number(result, "p50_ttft_ms", "median_ttft_ms"),
        first_p95_ms=_number(result, "p95_ttft_ms", "p99_ttft_ms"),
        stream_tokens_per_second=1000 / pace if pace else None,
        tokens_per_second=float(result.get("output_throughput") or 0.0),
        prompt_tokens=float(result.get("total_input_tokens") or 0) / max(1, completed),
        answer_tokens=float(result.get("total_output_tokens") or 0) / max(1, completed),
        errors=tuple(dict.fromkeys(errors))[:5],
    )


def _words(
    engine: Engine,
    file: Path,
    context: int,
    streams: int,
    requests: int,
    answer_tokens: int,
    *,
    warms: bool,
) -> list[str]:
    root = "http://engine" if _is_socket(engine) else engine.address.removesuffix("/v1")
    return [
        *("--backend", "openai", "--endpoint", "/v1/completions", "--base-url", root),
        *("--model", engine.model, "--tokenizer", engine.path),
        *("--dataset-name", "random", "--random-input-len", str(context)),
        *("--random-output-len", str(answer_tokens), "--ignore-eos"),
        *("--num-prompts", str(requests), "--max-concurrency", str(streams)),
        *("--num-warmups", "1" if warms else "0", "--seed", str(1000 * context + streams)),
        *("--percentile-metrics", "ttft,tpot", "--metric-percentiles", "50,95"),
        *("--save-result", "--result-dir", str(file.parent), "--result-filename", file.name),
        *("--disable-tqdm", "--ready-check-timeout-sec", "0"),
    ]


async def _start(program: Vllm, key: str, folder: Path) -> asyncio.subprocess.Process:
    environment = {
        **clean_environment(),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if key:
        environment["OPENAI_API_KEY"] = key
    with (folder / "log").open("wb") as log:
        try:
            return await asyncio.create_subprocess_exec(
                program.words[0],
                str(CHILD),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            raise CannotMeasure(str(error)) from error


async def _result(child: asyncio.subprocess.Process, file: Path, folder: Path) -> dict[str, Any]:
    """Wait until a result is written, or the child has ended without it."""
    async with asyncio.timeout(SILENCE_SECONDS):
        while True:
            ended = child.returncode is not None
            with suppress(OSError, ValueError):
                found = json.loads(await asyncio.to_thread(file.read_text, "utf-8"))
                if isinstance(found, dict):
                    return found
            if ended:
                raise CannotMeasure(_last_words(folder / "log", child.returncode))
            await asyncio.sleep(LOOK_SECONDS)


def _last_words(log: Path, code: int | None) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    said = " ".join(lines[-1].split())[:LAST_WORDS] if lines else ""
    return f"it ended with code {code}{': ' + said if said else ''}"


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    await child.wait()


def _is_socket(engine: Engine) -> bool:
    return engine.address.startswith("unix:")


def _number(result: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = result.get(name)
        if isinstance(value, int | float):
            return float(value)
    return None
