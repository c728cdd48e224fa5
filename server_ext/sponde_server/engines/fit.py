"""Whether a model fits a machine, and the settings that it is best started with.

What is not set is chosen: the fewest graphics cards, the longest useful context, as much memory
as that needs and no more, because notebooks compute on the same card. The weights stay as they
are; only where nothing else fits are they loaded as 8-bit floats, and the sentence says so.
The sizes of weights and cache are exact (shape.py); what computing takes is an estimate.
"""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from . import command
from .records import Device, EngineSettings, FitPart, Gpu, Machine, PartKind, Plan
from .shape import Shape, read

GB = 1024**3
USEFUL_CONTEXT = {Device.CUDA: 32_768, Device.ROCM: 32_768, Device.CPU: 8_192}
"""What is chosen at most: longer ones cost memory that most conversations never use."""
ENOUGH_CONTEXT = 8_192
"""A context that one card is preferred to two for."""
SMALLEST_CONTEXT = 1_024
STREAMS = {Device.CUDA: 8, Device.ROCM: 8, Device.CPU: 4}
LARGEST_SHARE = 0.92
"""vLLM's own default (config/cache.py): the rest is for what the driver needs."""
BLOCK = {Device.CUDA: 16, Device.ROCM: 16, Device.CPU: 128}
BATCH = {True: 8_192, False: 2_048}
"""Tokens that vLLM reads at once, on a card of 70 GB and more, and on others."""
LARGE_CARD = 70 * GB
GPU_PROGRAM = int(0.9 * GB)
"""Of each card: the driver's context, libraries and CUDA graphs; measured between 0.6 and 1.3."""
CPU_PROGRAM = int(2.6 * GB)
"""Of main memory: vLLM's processes without weights and cache (benchmarks/results/models.json)."""
KEPT_FREE = int(0.5 * GB)
"""Of main memory: never planned away."""
CPU_SHARE = 0.9
SMALLEST_CAPABILITY = (
    dict.fromkeys(("gptq",), 6.0)
    | dict.fromkeys(("awq", "fp8", "modelopt_fp4", "torchao"), 7.5)
    | dict.fromkeys(("awq_marlin", "gptq_marlin", "fbgemm_fp8", "mxfp4", "modelopt"), 8.0)
    | dict.fromkeys(("experts_int8",), 8.0)
    | dict.fromkeys(("fp_quant",), 10.0)
)
"""Compute capability that vLLM wants (model_executor/layers/quantization, get_min_capability)."""
NOT_ON_CPU = ("mxfp4", "modelopt", "modelopt_fp4", "fbgemm_fp8", "fp_quant", "experts_int8")
NEVER = {"gguf": "GGUF", "exl2": "EXL2", "hqq": "HQQ", "mlx": "MLX"}


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
    shape = read(folder)
    served = command.Served(
        folder=folder, name=name or folder.name, adapters=adapters, can_add=can_add_adapters
    )
    if shape is None:
        return Plan(
            settings=settings,
            device=machine.device,
            fits=True,
            sentence="Its config.json says too little to tell what it takes; vLLM will say more.",
            command=command.words(served, None, machine.device, settings),
            environment=command.environment(machine.device, (), 0, machine),
        )
    chosen = weigh(shape, machine, settings, adapter_bytes=command.adapter_bytes(served, shape))
    cache = next((part.bytes for part in chosen.parts if part.kind is PartKind.CACHE), 0)
    return replace(
        chosen,
        command=command.words(served, shape, chosen.device, chosen.settings, machine, chosen.gpus),
        environment=command.environment(chosen.device, chosen.gpus, cache, machine),
    )


def weigh(
    shape: Shape, machine: Machine, settings: EngineSettings, *, adapter_bytes: int = 0
) -> Plan:
    """Weigh a shape against a machine; the plan has no command yet."""
    tried = [_weigh(one, settings) for one in _rooms(shape, machine, settings, adapter_bytes)]
    best = _best(tried)
    refusal = _refusal(shape, machine, settings)
    if refusal:
        return replace(best, fits=False, sentence=refusal)
    if best.fits:
        return best
    for smaller in _smaller(settings):
        other = weigh(shape, machine, smaller, adapter_bytes=adapter_bytes)
        if other.fits:
            return replace(
                best,
                smaller=smaller,
                smaller_sentence=f"It fits {_differs(settings, other)}.",
                largest_context=best.largest_context or other.largest_context,
            )
    return best


# -- the rooms that may be used --------------------------------------------------------------------


@dataclass(frozen=True)
class _Room:
    """Some memory that a model could be put into, in one way."""

    shape: Shape
    device: Device
    gpus: tuple[Gpu, ...]
    total: int
    """Of each card, or main memory."""
    free: int
    allowed: int
    """What vLLM may take of it."""
    is_share_set: bool
    quantization: str
    adapter_bytes: int

    @property
    def cards(self) -> int:
        return max(1, len(self.gpus))

    @property
    def batch(self) -> int:
        return BATCH[self.device is not Device.CPU and self.total >= LARGE_CARD]

    @property
    def weights(self) -> int:
        loaded = self.shape.loaded_bytes(self.quantization)
        return math.ceil(loaded / self.cards) + self.adapter_bytes

    def work(self, streams: int) -> int:
        """Estimate what computing takes: the program, one batch's activations, the sampling."""
        shape = self.shape
        program = CPU_PROGRAM if self.device is Device.CPU else GPU_PROGRAM
        if self.cards > 1:
            program += GB // 3  # the buffers that cards exchange sums through
        wide = 4 * shape.hidden + 3 * math.ceil(shape.intermediate / self.cards)
        # Chances of every word, as 32-bit floats, and sorted copies of them.
        sampling = streams * shape.vocabulary * 4 * 3
        return program + self.batch * wide * 2 + sampling

    def request(self, context: int) -> int:
        """What one request of that length takes of each card's cache."""
        return self.shape.cache_bytes(
            context,
            self.cards,
            batch=self.batch,
            block=BLOCK[self.device],
        )

    def longest(self, room: int) -> int:
        """Give the longest context that one request could have in that many bytes."""
        low, high = 0, self.shape.context
        while low < high:
            middle = (low + high + 1) // 2
            if self.request(middle) <= room:
                low = middle
            else:
                high = middle - 1
        return low


def _rooms(
    shape: Shape, machine: Machine, settings: EngineSettings, adapter_bytes: int
) -> list[_Room]:
    """Give the ways to use this machine, the plainest first."""
    if not machine.gpus:
        share = settings.memory_share or CPU_SHARE
        allowed = min(
            int(machine.memory_bytes * share), max(0, machine.free_memory_bytes - KEPT_FREE)
        )
        return [
            _Room(
                shape=shape,
                device=Device.CPU,
                gpus=(),
                total=machine.memory_bytes,
                free=machine.free_memory_bytes,
                allowed=allowed,
                is_share_set=bool(settings.memory_share),
                quantization=settings.quantization,
                adapter_bytes=adapter_bytes,
            )
        ]
    rooms = [
        _on_cards(shape, machine, settings, count, settings.quantization, adapter_bytes)
        for count in _card_counts(shape, machine, settings)
    ]
    if not settings.quantization and not shape.quantization and _can_fp8(machine):
        rooms += [replace(room, quantization="fp8") for room in rooms]
    return rooms


def _card_counts(shape: Shape, machine: Machine, settings: EngineSettings) -> list[int]:
    if settings.tensor_parallel:
        return [min(settings.tensor_parallel, len(machine.gpus))]
    counts = [
        count
        for count in (1, 2, 4, 8, 16)
        if count <= len(machine.gpus) and shape.heads % count == 0
    ]
    return counts or [1]


def _on_cards(
    shape: Shape,
    machine: Machine,
    settings: EngineSettings,
    count: int,
    quantization: str,
    adapter_bytes: int,
) -> _Room:
    """Use the cards that have most free memory, of one kind where there are enough of it."""
    cards = sorted(machine.gpus, key=lambda gpu: -gpu.free_bytes)
    alike = [gpu for gpu in cards if gpu.name == cards[0].name]
    used = tuple(sorted((alike if len(alike) >= count else cards)[:count], key=lambda g: g.index))
    total = min(gpu.total_bytes for gpu in used)
    free = min(gpu.free_bytes for gpu in used)
    most = min(LARGEST_SHARE, math.floor(100 * (free - GB // 8) / total) / 100)
    share = settings.memory_share or max(0.0, most)
    return _Room(
        shape=shape,
        device=used[0].device,
        gpus=used,
        total=total,
        free=free,
        allowed=int(share * total),
        is_share_set=bool(settings.memory_share),
        quantization=quantization,
        adapter_bytes=adapter_bytes,
    )


def _can_fp8(machine: Machine) -> bool:
    return all(
        gpu.device is Device.CUDA and float(gpu.capability or 0) >= SMALLEST_CAPABILITY["fp8"]
        for gpu in machine.gpus
    )


# -- weighing --------------------------------------------------------------------------------------


def _weigh(room: _Room, settings: EngineSettings) -> Plan:
    shape, device = room.shape, room.device
    streams = settings.max_streams or STREAMS[device]
    weights, work = room.weights, room.work(streams)
    left = room.allowed - weights - work
    longest = room.longest(max(0, left))
    context = settings.context_length or _choose_context(shape, device, longest)
    one = room.request(context)
    is_short_of_free = room.allowed > room.free
    # Less than a useful context is no fit, unless a person asked for it or the model has no more.
    enough = min(SMALLEST_CONTEXT, shape.context)
    fits = left >= one and context <= shape.context and not is_short_of_free
    fits = fits and (context >= enough or bool(settings.context_length))
    wanted = one * streams
    cache = max(one, wanted if not room.is_share_set else max(wanted, left))
    cache = min(cache, left) if fits else one
    if device is Device.CPU:
        # The cache of a CPU is set in whole gigabytes.
        whole = max(1, math.ceil(cache / GB)) * GB
        if fits and whole > left:
            whole = math.floor(left / GB) * GB
            fits = whole >= one and whole > 0
        cache = whole or GB
    share = settings.memory_share or _share(weights + work + cache, room)
    if fits and device is not Device.CPU:
        cache = max(cache, min(left, int(share * room.total) - weights - work))
    others = room.total - room.free
    taken = others + weights + work + cache
    parts = [
        FitPart(kind=PartKind.OTHERS, bytes=others),
        FitPart(kind=PartKind.WEIGHTS, bytes=weights),
        FitPart(kind=PartKind.CACHE, bytes=cache),
        FitPart(kind=PartKind.WORK, bytes=work),
        FitPart(kind=PartKind.FREE, bytes=max(0, room.total - taken)),
    ]
    chosen = replace(
        settings,
        context_length=context,
        quantization=room.quantization,
        memory_share=share,
        tensor_parallel=room.cards,
        max_streams=streams,
    )
    made = Plan(
        settings=chosen,
        device=device,
        fits=fits,
        sentence="",
        parts=tuple(parts),
        total_bytes=room.total,
        gpus=tuple(gpu.index for gpu in room.gpus),
        parameters=shape.parameters,
        weights_bytes=shape.loaded_bytes(room.quantization),
        cache_bytes_per_token=sum(1 for window in shape.windows if not window)
        * shape.token_bytes(),
        largest_context=longest,
        model_context=shape.context,
    )
    sentence = _why(made, room, one, cache) if fits else _why_not(made, room, settings, left, one)
    return replace(made, sentence=sentence)


def _choose_context(shape: Shape, device: Device, longest: int) -> int:
    useful = min(shape.context, USEFUL_CONTEXT[device])
    if longest >= useful:
        return useful
    # In steps that a person would choose: 24,576 and not 25,017.
    step = 1024 if longest >= 4096 else 256
    return max(min(SMALLEST_CONTEXT, shape.context), longest // step * step)


def _share(needed: int, room: _Room) -> float:
    """Give the share of each card that is asked for, a little more than is needed."""
    most = room.allowed / room.total
    share = math.ceil(100 * 1.03 * needed / room.total) / 100
    return round(max(0.01, min(share, most)), 2)


def _best(tried: list[Plan]) -> Plan:
    """Choose: the first that fits well; else the one that fits with the longest context."""
    fitting = [plan for plan in tried if plan.fits]
    for plan in fitting:
        if plan.settings.context_length >= min(ENOUGH_CONTEXT, plan.model_context):
            return plan
    asked = [plan for plan in fitting if not plan.settings.quantization]
    if fitting:
        return max(asked or fitting, key=lambda plan: plan.settings.context_length)
    # Nothing fits: show the way that comes nearest, with the weights as they are.
    as_they_are = [plan for plan in tried if plan.settings.quantization != "fp8"] or tried
    return max(as_they_are, key=lambda plan: plan.settings.tensor_parallel)


def _smaller(settings: EngineSettings) -> list[EngineSettings]:
    """Give up what was set, the least painful first."""
    context = replace(settings, context_length=0)
    streams = replace(context, max_streams=0)
    share = replace(streams, memory_share=0.0)
    cards = replace(share, tensor_parallel=0)
    smallest = replace(cards, quantization="")
    seen = [settings]
    for one in (context, streams, share, cards, smallest):
        if one not in seen:
            seen.append(one)
    return seen[1:]


# -- in words --------------------------------------------------------------------------------------


def _refusal(shape: Shape, machine: Machine, settings: EngineSettings) -> str:
    """Say what no setting of memory can mend; empty where there is nothing."""
    quantization = settings.quantization or shape.quantization
    if quantization in NEVER:
        return (
            f"vLLM does not load {NEVER[quantization]} files: choose the model's safetensors, "
            "or an AWQ or GPTQ version of it."
        )
    if not machine.gpus:
        if quantization in NOT_ON_CPU:
            return (
                f"vLLM computes {quantization} weights on graphics cards only: choose the plain "
                "or an AWQ version of this model."
            )
        x86 = {"avx2", "avx512f"} & set(machine.features)
        if not x86 and not {"asimd"} & set(machine.features) and machine.features:
            return "vLLM needs a processor with AVX2, and this one has none."
        return ""
    wanted = SMALLEST_CAPABILITY.get(quantization, 0.0)
    for gpu in machine.gpus:
        if gpu.capability and float(gpu.capability) < wanted:
            return (
                f"{gpu.name} (compute capability {gpu.capability}) cannot compute {quantization} "
                f"weights, which need {wanted:g}: choose another version of this model."
            )
    if settings.tensor_parallel > len(machine.gpus):
        return (
            f"{settings.tensor_parallel} graphics cards are asked for, and {len(machine.gpus)} "
            "can be used here."
        )
    if settings.tensor_parallel > 1 and shape.heads % settings.tensor_parallel:
        return (
            f"The model's {shape.heads} attention heads cannot be shared by "
            f"{settings.tensor_parallel} cards: choose a number that divides them."
        )
    return ""


def _why(made: Plan, room: _Room, one: int, cache: int) -> str:
    settings = made.settings
    where = _where(room)
    begin = f"{_weights_word(made)} take {gb(room.weights)} of {where}"
    if settings.quantization.startswith("fp8") and not room.shape.quantization:
        plain = math.ceil(room.shape.loaded_bytes() / room.cards)
        begin = (
            f"As they are, the weights would take {gb(plain)}, too much for {where}; loaded as "
            f"8-bit floats ({settings.quantization}) they take {gb(room.weights)}"
        )
    at_once = max(1, cache // one) if one else settings.max_streams
    if at_once >= settings.max_streams:
        room_for = f"{settings.max_streams} requests of {settings.context_length:,} tokens"
    elif at_once > 1:
        room_for = f"{at_once} requests of {settings.context_length:,} tokens, or more short ones,"
    else:
        room_for = f"one request of {settings.context_length:,} tokens, or several short ones,"
    end = f"and {gb(cache)} of cache hold {room_for} at once."
    if settings.context_length < made.model_context and made.largest_context > 2 * (
        settings.context_length
    ):
        end += f" Up to {made.largest_context:,} tokens would fit."
    return f"{begin}, {end}"


def _why_not(made: Plan, room: _Room, settings: EngineSettings, left: int, one: int) -> str:
    where = _where(room)
    context = made.settings.context_length
    if settings.context_length > made.model_context:
        return (
            f"A context of {settings.context_length:,} tokens is asked for, and this model was "
            f"made for {made.model_context:,} at most."
        )
    if room.is_share_set and room.allowed > room.free:
        return (
            f"{settings.memory_share:.0%} of {where} are asked for, and only {gb(room.free)} are "
            "free: ask for less, or end what uses it."
        )
    if left < one and left > 0 and made.largest_context >= SMALLEST_CONTEXT:
        return (
            f"One request of {context:,} tokens needs {gb(one)} of cache, and {gb(left)} are left "
            f"beside the weights: {made.largest_context:,} tokens would fit."
        )
    needed = room.weights + room.work(made.settings.max_streams) + min(one, GB)
    had = max(0, room.allowed)
    return (
        f"{_weights_word(made)} take {gb(room.weights)}, with what computing needs about "
        f"{gb(needed)}; {gb(had)} of {where} can be used. {_would_fit(room, had)}"
    )


def _would_fit(room: _Room, had: int) -> str:
    """Say how large a model could be here."""
    spare = (had - room.work(1) - GB // 2) * room.cards
    plain, small = spare / 2e9, spare / 0.56e9
    if small < 0.5:
        return "End what uses the memory, or use a machine with more."
    most = f"{small:.0f}" if small >= 2 else f"{small:.1f}"
    least = f"{plain:.0f}" if plain >= 2 else f"{plain:.1f}"
    return (
        f"Models of about {least} billion parameters fit, or of {most} billion in 4 bits "
        "(AWQ, GPTQ)."
    )


def _weights_word(made: Plan) -> str:
    count = made.parameters
    if count >= 1e9:
        return f"The {count / 1e9:.1f} billion weights"
    if count >= 1e6:
        return f"The {count / 1e6:.1f} million weights"
    return "The weights"


def _where(room: _Room) -> str:
    if room.device is Device.CPU:
        return f"this machine's {gb(room.total)}"
    if room.cards == 1:
        return f"the {gb(room.total)} of the {room.gpus[0].name}"
    return f"the {gb(room.total)} of each of {room.cards} cards"


def _differs(settings: EngineSettings, other: Plan) -> str:
    """Say what a smaller plan changes."""
    new = other.settings
    said = []
    if settings.context_length and new.context_length != settings.context_length:
        said.append(f"with a context of {new.context_length:,} tokens")
    if settings.max_streams and new.max_streams != settings.max_streams:
        said.append(f"with {new.max_streams} requests at once")
    if settings.memory_share and new.memory_share != settings.memory_share:
        said.append(f"with {new.memory_share:.0%} of the memory")
    if settings.tensor_parallel and new.tensor_parallel != settings.tensor_parallel:
        said.append(f"on {new.tensor_parallel} cards")
    if new.quantization != settings.quantization:
        said.append(f"loaded as {new.quantization}" if new.quantization else "as the weights are")
    return " and ".join(said) or "so"


def gb(count: int) -> str:
    """Give bytes as gigabytes, as a person reads them."""
    size = count / GB
    if size < 0.1:
        return f"{count / 1024**2:.0f} MB"
    return f"{size:.1f} GB"
