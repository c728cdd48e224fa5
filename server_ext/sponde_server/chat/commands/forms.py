"""How numbers and dates are written as text: what finds them in SQL, what reads them in pandas.

The patterns mean the same to RE2 (which finds) and to Python (which mends). Pure.
"""

import re
from dataclasses import dataclass
from datetime import datetime

SPACE = r"[\s\x1c-\x1f\x85\xa0\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
"""What `str.strip` takes away, in RE2's words."""
NO_VALUE = (
    "NA", "N/A", "n/a", "na", "NULL", "null", "Null", "NaN", "nan", "None", "none", "-", "--",
    "?", "#N/A", "#NA", "NAN", "missing", "Missing", ".", "nil", "n.a.", "N.A.", "unknown",
    "Unknown", "UNKNOWN", "#REF!", "#VALUE!", "#DIV/0!",
)  # fmt: skip
MOST_NO_VALUE = 0.3
"""A word that more rows than this have is a value like any other."""
STAND_INS = (-9999999, -999999, -99999, -9999, -999, -99, 999, 9999, 99999, 999999, 9999999)
_UNIT = r"(?:[$€£¥₹%]|USD|EUR|GBP|CHF|JPY|kr|zł)"
_WHOLE = r"(?:0|[1-9]\d{0,2}(?:[,' \xa0]\d{3})+|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d{0,14})"
NUMBER = rf"[(]?[+-]?{_UNIT}? ?[+-]?{_WHOLE}(?:[.,]\d+)? ?{_UNIT}?[)]?"
"""Not with a zero in front: that is a postcode, an article, a telephone."""
COMMA_IS_DECIMAL = r"\d,\d{1,2}\D*$|\d,\d{4,}\D*$|\d\.\d{3},|\d\.\d{3}\.\d{3}"
POINT_IS_DECIMAL = r"\d\.\d{1,2}\D*$|\d\.\d{4,}\D*$|\d,\d{3}\.|\d,\d{3},\d{3}"

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:1[5-9]|2\d)\d\d"
_SHORT, _LONG = r"[A-Za-z]{3}", r"[A-Za-z]{4,9}"
DATES = {
    "%Y-%m-%d": rf"{_YEAR}-{_MONTH}-{_DAY}",
    "%Y-%m-%d %H:%M:%S": rf"{_YEAR}-{_MONTH}-{_DAY} \d\d:\d\d:\d\d",
    "%Y-%m-%dT%H:%M:%S": rf"{_YEAR}-{_MONTH}-{_DAY}T\d\d:\d\d:\d\d",
    "%d.%m.%Y": rf"{_DAY}\.{_MONTH}\.{_YEAR}",
    "%m/%d/%Y": rf"{_MONTH}/{_DAY}/{_YEAR}",
    "%d/%m/%Y": rf"{_DAY}/{_MONTH}/{_YEAR}",
    "%Y/%m/%d": rf"{_YEAR}/{_MONTH}/{_DAY}",
    "%d-%m-%Y": rf"{_DAY}-{_MONTH}-{_YEAR}",
    "%d-%b-%Y": rf"{_DAY}-{_SHORT}-{_YEAR}",
    "%d %b %Y": rf"{_DAY} {_SHORT} {_YEAR}",
    "%d %B %Y": rf"{_DAY} {_LONG} {_YEAR}",
    "%b %d, %Y": rf"{_SHORT} {_DAY}, {_YEAR}",
    "%B %d, %Y": rf"{_LONG} {_DAY}, {_YEAR}",
}
RIVALS = ("%m/%d/%Y", "%d/%m/%Y")


@dataclass(frozen=True)
class NumberForm:
    """How a column's numbers are written."""

    comma_is_decimal: bool

    def read(self, text: str) -> float | None:
        """Read one of them as the code in pandas does."""
        if not re.fullmatch(NUMBER, text):
            return None
        digits = re.sub(r"[^\d,.()-]", "", text)
        digits = re.sub(r"^[(](.*)[)]$", r"-\1", digits)
        if self.comma_is_decimal:
            digits = digits.replace(".", "").replace(",", ".")
        else:
            digits = digits.replace(",", "")
        try:
            return float(digits)
        except ValueError:
            return None


def read_date(text: str, forms: tuple[str, ...]) -> str:
    """Read a date in the first form that fits; empty where none does."""
    for form in forms:
        try:
            return datetime.strptime(text, form).isoformat().removesuffix("T00:00:00")
        except ValueError:
            continue
    return ""
