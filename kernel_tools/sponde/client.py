"""The server's doors, from inside a kernel. Standard library only: a kernel may live in an
environment that has nothing of the server's.
"""

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

VARIABLE = "SPONDE_SERVER"


class SpondeError(RuntimeError):
    """The server said no, or cannot be found."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentences alone in a cell's output: where they were raised helps nobody."""
        return [f"SpondeError: {self}"]


def _server() -> dict[str, Any]:
    path = os.environ.get(VARIABLE)
    if path:
        try:
            return dict(json.loads(Path(path).read_text("utf-8")))
        except FileNotFoundError:
            pass
    raise SpondeError(
        "No Sponde server was found. Run this in a notebook that was opened by a JupyterLab "
        "with Sponde in it; a kernel that is older than the server needs a restart."
    )


def root() -> Path:
    """Give the folder that JupyterLab serves; datasets' paths begin there."""
    return Path(_server()["root"])


def address() -> tuple[str, str]:
    """Give where the server answers, without a slash at its end, and the token that it wants."""
    server = _server()
    return str(server["url"]).rstrip("/"), str(server["token"])


def call(method: str, path: str, body: Any = None, *, timeout: float = 60, **query: Any) -> Any:
    """Call a route, such as `call("GET", "/datasets")`, and give its JSON."""
    with _request(method, path, body, query, timeout) as answer:
        data = answer.read()
    return json.loads(data) if data else None


def text(path: str, *, timeout: float = 600) -> str:
    """Give what a route has to be downloaded, as text."""
    with _request("GET", path, None, {}, timeout) as answer:
        return str(answer.read().decode("utf-8"))


def events(path: str, *, timeout: float = 300, **query: Any) -> Any:
    """Yield (kind, data) of a route that streams, as they come."""
    with _request("GET", path, None, query, timeout) as answer:
        kind = ""
        for raw in answer:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                yield kind, json.loads(line[6:])


def _request(method: str, path: str, body: Any, query: dict[str, Any], timeout: float) -> Any:
    server = _server()
    url = server["url"].rstrip("/") + "/sponde/api" + path
    given = {name: value for name, value in query.items() if value is not None}
    if given:
        url += "?" + urllib.parse.urlencode(given)
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"token {server['token']}",
            "Content-Type": "application/json",
        },
    )
    try:
        return urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        raise SpondeError(_sentences(error)) from None
    except urllib.error.URLError as error:
        raise SpondeError(f"The Sponde server does not answer ({error.reason}).") from None


def _sentences(error: urllib.error.HTTPError) -> str:
    try:
        body = json.loads(error.read())
        return f"{body['message']} {body.get('hint', '')}".strip()
    except (ValueError, KeyError):
        return f"The Sponde server answered {error.code}."
