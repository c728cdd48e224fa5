"""Addresses of what may be written next in a command, and of what commands give as files."""

from sponde_server.core.http import Download, Routes

from .records import Suggestions, Typing
from .service import SpondeChat

routes = Routes("chat")


@routes("POST", "/commands/complete", action="read")
async def complete_command(chat: SpondeChat, body: Typing) -> Suggestions:
    """Say what may be written at a place of a command, counted in UTF-16 code units."""
    from .commands.complete import complete

    return await complete(body.text, body.caret, chat.desk)


@routes("GET", "/exports/csv")
async def export_csv(chat: SpondeChat, query: str) -> Download:
    """Give rows of datasets as CSV, as `/export csv` names them."""
    from .commands.export import rows, written

    names, _, table = await rows(query, chat.desk)
    return Download(f"{names[0]}_export.csv", "text/csv; charset=utf-8", written(table))
