/**
 * What the kernel is asked, in Python. Runs in a scope of its own: the namespace is read, not
 * written. No repr, no property and no method of a person's own classes is called, and nothing
 * that takes long on a large table. tests/kernel/test_looking.py runs it in a real kernel.
 */
export const PROGRAM = String.raw`
import base64, json, types
from IPython import get_ipython

SHAPED = {
    ("pandas", "DataFrame"), ("pandas", "Series"), ("pandas", "Index"), ("numpy", "ndarray"),
    ("polars", "DataFrame"), ("polars", "Series"), ("pyarrow", "Table"), ("torch", "Tensor"),
    ("scipy", "_spbase"), ("scipy", "spmatrix"), ("xarray", "DataArray"),
    ("tensorflow", "EagerTensor"), ("jaxlib", "ArrayImpl"),
}
COUNTED = (str, bytes, bytearray, list, tuple, dict, set, frozenset, range)
PLAIN = {"datetime", "date", "time", "timedelta", "Timestamp", "Timedelta", "Decimal", "UUID",
         "NaTType", "NAType", "Fraction", "PosixPath", "WindowsPath", "Period"}
SMALL = 500_000
MOST_NAMES = 1_000
MOST_COLUMNS = 200
LONGEST = 8_000

def is_a(value, root, name):
    return any(
        base.__name__ == name and str(base.__module__).partition(".")[0] == root
        for base in type(value).__mro__
    )

def shape(value):
    for base in type(value).__mro__:
        if (str(base.__module__).partition(".")[0], base.__name__) in SHAPED:
            # The library's own shape, whatever a class derived from it makes of that.
            return tuple(int(size) for size in base.shape.__get__(value))
        if base in COUNTED:
            return (base.__len__(value),)
    return ()

def words(value):
    try:
        sizes = shape(value)
    except Exception:
        sizes = ()
    return " × ".join(f"{size:,}" for size in sizes)

def kind(value):
    # Not isinstance: that asks an object for its class, and proxies answer with what they stand for.
    return "class" if type in type(value).__mro__ else type(value).__name__

def variables(namespace, hidden):
    found = []
    for name, value in reversed(list(namespace.items())):
        if name.startswith("_") or types.ModuleType in type(value).__mro__:
            continue
        if name in hidden and hidden[name] is value:
            continue
        found.append([name, kind(value), words(value)])
        if len(found) == MOST_NAMES:
            break
    return found

def short(value, depth=1):
    exact = type(value)
    if exact is str:
        return repr(value if len(value) <= 80 else value[:79] + "…")
    if exact is int:
        return repr(value) if value.bit_length() < 300 else f"<int of {value.bit_length():,} bits>"
    if exact in (bool, float, complex, type(None)):
        return repr(value)
    if exact.__module__ == "numpy" and is_a(value, "numpy", "generic"):
        return str(value)[:80]
    if exact.__name__ in PLAIN and exact.__module__.partition(".")[0] != "__main__":
        return str(value)[:80]
    if exact in (list, tuple, set, frozenset) and depth:
        some = [short(one, depth - 1) for one, _ in zip(value, range(5))]
        more = ", …" if len(value) > len(some) else ""
        ends = {list: "[]", tuple: "()"}.get(exact, "{}")
        return f"{ends[0]}{', '.join(some)}{more}{ends[1]}"
    if exact is dict and depth:
        some = [f"{short(a, 0)}: {short(b, depth - 1)}" for (a, b), _ in zip(value.items(), range(5))]
        return "{" + ", ".join(some) + (", …" if len(value) > len(some) else "") + "}"
    size = words(value)
    return f"<{exact.__name__}{' ' + size if size else ''}>"

def column(name, dtype, values, size):
    line = f"- {name}: {dtype}"
    if size > SMALL:
        return line
    try:
        missing = int(values.isna().sum())
        line += f", {missing:,} missing" if missing else ""
        if values.dtype.kind in "iuf" and len(values) > missing:
            line += f", {short(values.min())} to {short(values.max())}"
    except Exception:
        pass
    return line

def frame(value, rows):
    size = value.shape[0] * value.shape[1]
    lines = ["Columns (name: type):"]
    for at in range(min(value.shape[1], MOST_COLUMNS)):
        one = value.iloc[:, at]
        lines.append(column(label(value.columns[at]), one.dtype, one, size))
    if value.shape[1] > MOST_COLUMNS:
        lines.append(f"… and {value.shape[1] - MOST_COLUMNS:,} more")
    return lines + table(value.iloc[:rows, :MOST_COLUMNS].itertuples(index=False, name=None), rows)

def label(value):
    return value if type(value) is str else short(value)

def table(given, rows):
    if not rows:
        return []
    return ["First rows:", *(" | ".join(short(cell, 0) for cell in row) for row in given)]

def lines_of(value, rows):
    if type(value).__module__ == "__main__":
        return held_by(value)  # a person's own table may do anything when it is read
    if is_a(value, "pandas", "DataFrame"):
        return frame(value, rows)
    if is_a(value, "pandas", "Series"):
        line = column(label(value.name), value.dtype, value, len(value))
        return [line, *table(([one] for one in value.iloc[:rows]), rows)]
    if is_a(value, "polars", "DataFrame"):
        types_ = list(value.schema.items())[:MOST_COLUMNS]
        lines = ["Columns (name: type):", *(f"- {name}: {dtype}" for name, dtype in types_)]
        return lines + table(value.head(rows).rows(), rows)
    if is_a(value, "pyarrow", "Table"):
        return ["Columns (name: type):", *(f"- {one.name}: {one.type}" for one in value.schema)]
    if is_a(value, "numpy", "ndarray"):
        lines = [f"Type of its values: {value.dtype}"]
        if value.dtype.kind in "biuf" and 0 < value.size <= SMALL:
            lines.append(f"From {short(value.min())} to {short(value.max())}")
        if rows and value.dtype.kind in "biufSUM":
            lines.append(f"First values: {', '.join(short(one) for one in value.flat[:rows])}")
        return lines
    exact = type(value)
    if exact is str:
        return [value[:2_000] + (" …" if len(value) > 2_000 else "")]
    if exact is dict:
        pairs = [f"- {short(a, 0)}: {short(b)}" for (a, b), _ in zip(value.items(), range(50))]
        return pairs + (["…"] if len(value) > 50 else [])
    if exact in (list, tuple, set, frozenset):
        some = [f"- {short(one)}" for one, _ in zip(value, range(20))]
        return some + (["…"] if len(value) > 20 else [])
    if exact is types.FunctionType or type in exact.__mro__:
        import inspect
        try:
            return [inspect.getsource(value)[:4_000]]
        except (OSError, TypeError):
            return []
    said = short(value)
    return held_by(value) if said.startswith("<") else [said]

def held_by(value):
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return []
    return [f"- .{name}: {short(one)}" for (name, one), _ in zip(held.items(), range(30))]

def look(namespace, name, rows):
    if name not in namespace:
        return None
    value = namespace[name]
    size = words(value)
    head = f"{name}: {kind(value)}{', ' + size if size else ''}"
    try:
        lines = lines_of(value, max(0, min(int(rows), 100)))
    except Exception:
        lines = []
    text = "\n".join([head, *lines])
    return text if len(text) <= LONGEST else text[:LONGEST] + "\n…"

def columns(value):
    if str(type(value).__module__).partition(".")[0] == "__main__":
        return []
    try:
        if is_a(value, "pandas", "DataFrame") or is_a(value, "polars", "DataFrame"):
            return [str(name) for name in value.columns[:MOST_COLUMNS]]
        if is_a(value, "pyarrow", "Table"):
            return [str(name) for name in value.column_names[:MOST_COLUMNS]]
    except Exception:
        pass
    return []

def not_found(names):
    import importlib, importlib.util
    importlib.invalidate_caches()
    missing = []
    for name in names:
        try:
            if importlib.util.find_spec(name.partition(".")[0]) is None:
                missing.append(name)
        except (ImportError, ValueError):
            pass
    return missing

def around(namespace, hidden, imports):
    known = [[*one, columns(namespace[one[0]])] for one in variables(namespace, hidden)]
    return [known, not_found(imports)]

shell = get_ipython()
if asked[0] == "variables":
    said = variables(shell.user_ns, shell.user_ns_hidden)
elif asked[0] == "around":
    said = around(shell.user_ns, shell.user_ns_hidden, asked[1])
else:
    said = look(shell.user_ns, asked[1], asked[2])
given = base64.b64encode(json.dumps(said).encode()).decode()
`;
