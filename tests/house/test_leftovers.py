"""What stands in the tree and nobody needs: names that are never said again, styles of nothing."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from house.generate import REPOSITORY
from house.trees import names_in, tree_of

SERVER = REPOSITORY / "server_ext" / "sponde_server"
KERNEL = REPOSITORY / "kernel_tools"
TOPS = (SERVER, KERNEL, REPOSITORY / "tests", REPOSITORY / "benchmarks")
OURS = [path for top in TOPS for path in top.rglob("*.py")]
FRONT = [path for kind in ("*.ts", "*.tsx") for path in (REPOSITORY / "extension/src").rglob(kind)]
CALLED = {
    # by Jupyter and tornado
    *("_jupyter_labextension_paths", "_start_jupyter_server_extension", "initialize_settings"),
    *("initialize_handlers", "stop_extension", "set_default_headers", "select_subprotocol"),
    *("on_message", "on_close", "write_error"),
    # by IPython and papermill
    *("_render_traceback_", "_repr_markdown_", "load_ipython_extension", "writable"),
    *("execute_managed_notebook", "clear_output", "write_output_prompt", "finish_displayhook"),
    *("_showtraceback", "enable_gui"),
    # by a name that is put together (meaning/reader)
    *("_encode", "_upto"),
}
"""Names that other programs call, or that are called by a name that is made."""


def defined(path: Path) -> Iterator[str]:
    """Name what a module defines; what is decorated is taken by its decorator."""
    for node in names_in(path):
        decorators = getattr(node, "decorator_list", None)
        if decorators is not None and not any(isinstance(one, ast.Call) for one in decorators):
            yield node.name
    for node in tree_of(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        yield from (one.id for one in targets if isinstance(one, ast.Name))


def test_every_name_is_said_again_somewhere():
    said = Counter(chain.from_iterable(re.findall(r"\w+", one.read_text("utf-8")) for one in OURS))
    alone = {
        f"{path.relative_to(REPOSITORY)}: {name}"
        for path in OURS
        if path.is_relative_to(SERVER) or path.is_relative_to(KERNEL)
        for name in defined(path)
        if said[name] == 1 and not name.startswith("__")
    }
    assert not {one for one in alone if one.rpartition(" ")[2] not in CALLED}


def test_every_style_is_of_something_that_is_drawn():
    pages = [path for path in SERVER.rglob("*.html") if "labextension" not in path.parts]
    text = "\n".join(path.read_text("utf-8") for path in [*FRONT, *OURS, *pages])
    drawn = set(re.findall(r"sp-[\w-]+", text))
    made = tuple(one for one in re.findall(r"(sp-[\w-]*)\$\{", text) if one.count("-") > 1)
    for sheet in (REPOSITORY / "extension" / "style").glob("*.css"):
        classes = set(re.findall(r"\.(sp-[A-Za-z][\w-]*)", sheet.read_text("utf-8")))
        alone = {one for one in classes - drawn if not one.startswith(made)}
        assert not alone, f"{sheet.name}: {sorted(alone)}"
