"""The only way out of this machine: an address is checked before anything is sent to it.

A person may name a server of their own, on this machine or elsewhere; nothing else is contacted,
redirects are not followed and waiting is bounded.
"""

from urllib.parse import urlsplit

from .errors import Invalid

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
