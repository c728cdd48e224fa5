"""An engine's own figures become rates, and say whom to blame."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engines.conftest import write_model

from sponde_server.engines.monitor import Monitors, memory_of, read
from sponde_server.engines.records import EngineMonitor, Gpu

# As vLLM 0.32 writes it.
TEXT = """# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{{engine="0",model_name="tiny"}} {running}
vllm:num_requests_waiting{{engine="0",model_name="tiny"}} {waiting}
vllm:kv_cache_usage_perc{{engine="0",model_name="tiny"}} {cache}
vllm:num_preemptions_total{{engine="0",model_name="tiny"}} {preempted}
vllm:prompt_tokens_total{{engine="0",model_name="tiny"}} {prompt}
vllm:generation_tokens_total{{engine="0",model_name="tiny"}} {written}
vllm:generation_tokens_created{{engine="0",model_name="tiny"}} 1.7e+09
vllm:time_to_first_token_seconds_bucket{{engine="0",le="0.001",model_name="tiny"}} 0.0
vllm:time_to_first_token_seconds_count{{engine="0",model_name="tiny"}} {count}
vllm:time_to_first_token_seconds_sum{{engine="0",model_name="tiny"}} {first}
vllm:request_queue_time_seconds_count{{engine="0",model_name="tiny"}} {count}
vllm:request_queue_time_seconds_sum{{engine="0",model_name="tiny"}} 0.0
"""
STILL = dict.fromkeys(
    ("running", "waiting", "cache", "preempted", "prompt", "written", "count", "first"), 0.0
)


def _text(**figures: float) -> str:
    return TEXT.format(**{**STILL, **figures})


def _seen(in_flight: int = 0, gpus: tuple[Gpu, ...] = (), **figures: float) -> EngineMonitor:
    """Look twice, two seconds apart."""
    monitors = Monitors()
    monitors.look("tiny", _text(), in_flight=0, now=100.0)
    return monitors.look("tiny", _text(**figures), in_flight=in_flight, gpus=gpus, now=102.0)


def test_figures_of_every_engine_of_one_server_are_added_up() -> None:
    assert read('a{engine="0"} 1.5\na{engine="1"} 2.5\nb NaN\nc 1e3\n# d 4\nnonsense')["a"] == 4.0
    assert read("c 1e3")["c"] == 1000.0


def test_the_first_look_knows_no_rates_and_the_second_does() -> None:
    monitors = Monitors()
    first = monitors.look("tiny", _text(written=1000), in_flight=0, now=0.0)
    assert first.tokens_per_second is None
    second = monitors.look("tiny", _text(written=1500, prompt=80), in_flight=0, now=2.0)
    assert second.tokens_per_second == 250.0
    assert second.prompt_tokens_per_second == 40.0


def test_an_engine_that_started_anew_has_no_negative_rates() -> None:
    monitors = Monitors()
    monitors.look("tiny", _text(written=5000), in_flight=0, now=0.0)
    assert monitors.look("tiny", _text(written=10), in_flight=0, now=2.0).tokens_per_second is None
    again = monitors.look("tiny", _text(written=30), in_flight=0, now=4.0)
    assert again.tokens_per_second == 10.0


def test_two_pages_that_look_at_once_do_not_spoil_the_rates() -> None:
    monitors = Monitors()
    monitors.look("tiny", _text(written=0), in_flight=0, now=0.0)
    monitors.look("tiny", _text(written=200), in_flight=0, now=2.0)
    assert monitors.look("tiny", _text(written=201), in_flight=0, now=2.01).tokens_per_second == (
        pytest.approx(100, rel=0.01)
    )


@pytest.mark.parametrize(
    ("figures", "blamed", "words"),
    [
        ({"running": 8, "waiting": 3}, "engine", "it answers 8 at once, and 3 requests wait"),
        ({"running": 8, "waiting": 1}, "engine", "1 request waits"),
        ({"running": 2, "cache": 0.97}, "engine", "cache is 97% full"),
        ({"running": 2, "preempted": 4}, "engine", "4 answers aside"),
        ({"running": 1, "count": 4, "first": 8.0}, "engine", "takes 2.0 s to read"),
        ({"running": 1, "in_flight": 6}, "sponde", "6 requests are on their way"),
        ({"running": 2}, "", "it answers 2 now, and nobody waits"),
        ({}, "", "idle"),
    ],
)
def test_the_right_side_is_blamed(figures: dict[str, Any], blamed: str, words: str) -> None:
    seen = _seen(**figures)
    assert seen.blamed == blamed
    assert words in seen.sentence


def test_a_hot_card_is_blamed() -> None:
    gpu = Gpu(index=0, name="RTX", total_bytes=1, free_bytes=1, temperature=91.0)
    assert "91 °C" in _seen(running=1, gpus=(gpu,)).sentence
    assert _seen(running=1, gpus=(replace(gpu, temperature=70.0),)).blamed == ""


def test_what_is_added_here_is_ours() -> None:
    monitors = Monitors()
    monitors.look("tiny", _text(), in_flight=0, now=0.0)
    for at in (1.0, 1.5):
        monitors.answered("tiny", 350.0, now=at)
    seen = monitors.look("tiny", _text(count=2, first=0.1, running=1), in_flight=1, now=2.0)
    assert seen.first_token_seconds == pytest.approx(0.05)
    assert seen.first_token_seen_seconds == pytest.approx(0.35)
    assert seen.added_ms == pytest.approx(300)
    assert seen.blamed == "sponde"


def test_without_figures_it_says_so() -> None:
    assert "no figures" in Monitors().look("tiny", "", in_flight=0).sentence


def test_the_memory_of_a_process_group_is_added_up() -> None:
    assert memory_of(os.getpid()) > 5_000_000
    assert memory_of(2**22 + 1, Path("/proc")) == 0


async def test_an_engine_is_monitored_through_its_address(
    api: Any, jp_serverapp: Any, tmp_path: Path
) -> None:
    [app] = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    write_model(tmp_path / "small")
    await app.registry.register_folder(tmp_path / "small", name="small")
    asked = {"model_id": "local/small", "streams": [1], "requests": 2, "tool": "ours"}
    bench = await api("POST", "/benches", asked)
    for _ in range(1200):
        bench = await api("GET", f"/benches/{bench['id']}")
        if bench["status"] not in ("queued", "running"):
            break
        await asyncio.sleep(0.05)
    assert bench["status"] == "done", bench
    [engine] = await api("GET", "/engines")
    first = await api("GET", f"/engines/{engine['id']}/monitor")
    assert first["is_known"]
    assert (first["running"], first["waiting"], first["in_flight"]) == (0, 0, 0)
    assert first["first_token_seen_seconds"] > 0
    assert first["memory_bytes"] > 1_000_000
    assert "idle" in first["sentence"]
    assert (await api("GET", "/engines/none/monitor"))["status"] == 404


async def test_this_machine_is_described_over_http(api: Any) -> None:
    machine = await api("GET", "/engines/machine")
    assert machine["cores"] >= 1
    assert machine["free_disk_bytes"] > 0
