"""The official clients of OpenAI and Ollama, set up for this server: its models under one address.

The packages are the kernel's own and may be missing; nothing else here needs them.
"""

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import client

if TYPE_CHECKING:
    from ollama import Client as OllamaClient
    from openai import AsyncOpenAI, OpenAI

# How the server tells a notebook from another program in its usage.
_FROM_NOTEBOOK = {"X-Sponde-Caller": "notebook"}


def openai(async_: bool = False, **settings: Any) -> "OpenAI | AsyncOpenAI":
    """Give OpenAI's client, which asks this server's models.

    `sponde.openai().chat.completions.create(model="default", messages=[…])`. `model` is an alias
    such as default or fast, or a model's name; `async_` gives the client for `await`. `settings`
    go to the client, such as `timeout=60`.
    """
    try:
        import openai as package
    except ImportError:
        raise client.SpondeError(
            "This kernel has no package 'openai'. Run %pip install openai and try again."
        ) from None
    url, token = client.address()
    given: dict[str, Any] = {
        "base_url": f"{url}/sponde/v1",
        "api_key": token,
        "default_headers": _FROM_NOTEBOOK,
        **settings,
    }
    if _is_here(url) and "http_client" not in given:
        # A proxy from the environment is for other machines.
        kind = package.DefaultAsyncHttpxClient if async_ else package.DefaultHttpxClient
        given["http_client"] = kind(trust_env=False)
    return package.AsyncOpenAI(**given) if async_ else package.OpenAI(**given)


def async_openai(**settings: Any) -> "AsyncOpenAI":
    """Give OpenAI's client for `await`, which asks this server's models."""
    return openai(async_=True, **settings)  # type: ignore[return-value]


def ollama(**settings: Any) -> "OllamaClient":
    """Give Ollama's client, which asks this server's models.

    `sponde.ollama().chat("default", [{"role": "user", "content": "hello"}])`.
    """
    try:
        import ollama as package
    except ImportError:
        raise client.SpondeError(
            "This kernel has no package 'ollama'. Run %pip install ollama and try again."
        ) from None
    url, token = client.address()
    headers = {**_FROM_NOTEBOOK, "Authorization": f"Bearer {token}"}
    given: dict[str, Any] = {"host": f"{url}/sponde", "headers": headers, **settings}
    if _is_here(url):
        given.setdefault("trust_env", False)
    return package.Client(**given)


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
