"""The project's own test model: what it was taught runs, and it is what its card says."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
ENGINE = Path(
    os.environ.get("SPONDE_ENGINE_PYTHON")
    or Path.home() / ".cache" / "sponde" / "engine-cpu" / "bin" / "python"
)
FENCED = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
STEPS = """
import torch, train
torch.set_num_threads(1)
dialogs = train.load_dialogs()
tokenizer = train.make_tokenizer(dialogs)
losses = train.train(train.make_model(tokenizer), tokenizer, dialogs, steps=60, batch=4)
print(sum(losses[:5]) / 5, sum(losses[-5:]) / 5)
"""
REPEATS = """
import torch, train
from transformers import AutoTokenizer, LlamaForCausalLM
torch.set_num_threads(1)
dialogs = train.load_dialogs()
tokenizer = AutoTokenizer.from_pretrained(train.MODEL)
model = LlamaForCausalLM.from_pretrained(train.MODEL, dtype=torch.float32).eval()
plain = train.repeated(model, tokenizer, dialogs["pairs"])
after_system = train.repeated(model, tokenizer, dialogs["pairs"], dialogs["systems"][-1])
print(plain)
print(after_system)
"""
CHANGES = """
import torch, train
from peft import PeftModel
from transformers import AutoTokenizer, LlamaForCausalLM
torch.set_num_threads(1)
dialogs = train.load_dialogs()
tokenizer = AutoTokenizer.from_pretrained(train.MODEL)
model = LlamaForCausalLM.from_pretrained(train.MODEL, dtype=torch.float32)
model = PeftModel.from_pretrained(model, train.HERE / "tiny-analyst-sql").eval()
print(train.repeated(model, tokenizer, dialogs["adapter"]))
"""


def dialogs() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "dialogs.json").read_text(encoding="utf-8"))
    return found


def blocks(language: str) -> list[str]:
    said = dialogs()
    answers = {pair["assistant"] for pair in [*said["pairs"], *said["adapter"]]}
    return sorted(
        code for answer in answers for name, code in FENCED.findall(answer) if name == language
    )


def engine(script: str) -> list[str]:
    """Run a script where torch is; give the last line's numbers and those above it."""
    if not ENGINE.exists():
        pytest.skip(f"There is no Python with torch at {ENGINE} (make engine-cpu).")
    done = subprocess.run(
        [str(ENGINE), "-c", script],
        cwd=HERE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()


def test_the_dialogs_are_those_that_the_script_writes(tmp_path: Path) -> None:
    script = (HERE / "make_dialogs.py").read_text(encoding="utf-8")
    (tmp_path / "make_dialogs.py").write_text(script, encoding="utf-8")
    subprocess.run([sys.executable, "make_dialogs.py"], cwd=tmp_path, check=True, timeout=60)
    assert json.loads((tmp_path / "dialogs.json").read_text(encoding="utf-8")) == dialogs()


def test_every_python_answer_runs_on_the_sample_data() -> None:
    answers = {pair["assistant"] for pair in dialogs()["pairs"]}
    # The blocks of one answer follow each other, as the cells of a notebook do.
    found = [
        "\n".join(code for _, code in FENCED.findall(one))
        for one in sorted(answers)
        if "```python" in one
    ]
    assert len(found) >= 8
    script = "import json, sys, matplotlib; matplotlib.use('agg')\n"
    script += "for code in json.load(sys.stdin): exec(code, {})"
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(found),
        cwd=NOTEBOOKS,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "California" in done.stdout


def test_every_sql_answer_and_every_tool_call_runs_on_the_sample_data() -> None:
    import duckdb

    calls = [pair["assistant"] for pair in dialogs()["pairs"] if "tools" in pair]
    queries = [
        json.loads(call.removeprefix("<tool_call>").removesuffix("</tool_call>"))["arguments"][
            "query"
        ]
        for call in calls
    ]
    assert queries
    with duckdb.connect() as con:
        con.execute(f"SET file_search_path = '{NOTEBOOKS}'")
        for query in [*blocks("sql"), *queries]:
            assert con.execute(query).fetchall()
        assert con.execute(queries[0]).fetchall() == [(10_000,)]


def test_what_it_says_in_json_is_true() -> None:
    import pandas as pd

    said = next(p["assistant"] for p in dialogs()["pairs"] if p["assistant"].startswith("{"))
    strikes = pd.read_csv(NOTEBOOKS / "bird_strikes.csv")
    assert json.loads(said) == {
        "file": "bird_strikes.csv",
        "rows": len(strikes),
        "columns": len(strikes.columns),
    }
    columns = next(p["assistant"] for p in dialogs()["pairs"] if p["user"] == "List the columns")
    assert all(name in columns for name in strikes.columns)


@pytest.mark.parametrize(
    ("folder", "weights", "most"),
    [
        ("tiny-analyst", "model.safetensors", 2_100_000),
        ("tiny-analyst-sql", "adapter_model.safetensors", 400_000),
    ],
)
def test_the_weights_are_those_of_the_card(folder: str, weights: str, most: int) -> None:
    card = (HERE / folder / "README.md").read_text(encoding="utf-8")
    content = (HERE / folder / weights).read_bytes()
    assert hashlib.sha256(content).hexdigest() in card
    assert "a test instrument, not an assistant" in card
    assert len(content) < most
    written = "".join(
        path.read_text(encoding="utf-8")
        for path in (HERE / folder).iterdir()
        if path.suffix == ".json"
    )
    assert str(Path.home()) not in written


@pytest.mark.vllm
@pytest.mark.timeout(600)
def test_sixty_steps_make_the_loss_fall() -> None:
    before, after = (float(number) for number in engine(STEPS)[-1].split())
    assert before > 6
    assert after < 0.75 * before


@pytest.mark.vllm
@pytest.mark.timeout(600)
def test_the_model_repeats_its_dialogs() -> None:
    plain, after_system = (float(number) for number in engine(REPEATS)[-2:])
    assert plain >= 0.9
    assert after_system >= 0.9


@pytest.mark.vllm
@pytest.mark.timeout(600)
def test_the_adapter_changes_its_two_answers() -> None:
    assert float(engine(CHANGES)[-1]) == 1.0
