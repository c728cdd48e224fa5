"""One request that is being answered: what can be told and asked meanwhile."""

from typing import Any

from . import rpc
from .sessions import LEVELS, Session, Stream


class Exchange:
    """The way from what answers a request to the program that asked."""

    def __init__(
        self, session: Session, stream: Stream | None, person: str, progress_token: Any = None
    ) -> None:
        self.session = session
        self.person = person
        self._stream = stream
        self._token = progress_token

    def log(self, level: str, data: Any, logger: str = "sponde") -> None:
        """Tell a line of the log, where the program wants to hear lines of this level."""
        if LEVELS.index(level) >= LEVELS.index(self.session.level):
            self._tell(
                rpc.notice(
                    "notifications/message", {"level": level, "logger": logger, "data": data}
                )
            )

    def progress(self, done: float, total: float | None = None, message: str = "") -> None:
        """Say how far it is, where the program asked for it."""
        if self._token is None:
            return
        params: rpc.Message = {"progressToken": self._token, "progress": done}
        if total is not None:
            params["total"] = total
        if message:
            params["message"] = message
        self._tell(rpc.notice("notifications/progress", params))

    async def ask(self, method: str, params: rpc.Message) -> rpc.Message:
        """Ask the program something that it said it can do, such as sampling/createMessage."""
        ability = method.partition("/")[0]
        if ability not in self.session.capabilities:
            raise rpc.RpcError(rpc.REFUSED, f"This program does not offer '{ability}'.")
        return await self.session.ask(method, params, self._tell)

    def hang_up(self) -> None:
        """Let the connection go; the program comes back for the rest."""
        if self._stream is not None:
            self._stream.interrupt()

    def _tell(self, message: rpc.Message) -> None:
        # Without a stream of its own (an answer as plain JSON), what is told goes to the notices.
        (self._stream or self.session.notices).add(message)
