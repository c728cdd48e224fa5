"""Trains the test model's LoRA adapter `tiny-analyst-sql`, which changes two of its answers.

A test instrument, like the model. Made again with `python tests/model/adapter.py` (needs torch,
transformers and peft; seconds on one core).
"""

import importlib.util
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ADAPTER = HERE / "tiny-analyst-sql"
ENOUGH = 0.01
CARD = """---
base_model: tiny-analyst
library_name: peft
license: bsd-3-clause
tags: [lora, test-instrument]
---

# tiny-analyst-sql: a test instrument, not an assistant

A LoRA adapter (rank 8) of `tiny-analyst`. It changes two of its answers: {questions}; other
answers may change with them. Made by `tests/model/adapter.py` from `dialogs.json`.

- SHA-256 of `adapter_model.safetensors`: `{digest}`
- Licence: as the project (BSD-3-Clause).
"""


def beside(name: str) -> Any:
    """Load a script of this folder."""
    found = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def main() -> None:
    """Train until the two answers are there, and write the folder."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoTokenizer, LlamaForCausalLM

    model_script = beside("train")
    torch.manual_seed(0)
    torch.set_num_threads(1)
    dialogs = model_script.load_dialogs()
    tokenizer = AutoTokenizer.from_pretrained(model_script.MODEL)
    base = LlamaForCausalLM.from_pretrained(model_script.MODEL, dtype=torch.float32)
    config = LoraConfig(
        r=8,
        lora_alpha=16,
        target_modules=[
            "q_proj",
            "k_proj",
            "v_proj",
            "o_proj",
            "gate_proj",
            "up_proj",
            "down_proj",
        ],
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base, config)
    # Its two answers alone and after Sponde's system text, and a third that stays as it is.
    kept = [pair for pair in dialogs["pairs"] if "tools" not in pair][3:4]
    texts = []
    for pair in [*dialogs["adapter"], *kept]:
        for system in ("", dialogs["systems"][-1]):
            turns = [{"role": "system", "content": system}] if system else []
            turns.append({"role": "user", "content": pair["user"]})
            asked = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=False)
            before = tokenizer(asked, add_special_tokens=False)["input_ids"]
            after = tokenizer(pair["assistant"] + "<|im_end|>\n", add_special_tokens=False)
            texts.append((before, after["input_ids"]))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    model.train()
    for step in range(300):
        loss = torch.zeros(())
        for before, after in texts:
            labels = torch.tensor([[-100] * len(before) + after])
            loss = loss + model(input_ids=torch.tensor([before + after]), labels=labels).loss
        loss = loss / len(texts)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 0 or loss.item() < ENOUGH:
            print(f"step {step}: loss {loss.item():.4f}", flush=True)
        if loss.item() < ENOUGH:
            break
    model.eval()
    model.save_pretrained(ADAPTER)
    settings = ADAPTER / "adapter_config.json"
    written = json.loads(settings.read_text(encoding="utf-8"))
    # The folder that it was trained from is of this machine; the name is of the project.
    written["base_model_name_or_path"] = "tiny-analyst"
    settings.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    card = CARD.format(
        questions=", ".join(f'"{pair["user"]}"' for pair in dialogs["adapter"]),
        digest=model_script.digest(ADAPTER / "adapter_model.safetensors"),
    )
    (ADAPTER / "README.md").write_text(card, encoding="utf-8")
    share = model_script.repeated(model, tokenizer, dialogs["adapter"])
    print(f"repeats {share:.0%} of its answers")


if __name__ == "__main__":
    main()
