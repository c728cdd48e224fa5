"""Fills the fields of a block in, and writes them as the parameters of a job. Pure.

Every change is by exact place, never by searching a text; a value that does not fit its field is
refused with a sentence. `parameters_cell` and `with_parameters` are what notebooks and jobs are
made of: the cell that papermill writes its values below, and the code that reads them.
"""

import keyword
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from sponde_server.core.errors import Conflict, Invalid
from sponde_server.library.code.literals import Value, anchored, quote_at, read
from sponde_server.library.code.parsing import parse_whole
from sponde_server.library.records import CodeBlock

from .records import BlockField, FieldChoice, FieldKind, FieldSpot, SpotForm

_NUMBER = re.compile(r"[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")
_NAME = re.compile(r"[A-Za-z_]\w{0,39}")
_WORDS = {"True", "False", "None"}
_LONGEST = 10_000
_LISTED = 8


# -- what others make notebooks and jobs of ------------------------------------------------------


def has_parameters(block: CodeBlock) -> bool:
    """Whether a block's fields can be a job's parameters: in a cell of bash no name is read."""
    return bool(block.fields) and block.language in ("python", "sql")


def parameters_cell(
    block: CodeBlock,
    values: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> str:
    """Write a block's fields as assignments, a line each; empty where it has none.

    `values` are what a person filled in, the rest has its default; `names` calls a field otherwise,
    where two blocks of one notebook have a field of the same name.
    """
    checked = checked_values(block, values or {})
    if not has_parameters(block):
        return ""
    lines = []
    for field in block.fields:
        name = (names or {}).get(field.name, field.name)
        line = f"{name} = {python_value(field, checked[field.name])}"
        said = " ".join((field.about or _choices_said(field)).split())
        lines.append(f"{line}  # {said}" if said else line)
    return "\n".join(lines)


def with_parameters(block: CodeBlock, names: Mapping[str, str] | None = None) -> str:
    """Write a block's code so that it reads the parameters of that cell.

    Python stays Python; SQL becomes the body of an f-string with three quotes, as it stands in
    `sponde.dataset("sales").sql(f\"\"\"…\"\"\")`, and needs `import sponde`.
    """
    if not has_parameters(block):
        return block.code
    called = {field.name: (names or {}).get(field.name, field.name) for field in block.fields}
    if block.language == "sql":
        return _sql_with(block, called)
    edits = []
    for field in block.fields:
        name = called[field.name]
        for spot in field.spots:
            inside = f"{{{name}}}" if spot.form is SpotForm.PART else name
            edits.append((spot.start, spot.end, inside))
    text = _edited(block.code, edits)
    # `bins = bins` says nothing: the parameter has that name already.
    own = "|".join(re.escape(name) for name in called.values()) or "(?!)"
    return re.sub(rf"(?m)^({own})[ \t]*=[ \t]*\1[ \t]*(?:#.*)?(?:\n|\Z)", "", text)


def _sql_with(block: CodeBlock, called: Mapping[str, str]) -> str:
    edits = []
    for field in block.fields:
        for spot in field.spots:
            name = called[field.name]
            if spot.form is SpotForm.NAME:
                inside = f"{{sponde.sql_name({name})}}"
            else:
                inside = f"{{sponde.sql_value({name})}}"
            edits.append((spot.start, spot.end, inside))
    edits.sort()
    parts, at = [], 0
    for start, end, inside in edits:
        parts += [_braced(block.code[at:start]), inside]
        at = end
    return "".join([*parts, _braced(block.code[at:])])


def _braced(text: str) -> str:
    return text.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}").replace('"""', '\\"""')


# -- filling in ----------------------------------------------------------------------------------


def filled(
    block: CodeBlock, values: Mapping[str, str], datasets: Collection[str] | None = None
) -> str:
    """Give a block's code with these values; what is not named stays as it is.

    Raises Invalid where a value does not fit; `datasets` are those there are, where that is known.
    """
    checked = checked_values(block, values, datasets)
    edits = []
    for field in block.fields:
        if checked[field.name] == field.default:
            continue  # as it is written there
        text = checked[field.name]
        edits += [(at.start, at.end, _written(block, field, at, text)) for at in field.spots]
    if not edits:
        return block.code
    code = _edited(block.code, edits)
    if block.language == "python" and parse_whole(block.code) and not parse_whole(code):
        raise Conflict(
            "The code could not be read any more with these values in it.",
            "Insert the block as it is, and change it by hand.",
        )
    return code


def checked_values(
    block: CodeBlock, values: Mapping[str, str], datasets: Collection[str] | None = None
) -> dict[str, str]:
    """Give the value of every field, or refuse one that does not fit."""
    known = [field.name for field in block.fields]
    strange = [name for name in values if name not in known]
    if strange:
        has = f"It has {_listed(known)}." if known else "It has no fields."
        raise Invalid(f"The block '{block.name}' has no field '{strange[0][:60]}'.", has)
    return {
        field.name: _checked(field, values[field.name], datasets)
        if field.name in values
        else field.default
        for field in block.fields
    }


def _checked(field: BlockField, value: str, datasets: Collection[str] | None) -> str:
    if len(value) > _LONGEST:
        raise Invalid(
            f"'{field.name}' has {len(value):,} characters; {_LONGEST:,} are the most.",
            "Read so long a text from a file.",
        )
    shown = f"“{value[:60]}”" if value else "Nothing"
    match field.kind:
        case FieldKind.NUMBER:
            text = value.strip()
            if not _NUMBER.fullmatch(text):
                swapped = text.replace(",", ".")
                also = f" With a point: {swapped}." if _NUMBER.fullmatch(swapped) else ""
                raise Invalid(
                    f"{shown} is no number for '{field.name}'.",
                    also.strip() or "Write it such as 10, -0.5 or 1e6.",
                )
            return text
        case FieldKind.DATE:
            return _date(field, value.strip(), shown)
        case FieldKind.CHOICE:
            texts = [choice.text for choice in field.choices]
            if value not in texts:
                raise Invalid(
                    f"{shown} is no choice of '{field.name}'.", f"Choose {_listed(texts, 'or')}."
                )
        case FieldKind.COLUMN:
            if not value.strip() or "\n" in value:
                raise Invalid(
                    f"{shown} is no column for '{field.name}'.", "Write the column's name."
                )
        case FieldKind.DATASET:
            if not value.strip() or (datasets is not None and value not in datasets):
                there = f"Choose {_listed(datasets, 'or')}." if datasets else "Add the file first."
                raise Invalid(f"There is no dataset {shown} for '{field.name}'.", there)
    return value


def _date(field: BlockField, text: str, shown: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"{shown} is no date for '{field.name}'.", "Write it as year-month-day: 2026-10-31."
        ) from None
    return text if len(text) > 10 else date.isoformat(moment.date())


# -- how a value is written ------------------------------------------------------------------------


def python_value(field: BlockField, text: str) -> str:
    """Write a value as Python."""
    literal = next((one.literal for one in field.choices if one.text == text and one.literal), "")
    if literal:
        return literal
    return text if field.kind is FieldKind.NUMBER else _quoted(text, '"')


def _written(block: CodeBlock, field: BlockField, spot: FieldSpot, text: str) -> str:
    """Write a value at a place, as its neighbours there are written."""
    was = block.code[spot.start : spot.end]
    if spot.form is SpotForm.NAME:
        return text if _PLAIN_NAME.fullmatch(text) else '"' + text.replace('"', '""') + '"'
    if spot.form is SpotForm.PART:
        return _inside(block.code, spot, text)
    literal = next((one.literal for one in field.choices if one.text == text and one.literal), "")
    if literal:
        return literal
    if field.kind is FieldKind.NUMBER:
        # `2 -1` is a sum: a sign that was not there before stands in brackets where one may be.
        return text
    if block.language == "sql":
        return "'" + text.replace("'", "''") + "'"
    quote = was[-1:] if was[-1:] in ("'", '"') else '"'
    return _quoted(text, quote)


def _quoted(text: str, quote: str) -> str:
    if quote in text and ("'" if quote == '"' else '"') not in text:
        quote = "'" if quote == '"' else '"'
    return quote + _escaped(text).replace(quote, "\\" + quote) + quote


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return plain.replace("\t", "\\t").replace("\0", "\\0")


def _inside(code: str, spot: FieldSpot, text: str) -> str:
    """Write a text as a piece of the f-string that it stands in."""
    plain = _escaped(text).replace("{", "{{").replace("}", "}}")
    quote = quote_at(code, spot.start)
    return plain.replace(quote[0], "\\" + quote[0])


def _edited(code: str, edits: Iterable[tuple[int, int, str]]) -> str:
    for start, end, inside in sorted(set(edits), reverse=True):
        code = code[:start] + inside + code[end:]
    return code


# -- keeping fields at their places ----------------------------------------------------------------


def follow(
    fields: tuple[BlockField, ...], old: str, new: str, language: str
) -> tuple[BlockField, ...]:
    """Give the fields of a code that was edited; those whose value went away are left out."""
    if not fields or old == new:
        return fields
    before, after = read(old, language), read(new, language)
    became = anchored(before, after)
    number = {(one.start, one.end): at for at, one in enumerate(before.values)}
    kept = []
    for field in fields:
        ways = [number.get((spot.start, spot.end)) for spot in field.spots]
        values = [after.values[became[way]] for way in ways if way is not None and way in became]
        values = [one for one in values if one.source == values[0].source]
        if values:
            kept.append(at_places(field, values))
    return tuple(kept)


def at_places(field: BlockField, values: list[Value]) -> BlockField:
    """Give a field these places, and what stands there as its default."""
    first = values[0]
    choices = field.choices
    if field.kind is FieldKind.CHOICE and first.text not in [one.text for one in choices]:
        choices = (*choices, choice_of(first))
    return replace(
        field,
        default=first.text,
        choices=choices,
        spots=tuple(FieldSpot(start=one.start, end=one.end, form=one.form) for one in values),
    )


def choice_of(value: Value) -> FieldChoice:
    """Make a choice of a value."""
    return FieldChoice(text=value.text, literal="" if value.is_text else value.source)


def check_fields(block: CodeBlock, fields: tuple[BlockField, ...]) -> tuple[BlockField, ...]:
    """Refuse fields that cannot be: their names, their places, their defaults."""
    there = {(one.start, one.end): one for one in read(block.code, block.language).values}
    taken: set[str] = set()
    places: set[tuple[int, int]] = set()
    checked = []
    for field in fields:
        name = field.name.strip()
        said = wrong_name(name, block, field)
        if name in taken:
            said = f"Two fields are called '{name}'."
        if said:
            raise Invalid(said, "Choose another name for the field.")
        taken.add(name)
        values = [there.get((spot.start, spot.end)) for spot in field.spots]
        found = [one for one in values if one is not None]
        if not found or len(found) < len(values) or places & {(o.start, o.end) for o in found}:
            raise Conflict(
                f"The value of '{name}' is not where it was: the block was changed meanwhile.",
                "Open the block again, and choose its fields anew.",
            )
        places |= {(one.start, one.end) for one in found}
        field = replace(field, name=name, about=field.about.strip(), choices=_plain(field))
        made = at_places(field, found)
        _checked(made, made.default, None)
        checked.append(made)
    checked.sort(key=lambda one: one.spots[0].start)
    return tuple(checked)


def _plain(field: BlockField) -> tuple[FieldChoice, ...]:
    """Let no choice be written as anything but a text, a number or a word such as None."""
    return tuple(
        replace(one, literal="")
        if one.literal not in _WORDS and not _NUMBER.fullmatch(one.literal)
        else one
        for one in field.choices
    )


def wrong_name(name: str, block: CodeBlock, field: BlockField | None = None) -> str:
    """Say why a field cannot be called so; nothing where it can."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        return f"'{name[:60]}' cannot be the name of a field: letters, digits and _ alone."
    if name in ("run", "name", "self"):
        return f"'{name}' means something else where the field is filled in."
    if block.language == "python" and name in block.facts.needs:
        return f"'{name}' is a variable that the block needs."
    if block.language == "python" and name in _other_names(block.code, field):
        return f"'{name}' is a variable of the block's own code."
    return ""


def _other_names(code: str, field: BlockField | None) -> set[str]:
    """Name the variables of a code, but for one that is given nothing but the field's value."""
    import ast

    tree = parse_whole(code)
    if tree is None:
        return set()
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {
        (one.asname or one.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for one in node.names
    }
    stored = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if field and stored.count(name) == 1:
                value = " ".join(ast.unparse(node.value).split())
                if value.strip("'\"") == field.default and len(field.spots) == 1:
                    names.discard(name)  # `bins = 10`, where the field is that 10
    return names


def _choices_said(field: BlockField) -> str:
    if field.kind is FieldKind.CHOICE:
        return " | ".join(one.text for one in field.choices[:_LISTED])
    if field.kind is FieldKind.COLUMN:
        return f"a column of {field.dataset}" if field.dataset else "a column"
    return "a dataset" if field.kind is FieldKind.DATASET else ""


def _listed(names: Iterable[str], last: str = "and") -> str:
    every = [str(name) for name in names]
    shown = every[:_LISTED] + ([f"{len(every) - _LISTED} more"] if len(every) > _LISTED else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"
