"""The network between a page and a server: carries bytes until it is cut, and again when mended."""

import asyncio
import threading


class Wire:
    """Listens at one port of this machine and carries what comes to another."""

    def __init__(self, server: int, port: int) -> None:
        self.port = port
        self._server = server
        self._is_cut = False
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        listening = asyncio.start_server(self._carry, "127.0.0.1", port)
        asyncio.run_coroutine_threadsafe(listening, self._loop).result(60)

    def cut(self) -> None:
        """Break every connection, and let none begin."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._break)

    def mend(self) -> None:
        """Let connections begin again."""
        self._is_cut = False

    def end(self) -> None:
        """Break it for good."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _break(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _carry(self, page: asyncio.StreamReader, to_page: asyncio.StreamWriter) -> None:
        if self._is_cut:
            to_page.transport.abort()
            return
        server, to_server = await asyncio.open_connection("127.0.0.1", self._server)
        self._open |= {to_page, to_server}
        await asyncio.gather(_pass(page, to_server), _pass(server, to_page))
        self._open -= {to_page, to_server}


async def _pass(given: asyncio.StreamReader, taken: asyncio.StreamWriter) -> None:
    try:
        while piece := await given.read(65536):
            taken.write(piece)
            await taken.drain()
    except OSError:
        pass  # one of its ends is gone
    taken.close()
