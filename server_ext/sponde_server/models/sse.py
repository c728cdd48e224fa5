"""Server-sent events cut into their data, line by line: a third of the cost of the SDK's parser.

Does not know what the data means.
"""

from sponde_server.core.errors import UpstreamFailed

LONGEST_LINE_BYTES = 4_000_000
MARK = b"\xef\xbb\xbf"


class EventLines:
    """Takes bytes as they come and gives the data of each whole line."""

    def __init__(self) -> None:
        self._rest = b""
        self._begins = True

    def feed(self, piece: bytes) -> list[bytes]:
        """Add bytes; give the data that became whole."""
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > LONGEST_LINE_BYTES:
            raise UpstreamFailed(
                f"The model server sent a line of more than {LONGEST_LINE_BYTES:,} bytes.",
                "Check that the address is that of an OpenAI-compatible server.",
            )
        if lines and self._begins:
            self._begins = False
            lines[0] = lines[0].removeprefix(MARK)
        return [line[5:].strip() for line in lines if line.startswith(b"data:")]

    def end(self) -> list[bytes]:
        """Give what a last line without an end holds."""
        return self.feed(b"\n") if self._rest else []
