"""What to call a conversation: from its first question, better once it is answered. Pure."""

import re

LONGEST = 60
COMMANDS = {
    "profile": "Profile of {rest}",
    "plot": "Plot of {rest}",
    "sql": "Query of {rest}",
    "clean": "Cleaning {rest}",
    "join": "Joining {rest}",
    "compare": "Comparing {rest}",
    "schedule": "Schedule of {rest}",
    "export": "Export of {rest}",
    "help": "What the commands do",
}
_POLITE = re.compile(
    r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?\b|please\b|thanks\b|"
    r"(?:can|could|would|will) you(?: please)?\b|i (?:want|need|would like|'d like)(?: you)? to\b|"
    r"i'd like(?: you)? to\b|help me(?: to)?\b|tell me\b|show me\b|let's\b|let us\b)[\s,.!:;-]*",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^#{1,4}\s+(.{3,80}?)\s*#*$", re.MULTILINE)
_MARKS = re.compile(r"[*_`~\[\]]|\]\([^)]*\)")


def first(text: str) -> str:
    """Make a title of a question's beginning, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    return line[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def better(question: str, answer: str, datasets: tuple[str, ...] = ()) -> str:
    """Name what was asked: the command and its dataset, or the question without its courtesies."""
    text = question.strip()
    if text.startswith("/"):
        return _of_command(text)
    prose = " ".join(re.sub(r"(```|~~~).*?(\1|\Z)", " ", text, flags=re.DOTALL).split())
    while (polite := _POLITE.match(prose)) and polite.end():
        prose = prose[polite.end() :]
    sentence = re.split(r"(?<=[.?!])\s", prose, maxsplit=1)[0].rstrip(" .!")
    sentence = sentence.replace("@", "")
    if len(sentence.split()) < 2 and (heading := _HEADING.search(answer)):
        sentence = _MARKS.sub("", heading[1])
    if not sentence:
        return first(text)
    title = first(sentence[:1].upper() + sentence[1:])
    missing = [name for name in datasets if name.casefold() not in title.casefold()]
    named = f"{title} · {', '.join(missing)}"
    return named if missing and len(named) <= LONGEST else title


def _of_command(text: str) -> str:
    name, _, rest = text[1:].partition(" ")
    words = " ".join(word.lstrip("@") for word in rest.split()).strip()
    form = COMMANDS.get(name.lower())
    if form is None or ("{rest}" in form and not words):
        return first(text)
    return first(form.format(rest=words))


def suggested(text: str) -> str:
    """Take a title out of what a model said: one line, without quotes, marks and a full stop."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    line = _MARKS.sub("", lines[0]) if lines else ""
    line = re.sub(r"^(?:#+|title\s*:)\s*", "", line, flags=re.IGNORECASE)
    return first(line.strip(" \"'“”„«».").strip())
