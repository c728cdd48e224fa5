"""Words such as "every weekday at 9" as a cron line and a time zone. Pure."""

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sponde_server.core.errors import Invalid

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LONG = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
PARTS = {"morning": 8, "noon": 12, "midday": 12, "evening": 18, "midnight": 0}
USUAL_HOUR = 8
_ZONE = re.compile(r"\b(UTC|GMT|[A-Z][A-Za-z_]+(?:/[A-Za-z_+0-9-]+){1,2})\b")
_CRON = re.compile(r"(?:[\d*/,\-]+\s+){2}[\dL*/,\-]+\s+[\dA-Za-z*/,\-]+\s+[\dA-Za-z*/,\-#]+")
_TIME = re.compile(
    r"\b(\d{1,2})(?:[:.](\d{2}))(?:\s*(am|pm)\b)?|\b(\d{1,2})\s*(am|pm)\b|\bat\s+(\d{1,2})\b(?![:.]\d)"
    r"|(?<=,)\s*(\d{1,2})\b(?!\s*(?:st|nd|rd|th|min|hour))",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\bevery\s+(\d+)\s+(minute|hour)s?\b")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b|\b(first|last)\s+day\b")
_FILLER = re.compile(
    r"\b(?:every|each|on|at|the|of|in|and|time|o'clock|clock|day|days|a|once|zone|run|it|to)\b|[,;]"
)
WAY_OUT = (
    "Write it like: every day at 8:00, every weekday at 9, every monday and thursday at 18:30, "
    "every 15 minutes, on the 1st of every month at 6:00, or a cron line such as 0 8 * * 1-5."
)


@dataclass(frozen=True)
class When:
    """When a notebook is to run."""

    cron: str
    zone: str = ""
    """Empty where none was said."""
    note: str = ""
    """What was taken for granted, in a sentence."""


def read(text: str) -> When:
    """Read words or a cron line; what is not understood is refused with the words."""
    zone, rest = _zone(text.strip())
    if not rest:
        raise Invalid("When should it run?", WAY_OUT)
    found = _CRON.fullmatch(rest)
    if found:
        return When(" ".join(rest.split()), zone)
    words = rest.lower().replace("weekdays", "weekday")
    every = _EVERY.search(words)
    if every:
        cron = _steps(int(every[1]), every[2])
        return _whole(words.replace(every[0], " "), When(cron, zone), rest)
    if re.search(r"\bhourly\b|\bevery hour\b", words):
        minute = re.search(r"\b(?:at )?(?:minute |:)(\d{1,2})\b", words)
        left = words.replace(minute[0], " ") if minute else words
        left = re.sub(r"\bhourly\b|\bhour\b", " ", left)
        return _whole(left, When(f"{int(minute[1]) if minute else 0} * * * *", zone), rest)
    if re.search(r"\bevery minute\b", words):
        return _whole(words.replace("minute", " "), When("* * * * *", zone), rest)
    days, months, words = _days(words)
    clock, words, note = _clock(words)
    return _whole(words, When(f"{clock} {months} * {days}", zone, note), rest)


def _zone(text: str) -> tuple[str, str]:
    for found in _ZONE.finditer(text):
        try:
            ZoneInfo(found[1])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            if "/" in found[1]:
                raise Invalid(
                    f"There is no time zone {found[1]}.", "Write one such as Europe/Vienna or UTC."
                ) from None
            continue
        return found[1], (text[: found.start()] + text[found.end() :]).strip(" ,()")
    return "", text


def _steps(count: int, unit: str) -> str:
    most = 60 if unit == "minute" else 24
    if not 0 < count < most or most % count:
        fitting = ", ".join(str(one) for one in range(1, most) if most % one == 0)
        raise Invalid(
            f"Every {count} {unit}s does not come out even.", f"{unit.title()}s go by {fitting}."
        )
    if unit == "minute":
        return f"*/{count} * * * *" if count > 1 else "* * * * *"
    return f"0 */{count} * * *" if count > 1 else "0 * * * *"


def _days(words: str) -> tuple[str, str, str]:
    """Give the fields for days of the week and of the month, and what else is said."""
    if re.search(r"\b(?:weekday|workday|workdays|working day|business day)s?\b", words):
        left = re.sub(r"\b(?:weekday|workdays?|working days?|business days?)\b", " ", words)
        return "1-5", "*", left
    if re.search(r"\bweekends?\b", words):
        return "0,6", "*", re.sub(r"\bweekends?\b", " ", words)
    named: list[int] = []
    for number, (short, long) in enumerate(zip(DAYS, LONG, strict=True)):
        pattern = (
            rf"\b(?:{long}s?|{short}s?|{short}r?s?)\b"
            if number != 4
            else (r"\b(?:thursdays?|thu|thur|thurs)\b")
        )
        if number == 2:
            pattern = r"\b(?:tuesdays?|tue|tues)\b"
        span = re.search(pattern, words)
        if span:
            named.append(number)
            words = re.sub(pattern, f" d{number} ", words)
    span = re.search(r"d(\d)\s*(?:-|–|to|through)\s*d(\d)", words)
    if span:
        first, last = int(span[1]), int(span[2])
        words = words.replace(span[0], " ")
        return f"{first}-{last or 7}", "*", re.sub(r"\bweekly\b|\bweek\b", " ", words)
    words = re.sub(r"\bd\d\b", " ", words)
    if named:
        left = re.sub(r"\bweekly\b|\bweek\b", " ", words)
        return ",".join(map(str, named)), "*", left
    if re.search(r"\bmonth(?:ly|s)?\b", words) or _ORDINAL.search(words):
        wanted = [
            found[1] or {"first": "1", "last": "L"}[found[2]] for found in _ORDINAL.finditer(words)
        ]
        left = _ORDINAL.sub(" ", re.sub(r"\bmonth(?:ly|s)?\b", " ", words))
        return "*", ",".join(wanted) or "1", left
    if re.search(r"\bweekly\b|\bevery week\b", words):
        return "1", "*", re.sub(r"\bweekly\b|\bweek\b", " ", words)
    return "*", "*", re.sub(r"\bdaily\b|\beveryday\b|\bnightly\b", " ", words)


def _clock(words: str) -> tuple[str, str, str]:
    """Give the fields for minute and hour, what else is said, and what was taken for granted."""
    times: list[tuple[int, int]] = []

    def take(found: "re.Match[str]") -> str:
        hour = int(found[1] or found[4] or found[6] or found[7])
        half = (found[3] or found[5] or "").lower()
        if half:
            if not 1 <= hour <= 12:
                raise Invalid(f"There is no {hour} {half}.", WAY_OUT)
            hour = hour % 12 + (12 if half == "pm" else 0)
        minute = int(found[2] or 0)
        if hour > 23 or minute > 59:
            raise Invalid(f"There is no time {hour}:{minute:02}.", "Hours go from 0 to 23.")
        times.append((hour, minute))
        return " at " if found[6] else " "

    left = words
    for name, hour in PARTS.items():
        if re.search(rf"\b{name}\b", left):
            times.append((hour, 0))
            left = re.sub(rf"\b{name}\b", " ", left)
    left = _TIME.sub(take, re.sub(r"\bat\s+(\d{1,2})\s+and\s+(\d{1,2})\b", r"at \1, \2", left))
    if not times:
        return f"0 {USUAL_HOUR}", left, f"You said no time, so it is {USUAL_HOUR}:00."
    minutes = {minute for _, minute in times}
    if len(minutes) > 1:
        raise Invalid("These times have different minutes.", "Make one schedule for each of them.")
    hours = ",".join(str(hour) for hour in sorted({hour for hour, _ in times}))
    return f"{minutes.pop()} {hours}", left, ""


def _whole(left: str, when: When, said: str) -> When:
    """Refuse what holds more than was understood."""
    unknown = " ".join(_FILLER.sub(" ", left).split())
    if unknown:
        raise Invalid(f"“{unknown}” in “{said}” was not understood.", WAY_OUT)
    return when
