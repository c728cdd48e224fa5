"""Trains a LoRA adapter: `python train.py work.json`, with torch, transformers and peft.

Runs with an interpreter that may know nothing of Sponde, so it imports nothing of it. Writes one
JSON line an event to the progress file, and to stdout; ends when who started it has ended. On a
GPU it computes in bfloat16 and saves memory by computing activations twice; where memory runs
out it halves the batch and adds up more of them, so that the result stays the same.
"""

import json
import math
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

IGNORED = -100
MOST_BATCH = 8
MEASURED_ROWS = 64
NO_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


class Refused(Exception):
    """It cannot be done, for a reason that a person should read."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Progress:
    """The file that says how far it is, a line an event."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parent = os.getppid()

    def tell(self, kind: str, **fields: Any) -> None:
        """Append an event."""
        line = json.dumps({"kind": kind, **fields})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(line, flush=True)

    def check_parent(self) -> None:
        """End when who started this has ended: nobody would read the result."""
        if os.getppid() != self._parent:
            sys.exit(1)


def main(arguments: list[str]) -> int:
    """Train what the work file says."""
    work = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    progress = Progress(Path(work["progress"]))
    try:
        train(work, progress)
    except Refused as error:
        progress.tell("failed", message=error.message, hint=error.hint)
        return 1
    except ImportError as error:
        progress.tell(
            "failed",
            message=f"{sys.executable} lacks a package: {error}",
            hint="Install 'sponde[finetune]' there, or set SpondeTuning.python.",
        )
        return 1
    except MemoryError:
        progress.tell("failed", message="Memory ran out.", hint=SMALLER)
        return 1
    return 0


SMALLER = "Choose a smaller base, shorter rows, or a smaller rank."


def train(work: dict[str, Any], progress: Progress) -> None:
    """Read, train, measure, save."""
    progress.tell("doing", text="loading torch")
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    settings = work["settings"]
    random.seed(settings["seed"])
    torch.manual_seed(settings["seed"])
    has_gpu = torch.cuda.is_available()
    device = torch.device("cuda" if has_gpu else "cpu")
    if not has_gpu:
        torch.set_num_threads(max(1, int(work["threads"])))
    progress.tell("device", name=torch.cuda.get_device_name() if has_gpu else "CPU")
    progress.tell("doing", text="reading the base")
    tokenizer = AutoTokenizer.from_pretrained(work["base"])
    if not tokenizer.chat_template:
        tokenizer.chat_template = NO_TEMPLATE
    dtype = torch.bfloat16 if has_gpu else torch.float32
    model = AutoModelForCausalLM.from_pretrained(work["base"], dtype=dtype).to(device)
    if has_gpu:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        model.enable_input_require_grads()
    model.config.use_cache = False
    config = LoraConfig(
        r=settings["rank"],
        lora_alpha=2 * settings["rank"],
        lora_dropout=0.0,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(model, config)
    for weight in model.parameters():
        if weight.requires_grad:
            weight.data = weight.data.float()
    rows = read(work["train"], tokenizer, settings["most_tokens"])
    kept_back = read(work["validation"], tokenizer, settings["most_tokens"])[:MEASURED_ROWS]
    if not rows:
        raise Refused("There is no row to train on.", "Put rows into the set's first part.")
    batch = settings["batch"] or min(MOST_BATCH, len(rows))
    before = measure(model, kept_back, batch)
    if before is not None:
        progress.tell("validation", step=0, loss=before)
    losses = learn(model, rows, kept_back, batch, settings, progress)
    progress.tell("doing", text="saving the adapter")
    out = Path(work["adapter"])
    model.save_pretrained(out)
    tidy(out, work)
    after = measure(model, kept_back, batch)
    if after is not None:
        progress.tell("validation", step=settings["steps"], loss=after)
    seen = max(1, len(losses) // 10)
    progress.tell(
        "ended",
        first_loss=sum(losses[:seen]) / seen,
        last_loss=sum(losses[-seen:]) / seen,
        validation_before=before,
        validation_after=after,
        weights=sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
    )


def read(path: str, tokenizer: Any, longest: int) -> list[tuple[list[int], list[int]]]:
    """Read chat JSONL as tokens, and labels that count the last answer only."""
    found: list[tuple[list[int], list[int]]] = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        messages = json.loads(line)["messages"]
        try:
            whole = tokenizer.apply_chat_template(messages, tokenize=False)
            asked = tokenizer.apply_chat_template(
                messages[:-1], tokenize=False, add_generation_prompt=True
            )
        except Exception as error:
            raise Refused(
                f"The base's chat template refuses row {number}: {error}",
                "Some bases take no system text: gather the set without it.",
            ) from error
        if not whole.startswith(asked):
            whole = asked + messages[-1]["content"] + (tokenizer.eos_token or "")
        before = tokenizer(asked, add_special_tokens=False)["input_ids"]
        after = tokenizer(whole[len(asked) :], add_special_tokens=False)["input_ids"]
        tokens = (before + after)[-longest:]
        answer = min(len(after), len(tokens))
        found.append((tokens, [IGNORED] * (len(tokens) - answer) + tokens[-answer:]))
    return found


def learn(
    model: Any,
    rows: list[tuple[list[int], list[int]]],
    kept_back: list[tuple[list[int], list[int]]],
    batch: int,
    settings: dict[str, Any],
    progress: Progress,
) -> list[float]:
    """Correct the adapter's weights, step by step; give each step's loss."""
    import torch

    learned = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=settings["learning_rate"], weight_decay=0.0)
    chance = random.Random(settings["seed"])
    steps, losses = settings["steps"], []
    waiting: list[int] = []
    at_once = batch
    warm = max(1, min(20, steps // 10))
    progress.tell("doing", text="training")
    model.train()
    began = time.monotonic()
    for step in range(1, steps + 1):
        progress.check_parent()
        while len(waiting) < batch:
            order = list(range(len(rows)))
            chance.shuffle(order)
            waiting += order
        drawn, waiting = waiting[:batch], waiting[batch:]
        cosine = 0.5 * (1 + math.cos(math.pi * (step - 1) / steps))
        for group in optimizer.param_groups:
            group["lr"] = settings["learning_rate"] * min(1.0, step / warm) * max(0.05, cosine)
        while True:
            try:
                loss = one_step(model, [rows[number] for number in drawn], at_once)
                break
            except torch.OutOfMemoryError as error:
                optimizer.zero_grad(set_to_none=True)
                torch.cuda.empty_cache()
                if at_once == 1:
                    raise Refused("The GPU's memory is too small.", SMALLER) from error
                at_once = max(1, at_once // 2)
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if not math.isfinite(loss):
            raise Refused(
                f"The loss is {loss} at step {step}.",
                "Choose a smaller learning rate, such as 1e-4.",
            )
        losses.append(loss)
        left = (time.monotonic() - began) / step * (steps - step)
        progress.tell("step", step=step, steps=steps, loss=loss, left=left)
        if kept_back and step < steps and step % max(10, steps // 5) == 0:
            held = measure(model, kept_back, at_once)
            progress.tell("validation", step=step, loss=held)
            model.train()
    return losses


def one_step(model: Any, rows: list[tuple[list[int], list[int]]], at_once: int) -> float:
    """Add up the gradients of some rows, a few at a time; give their loss."""
    counted = sum(label != IGNORED for _, labels in rows for label in labels[1:])
    total = 0.0
    for begin in range(0, len(rows), at_once):
        loss = wrongness(model, rows[begin : begin + at_once]) / max(1, counted)
        loss.backward()
        total += loss.item()
    return total


def measure(model: Any, rows: list[tuple[list[int], list[int]]], at_once: int) -> float | None:
    """Give the loss on rows that are not learned from; None where there are none."""
    import torch

    counted = sum(label != IGNORED for _, labels in rows for label in labels[1:])
    if not counted:
        return None
    model.eval()
    with torch.no_grad():
        wrong = [
            wrongness(model, rows[begin : begin + at_once]).item()
            for begin in range(0, len(rows), at_once)
        ]
    return float(sum(wrong)) / counted


def wrongness(model: Any, rows: list[tuple[list[int], list[int]]]) -> Any:
    """Give the summed negative log likelihood of the answers' tokens."""
    import torch

    length = max(len(tokens) for tokens, _ in rows)
    ids = torch.zeros(len(rows), length, dtype=torch.long)
    labels = torch.full((len(rows), length), IGNORED)
    seen = torch.zeros(len(rows), length, dtype=torch.long)
    for number, (tokens, wanted) in enumerate(rows):
        ids[number, : len(tokens)] = torch.tensor(tokens)
        labels[number, : len(wanted)] = torch.tensor(wanted)
        seen[number, : len(tokens)] = 1
    device = next(model.parameters()).device
    logits = model(input_ids=ids.to(device), attention_mask=seen.to(device)).logits
    targets = labels[:, 1:].to(device)
    # Only where an answer stands: the table of scores is the largest thing in memory.
    chosen = targets != IGNORED
    return torch.nn.functional.cross_entropy(
        logits[:, :-1][chosen].float(), targets[chosen], reduction="sum"
    )


def tidy(folder: Path, work: dict[str, Any]) -> None:
    """Name the base as people do: the folder that it lies in is this machine's business."""
    path = folder / "adapter_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = work["base_name"]
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(work["card"], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
