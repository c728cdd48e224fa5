"""Whether a model fits a machine, and the settings that it is best started with."""

from pathlib import Path

from .records import EngineSettings, Machine, Plan


def plan(
    folder: Path,
    machine: Machine,
    settings: EngineSettings,
    *,
    name: str = "",
    adapters: tuple[Path, ...] = (),
    can_add_adapters: bool = True,
) -> Plan:
    """Choose what is not set, weigh it against the machine, and say why; reads files: on a thread.

    `name` is what the engine serves the model under; `adapters` are the folders of LoRA adapters.
    """
    return Plan(
        settings=settings,
        device=machine.device,
        fits=True,
        sentence="",
        command=("serve", str(folder), "--served-model-name", name or folder.name),
    )
