"""What is generated from the code is current."""

import pytest

from house.generate import REPOSITORY, pages

PAGES = pages()


@pytest.mark.parametrize("path", list(PAGES), ids=lambda path: path.name)
def test_what_is_generated_is_current(path):
    assert path.exists(), f"run `make docs`: {path.relative_to(REPOSITORY)} is missing"
    assert path.read_text("utf-8") == PAGES[path](), "run `make docs`"
