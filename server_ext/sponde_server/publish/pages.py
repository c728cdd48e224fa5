"""The pages shown in a dashboard's place: it starts, it is gone, it cannot be shown."""

from html import escape

_STYLE = (
    "body{margin:0;padding:30vh 16px 0;text-align:center;font:15px/1.5 system-ui,sans-serif;"
    "color:#424242;background:#fff}h1{margin:0 0 6px;font-size:18px;font-weight:500}"
    "p{max-width:34em;margin:0 auto;color:#757575}"
    ".track{width:180px;height:3px;margin:0 auto 14px;overflow:hidden;border-radius:2px;"
    "background:#e0e0e0}.bar{width:30%;height:100%;background:#1976d2;"
    "animation:moving 1.2s infinite ease-in-out alternate}"
    "@keyframes moving{from{margin-left:0}to{margin-left:70%}}"
    "@media (prefers-color-scheme:dark){body{background:#111;color:#e0e0e0}p{color:#9e9e9e}"
    ".track{background:#424242}}"
)


def starting(name: str) -> str:
    """Give the page shown until Voilà runs; it asks again by itself."""
    return _page(
        name,
        '<div role="status"><div class="track"><div class="bar"></div></div>'
        "<p>Starting the dashboards…</p></div>",
        '<meta http-equiv="refresh" content="1">',
    )


def refused(title: str, hint: str) -> str:
    """Give the page that says why there is no dashboard, and the way out."""
    return _page(title, f'<div role="alert"><h1>{escape(title)}</h1><p>{escape(hint)}</p></div>')


def _page(title: str, body: str, head: str = "") -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'{head}<title>{escape(title)}</title><link rel="icon" href="data:;base64,=">'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )
