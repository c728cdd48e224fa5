import pytest

MIME = "application/vnd.sponde.metric+json"


@pytest.fixture(scope="module")
def code():
    return "import sponde\nimport numpy as np\n"


def test_a_metric_is_shown_as_text_and_kept_as_a_number(start_kernel, code):
    run = start_kernel()
    ran = run(code + "sponde.metric('rmse', np.float32(0.5))\nsponde.metric(' rows ', np.int64(3))")
    assert ran.status == "ok", ran.errors
    assert [result[MIME] for result in ran.results] == [
        {"name": "rmse", "value": 0.5},
        {"name": "rows", "value": 3},
    ]
    assert ran.results[0]["text/plain"] == "rmse = 0.5"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("'0.3'", "The metric 'a' takes a number, not '0.3'."),
        ("True", "The metric 'a' takes a number, not True."),
        ("None", "The metric 'a' takes a number, not NoneType."),
        ("np.array([1, 2])", "Reduce it first, for example with .mean()."),
        ("float('nan')", "The metric 'a' is nan, which cannot be compared."),
    ],
)
def test_what_is_no_number_is_refused_in_a_sentence(given, sentence, capsys):
    import numpy as np

    import sponde

    with pytest.raises((TypeError, ValueError)) as refused:
        sponde.metric("a", eval(given, {"np": np}))
    assert sentence in str(refused.value)


def test_a_metric_needs_a_name():
    import sponde

    with pytest.raises(TypeError, match="A metric's name is a text such as 'rmse', not 3"):
        sponde.metric(3, 1)


def test_outside_of_a_notebook_it_is_printed(capsys):
    import sponde

    sponde.metric("rmse", 0.25)
    assert capsys.readouterr().out == "rmse = 0.25\n"
