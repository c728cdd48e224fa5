"""What is generated from the code is current."""

import pytest

from house.generate import REPOSITORY, generated


@pytest.mark.parametrize("path", list(generated()), ids=lambda path: path.name)
def test_what_is_generated_is_current(path):
    assert path.exists(), f"run `make docs`: {path.relative_to(REPOSITORY)} is missing"
    assert path.read_text("utf-8") == generated()[path], "run `make docs`"
