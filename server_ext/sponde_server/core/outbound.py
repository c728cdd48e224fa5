"""The only way out of this machine: an address is checked before anything is sent to it.

A person may name a server of their own, on this machine or elsewhere; nothing else is contacted,
redirects are not followed and waiting is bounded. Where a person names any address in the world,
such as a file's, `checked_address` and `public_places` keep this machine's own network out of it.
"""

import ipaddress
import socket
from urllib.parse import quote, urlsplit, urlunsplit

from .errors import Forbidden, Invalid, Unavailable

CONNECT_SECONDS = 10.0
READ_SECONDS = 300.0


def base_address(address: str) -> str:
    """Check an http(s) base address given by a person, and write it without a trailing slash."""
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(
            f"'{address}' is not an address of a server.",
            "Write it with its scheme, such as http://127.0.0.1:8000/v1.",
        )
    if parts.username or parts.password:
        raise Invalid(
            "The address holds a user name or password.", "Put the key into the field for the key."
        )
    if parts.query or parts.fragment:
        raise Invalid(
            f"The address ends in '{parts.query or parts.fragment}', which is not part of a base "
            "address.",
            "Give the part before '?' and '#'.",
        )
    return address.strip().rstrip("/")


def checked_address(address: str, *, allows_http: bool = False) -> str:
    """Check the address of a file in the world, and write it without its fragment."""
    text = address.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise Invalid(
            f"'{text[:200]}' is not an address of a file.",
            "Write it whole, such as https://example.org/data/towns.csv.",
        )
    if parts.scheme == "http" and not allows_http:
        raise Forbidden(
            f"'{text[:200]}' is not encrypted: anybody on the way could change what comes.",
            "Write https:// where the server has it, or have the operator allow http.",
        )
    if parts.username or parts.password:
        raise Invalid(
            "The address holds a user name or password.",
            "Use one that needs none, or a signed one.",
        )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="=&%/?:@!$'()*+,;~-._[]")
    return urlunsplit((parts.scheme, parts.netloc, path, query, ""))


def public_places(host: str, port: int, *, allows_private: bool = False) -> list[tuple[str, int]]:
    """Look a host up, and give where to connect; refuse one of this machine's own network.

    Who connects must connect to what is given here: asked again, a name may mean another place.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(
            f"There is no server called '{host}', or this machine cannot look it up.",
            "Check the address's spelling, and this machine's network.",
        ) from error
    places = [(str(one[4][0]), port) for one in found]
    if not allows_private and not all(is_public(place) for place, _ in places):
        raise Forbidden(
            f"'{host}' is in this machine's own network, which addresses may not reach.",
            "Copy the file into JupyterLab's folder, or have the operator allow it.",
        )
    return places


def is_public(place: str) -> bool:
    """Say whether an IP address belongs to the world, not to this machine or its own network."""
    one = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour
        if inner is not None:
            return is_public(str(inner))
    return one.is_global and not one.is_multicast
