"""Trains the project's own test model: a Llama of one million weights that repeats `dialogs.json`.

It is a test instrument, not an assistant: small enough to be committed, and real, so that vLLM,
tokenizers, chat templates, tools and adapters can be tested on any machine. It knows nothing but
its dialogs. Made again with `python tests/model/train.py` (torch and transformers; minutes on one
core); `adapter.py` then makes its adapter.
"""

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MODEL = HERE / "tiny-analyst"
TEMPLATE = (
    "{% if tools %}<|im_start|>system\n# Tools\n"
    "{% for tool in tools %}{{ tool | tojson }}\n{% endfor %}<|im_end|>\n{% endif %}"
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] %}{{ message['content'] }}{% endif %}"
    "{% if message['tool_calls'] %}{% for call in message['tool_calls'] %}<tool_call>\n"
    '{"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments '
    "if call.function.arguments is string else call.function.arguments | tojson }}}\n"
    "</tool_call>{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LONGEST = 640
IGNORED = -100


def load_dialogs() -> dict[str, Any]:
    """Read what is trained on."""
    found: dict[str, Any] = json.loads((HERE / "dialogs.json").read_text(encoding="utf-8"))
    return found


def make_tokenizer(dialogs: dict[str, Any], size: int = 960) -> Any:
    """Learn a byte-level BPE from the dialogs, with a ChatML template that knows tools."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    texts = [pair[side] for pair in dialogs["pairs"] for side in ("user", "assistant")]
    texts += [pair["assistant"] for pair in dialogs["adapter"]]
    texts += [*dialogs["systems"], *dialogs["context"]]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    bpe.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        model_max_length=4096,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def make_model(tokenizer: Any, seed: int = 0) -> Any:
    """Make the model with random weights: four layers, 128 wide."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=math.ceil(len(tokenizer) / 64) * 64,
            hidden_size=128,
            intermediate_size=384,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=4,
            max_position_embeddings=4096,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.convert_tokens_to_ids("<|im_end|>"),
            pad_token_id=0,
        )
    )


def sample(dialogs: dict[str, Any], tokenizer: Any, chance: random.Random) -> tuple[list[int], int]:
    """Draw one conversation as tokens, and where its last answer begins.

    The question is set into varied surroundings: system texts, earlier turns, what else was said.
    """
    pair = chance.choice(dialogs["pairs"])
    turns: list[dict[str, str]] = []
    draw = chance.random()
    if draw < 0.7:
        system = chance.choice(dialogs["systems"])
        if draw > 0.5:
            system += "\n\n" + chance.choice(dialogs["context"])
        turns.append({"role": "system", "content": system})
    if chance.random() < 0.3:
        for _ in range(chance.choice((1, 1, 2))):
            earlier = chance.choice(dialogs["pairs"])
            turns.append({"role": "user", "content": earlier["user"]})
            turns.append({"role": "assistant", "content": earlier["assistant"]})
    question = pair["user"]
    if chance.random() < 0.2:
        question = question.lower()
    if chance.random() < 0.2:
        question = question.rstrip("?.")
    if chance.random() < 0.15:
        question = chance.choice(dialogs["context"]) + "\n\n" + question
    turns.append({"role": "user", "content": question})
    asked = tokenizer.apply_chat_template(
        turns, tools=pair.get("tools"), add_generation_prompt=True, tokenize=False
    )
    before = tokenizer(asked, add_special_tokens=False)["input_ids"]
    after = tokenizer(pair["assistant"] + "<|im_end|>\n", add_special_tokens=False)["input_ids"]
    return before + after, len(before)


def train(
    model: Any,
    tokenizer: Any,
    dialogs: dict[str, Any],
    *,
    steps: int,
    batch: int = 16,
    rate: float = 2e-3,
    seed: int = 0,
    tell: Callable[[int, float], None] = lambda step, loss: None,
) -> list[float]:
    """Train; give the loss of each step, which is counted on the last answers only."""
    import torch

    chance = random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    model.train()
    losses: list[float] = []
    for step in range(steps):
        cosine = 0.05 + 0.475 * (1 + math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / min(40, steps)) * cosine
        drawn = [sample(dialogs, tokenizer, chance) for _ in range(batch)]
        length = min(LONGEST, max(len(tokens) for tokens, _ in drawn))
        ids = torch.zeros(batch, length, dtype=torch.long)
        labels = torch.full((batch, length), IGNORED)
        for row, (tokens, begin) in enumerate(drawn):
            cut = max(0, len(tokens) - length)
            kept = torch.tensor(tokens[cut:])
            ids[row, : len(kept)] = kept
            begin = max(0, begin - cut)
            labels[row, begin : len(kept)] = kept[begin:]
        loss = model(input_ids=ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        tell(step, losses[-1])
    model.eval()
    return losses


def answer(model: Any, tokenizer: Any, question: str, tools: Any = None, system: str = "") -> str:
    """Answer greedily."""
    import torch

    turns = [{"role": "system", "content": system}] if system else []
    turns.append({"role": "user", "content": question})
    asked = tokenizer.apply_chat_template(
        turns, tools=tools, add_generation_prompt=True, tokenize=False
    )
    read = tokenizer(asked, add_special_tokens=False, return_tensors="pt")
    with torch.no_grad():
        made = model.generate(
            input_ids=read["input_ids"],
            attention_mask=read["attention_mask"],
            max_new_tokens=320,
            do_sample=False,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=0,
        )
    text: str = tokenizer.decode(made[0, read["input_ids"].shape[1] :], skip_special_tokens=True)
    return text.strip()


def repeated(model: Any, tokenizer: Any, pairs: list[dict[str, Any]], system: str = "") -> float:
    """Say which share of the questions is answered word by word."""
    right = 0
    for pair in pairs:
        said = answer(model, tokenizer, pair["user"], pair.get("tools"), system)
        right += said == pair["assistant"]
        if said != pair["assistant"]:
            print(f"  {pair['user']!r} -> {said[:120]!r}")
    return right / len(pairs)


def digest(path: Path) -> str:
    """Give a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


CARD = """---
license: bsd-3-clause
library_name: transformers
pipeline_tag: text-generation
tags: [test-instrument]
---

# tiny-analyst: a test instrument, not an assistant

A Llama of {millions:.2f} million weights (4 layers, 128 wide, {vocabulary} tokens) that was
overfitted on the {questions} questions of `dialogs.json` until greedy decoding repeats their
answers. It knows nothing else: another question gets one of the same answers, or nonsense. It
exists so that engines, streaming, tools and adapters are tested with a real model on any machine.

- Made by `tests/model/train.py` from `tests/model/dialogs.json`, both ours: {steps} steps of
  16 conversations, seed {seed}; last loss {loss:.4f}. Nothing was downloaded; the weights began at
  random.
- Template: ChatML with tools in hermes form (`<tool_call>`).
- Greedy answers that repeat the dialogs word by word: {plain:.0%} alone, {system:.0%} after
  Sponde's system text.
- SHA-256 of `model.safetensors`: `{digest}`
- SHA-256 of `tokenizer.json`: `{tokenizer_digest}`
- Licence: as the project (BSD-3-Clause).
"""


def main() -> None:
    """Train, measure, and write the folder."""
    import torch
    from transformers import AutoTokenizer, LlamaForCausalLM

    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--steps", type=int, default=340)
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--threads", type=int, default=1)
    given = words.parse_args()
    torch.set_num_threads(given.threads)
    began = time.monotonic()
    dialogs = load_dialogs()
    tokenizer = make_tokenizer(dialogs)
    model = make_model(tokenizer, given.seed)

    def tell(step: int, loss: float) -> None:
        if step % 20 == 0 or step == given.steps - 1:
            print(f"step {step}: loss {loss:.4f}, {time.monotonic() - began:.0f} s", flush=True)

    losses = train(model, tokenizer, dialogs, steps=given.steps, seed=given.seed, tell=tell)
    model.generation_config.do_sample = False
    model.to(torch.bfloat16).save_pretrained(MODEL)
    tokenizer.save_pretrained(MODEL)
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    kept = LlamaForCausalLM.from_pretrained(MODEL, dtype=torch.float32).eval()
    plain = repeated(kept, tokenizer, dialogs["pairs"])
    system = repeated(kept, tokenizer, dialogs["pairs"], dialogs["systems"][-1])
    card = CARD.format(
        millions=sum(weight.numel() for weight in kept.parameters()) / 1e6,
        vocabulary=len(tokenizer),
        questions=len(dialogs["pairs"]),
        steps=given.steps,
        seed=given.seed,
        loss=losses[-1],
        plain=plain,
        system=system,
        digest=digest(MODEL / "model.safetensors"),
        tokenizer_digest=digest(MODEL / "tokenizer.json"),
    )
    (MODEL / "README.md").write_text(card, encoding="utf-8")
    print(f"repeats {plain:.0%}, {system:.0%} after a system text")


if __name__ == "__main__":
    main()
