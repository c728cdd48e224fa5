import pytest

from sponde.asking import first_python


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```python\nx = 1\n```", "x = 1"),
        ("a\n~~~py\nx = 1\n\ny = 2\n~~~\nb", "x = 1\n\ny = 2"),
        ("```sql\nselect 1\n```\n```Python\nx\n```", "x"),
        ("```\nno language\n```", ""),
        ("````markdown\n```python\ninner\n```\n````\n```python\nouter\n```", "outer"),
        ("  ```python\n  x\n    y\n  ```", "x\n  y"),
        ("    ```python\n    not a fence\n    ```", ""),
        ("```python\nnever closed", ""),
        ("```python `x`\n```", ""),
        ("no code", ""),
    ],
)
def test_the_first_python_of_an_answer_is_found(text, code):
    assert first_python(text) == code
