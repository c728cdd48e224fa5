"""Sponde in a notebook."""

from typing import Any

from .asking import ask
from .blocks import Block, block
from .client import SpondeError
from .data import Dataset, dataset
from .filling import sql_name, sql_value
from .metric import metric
from .programs import async_openai, ollama, openai
from .querying import sql

__all__ = [
    "Block",
    "Dataset",
    "SpondeError",
    "ask",
    "async_openai",
    "block",
    "dataset",
    "metric",
    "ollama",
    "openai",
    "sql",
    "sql_name",
    "sql_value",
]


def load_ipython_extension(shell: Any) -> None:
    """Answer `%load_ext sponde`: %use, %%keep and %%ask."""
    from .magics import register

    register(shell)
