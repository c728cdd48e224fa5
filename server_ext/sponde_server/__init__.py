"""The server side of Sponde, the analytics workbench in JupyterLab."""

from typing import Any

__version__ = "0.1.0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "sponde-lab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # Imported here, so that `import sponde_server` stays light.
    from .app import SpondeApp

    return [{"module": "sponde_server.app", "app": SpondeApp}]
