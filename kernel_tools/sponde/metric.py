"""A number by name, written into the notebook's own output: the run that executes it reads it."""

import math
from typing import Any

MIME = "application/vnd.sponde.metric+json"


class Metric:
    """A reported number, as a notebook shows it."""

    def __init__(self, name: str, value: float) -> None:
        self.name = name
        self.value = value

    def __repr__(self) -> str:
        return f"{self.name} = {self.value:g}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {MIME: {"name": self.name, "value": self.value}, "text/plain": repr(self)}


def metric(name: str, value: Any) -> None:
    """Report a number, such as `metric("rmse", 0.31)`. The last value of each name counts.

    The number stands in the cell's output; a run keeps it, and an experiment compares it.
    """
    if not isinstance(name, str) or not name.strip():
        raise TypeError(f"A metric's name is a text such as 'rmse', not {name!r}.")
    shown = Metric(name.strip(), _number(name, value))
    try:
        from IPython.core.getipython import get_ipython
        from IPython.display import display
    except ImportError:
        print(shown)
        return
    if get_ipython() is None:
        print(shown)  # a plain script: there is no output to write into
    else:
        display(shown)


def _number(name: str, value: Any) -> float:
    """Take a number or a numpy scalar; a text that looks like one is a mistake."""
    if isinstance(value, str | bytes | bool) or type(value).__name__ == "bool_":
        raise TypeError(f"The metric '{name}' takes a number, not {value!r}.")
    if getattr(value, "ndim", 0) != 0:
        raise TypeError(
            f"The metric '{name}' takes one number, not {type(value).__name__} of "
            f"shape {getattr(value, 'shape', '?')}. Reduce it first, for example with .mean()."
        )
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"The metric '{name}' takes a number, not {type(value).__name__}."
        ) from None
    if not math.isfinite(number):
        raise ValueError(
            f"The metric '{name}' is {number}, which cannot be compared. "
            "Report it only where it is a finite number."
        )
    return number
