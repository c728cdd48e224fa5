"""The server side of Sponde, the analytics workbench in JupyterLab."""

import gc
import importlib
import sys
from typing import Any

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "sponde-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # Imported here, so that `import sponde_server` stays light.
    if f"{__name__}.app" not in sys.modules:
        _import_without_the_collector()
    from .app import SpondeApp

    return [{"module": "sponde_server.app", "app": SpondeApp}]


def _import_without_the_collector() -> None:
    """Import the app while nothing is collected.

    The collector would walk through all of JupyterLab in the middle (0.1 s) and find nothing:
    what is imported stays. Frozen, it is not walked through later either, while people wait.
    """
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        importlib.import_module(f"{__name__}.app")
        gc.freeze()
    finally:
        if is_collecting:
            gc.enable()
