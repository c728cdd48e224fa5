"""The programs that are connected: what each of them can do, and what it was told.

Every stream numbers its events and keeps them a while, so that a program that lost one joins it
again where it was. An answer belongs to its session and not to the connection that asked for it.
Does not know HTTP.
"""

import asyncio
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from typing import Any

from sponde_server.core.record import new_id

from . import rpc

KEPT_STREAMS = 64
KEPT_EVENTS = 1000
RETRY_MS = 500
NOBODY = "jupyter:"
"""The owner of a session that was opened with Jupyter's token alone."""
LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")


class Stream:
    """Events of one answer, or of the server's own notices."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._events: list[bytes] = []
        self._first = 0
        self._news = asyncio.Event()
        self._break = 0
        self.is_ended = False

    def add(self, message: rpc.Message | None) -> None:
        """Add a message; None: an event that says nothing, so that its number is known."""
        at = self._first + len(self._events)
        data = b"" if message is None else json.dumps(message, ensure_ascii=False).encode()
        retry = b"" if message is not None else b"retry: %d\n" % RETRY_MS
        kind = b"" if message is None else b"event: message\n"
        self._events.append(
            kind + b"id: %d-%d\n" % (self.number, at) + retry + b"data: " + data + b"\n\n"
        )
        if len(self._events) > KEPT_EVENTS:
            self._events.pop(0)
            self._first += 1
        self._tell()

    def end(self) -> None:
        """Say that nothing more comes."""
        self.is_ended = True
        self._tell()

    def last(self) -> int:
        """Give the number of the last event."""
        return self._first + len(self._events) - 1

    def interrupt(self) -> None:
        """Let who reads now leave; they come back for the rest."""
        self._break += 1
        self._tell()

    async def follow(self, after: int = -1) -> AsyncIterator[bytes]:
        """Give the events after a number until the end, or until it is interrupted."""
        position, began = max(after + 1, self._first), self._break
        while True:
            news = self._news
            while position - self._first < len(self._events):
                yield self._events[position - self._first]
                position += 1
            if self.is_ended or self._break != began:
                return
            await news.wait()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class Session:
    """One program that is connected."""

    def __init__(self, owner: str, version: str, client: str, capabilities: rpc.Message) -> None:
        self.id = new_id()
        self.owner = owner
        """Who opened it: nobody else may use it."""
        self.version = version
        self.client = client
        self.capabilities = capabilities
        self.level = "info"
        self.subscribed: set[str] = set()
        self.running: dict[Any, asyncio.Task[Any]] = {}
        self.seen_at = 0.0
        self._streams: OrderedDict[int, Stream] = OrderedDict()
        self._next = 1
        self._asked: dict[str, asyncio.Future[rpc.Message]] = {}
        self.notices = self.stream()

    def stream(self) -> Stream:
        """Begin a stream."""
        made = Stream(self._next)
        self._next += 1
        self._streams[made.number] = made
        ended = [number for number, one in self._streams.items() if one.is_ended]
        for number in ended[: max(0, len(self._streams) - KEPT_STREAMS)]:
            del self._streams[number]
        return made

    def find(self, event_id: str) -> tuple[Stream, int] | None:
        """Find where a program was, by the number that it saw last."""
        number, _, at = event_id.partition("-")
        if not number.isdigit() or not at.isdigit() or int(number) not in self._streams:
            return None
        return self._streams[int(number)], int(at)

    def notify(self, method: str, params: rpc.Message | None = None) -> None:
        """Tell the program something on the stream of notices."""
        self.notices.add(rpc.notice(method, params))

    async def ask(
        self, method: str, params: rpc.Message, tell: Callable[[rpc.Message], None]
    ) -> rpc.Message:
        """Ask the program something, and wait for what it says."""
        name = new_id()
        waiting = self._asked[name] = asyncio.get_running_loop().create_future()
        tell({"jsonrpc": "2.0", "id": name, "method": method, "params": params})
        try:
            answer: rpc.Message = await waiting
        finally:
            del self._asked[name]
        return answer

    def hear(self, message: rpc.Message) -> None:
        """Take what the program answers to a question of ours."""
        waiting = self._asked.get(str(message.get("id")))
        if waiting is None or waiting.done():
            return
        if "error" in message:
            told = message["error"] if isinstance(message["error"], dict) else {}
            waiting.set_exception(
                rpc.RpcError(rpc.REFUSED, str(told.get("message", "The program refused.")))
            )
        else:
            answer = message.get("result")
            waiting.set_result(answer if isinstance(answer, dict) else {})

    def close(self) -> None:
        """End everything of it."""
        for task in list(self.running.values()):
            task.cancel()
        for waiting in list(self._asked.values()):
            waiting.cancel()
        for stream in self._streams.values():
            stream.end()


class Sessions:
    """All of them: the oldest that is not used goes when there are too many."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._all: OrderedDict[str, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Any:
        return iter(list(self._all.values()))

    def add(self, session: Session, most: int, idle_seconds: float) -> None:
        """Add a session; let go of those that nobody used for long, and of too many."""
        now = self._clock()
        for one in self:
            if not one.running and now - one.seen_at > idle_seconds:
                self.remove(one)
        while len(self._all) >= most:
            self.remove(next(iter(self._all.values())))
        session.seen_at = now
        self._all[session.id] = session

    def find(self, session_id: str, owner: str) -> Session | None:
        """Give a session to who opened it."""
        found = self._all.get(session_id)
        # Jupyter's token names nobody, until its cookie does: the same program has both.
        is_theirs = found is not None and (
            found.owner == owner or (found.owner == NOBODY and owner.startswith(NOBODY))
        )
        if found is None or not is_theirs:
            return None
        found.seen_at = self._clock()
        self._all.move_to_end(session_id)
        return found

    def remove(self, session: Session) -> None:
        """End a session."""
        self._all.pop(session.id, None)
        session.close()
