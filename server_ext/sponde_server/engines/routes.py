"""Addresses of engines."""

from sponde_server.core.http import Routes

from .records import (
    Engine,
    EngineAdoption,
    EngineChange,
    EngineChanged,
    EngineLog,
    EngineMonitor,
    EnginePin,
    EngineRemoved,
    EngineSleep,
    FoundEngine,
    Installation,
    Machine,
    NewAdapter,
    NewEngine,
    Plan,
)
from .service import SpondeEngines

routes = Routes("engines", events=(EngineChanged, EngineRemoved))


@routes("GET", "/engines")
async def list_engines(engines: SpondeEngines) -> list[Engine]:
    """List the engines of this machine and those that were adopted, by name."""
    return await engines.list_all()


@routes("GET", "/engines/installation")
async def installation(engines: SpondeEngines) -> Installation:
    """Say which vLLM engines are started with, or how to get one."""
    return await engines.installation()


@routes("GET", "/engines/found")
async def find_engines(engines: SpondeEngines) -> list[FoundEngine]:
    """Look for engines that run already, on this machine and at the configured addresses."""
    return await engines.find()


@routes("GET", "/engines/machine")
async def look_at_machine(engines: SpondeEngines) -> Machine:
    """Say what is here for an engine: graphics cards, memory, disk, processor."""
    return await engines.look()


@routes("POST", "/engines")
async def start_engine(engines: SpondeEngines, body: NewEngine) -> Engine:
    """Start or wake the engine of a model; the answer comes before it is ready."""
    return await engines.open(body)


@routes("POST", "/engines/plan")
async def plan_engine(engines: SpondeEngines, body: NewEngine) -> Plan:
    """Say whether a model fits, how it would be started, and why."""
    return await engines.plan(body)


@routes("POST", "/engines/adopt")
async def adopt_engine(engines: SpondeEngines, body: EngineAdoption) -> list[Engine]:
    """Use an engine that runs already; one entry for each model that it serves."""
    return await engines.adopt(body)


@routes("PATCH", "/engines/{engine_id}")
async def change_engine(engines: SpondeEngines, engine_id: str, body: EngineChange) -> Engine:
    """Keep other settings for an engine."""
    return await engines.change(engine_id, body)


@routes("DELETE", "/engines/{engine_id}")
async def remove_engine(engines: SpondeEngines, engine_id: str) -> None:
    """Stop an engine and forget its settings; an adopted one is only forgotten."""
    await engines.remove(engine_id)


@routes("POST", "/engines/{engine_id}/stop")
async def stop_engine(engines: SpondeEngines, engine_id: str) -> Engine:
    """Stop an engine; answers that it is giving are cut."""
    return await engines.halt(engine_id)


@routes("POST", "/engines/{engine_id}/sleep")
async def put_to_sleep(engines: SpondeEngines, engine_id: str, body: EngineSleep) -> Engine:
    """Free an engine's GPU memory; the next question wakes it."""
    return await engines.put_to_sleep(engine_id, body.level)


@routes("POST", "/engines/{engine_id}/wake")
async def wake(engines: SpondeEngines, engine_id: str) -> Engine:
    """Wake an engine."""
    return await engines.wake(engine_id)


@routes("POST", "/engines/{engine_id}/restart")
async def restart_engine(engines: SpondeEngines, engine_id: str) -> Engine:
    """Stop an engine and start it again."""
    return await engines.restart(engine_id)


@routes("POST", "/engines/{engine_id}/pin")
async def pin_engine(engines: SpondeEngines, engine_id: str, body: EnginePin) -> Engine:
    """Keep an engine when it is idle, or no longer."""
    return await engines.pin(engine_id, body.is_pinned)


@routes("GET", "/engines/{engine_id}/monitor")
async def monitor_engine(engines: SpondeEngines, engine_id: str) -> EngineMonitor:
    """Say what an engine does now, and who makes it slow if it is slow."""
    return await engines.monitor(engine_id)


@routes("GET", "/engines/{engine_id}/log")
async def read_log(engines: SpondeEngines, engine_id: str, tail: int = 50_000) -> EngineLog:
    """Give the last bytes that an engine wrote."""
    return await engines.read_log(engine_id, tail)


@routes("POST", "/engines/{engine_id}/adapters")
async def add_adapter(engines: SpondeEngines, engine_id: str, body: NewAdapter) -> Engine:
    """Serve an adapter beside an engine's model, without starting it again."""
    return await engines.add_adapter(engine_id, body.name)


@routes("DELETE", "/engines/{engine_id}/adapters/{name}")
async def remove_adapter(engines: SpondeEngines, engine_id: str, name: str) -> Engine:
    """Serve an adapter no more."""
    return await engines.remove_adapter(engine_id, name)
