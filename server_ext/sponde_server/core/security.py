"""What every answer of this server carries for safety, and what its log never shows.

A model's Markdown may load pictures and styles from any host without a click, and so carry data
out; the Content-Security-Policy forbids that for the whole of JupyterLab. Cells, maths and
diagrams still work under it ('unsafe-eval' is what they need).
"""

import base64
import hashlib
import logging
import re
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_path

POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'{scripts}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self' blob: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)
_SCRIPT = re.compile(r"<script>(.+?)</script>", re.DOTALL)
_SECRET = re.compile(r"((?:token|api_key|key|password)=)[^&\s\"']+", re.IGNORECASE)


def headers(settings: dict[str, Any]) -> None:
    """Add our policy to the server's headers, unless the operator has set one."""
    sent = settings.setdefault("headers", {})
    scripts = "".join(f" '{digest}'" for digest in _own_scripts())
    sent.setdefault("Content-Security-Policy", POLICY.format(scripts=scripts))


def _own_scripts() -> list[str]:
    """Name the scripts inside JupyterLab's own page by their hash.

    There is one: it takes the token out of the address.
    """
    for folder in jupyter_path("lab", "static"):
        page = Path(folder, "index.html")
        if page.is_file():
            found = _SCRIPT.findall(page.read_text("utf-8"))
            return [
                "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
                for text in found
            ]
    return []


class WithoutSecrets(logging.Filter):
    """Takes the values of tokens and keys out of addresses in log lines."""

    def filter(self, entry: logging.LogRecord) -> bool:
        """Scrub one line; every line passes."""
        if entry.module == "serverapp":
            # The server's own greeting: its address with the token is how a person gets in.
            return True
        text = entry.getMessage()
        clean = _SECRET.sub(r"\1[secret]", text)
        if clean != text:
            entry.msg, entry.args = clean, ()
        return True


def quiet_secrets(log: logging.Logger) -> None:
    """Scrub what this logger, and every handler above it, writes."""
    scrub = WithoutSecrets()
    reached: logging.Logger | None = log
    while reached is not None:
        reached.addFilter(scrub)
        for handler in reached.handlers:
            handler.addFilter(scrub)
        reached = reached.parent
