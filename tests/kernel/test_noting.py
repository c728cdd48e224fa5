"""What a kernel tells the library of a run."""

import base64
import json


def save(api, name, code):
    return api("POST", "/code-blocks", {"code": code, "name": name})


def test_a_run_is_told_with_time_memory_versions_and_what_it_showed(cell, api):
    code = "import duckdb\nheld = bytearray(60_000_000)\nduckdb.sql('SELECT 1 AS one').df()"
    block = save(api, "proof_magic", code)
    assert cell("%use proof_magic --run").status == "ok"
    (run,) = api("GET", f"/code-blocks/{block['id']}/proof")["runs"]
    assert (run["place"], run["notebook"], run["outcome"]) == ("magic", "work/a.ipynb", "ok")
    assert run["seconds"] > 0
    assert run["measured"] in ("peak", "")
    if run["measured"] == "peak":
        assert run["peak_bytes"] > 40_000_000
    assert list(run["packages"]) == ["duckdb"]
    shown = api("GET", f"/code-blocks/{block['id']}/outputs/{run['id']}")["data"]
    assert "one" in shown["text/html"]
    assert cell("%use proof_magic --run").status == "ok"
    proof = api("GET", f"/code-blocks/{block['id']}/proof")
    assert (len(proof["runs"]), proof["total"]) == (2, 2)


def test_a_call_is_told_with_what_its_last_line_gave(cell, api):
    block = save(api, "proof_call", "made = base * 2\nmade + 1")
    assert cell("import sponde\nsponde.block('proof_call').run(base=20)").value == "41"
    (run,) = api("GET", f"/code-blocks/{block['id']}/proof")["runs"]
    assert (run["place"], run["outcome"]) == ("call", "ok")
    shown = api("GET", f"/code-blocks/{block['id']}/outputs/{run['id']}")["data"]
    assert shown == {"text/plain": "41"}


def test_a_tab_may_have_every_cell_measured_and_ask_for_one(cell):
    assert cell("from sponde import noting\nnoting.listen(get_ipython())").status == "ok"
    assert cell("import duckdb\nsum(range(1000))").status == "ok"
    told = cell("noting.told(get_ipython(), '')").value
    measured = json.loads(base64.b64decode(told.strip("'")))
    assert measured["seconds"] >= 0
    assert measured["packages"] == {"duckdb": measured["packages"]["duckdb"]}
