import ast
import threading

import pytest

from sponde_server.core.syntax import parse, parse_expression


def test_many_threads_parse_at_once():
    source = "\n".join(
        f"def f{n}(a, b=[{n}, {{'k': (1, 2)}}]): return a + b[{n}]" for n in range(200)
    )
    wrong = []

    def work():
        for _ in range(10):
            try:
                assert len(parse(source).body) == 200
            except SystemError as error:
                wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_expression_is_parsed_alone():
    assert isinstance(parse_expression("1 + x"), ast.BinOp)


def test_what_is_no_python_is_a_syntax_error():
    with pytest.raises(SyntaxError):
        parse("def")
