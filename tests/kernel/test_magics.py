import json
import re


def test_use_puts_the_code_in_the_place_of_the_cell(api, cell):
    block = api("POST", "/code-blocks", {"code": "x = 41\nx + 1", "name": "answer-1"})
    ran = cell("%use answer_1")
    assert ran.inputs == [{"source": "set_next_input", "text": "x = 41\nx + 1", "replace": True}]
    assert api("GET", f"/code-blocks/{block['id']}")["uses"] == 1


def test_use_among_other_lines_puts_the_code_below(api, cell):
    api("POST", "/code-blocks", {"code": "x = 42", "name": "answer2"})
    assert cell("y = 1\n%use answer2").inputs[0]["replace"] is False


def test_the_code_that_was_put_there_tells_how_it_went(api, cell):
    block = api("POST", "/code-blocks", {"code": "z = y_that_is_missing", "name": "needs"})
    cell("%use needs")
    cell("z = y_that_is_missing\n")
    found = api("GET", f"/code-blocks/{block['id']}")
    assert found["last_outcome"] == "failed"
    assert found["last_error"] == "NameError: name 'y_that_is_missing' is not defined"
    cell("y_that_is_missing = 1")
    cell("z = y_that_is_missing")
    assert api("GET", f"/code-blocks/{block['id']}")["last_outcome"] == "ok"


def test_use_run_runs_the_code_among_the_notebooks_names(api, cell):
    block = api("POST", "/code-blocks", {"code": "total = first + 1\ntotal", "name": "add"})
    cell("first = 1")
    ran = cell("%use add --run")
    assert ran.status == "ok"
    assert ran.value == "2"
    assert ran.inputs == []
    assert cell("total").value == "2"
    found = api("GET", f"/code-blocks/{block['id']}")
    assert (found["uses"], found["last_outcome"]) == (1, "ok")
    (use,) = api("GET", f"/code-blocks/{block['id']}/uses")
    assert use["notebook"] == "work/a.ipynb"


def test_use_run_that_fails_ends_the_cell_with_the_codes_own_error(api, cell):
    block = api("POST", "/code-blocks", {"code": "below = 1 / 0", "name": "divide"})
    ran = cell("%use divide --run\nprint('not reached')")
    assert ran.status == "error"
    assert [error["ename"] for error in ran.errors] == ["ZeroDivisionError"]
    shown = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(ran.errors[0]["traceback"]))
    assert "below = 1 / 0" in shown
    assert "magics.py" not in shown  # how %use did it is of no interest
    assert "not reached" not in ran.text
    assert api("GET", f"/code-blocks/{block['id']}")["last_error"].startswith("ZeroDivisionError")
    assert cell("1 / 0").errors[0]["ename"] == "ZeroDivisionError"  # errors show as before
    assert cell("1 +").errors[0]["ename"] in ("SyntaxError", "IncompleteInputError")


def test_use_runs_other_languages_through_their_magic(api, cell):
    api("POST", "/code-blocks", {"code": "echo from bash", "language": "bash", "name": "echo"})
    assert cell("%use echo --run").text == "from bash\n"
    api("POST", "/code-blocks", {"code": "x <- 1", "language": "r", "name": "in_r"})
    ran = cell("%use in_r")
    assert ran.errors[0]["traceback"] == [
        "SpondeError: The block 'in_r' is r, which this kernel cannot run. "
        "Read it with sponde.block('in_r').code."
    ]


def test_an_unknown_name_says_which_are_near(api, cell):
    api("POST", "/code-blocks", {"code": "plot()", "name": "plot_by_month"})
    (error,) = cell("%use plot_month").errors
    assert error["traceback"] == [
        "SpondeError: There is no code block named 'plot_month'. Did you mean 'plot_by_month'?"
    ]


def test_keep_keeps_the_cell_and_runs_it(api, cell):
    ran = cell("%%keep square -d 'Square a number' -t maths,short\nn = 3\nn * n")
    assert ran.text == "Kept in the library as 'square'.\n"
    assert ran.value == "9"
    found = api("GET", "/code-blocks-by-name/square")
    assert (found["code"], found["description"]) == ("n = 3\nn * n", "Square a number")
    assert found["tags"] == ["maths", "short"]
    assert (found["last_outcome"], found["uses"], found["language"]) == ("ok", 1, "python")


def test_keep_again_keeps_what_the_block_was(api, cell):
    cell("%%keep again -d First\nm = 1")
    ran = cell("%%keep again\nm = 1 / 0")
    assert ran.errors[0]["ename"] == "ZeroDivisionError"
    found = api("GET", "/code-blocks-by-name/again")
    assert (found["code"], found["description"]) == ("m = 1 / 0", "First")
    assert found["last_outcome"] == "failed"
    (revision,) = api("GET", f"/code-blocks/{found['id']}/revisions")
    assert revision["code"] == "m = 1"


def test_keep_tells_from_which_cell_the_block_is(api, cell):
    cell("%%keep placed\nplaced_here = 1")
    found = api("GET", "/code-blocks-by-name/placed")
    (source,) = api("GET", f"/code-blocks/{found['id']}/sources")
    assert (source["kind"], source["path"]) == ("cell", "work/a.ipynb")
    cell("%%keep placed\nplaced_here = 2")
    assert api("GET", "/code-blocks-by-name/placed")["code"] == "placed_here = 2"
    assert len(api("GET", f"/code-blocks/{found['id']}/sources")) == 1  # the same place, once


def test_keep_refuses_what_cannot_be_kept_and_does_not_run_it(cell):
    assert "cannot be a name" in cell("%%keep 1st\nran_it = True").errors[0]["traceback"][0]
    assert cell("ran_it").errors[0]["ename"] == "NameError"
    assert "no code" in cell("%%keep empty\n\n").text


def test_block_gives_the_code_and_shows_it(api, cell):
    api("POST", "/code-blocks", {"code": "print('```')", "name": "fence"})
    assert cell("import sponde; sponde.block('fence').code").value == repr("print('```')")
    shown = cell("sponde.block('fence')")
    assert shown.results[-1]["text/markdown"] == "````python\nprint('```')\n````"


def test_ask_answers_a_command_without_a_model(cell):
    ran = cell("%ask /help")
    assert ran.status == "ok"
    assert "/profile" in json.dumps(ran.results)
    ran = cell("%%ask\n/help")
    assert "/profile" in json.dumps(ran.results)


def test_without_a_server_it_says_what_to_do(start_kernel):
    run = start_kernel(SPONDE_SERVER="/nowhere/server.json")
    assert run("%load_ext sponde").status == "ok"
    (error,) = run("%use anything").errors
    assert error["traceback"][0].startswith("SpondeError: No Sponde server was found.")


def test_importing_it_is_light(start_kernel):
    run = start_kernel()
    run("import sys\nbefore = set(sys.modules)\nimport sponde")
    heavy = run("sorted({'pandas', 'numpy', 'duckdb', 'pydantic'} & (set(sys.modules) - before))")
    assert heavy.value == "[]"
