"""JSON-RPC as MCP speaks it: versions, errors, and the forms of messages. Pure."""

from typing import Any

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
"""The versions of the protocol that are spoken here, newest first."""
BATCHES = "2025-03-26"
"""The only version with several messages in one request."""
PRIMES = "2025-11-25"
"""The first version whose clients expect an event before anything is said."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
UNKNOWN_METHOD = -32601
INVALID_PARAMS = -32602
INTERNAL = -32603
REFUSED = -32000
NO_SESSION = -32001
NO_RESOURCE = -32002
UNKNOWN_VERSION = -32022

Message = dict[str, Any]


class RpcError(Exception):
    """A request that is answered with an error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


def chosen(wanted: Any) -> str:
    """Choose the version to speak: the client's, where it is known, else the newest."""
    return wanted if wanted in VERSIONS else VERSIONS[0]


def result(request_id: Any, value: Message) -> Message:
    """Answer a request."""
    return {"jsonrpc": "2.0", "id": request_id, "result": value}


def failure(request_id: Any, error: RpcError) -> Message:
    """Answer a request with an error."""
    told: Message = {"code": error.code, "message": error.message}
    if error.data is not None:
        told["data"] = error.data
    return {"jsonrpc": "2.0", "id": request_id, "error": told}


def notice(method: str, params: Message | None = None) -> Message:
    """Say something that wants no answer."""
    return {"jsonrpc": "2.0", "method": method, **({"params": params} if params else {})}


def is_request(message: Message) -> bool:
    """Tell whether a message wants an answer."""
    return "method" in message and message.get("id") is not None


def checked(message: Any) -> Message:
    """Take a message, or say why it is none."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, "This is not a JSON-RPC 2.0 message.")
    identity = message.get("id")
    if identity is not None and (isinstance(identity, bool) or not isinstance(identity, str | int)):
        raise RpcError(INVALID_REQUEST, "A message's id is a text or a whole number.")
    if "method" in message:
        if not isinstance(message["method"], str):
            raise RpcError(INVALID_REQUEST, "The method's name is not a text.")
        if not isinstance(message.get("params", {}), dict):
            raise RpcError(INVALID_PARAMS, "The params are not an object.")
    elif "result" not in message and "error" not in message:
        raise RpcError(INVALID_REQUEST, "The message has no method, no result and no error.")
    return message
