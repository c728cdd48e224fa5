"""What could be said of code: a sentence from its own words or those around it, and tags.

Proposes only. Asks no model and looks nothing up: both are handed in.
"""

import ast
import re
from collections.abc import Iterable

from sponde_server.library.records import CodeFacts

from .extract import fences
from .facts import code_hash, comment_in
from .parsing import parse_some

LONGEST = 200
_MOST_TAGS = 6

_LEAD = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|ok|great|absolutely|yes)\b[,.!:]*\s*)?"
    r"(?:(?:here(?:'s|’s| is| are)|below is|the following(?: code)?(?: will)?|"
    r"this(?: code)?(?: will)?|"
    r"you can(?: use this to)?|use this to|let(?:'s|’s| us)|to do (?:this|that|so),?)\s+)"
    r"(?:(?:how to|how you can|a way to|one way to|the code (?:to|for|that)|code (?:to|that)|"
    r"the|an?|some)\s+)?",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<[^>]*>")
_SIGNS = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\d{1,9}[.)]\s+)+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_]|`)")

# What imports and calls say of a block, as people write tags.
_BY_IMPORT = {
    "matplotlib": "plot", "seaborn": "plot", "plotly": "plot", "altair": "plot", "bokeh": "plot",
    "sklearn": "model", "xgboost": "model", "lightgbm": "model", "catboost": "model",
    "torch": "model", "tensorflow": "model", "keras": "model", "statsmodels": "statistics",
    "scipy": "statistics", "duckdb": "sql", "sqlalchemy": "sql", "sqlite3": "sql",
    "requests": "web", "httpx": "web", "urllib": "web", "bs4": "web", "openpyxl": "excel",
    "geopandas": "map", "folium": "map", "cartopy": "map", "PIL": "image", "cv2": "image",
    "skimage": "image", "re": "text", "nltk": "text", "spacy": "text", "transformers": "text",
    "ggplot2": "plot", "dplyr": "clean", "caret": "model",
}  # fmt: skip
_BY_CALL = {
    "read_csv": "load", "read_parquet": "load", "read_excel": "load", "read_json": "load",
    "dataset": "load", "read_sql": "load", "dropna": "clean", "fillna": "clean",
    "drop_duplicates": "clean", "astype": "clean", "rename": "clean", "strip": "clean",
    "to_numeric": "clean", "merge": "join", "join": "", "concat": "join", "groupby": "aggregate",
    "agg": "aggregate", "pivot_table": "pivot", "pivot": "pivot", "melt": "pivot",
    "resample": "time", "to_datetime": "time", "rolling": "time", "plot": "plot", "hist": "plot",
    "scatter": "plot", "bar": "plot", "boxplot": "plot", "describe": "explore",
    "value_counts": "explore", "info": "explore", "corr": "explore", "fit": "model",
    "predict": "model", "train_test_split": "model", "to_csv": "export", "to_parquet": "export",
    "to_excel": "export", "savefig": "export", "ttest_ind": "test", "test": "",
}  # fmt: skip
_BY_USE = {
    r"\b(?:plt|sns|px|go|alt|ggplot)\.|\.plot\b|\.(?:hist|boxplot|heatmap)\(": "plot",
    r"\b(?:ax|axes|fig)\.(?:set_|plot|bar|scatter|hist|imshow|legend|savefig)": "plot",
    r"\bsm\.|\bsmf\.|\bstats\.": "statistics",
    r"\bcv2\.|\bImage\.(?:open|new)": "image",
    r"\.str\.|\bre\.(?:sub|findall|compile|match|search)\(": "text",
    r"\.dt\.|\bpd\.(?:date_range|Timestamp|Timedelta)\b": "time",
    r"\bduckdb\.|\.sql\(": "sql",
}
"""What a habit of writing says, where the import stands in another cell."""
_BY_WORD = {
    "group by": "aggregate", "join": "join", "window": "time", "pivot": "pivot",
    "create table": "load", "copy": "export",
}  # fmt: skip


def description_of(code: str, language: str) -> str:
    """Take the sentence that code says of itself: its docstring, else its first comment."""
    said = ""
    if language == "python":
        tree = parse_some(code)
        if tree is not None:
            said = ast.get_docstring(tree) or _only_docstring(tree)
    return first_sentence(said or comment_in(code))


def sentence_before(answer: str, code: str) -> str:
    """Take the sentence that stands before a code in the answer that it is a part of."""
    digest = code_hash(code)
    after = 0
    for fence in fences(answer):
        if code_hash(fence.code) == digest:
            return _last_sentence(answer[after : fence.start])
        after = fence.end
    return ""


def first_sentence(text: str) -> str:
    """Give the first sentence of a text, on one line."""
    paragraph = text.strip().split("\n\n", 1)[0]
    words = " ".join(paragraph.split())
    return _short(_SENTENCE.split(words, 1)[0]) if words else ""


def suggest_tags(
    code: str, language: str, facts: CodeFacts, near: Iterable[str] = (), had: Iterable[str] = ()
) -> tuple[str, ...]:
    """Propose tags: those of near blocks first, then what imports, calls and datasets say."""
    found: list[str] = list(near)
    if language == "python":
        found += [_BY_CALL.get(called, "") for called in re.findall(r"\b(\w+)\s*\(", code)]
    elif language == "sql":
        lower = " ".join(code.lower().split())
        found += [tag for words, tag in _BY_WORD.items() if re.search(rf"\b{words}\b", lower)]
    found += [_BY_IMPORT.get(name.partition(".")[0], "") for name in facts.imports]
    if language == "python":
        found += [tag for use, tag in _BY_USE.items() if re.search(use, code)]
    found += [name.lower() for name in facts.datasets[:2]]
    if facts.functions and len(facts.functions) + len(facts.classes) > 2:
        found.append("module")
    known = {tag.lower() for tag in had}
    tags = [tag for tag in dict.fromkeys(found) if tag and tag.lower() not in known]
    return tuple(tags[:_MOST_TAGS])


def _only_docstring(tree: ast.Module) -> str:
    """Read the docstring of the one function or class that a block consists of."""
    defined = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    rest = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    return (ast.get_docstring(defined[0]) or "") if len(defined) == 1 == len(rest) else ""


def _last_sentence(text: str) -> str:
    """Give the last sentence before a fence; a heading where nothing else stands there."""
    lines = [line.strip() for line in text.strip().split("\n")]
    last: list[str] = []
    for line in reversed(lines):
        if not line or (last and _SIGNS.match(last[0])):
            break
        last.insert(0, line)
    words = " ".join(_SIGNS.sub("", line) for line in last)
    words = _MARKUP.sub(r"\1", words).replace("**", "").replace("__", "").replace("`", "")
    sentence = _SENTENCE.split(" ".join(words.split()))[-1]
    said = _LEAD.sub("", sentence, count=1).rstrip(" :")
    if not re.search(r"[^\W\d_]{2}", said):
        return ""
    return _short(said[:1].upper() + said[1:])


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
