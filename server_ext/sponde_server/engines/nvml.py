"""Asks NVIDIA's driver about its cards, through the library that the driver brings.

NVML's C interface by ctypes: no package is needed, and nothing is loaded where there is no
driver. Functions and structures as in NVIDIA's nvml.h. Does not know models.
"""

import ctypes
import os
from dataclasses import dataclass

from .records import Gpu

NVML = "libnvidia-ml.so.1"
_TEXT_BYTES = 96
_CORE_TEMPERATURE = 0
_DRIVER_NOT_LOADED = 9
_LIBRARY_MISMATCH = 18


class _Memory(ctypes.Structure):
    """nvmlMemory_t."""

    _fields_ = [
        ("total", ctypes.c_ulonglong),
        ("free", ctypes.c_ulonglong),
        ("used", ctypes.c_ulonglong),
    ]


class _Utilization(ctypes.Structure):
    """nvmlUtilization_t."""

    _fields_ = [("gpu", ctypes.c_uint), ("memory", ctypes.c_uint)]


@dataclass(frozen=True)
class Found:
    """What the driver said."""

    gpus: tuple[Gpu, ...] = ()
    driver: str = ""
    cuda: str = ""
    note: str = ""


class _Refused(Exception):
    """A call of NVML did not succeed; carries its code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"NVML code {code}")
        self.code = code


def read_nvidia(library: str = NVML) -> Found:
    """Ask the driver; nothing where there is no driver, a note where it cannot answer."""
    try:
        nvml = ctypes.CDLL(library)
    except OSError:
        return Found()
    try:
        _call(nvml, "nvmlInit_v2")
    except _Refused as error:
        return Found(note=_no_driver(error.code))
    try:
        return _read(nvml)
    except _Refused as error:
        return Found(note=f"NVIDIA's driver does not answer (NVML code {error.code}).")
    finally:
        nvml.nvmlShutdown()


def _read(nvml: ctypes.CDLL) -> Found:
    count = ctypes.c_uint()
    _call(nvml, "nvmlDeviceGetCount_v2", ctypes.byref(count))
    gpus: list[Gpu] = []
    silent = 0
    for index in range(count.value):
        try:
            gpu = _card(nvml, index)
        except _Refused:
            silent += 1
            continue
        if gpu is not None:
            gpus.append(gpu)
    note = ""
    if silent:
        note = f"{silent} of {count.value} NVIDIA cards do not answer: nvidia-smi says why."
    elif count.value and not gpus:
        note = "CUDA_VISIBLE_DEVICES hides every NVIDIA card from this server."
    return Found(tuple(gpus), _text(nvml, "nvmlSystemGetDriverVersion"), _cuda(nvml), note)


def _card(nvml: ctypes.CDLL, index: int) -> Gpu | None:
    """Describe one card; None where CUDA_VISIBLE_DEVICES hides it from this server."""
    card = ctypes.c_void_p()
    _call(nvml, "nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(index), ctypes.byref(card))
    if not _is_visible(index, _optional_text(nvml, "nvmlDeviceGetUUID", card)):
        return None
    memory = _Memory()
    _call(nvml, "nvmlDeviceGetMemoryInfo", card, ctypes.byref(memory))
    major, minor = ctypes.c_int(), ctypes.c_int()
    knows_capability = _asks(
        nvml,
        "nvmlDeviceGetCudaComputeCapability",
        card,
        ctypes.byref(major),
        ctypes.byref(minor),
    )
    heat = ctypes.c_uint()
    knows_heat = _asks(
        nvml,
        "nvmlDeviceGetTemperature",
        card,
        ctypes.c_uint(_CORE_TEMPERATURE),
        ctypes.byref(heat),
    )
    use = _Utilization()
    knows_use = _asks(nvml, "nvmlDeviceGetUtilizationRates", card, ctypes.byref(use))
    return Gpu(
        index=index,
        name=_optional_text(nvml, "nvmlDeviceGetName", card) or "NVIDIA graphics card",
        total_bytes=memory.total,
        free_bytes=memory.free,
        capability=f"{major.value}.{minor.value}" if knows_capability else "",
        temperature=float(heat.value) if knows_heat else None,
        busy=use.gpu / 100 if knows_use else None,
    )


def _is_visible(index: int, uuid: str) -> bool:
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None:
        return True
    for one in named.split(","):
        one = one.strip()
        if one == str(index) or (one.startswith("GPU-") and uuid.startswith(one)):
            return True
    return False


def _cuda(nvml: ctypes.CDLL) -> str:
    version = ctypes.c_int()
    if not _asks(nvml, "nvmlSystemGetCudaDriverVersion_v2", ctypes.byref(version)):
        return ""
    return f"{version.value // 1000}.{version.value % 1000 // 10}"


def _text(nvml: ctypes.CDLL, function: str, *handle: ctypes.c_void_p) -> str:
    text = ctypes.create_string_buffer(_TEXT_BYTES)
    _call(nvml, function, *handle, text, ctypes.c_uint(_TEXT_BYTES))
    return text.value.decode("utf-8", errors="replace")


def _optional_text(nvml: ctypes.CDLL, function: str, *handle: ctypes.c_void_p) -> str:
    try:
        return _text(nvml, function, *handle)
    except _Refused:
        return ""


def _asks(nvml: ctypes.CDLL, function: str, *arguments: object) -> bool:
    """Call a function that a card may not support; tell whether it answered."""
    try:
        _call(nvml, function, *arguments)
    except _Refused:
        return False
    return True


def _call(nvml: ctypes.CDLL, function: str, *arguments: object) -> None:
    try:
        answer = getattr(nvml, function)(*arguments)
    except AttributeError as error:
        # A driver from before this function: as one that does not support it (code 13).
        raise _Refused(13) from error
    if answer != 0:
        raise _Refused(answer)


def _no_driver(code: int) -> str:
    if code == _DRIVER_NOT_LOADED:
        return (
            "NVIDIA's library is here, but its driver is not loaded: start the machine again, "
            "or give this container its graphics card."
        )
    if code == _LIBRARY_MISMATCH:
        return (
            "NVIDIA's library and its kernel driver are of different versions: "
            "start the machine again after the driver's update."
        )
    return f"NVIDIA's driver does not answer (NVML code {code})."
