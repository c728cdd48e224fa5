"""What is here: read on this machine, and through a small NVML that is compiled here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sponde_server.engines.machine import look
from sponde_server.engines.records import Device

GB = 1024**3
NVML_C = r"""
#include <stdio.h>
#include <string.h>
typedef struct { unsigned long long total, free, used; } memory_t;
typedef struct { unsigned int gpu, memory; } use_t;
static int cards[4] = {0, 1, 2, 3};
int nvmlInit_v2(void) { return INIT; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned int *count) { *count = COUNT; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **card) {
    if (index == BROKEN) return 15;
    *card = &cards[index];
    return 0;
}
int nvmlDeviceGetName(void *card, char *text, unsigned int size) {
    snprintf(text, size, "NVIDIA Test %d", 4090 + *(int *)card);
    return 0;
}
int nvmlDeviceGetUUID(void *card, char *text, unsigned int size) {
    snprintf(text, size, "GPU-0000-%d", *(int *)card);
    return 0;
}
int nvmlDeviceGetMemoryInfo(void *card, memory_t *memory) {
    memory->total = 24ULL << 30;
    memory->used = (unsigned long long)(*(int *)card + 1) << 30;
    memory->free = memory->total - memory->used;
    return 0;
}
int nvmlDeviceGetCudaComputeCapability(void *card, int *major, int *minor) {
    *major = 8; *minor = 9; return 0;
}
int nvmlDeviceGetTemperature(void *card, unsigned int sensor, unsigned int *degrees) {
    *degrees = 61; return sensor == 0 ? 0 : 2;
}
#ifdef WITH_USE
int nvmlDeviceGetUtilizationRates(void *card, use_t *use) { use->gpu = 42; return 0; }
#endif
int nvmlSystemGetDriverVersion(char *text, unsigned int size) {
    snprintf(text, size, "570.86.15"); return 0;
}
int nvmlSystemGetCudaDriverVersion_v2(int *version) { *version = 12080; return 0; }
"""


def _compiled(folder: Path, *, init: int = 0, count: int = 2, broken: int = 99) -> str:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler is here to make a small NVML with")
    source, library = folder / "nvml.c", folder / f"libnvml-{init}-{count}-{broken}.so"
    source.write_text(NVML_C)
    values = [f"-DINIT={init}", f"-DCOUNT={count}", f"-DBROKEN={broken}", "-DWITH_USE"]
    subprocess.run([compiler, "-shared", "-fPIC", "-w", *values, "-o", library, source], check=True)
    return str(library)


def _write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_this_machine_tells_its_cores_memory_and_disk(tmp_path: Path) -> None:
    machine = look(tmp_path / "models" / "not yet made", nvml="no-such-library.so")
    assert 1 <= machine.cores <= (os.cpu_count() or 1)
    assert machine.memory_bytes > GB // 2
    assert 0 < machine.free_memory_bytes <= machine.memory_bytes
    assert 0 < machine.free_disk_bytes <= machine.disk_bytes
    assert machine.cpu


def test_without_a_driver_there_are_no_cards_and_nothing_to_say(tmp_path: Path) -> None:
    machine = look(root=tmp_path, nvml="no-such-library.so")
    assert machine.gpus == ()
    assert machine.driver == ""
    assert machine.note == ""
    assert machine.device is Device.CPU


def test_nvidias_cards_are_read_through_the_drivers_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    machine = look(nvml=_compiled(tmp_path))
    assert [gpu.name for gpu in machine.gpus] == ["NVIDIA Test 4090", "NVIDIA Test 4091"]
    first = machine.gpus[0]
    assert (first.total_bytes, first.free_bytes) == (24 * GB, 23 * GB)
    assert (first.capability, first.temperature, first.busy) == ("8.9", 61.0, 0.42)
    assert (machine.driver, machine.cuda, machine.note) == ("570.86.15", "12.8", "")
    assert machine.device is Device.CUDA


@pytest.mark.parametrize("named", ["1", "GPU-0000-1"])
def test_cards_that_are_hidden_from_this_server_are_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", named)
    assert [gpu.index for gpu in look(nvml=_compiled(tmp_path)).gpus] == [1]


def test_a_server_that_sees_no_card_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    machine = look(nvml=_compiled(tmp_path))
    assert machine.gpus == ()
    assert "CUDA_VISIBLE_DEVICES" in machine.note


def test_a_card_that_fell_off_the_bus_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    machine = look(nvml=_compiled(tmp_path, broken=0))
    assert [gpu.index for gpu in machine.gpus] == [1]
    assert "1 of 2 NVIDIA cards" in machine.note


@pytest.mark.parametrize(
    ("code", "words"),
    [(9, "driver is not loaded"), (18, "different versions"), (999, "NVML code 999")],
)
def test_a_driver_that_cannot_answer_is_told_of(tmp_path: Path, code: int, words: str) -> None:
    machine = look(nvml=_compiled(tmp_path, init=code))
    assert machine.gpus == ()
    assert words in machine.note


def test_a_containers_limits_count_as_the_machines(tmp_path: Path) -> None:
    root = _write(
        tmp_path,
        proc__meminfo="MemTotal: 65536000 kB\nMemFree: 1 kB\nMemAvailable: 60000000 kB\n",
        proc__cpuinfo="model name : Some  Processor\nflags : fpu avx2 avx512f sse\n",
        proc__self__cgroup="0::/kube/pod\n",
    )
    _write(root, sys__fs__cgroup__kube__placeholder="")
    pod = root / "sys/fs/cgroup/kube/pod"
    pod.mkdir(parents=True)
    (pod / "memory.max").write_text(f"{8 * GB}\n")
    (pod / "memory.current").write_text(f"{3 * GB}\n")
    (pod / "memory.stat").write_text(f"anon 5\ninactive_file {GB}\n")
    (pod / "cpu.max").write_text("50000 100000\n")
    machine = look(root=root, nvml="no-such-library.so")
    assert (machine.memory_bytes, machine.free_memory_bytes) == (8 * GB, 6 * GB)
    assert machine.cores == 1
    assert (machine.cpu, machine.features) == ("Some Processor", ("avx2", "avx512f"))


def test_amds_cards_are_read_from_the_kernels_files(tmp_path: Path) -> None:
    card = tmp_path / "sys/class/drm/card1/device"
    (card / "hwmon/hwmon3").mkdir(parents=True)
    (card / "vendor").write_text("0x1002\n")
    (card / "mem_info_vram_total").write_text(str(16 * GB))
    (card / "mem_info_vram_used").write_text(str(GB))
    (card / "hwmon/hwmon3/temp1_input").write_text("45000\n")
    without = look(root=tmp_path, nvml="no-such-library.so")
    assert without.gpus == ()
    assert "/dev/kfd" in without.note
    _write(tmp_path, dev__kfd="")
    machine = look(root=tmp_path, nvml="no-such-library.so")
    assert machine.device is Device.ROCM
    assert (machine.gpus[0].free_bytes, machine.gpus[0].temperature) == (15 * GB, 45.0)
