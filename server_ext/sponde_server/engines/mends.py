"""Settings that avoid a failure: each rule's mend, applied to what was tried."""

from dataclasses import replace

from .command import RANKS
from .records import EngineSettings, Plan
from .rules import Mend

SMALLEST_CONTEXT = 512
STEP = 256


def mended(mend: Mend, plan: Plan, said: dict[str, str]) -> EngineSettings | None:
    """Give settings to try instead; None where nothing smaller is left."""
    tried = plan.settings
    made = _mended(mend, plan, said)
    return None if made is None or made == tried else made


def _mended(mend: Mend, plan: Plan, said: dict[str, str]) -> EngineSettings | None:
    tried = plan.settings
    match mend:
        case Mend.CONTEXT:
            return _context(tried, int(said.get("longest") or 0), plan.largest_context)
        case Mend.LESS:
            return _less(plan)
        case Mend.HEADROOM:
            return replace(
                tried,
                memory_share=_rounded(tried.memory_share - 0.08),
                max_streams=max(1, tried.max_streams // 2),
            )
        case Mend.SHARE:
            free, total = float(said.get("free") or 0), float(said.get("total") or 0)
            share = _rounded(free / total - 0.03) if total else 0.0
            return replace(tried, memory_share=share) if share >= 0.05 else None
        case Mend.CARDS:
            there = int(said.get("there") or 1)
            # A power of two: other numbers seldom divide the attention heads.
            return replace(tried, tensor_parallel=1 << (max(1, there).bit_length() - 1))
        case Mend.ONE_CARD:
            return replace(tried, tensor_parallel=1)
        case Mend.NO_WORDS:
            return replace(tried, more=()) if tried.more else None
        case Mend.NO_QUANTIZATION:
            return replace(tried, quantization="") if tried.quantization else None
        case Mend.NOTHING:
            return None
        case _:
            return _more(tried, mend, said)


def _more(tried: EngineSettings, mend: Mend, said: dict[str, str]) -> EngineSettings | None:
    """Add words to the command line; those that are there already did not help."""
    words: tuple[str, ...]
    match mend:
        case Mend.HALF:
            words = ("--dtype", "half")
        case Mend.RANK:
            rank = int(said.get("rank") or 0)
            fitting = next((one for one in RANKS if one >= rank), None)
            if not fitting:
                return None
            words = ("--max-lora-rank", str(fitting))
        case Mend.EAGER:
            words = ("--enforce-eager",)
        case Mend.NO_ADAPTERS:
            words = ("--no-enable-lora",)
        case Mend.NO_SLEEP:
            words = ("--no-enable-sleep-mode",)
        case _:
            words = ("--no-enable-auto-tool-choice",)
    if tried.more[-len(words) :] == words:
        return None
    return replace(tried, more=(*tried.more, *words))


def _context(tried: EngineSettings, named: int, known: int) -> EngineSettings | None:
    """Give the context that vLLM named, or that was reckoned, or half of the tried one."""
    fitting = [one for one in (named, known) if 0 < one < (tried.context_length or 1 << 40)]
    context = named if named in fitting else min(fitting, default=tried.context_length // 2)
    if context > STEP:
        context = context // STEP * STEP
    return replace(tried, context_length=context) if context >= SMALLEST_CONTEXT else None


def _less(plan: Plan) -> EngineSettings | None:
    tried = plan.settings
    if tried.context_length // 2 >= SMALLEST_CONTEXT:
        return replace(
            tried,
            context_length=max(SMALLEST_CONTEXT, tried.context_length // 2),
            max_streams=max(1, tried.max_streams // 2),
        )
    if tried.max_streams > 1:
        return replace(tried, max_streams=1)
    return None


def _rounded(share: float) -> float:
    return round(max(0.05, share), 2)
