"""A real vLLM measures itself through its socket, and its own figures are understood."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

ENGINE = Path("~/.cache/sponde/engine-cpu/bin/python").expanduser()
TINY = Path(__file__).parents[1] / "model" / "tiny-analyst"


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    """Start real engines."""
    if not ENGINE.exists():
        pytest.skip(f"no engine environment at {ENGINE} (make engine-cpu)")
    return {**jp_server_config, "SpondeEngines": {"python": str(ENGINE)}}


@pytest.mark.vllm
@pytest.mark.timeout(600)
async def test_vllm_measures_itself_and_its_figures_are_read(
    api: Callable[..., Awaitable[Any]], jp_serverapp: Any
) -> None:
    [app] = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    await app.registry.register_folder(TINY, name="tiny")
    asked = {
        "model_id": "local/tiny",
        "contexts": [128],
        "streams": [1, 2],
        "requests": 4,
        "answer_tokens": 24,
    }
    bench = await api("POST", "/benches", asked)
    for _ in range(5000):
        bench = await api("GET", f"/benches/{bench['id']}")
        if bench["status"] not in ("queued", "running"):
            break
        await asyncio.sleep(0.1)
    assert bench["status"] == "done", bench
    assert (bench["tool"], bench["note"]) == ("vllm", "")
    assert bench["engine"].startswith("vLLM 0.")
    for point in bench["points"]:
        assert (point["requests"], point["failed"], point["answer_tokens"]) == (4, 0, 24)
        assert point["prompt_tokens"] == pytest.approx(128, abs=16)
        assert point["first_p50_ms"] > 0
        assert point["tokens_per_second"] > 0
        assert point["stream_tokens_per_second"] > 0

    [engine] = await api("GET", "/engines")
    seen = await api("GET", f"/engines/{engine['id']}/monitor")
    assert seen["is_known"]
    assert seen["running"] == seen["waiting"] == 0
    # 2.6 GB of programs; the cache is promised, and taken as it fills.
    assert 1 < seen["memory_bytes"] / 1024**3 < 4
