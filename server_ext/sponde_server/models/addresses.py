"""What the address of a server of models tells: whether it is this machine's, and a socket's."""

import ipaddress
from urllib.parse import urlsplit


def is_socket(base_url: str) -> bool:
    """Tell whether an address is a unix socket's: unix:/path."""
    return base_url.startswith("unix:")


def is_this_machine(base_url: str) -> bool:
    """Tell whether an address is surely this machine's."""
    if is_socket(base_url):
        return True
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
