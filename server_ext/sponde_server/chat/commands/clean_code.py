"""The pandas code that mends a dataset, step by step, each with a count before and after. Pure."""

from collections.abc import Sequence

from .clean_find import Step, StepKind
from .forms import DATES, NUMBER
from .quoting import comment, python

NOTE = """def note(step, before, after):
    same = before.eq(after) | (before.isna() & after.isna())
    print(
        f"{step}: {int((~same).sum()):,} values changed; "
        f"different {before.nunique():,} -> {after.nunique():,}, "
        f"missing {int(before.isna().sum()):,} -> {int(after.isna().sum()):,}"
    )"""


def program(dataset: str, steps: Sequence[Step]) -> str:
    """Write the whole program."""
    lines = [
        "import pandas as pd" if any(step.kind in NEEDS_PANDAS for step in steps) else "",
        "import sponde",
        "",
        f"df = sponde.dataset({python(dataset)}).df()",
        'print(f"{len(df):,} rows, {df.shape[1]} columns")',
    ]
    if any(step.kind in CHANGES for step in steps):
        lines += ["", "", *NOTE.split("\n"), "", ""]
    for number, step in enumerate(steps, 1):
        title = f"{number}. {step.title}" + (f": {step.column}" if step.column else "")
        lines += ["", comment(title), *_written(step)]
    if not steps:
        lines += ["df.info()"]
    lines += ["", 'print(f"{len(df):,} rows, {df.shape[1]} columns")', "df.head()"]
    text = "\n".join(lines).strip("\n")
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text


CHANGES = {
    StepKind.SPACES,
    StepKind.NO_VALUE,
    StepKind.NUMBERS,
    StepKind.DATES,
    StepKind.CASES,
    StepKind.STAND_IN,
}
NEEDS_PANDAS = {StepKind.NUMBERS, StepKind.DATES}


def _written(step: Step) -> list[str]:
    at = f"df[{python(step.column)}]"
    label = python(f"{step.title}, {step.column}")
    if step.kind is StepKind.SPACES:
        return [
            f"before = {at}",
            f'{at} = before.str.strip().mask(before.str.strip() == "")',
            f"note({label}, before, {at})",
        ]
    if step.kind is StepKind.NO_VALUE:
        return [
            f"before = {at}",
            f"{at} = before.mask(before.isin({python(step.words)}))",
            f"note({label}, before, {at})",
        ]
    if step.kind is StepKind.STAND_IN:
        return [
            f"before = {at}",
            f"{at} = before.mask(before == {step.words[0]})",
            f"note({label}, before, {at})",
        ]
    if step.kind is StepKind.CASES:
        return [
            f"before = {at}",
            "most = before.groupby(before.str.lower()).agg(lambda same: same.mode().min())",
            f"{at} = before.str.lower().map(most)",
            f"note({label}, before, {at})",
        ]
    if step.kind is StepKind.NUMBERS:
        return _numbers(step, at, label)
    if step.kind is StepKind.DATES:
        return _dates(step, at, label)
    if step.kind is StepKind.EMPTY:
        return [f"df = df.drop(columns={python(step.words)})"]
    if step.kind is StepKind.FAR_OUT:
        flag = python(step.words[0])
        return [
            f"df[{flag}] = {at}.notna() & ~{at}.between({step.low!r}, {step.high!r})",
            f"print({flag}, int(df[{flag}].sum()))",
        ]
    rows = "df.astype(str)" if step.words else "df"
    return [
        f"same = {rows}.duplicated()",
        'print("Rows that are there already:", int(same.sum()))',
        "df = df[~same]",
    ]


def _numbers(step: Step, at: str, label: str) -> list[str]:
    if step.comma_is_decimal:
        digits = '.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)'
    else:
        digits = '.str.replace(",", "", regex=False)'
    return [
        f"before = {at}",
        f"fits = before.str.fullmatch(r{python(NUMBER).replace(chr(92) * 2, chr(92))}, na=False)",
        r'digits = before.where(fits).str.replace(r"[^\d,.()-]", "", regex=True)',
        r'digits = digits.str.replace(r"^[(](.*)[)]$", r"-\1", regex=True)',
        f'{at} = pd.to_numeric(digits{digits}, errors="coerce")',
        f"lost = before[{at}.isna() & before.notna()].unique().tolist()",
        'print("No numbers, now missing:", lost[:10])',
        f"note({label}, before, {at})",
    ]


def _dates(step: Step, at: str, label: str) -> list[str]:
    forms = [form for form in step.words if form in DATES]
    written = ", ".join(python(form) for form in forms)
    return [
        f"before = {at}",
        'dates = pd.to_datetime(before.where(before.isna()), errors="coerce")',
        f"for form in [{written}]:",
        '    dates = dates.fillna(pd.to_datetime(before, format=form, errors="coerce"))',
        f"{at} = dates",
        "lost = before[dates.isna() & before.notna()].unique().tolist()",
        'print("No dates, now missing:", lost[:10])',
        f"note({label}, before, {at})",
    ]
