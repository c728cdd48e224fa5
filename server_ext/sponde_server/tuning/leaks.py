"""Finds text that looks like a key, a password or somebody's address, and hides it.

Pure. Patterns are data; each names a kind that the placeholder says too. Better one too many: a
person sees every place, and may keep it.
"""

import re
from dataclasses import dataclass

# Kind, and what it looks like; a group named `secret` is the part that is hidden.
PATTERNS: tuple[tuple[str, str], ...] = (
    ("private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*KEY-----|\Z)"),
    ("key", r"\bsk-[A-Za-z0-9_-]{16,}"),
    ("key", r"\bhf_[A-Za-z0-9]{20,}"),
    ("key", r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{18,}"),
    ("key", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    ("key", r"\bAIza[\w-]{30,}"),
    ("key", r"\bxox[abposr]-[\w-]{10,}"),
    ("key", r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{5,}"),
    ("key", r"(?i)\bbearer\s+(?P<secret>[\w.~+/-]{20,}=*)"),
    ("password", r"\b[a-z][a-z0-9+.-]*://[^\s:/@]+:(?P<secret>[^\s@/]{2,})@"),
    (
        "password",
        r"""(?ix)\b(?:password|passwd|pwd|secret|api_?key|access_?key|auth_?token|token)
        ["']?\s*[:=]\s*["'](?P<secret>[^"'\s]{6,})["']""",
    ),
    ("e-mail", r"\b[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b"),
    ("IBAN", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    ("card number", r"\b(?:\d[ -]?){13,18}\d\b"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in PATTERNS)
_EXAMPLES = ("example.com", "example.org", "example.net")


@dataclass(frozen=True)
class Leak:
    """A place that looks like a secret."""

    kind: str
    """What it looks like."""
    begin: int
    """Where it begins."""
    end: int
    """Where it ends."""
    hint: str
    """Its first letters, the rest hidden."""


def find(text: str) -> list[Leak]:
    """Find what looks like a secret, in order; where two overlap, the first pattern counts."""
    found: list[Leak] = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            name = "secret" if "secret" in pattern.groupindex else 0
            begin, end = match.span(name)
            said = text[begin:end]
            if _is_harmless(kind, said) or any(
                leak.begin < end and begin < leak.end for leak in found
            ):
                continue
            found.append(Leak(kind, begin, end, f"{said[:4].splitlines()[0]}…"))
    return sorted(found, key=lambda leak: leak.begin)


def mask(text: str) -> str:
    """Put a placeholder such as [e-mail] where something looks like a secret."""
    for leak in reversed(find(text)):
        text = f"{text[: leak.begin]}[{leak.kind}]{text[leak.end :]}"
    return text


def _is_harmless(kind: str, said: str) -> bool:
    if kind == "e-mail":
        return said.lower().rpartition("@")[2] in _EXAMPLES
    if kind == "card number":
        return not _passes_luhn(re.sub(r"\D", "", said))
    if kind == "IBAN":
        return not _is_iban(said.replace(" ", ""))
    # What a program reads from elsewhere, or a placeholder, is no secret.
    return kind == "password" and bool(re.match(r"(?i)\W*(?:your|xxx|\*\*\*|<|\{|\$|env)", said))


def _passes_luhn(digits: str) -> bool:
    if len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_iban(text: str) -> bool:
    moved = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1
