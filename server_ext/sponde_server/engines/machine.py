"""What is here for an engine: graphics cards, memory, disk, processor.

NVIDIA's cards are asked through the driver's own library (nvml.py), AMD's through the kernel's
files; limits of a container count as the machine's. Does not know models.
"""

import os
import shutil
from pathlib import Path

from .nvml import NVML, read_nvidia
from .records import Device, Gpu, Machine

SMALLEST_CARD = 2 * 1024**3
"""A card with less is a processor's own graphics, which serves no model."""
_FEATURES = (
    *("avx2", "avx512f", "avx512_bf16", "avx512_vnni", "amx_tile", "amx_bf16"),
    *("asimd", "bf16", "i8mm", "sve"),
)


def look(folder: Path | None = None, *, root: Path = Path("/"), nvml: str = NVML) -> Machine:
    """Look at this machine, and at the disk of a folder; blocks a little: call it on a thread.

    `root` is where /proc and /sys begin, and `nvml` the name of NVIDIA's library.
    """
    name, features = _processor(root)
    total, free = _memory(root)
    disk, free_disk = _disk(folder)
    found = read_nvidia(nvml)
    gpus, driver, note = found.gpus, found.driver, found.note
    if not gpus:
        gpus, driver, note = _amd(root, note)
    return Machine(
        cores=_cores(root),
        memory_bytes=total,
        free_memory_bytes=free,
        disk_bytes=disk,
        free_disk_bytes=free_disk,
        cpu=name,
        features=features,
        gpus=gpus,
        driver=driver,
        cuda=found.cuda,
        note=note,
    )


# -- processor and memory --------------------------------------------------------------------------


def _processor(root: Path) -> tuple[str, tuple[str, ...]]:
    name, flags = "", set[str]()
    for line in _text(root / "proc/cpuinfo").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name" and not name:
            name = " ".join(value.split())
        elif key.strip() in ("flags", "Features") and not flags:
            flags = set(value.split())
    return name or os.uname().machine, tuple(one for one in _FEATURES if one in flags)


def _cores(root: Path) -> int:
    """Count the cores that may be used: this process's, or fewer where a container's share is."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    count = allowed or os.cpu_count() or 1
    for group in _groups(root):
        quota, _, period = _text(group / "cpu.max").partition(" ")
        if quota.isdigit() and period.strip().isdigit():
            count = min(count, max(1, -(-int(quota) // int(period))))
    return count


def _memory(root: Path) -> tuple[int, int]:
    """Give main memory, all and free, or the smaller share that a container has."""
    known = {
        line.partition(":")[0]: 1024 * int(line.split()[1])
        for line in _text(root / "proc/meminfo").splitlines()
        if len(line.split()) > 1 and line.split()[1].isdigit()
    }
    if "MemTotal" in known:
        total, free = known["MemTotal"], known.get("MemAvailable", known.get("MemFree", 0))
    else:
        total = free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for group in _groups(root):
        limit = _number(group / "memory.max") or _number(group / "memory.limit_in_bytes")
        if not limit or limit >= total:
            continue
        used = _number(group / "memory.current") or _number(group / "memory.usage_in_bytes")
        # Pages of files that were only read are given back when memory is wanted.
        stats = dict(
            line.split()[:2]
            for line in _text(group / "memory.stat").splitlines()
            if len(line.split()) > 1
        )
        kept = used - int(stats.get("inactive_file", stats.get("total_inactive_file", 0)))
        total, free = limit, min(free, max(0, limit - max(0, kept)))
    return total, free


def _groups(root: Path) -> list[Path]:
    """Give the folders of the control groups that this process belongs to, widest first."""
    top = root / "sys/fs/cgroup"
    found = [top, top / "memory", top / "cpu"]
    for line in _text(root / "proc/self/cgroup").splitlines():
        if line.startswith("0::/"):
            folder = top
            for piece in Path(line[4:].strip()).parts:
                folder = folder / piece
                found.append(folder)
    return found


def _disk(folder: Path | None) -> tuple[int, int]:
    """Give the size and the free space of the disk that a folder is on, or will be on."""
    if folder is None:
        return 0, 0
    for place in (folder, *folder.parents):
        if place.exists():
            try:
                usage = shutil.disk_usage(place)
            except OSError:
                return 0, 0
            return usage.total, usage.free
    return 0, 0


# -- AMD -------------------------------------------------------------------------------------------


def _amd(root: Path, note: str) -> tuple[tuple[Gpu, ...], str, str]:
    """Read AMD's cards from the kernel's files; give them with the driver's version and a note."""
    gpus: list[Gpu] = []
    for card in sorted((root / "sys/class/drm").glob("card[0-9]*/device")):
        total = _number(card / "mem_info_vram_total")
        if _text(card / "vendor").strip() != "0x1002" or total < SMALLEST_CARD:
            continue
        heat = next(iter(sorted(card.glob("hwmon/hwmon*/temp1_input"))), None)
        busy = _text(card / "gpu_busy_percent").strip()
        gpus.append(
            Gpu(
                index=len(gpus),
                name=_text(card / "product_name").strip() or "AMD graphics card",
                total_bytes=total,
                free_bytes=max(0, total - _number(card / "mem_info_vram_used")),
                device=Device.ROCM,
                temperature=_number(heat) / 1000 if heat else None,
                busy=int(busy) / 100 if busy.isdigit() else None,
            )
        )
    if gpus and not (root / "dev/kfd").exists():
        return (
            (),
            "",
            f"An AMD card is here ({gpus[0].name}), but ROCm's /dev/kfd is not: "
            "install AMD's ROCm driver, or let this container use the device.",
        )
    return tuple(gpus), _text(root / "sys/module/amdgpu/version").strip() if gpus else "", note


# -- files -----------------------------------------------------------------------------------------


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _number(path: Path) -> int:
    text = _text(path).strip()
    return int(text) if text.isdigit() else 0
