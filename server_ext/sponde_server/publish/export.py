"""A conversation as one HTML file that needs nothing else: code coloured by Pygments.

The file carries a policy of its own: it runs no script and loads nothing, whatever a model wrote.
"""

from html import escape

from .records import Transcript

_STYLE = (
    "body{max-width:52em;margin:0 auto;padding:24px;font:15px/1.55 system-ui,sans-serif;"
    "color:#212121;background:#fff}pre{padding:10px 12px;overflow:auto;border-radius:3px;"
    "background:#f5f5f5;font-size:13px}code{font-family:ui-monospace,monospace}"
    ".question{margin:28px 0 12px;padding:8px 14px;border-left:3px solid #1976d2;"
    "background:#f5f9fd}"
    ".note{color:#757575;font-style:italic}table{border-collapse:collapse}"
    "td,th{padding:4px 8px;border:1px solid #e0e0e0}img{max-width:100%}.anchor-link{display:none}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html(transcript: Transcript) -> str:
    """Write the file."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from pygments.formatters import HtmlFormatter

    parts = []
    for entry in transcript.entries:
        # A renderer numbers its headings: one for each text.
        read = MarkdownWithMath(renderer=IPythonRenderer(escape=True))
        kind = "question" if entry.is_question else "answer"
        parts.append(f'<section class="{kind}">{read.render(entry.text)}</section>')
        if entry.note:
            parts.append(f'<p class="note">{escape(entry.note)}</p>')
    title = escape(transcript.title)
    colours = HtmlFormatter().get_style_defs(".highlight")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{title}</title><style>{_STYLE}{colours}</style></head>"
        f"<body><h1>{title}</h1>{''.join(parts)}</body></html>"
    )
