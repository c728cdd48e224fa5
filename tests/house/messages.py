"""Finds the texts that people read in the front end: those to translate, and those forgotten.

A translator gets `server_ext/sponde_server/locale/sponde.pot`; a translation is laid beside it as
`<language>/LC_MESSAGES/sponde.json`, as JupyterLab's own language packs are.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "extension/src"
CALL = re.compile(r"\btrans\.(__|_n|_p)\(")
STRING = re.compile(r"""\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\$]|\\.)*)`)""")
PLUS = re.compile(r"\s*\+(?=\s*['\"`])")
COMMA = re.compile(r"\s*,")
# A text between tags, or in an attribute that is read out or shown.
FORGOTTEN = [
    re.compile(r"(?<!=)>\s*([A-Z][a-z]+(?:[ ,.’'…:-]+[A-Za-z0-9’']+)*[.…:]?)\s*<(?=[/A-Za-z{])"),
    re.compile(
        r"\b(?:label|title|placeholder|aria-label|caption|hint|note)(?:=|: )"
        r"['\"]([A-Z][a-z][^'\"\n]*)['\"]"
    ),
]
# A line of text between tags that stand on lines of their own.
ALONE = re.compile(r"(?<!=)[>}]\n\s*([A-Z][a-z]*(?: [^<>{}=()\n]+)?[a-z.…:])\n\s*[<{]")
UNTOLD = re.compile(r"^\s*(?://|\*|/\*)")


def files() -> list[Path]:
    """Give the sources of the front end, without tests, their fixtures and what is generated."""
    return sorted(
        path
        for path in SOURCES.rglob("*.ts*")
        if ".spec." not in path.name and path.name not in ("schema.ts", "fixture.ts")
    )


def messages() -> list[tuple[str, ...]]:
    """Give every text to translate once: (text,), (one, many) or (context, text, "")."""
    found: set[tuple[str, ...]] = set()
    for path in files():
        found |= set(_messages(path))
    return sorted(found)


def _messages(path: Path) -> Iterator[tuple[str, ...]]:
    text = path.read_text("utf-8")
    for call in CALL.finditer(text):
        strings, at = [], call.end()
        for _ in range(1 if call[1] == "__" else 2):
            read = _literal(text, at)
            if read is None:
                line = text.count("\n", 0, call.start()) + 1
                raise AssertionError(
                    f"{path.relative_to(SOURCES)}:{line}: what is translated must be a plain "
                    "string; give what varies as %1, %2."
                )
            strings.append(read[0])
            comma = COMMA.match(text, read[1])
            at = comma.end() if comma else read[1]
        yield (*strings, "") if call[1] == "_p" else tuple(strings)


def _literal(text: str, at: int) -> tuple[str, int] | None:
    """Read a string, or several that are added; give it and where it ends."""
    read = ""
    while found := STRING.match(text, at):
        raw = next(part for part in found.groups() if part is not None)
        read += _unescaped(raw)
        at = found.end()
        plus = PLUS.match(text, at)
        if plus is None:
            return read, at
        at = plus.end()
    return None


def _unescaped(raw: str) -> str:
    quoted = re.sub(r"\\(['`$])", r"\1", raw).replace('"', '\\"').replace('\\\\"', '\\"')
    loaded = json.loads(f'"{quoted}"', strict=False)
    assert isinstance(loaded, str)
    return loaded


def catalogue() -> str:
    """Write the template for translators."""
    lines = [
        "# Written by `make docs`. Do not edit.",
        'msgid ""',
        'msgstr ""',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        "",
    ]
    for message in messages():
        if len(message) == 3:
            lines += [f"msgctxt {_quoted(message[0])}", f"msgid {_quoted(message[1])}"]
        else:
            lines.append(f"msgid {_quoted(message[0])}")
        if len(message) == 2:
            lines += [f"msgid_plural {_quoted(message[1])}", 'msgstr[0] ""', 'msgstr[1] ""', ""]
        else:
            lines += ['msgstr ""', ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def forgotten(folder: str) -> list[str]:
    """Give the texts of a folder that seem to be read by people and are not translated."""
    found = []
    for path in files():
        if not path.is_relative_to(SOURCES / folder):
            continue
        text = path.read_text("utf-8")
        name = path.relative_to(SOURCES)
        if path.suffix == ".tsx":
            found += [
                f"{name}:{text[: alone.start(1)].count(chr(10)) + 1}: {alone[1]}"
                for alone in ALONE.finditer(text)
            ]
        for number, line in enumerate(text.splitlines(), 1):
            if UNTOLD.match(line):
                continue
            found += [
                f"{name}:{number}: {read}"
                for pattern in FORGOTTEN
                for read in pattern.findall(line)
            ]
    return found
