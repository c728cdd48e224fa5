"""Notebooks to publish, and a way to wait for Voilà."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import v4
from tornado.httpclient import HTTPClientError, HTTPResponse


@pytest.fixture
def write_notebook(jp_root_dir: Path) -> Callable[..., Path]:
    """Write a notebook of these sources; those that begin with # are Markdown."""

    def write(name: str, *sources: str) -> Path:
        make = {True: v4.new_markdown_cell, False: v4.new_code_cell}
        notebook = v4.new_notebook(cells=[make[text.startswith("# ")](text) for text in sources])
        path = jp_root_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    return write


@pytest.fixture
def visit(jp_fetch: Any) -> Callable[..., Awaitable[HTTPResponse]]:
    """Open an address below /sponde/dashboards and wait until Voilà runs."""

    async def open_page(*path: str, **options: Any) -> HTTPResponse:
        for _ in range(2500):
            try:
                answer: HTTPResponse = await jp_fetch(
                    "sponde", "dashboards", *path, request_timeout=60, **options
                )
            except HTTPClientError as error:
                refused: Any = error.response
                return refused
            if answer.code != 202:
                return answer
            await asyncio.sleep(0.1)
        raise AssertionError("Voilà did not start.")

    return open_page
