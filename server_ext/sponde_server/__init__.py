"""The server side of Sponde, the analytics workbench in JupyterLab."""

import gc
from typing import Any

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "sponde-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # Imported here, so that `import sponde_server` stays light; and without the collector, which
    # would walk through all of JupyterLab in the middle (0.1 s) and find nothing: what is
    # imported stays. Frozen, it is not walked through again while people wait either.
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        from .app import SpondeApp

        gc.freeze()
    finally:
        if is_collecting:
            gc.enable()
    return [{"module": "sponde_server.app", "app": SpondeApp}]
