"""Why an engine failed: vLLM's messages, as data, with a sentence and the way out for each."""

from .records import EngineFailure, Plan


def explain(log_tail: str, exit_code: int | None, plan: Plan | None = None) -> EngineFailure:
    """Say why an engine ended, from the end of its log and how its process ended.

    `exit_code` as subprocess gives it: negative for a signal, None while it runs.
    """
    return EngineFailure(
        kind="unknown",
        message=f"vLLM ended with code {exit_code}.",
        hint="Its log says more.",
    )
