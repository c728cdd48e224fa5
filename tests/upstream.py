"""A server that speaks the OpenAI protocol from a script: the other side of every model test.

Run it as `python tests/upstream.py PORT` (0 finds a port); the first line printed is its address.
It is a real HTTP server in a process of its own and knows nothing of Sponde.

What it does is chosen by words in the last user message, or by the model's name:

| word | what happens |
|---|---|
| (none) | it repeats the question in a short answer, a token every 5 ms |
| code | the answer has Python, SQL and unlabelled code fences |
| mend | it gives the Python block that has this word again, with `wrong` made `right` |
| in pandas, in SQL, in polars | it gives the cheapest price of each fruit in that form |
| fill | the rest of a function, an empty line, and what does not belong to it |
| slow | the first token comes after 1 s |
| hang | a few tokens, then nothing for ever |
| silent | headers never come |
| quiet | headers come, tokens never |
| cut | the connection breaks after a few tokens |
| empty | whole, with no text |
| length | ends with finish_reason length |
| long | 10,000 tokens as fast as they go |
| html | an HTML page with status 200 |
| bom | a byte order mark in front |
| garbage | lines that are no JSON, comments, empty choices, between good ones |
| broken | an `error` object in mid-stream, as vLLM and proxies send it |
| 401 403 404 429 500 | that status, with OpenAI's error body |
| overlong | 400, the context is too long |
| whole | one JSON answer though a stream was asked for |
| old | refuses `stream_options`, as old servers do |
| system | it repeats what the system turns said |
| busy | 429 with Retry-After: 7 |
| leak | 400, and the error repeats the key that it was sent |
| late | streamed headers come at once, the first token after 1.5 s |
| thinking | thoughts (`reasoning_content`) come first |
| notools | refuses `tools` with 400 |
| say64 | says what follows it in base64, a letter a piece |
| stamps | with the next one: each token is the moment that it was sent |
| `300 tokens at 40/s` | so many, so fast (0/s: as fast as they go) |

Where the last turn is the beginning of its answer, or it is asked in words to go on with it, the
answer goes on from there (and is not cut again).

With `tools` it calls those that the question names, `call run_sql {"query": "SELECT 1"}` (several:
`call … call …`; `twice` in the question: once more after the first result), or, where only one is
offered and none named, that one; after a result it says what the tool said. `notools` in the
question or the model's name: 400, tools are not known. `thinking` streams thoughts first. With
`response_format` it
writes JSON of that form, with `n` it answers so often, with `logprobs` it adds some, at a `stop` it
stops, and it says how many images it was shown. `/v1/completions` goes on with the prompt,
`/v1/embeddings` gives the lengths of texts.

A key that begins with `wrong` is refused with 401, at `/open/v1` only where a question is asked
(its list of models needs no key); a model named `missing…` is unknown. In front of
`/v1` a place may be named: `/nolist/v1` has no list of models, `/html/v1` answers web pages,
`/redirect/v1` sends elsewhere, `/silent/v1` never answers, `/empty/v1` lists no models.
`GET /requests` gives what was asked (with whether the asker left early); DELETE forgets it.
`POST /hurry` lets the paced answers that are under way end as fast as they go, until that DELETE.
"""

import asyncio
import base64
import contextlib
import json
import re
import struct
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from tornado import httpserver, iostream, netutil, web

MODELS = ["scripted", "scripted-large"]
TOKEN_SECONDS = 0.005
LONG = 10_000
STATUSES = {"401", "403", "404", "429", "500"}
CODE = """Here is a plan.

```python
import sponde

total = sum(range(10))
print(total)
```

The same in SQL:

```sql
SELECT sum(i) FROM range(10) t(i)
```

And as text:

```
45
```

That is all.
"""
CONVERTED = {
    "pandas": 'cheapest = prices.groupby("fruit", as_index=False)["price"].min()',
    "SQL": """import duckdb

cheapest = duckdb.sql('''
    SELECT fruit, min(price) AS price FROM prices GROUP BY fruit ORDER BY fruit
''').df()""",
    "polars": """import polars as pl

cheapest = pl.from_pandas(prices).lazy().group_by("fruit").agg(pl.col("price").min()).collect()""",
}
requests: list[dict[str, Any]] = []
hurry = asyncio.Event()


class Handler(web.RequestHandler):
    """Notes what was asked, and when the asker left."""

    entry: dict[str, Any]

    def prepare(self) -> None:
        body = json.loads(self.request.body) if self.request.body else None
        self.entry = {
            "method": self.request.method,
            "path": self.request.path,
            "headers": sorted(self.request.headers),
            "authorization": self.request.headers.get("Authorization", ""),
            "body": body,
            "at": time.time(),
            "port": self.request.connection.context.address[1],  # type: ignore[attr-defined]
            "left": False,
            "tokens": 0,
        }
        requests.append(self.entry)

    def on_connection_close(self) -> None:
        self.entry["left"] = True

    def refuse(self, status: int, message: str, code: str) -> None:
        """Answer with OpenAI's error body."""
        self.set_status(status)
        self.finish({"error": {"message": message, "type": code, "param": None, "code": code}})

    async def place(self, name: str) -> bool:
        """Act as the named place does; true where that was the whole answer."""
        if name == "html":
            self.set_header("Content-Type", "text/html")
            self.finish("<!doctype html><title>Welcome</title><h1>A web page</h1>")
        elif name == "redirect":
            self.redirect("http://127.0.0.1:9/v1/elsewhere")
        elif name == "silent":
            await asyncio.sleep(3600)
        else:
            return False
        return True

    def is_wrong_key(self) -> bool:
        """Refuse a key that begins with 'wrong'."""
        key = self.entry["authorization"].removeprefix("Bearer ")
        if not key.startswith("wrong"):
            return False
        self.refuse(401, f"Incorrect API key provided: {key[:3]}***.", "invalid_api_key")
        return True


class Models(Handler):
    """GET /v1/models."""

    async def get(self, place: str) -> None:
        if await self.place(place) or (place != "open" and self.is_wrong_key()):
            return
        if place == "nolist":
            self.refuse(404, "Not Found", "not_found")
            return
        names = [] if place == "empty" else MODELS
        self.finish(
            {
                "object": "list",
                "data": [
                    {"id": name, "object": "model", "created": 0, "owned_by": "script"}
                    for name in names
                ],
            }
        )


class Completions(Handler):
    """POST /v1/chat/completions, streamed or not."""

    async def post(self, place: str) -> None:
        if await self.place(place) or self.is_wrong_key():
            return
        asked = self.entry["body"]
        model = asked["model"]
        if model.startswith("missing"):
            self.refuse(404, f"The model `{model}` does not exist.", "model_not_found")
            return
        turns = asked["messages"]
        if not turns:
            requests.remove(self.entry)  # who only asks whether the key is right
            self.refuse(400, "messages: at least one is required.", "invalid_request_error")
            return
        last = next((text_of(t["content"]) for t in reversed(turns) if t["role"] == "user"), "")
        if "/s" in model:
            last = f"{model} {last}"  # its pace, by its name: for whoever writes no words
        begun, last = beginning(turns, last)
        words = set(re.findall(r"[a-z0-9]+", f"{last} {model}".lower()))
        if begun:
            words -= {"cut", "length", "hang"}
            self.entry["begun"] = begun
        if failing := sorted(words & STATUSES):
            self.fail(int(failing[0]))
            return
        if "busy" in words:
            self.set_header("Retry-After", "7")
            self.refuse(429, "Rate limit reached.", "rate_limit_exceeded")
            return
        if "leak" in words:
            key = self.entry["authorization"]
            self.refuse(400, f"Bad request with {key}.", "invalid_request_error")
            return
        if "silent" in words:
            await asyncio.sleep(3600)
        if "html" in words:
            await self.place("html")
            return
        if "slow" in words:
            await asyncio.sleep(1.0)
        if "overlong" in words:
            self.refuse(400, "This model's maximum context length is 4096 tokens.", "context")
            return
        if "old" in words and "stream_options" in asked:
            self.refuse(400, "Unknown parameter: stream_options.", "unknown_parameter")
            return
        if "notools" in words and asked.get("tools"):
            self.refuse(400, f"{model} does not support tools.", "invalid_request_error")
            return
        if asked.get("stream") and "whole" not in words:
            with contextlib.suppress(iostream.StreamClosedError):
                await self.stream(asked, last, words, begun)
        else:
            calls = tool_calls(asked)
            text = await whole_text(asked, last, words)
            choice = {
                "message": {"role": "assistant", "content": None if calls else text},
                "finish_reason": "tool_calls" if calls else "stop",
            }
            if calls:
                choice["message"]["tool_calls"] = calls  # type: ignore[index]
            if asked.get("logprobs"):
                choice["logprobs"] = {"content": [logprob(piece) for piece in text.split()]}
            self.finish(
                {
                    "id": "x",
                    "object": "chat.completion",
                    "created": 0,
                    "model": model,
                    "choices": [{"index": i, **choice} for i in range(asked.get("n") or 1)],
                    "usage": usage(turns, len(text) // 4),
                }
            )

    def fail(self, status: int) -> None:
        """Refuse with one of the statuses that providers send."""
        messages = {
            401: ("Incorrect API key provided.", "invalid_api_key"),
            403: ("Your project may not use this model.", "permission_denied"),
            404: ("The model does not exist.", "model_not_found"),
            429: ("Rate limit reached, try again in 20s.", "rate_limit_exceeded"),
            500: ("The server had an error.", "server_error"),
        }
        self.refuse(status, *messages[status])

    async def stream(self, asked: dict[str, Any], last: str, words: set[str], begun: str) -> None:
        """Send an answer as server-sent events."""
        self.set_header("Content-Type", "text/event-stream")
        if "bom" in words:
            self.write("\ufeff")
        await self.flush()
        if "quiet" in words:
            await asyncio.sleep(3600)
        if "late" in words:
            await asyncio.sleep(1.5)
        await self.send(asked, {"role": "assistant", "content": ""})
        if "thinking" in words:
            for thought in ("Let me ", "think ", "about it."):
                await self.send(asked, {"reasoning_content": thought})
                await asyncio.sleep(TOKEN_SECONDS)
        if calls := tool_calls(asked):
            await self.call(asked, calls)
            return
        answers_tool = asked["messages"][-1]["role"] == "tool"
        if answers_tool or any(asked.get(name) for name in ("response_format", "stop", "n")):
            text = await whole_text(asked, last, words)
            for index in range(asked.get("n") or 1):
                for token in re.findall(r"\s*\S+|\s+$", text):
                    await self.send(asked, {"content": token}, index=index)
                    self.entry["tokens"] += 1
                await self.send(asked, {}, "stop", index=index)
            self.end(asked)
            return
        async for token in beyond(begun, tokens(asked["messages"], last, words)):
            if self.entry["left"]:
                return
            await self.send(asked, {"content": token})
            self.entry["tokens"] += 1
            if self.entry["tokens"] == 5:
                if "cut" in words:
                    self.request.connection.stream.close()  # type: ignore[attr-defined]
                    return
                if "hang" in words:
                    await asyncio.sleep(3600)
                if "garbage" in words:
                    self.write(
                        ": a comment\n\ndata: {not json\n\nnonsense\n\nevent: ping\ndata: 7\n\n"
                        'data: {"choices": []}\n\ndata: {"choices": [{"delta": null}]}\n\n'
                        'retry: 10\ndata: ["choices"]\n\n'
                    )
                if "broken" in words:
                    self.write('data: {"error": {"message": "EngineCore died.", "code": 500}}\n\n')
                    self.write("data: [DONE]\n\n")
                    return
        await self.send(asked, {}, "length" if "length" in words else "stop")
        self.end(asked)

    async def call(self, asked: dict[str, Any], calls: list[dict[str, Any]]) -> None:
        """Stream calls of tools: of each its name, then its arguments in two pieces."""
        for index, call in enumerate(calls):
            name, arguments = call["function"]["name"], call["function"]["arguments"]
            begin = {**call, "index": index, "function": {"name": name, "arguments": ""}}
            await self.send(asked, {"tool_calls": [begin]})
            for piece in (arguments[:5], arguments[5:]):
                more = {"index": index, "function": {"arguments": piece}}
                await self.send(asked, {"tool_calls": [more]})
        await self.send(asked, {}, "tool_calls")
        self.end(asked)

    def end(self, asked: dict[str, Any]) -> None:
        """Send what follows the last chunk."""
        if asked.get("stream_options", {}).get("include_usage"):
            counts = usage(asked["messages"], self.entry["tokens"])
            self.write(f"data: {json.dumps({'choices': [], 'usage': counts})}\n\n")
        self.write("data: [DONE]\n\n")

    async def send(
        self, asked: dict[str, Any], delta: Any, finish: str | None = None, index: int = 0
    ) -> None:
        """Send one chunk."""
        chunk = {
            "id": "x",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": asked["model"],
            "choices": [{"index": index, "delta": delta, "finish_reason": finish}],
        }
        if asked.get("logprobs") and delta.get("content"):
            chunk["choices"][0]["logprobs"] = {"content": [logprob(delta["content"])]}
        self.write(f"data: {json.dumps(chunk)}\n\n")
        await self.flush()


class TextCompletions(Handler):
    """POST /v1/completions: goes on with the prompt."""

    async def post(self) -> None:
        if self.is_wrong_key():
            return
        asked = self.entry["body"]
        if "nosuffix" in asked["model"] and "suffix" in asked:
            self.refuse(400, "suffix is not currently supported", "invalid_request_error")
            return
        if "hang" in asked["prompt"]:
            await asyncio.sleep(3600)
        text = f" and so on after {asked['prompt']}{asked.get('suffix') or ''}"
        head = {"id": "x", "object": "text_completion", "created": 0, "model": asked["model"]}
        counts = {"prompt_tokens": 3, "completion_tokens": 6, "total_tokens": 9}
        if not asked.get("stream"):
            choice = {"index": 0, "text": text, "finish_reason": "stop", "logprobs": None}
            self.finish({**head, "choices": [choice], "usage": counts})
            return
        self.set_header("Content-Type", "text/event-stream")
        for piece in [*re.findall(r"\s*\S+|\s+$", text), ""]:
            choice = {"index": 0, "text": piece, "finish_reason": None if piece else "stop"}
            self.write(f"data: {json.dumps({**head, 'choices': [choice]})}\n\n")
            await self.flush()
        if asked.get("stream_options", {}).get("include_usage"):
            self.write(f"data: {json.dumps({**head, 'choices': [], 'usage': counts})}\n\n")
        self.finish("data: [DONE]\n\n")


class Embeddings(Handler):
    """POST /v1/embeddings: four numbers a text, the first its length."""

    async def post(self) -> None:
        if self.is_wrong_key():
            return
        asked = self.entry["body"]
        if asked["model"].startswith("missing"):
            self.refuse(404, f"The model `{asked['model']}` does not exist.", "model_not_found")
            return
        texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
        data = []
        for index, text in enumerate(texts):
            vector: Any = [float(len(text)), 0.5, -1.0, 0.25]
            if asked.get("encoding_format") == "base64":
                vector = base64.b64encode(struct.pack("<4f", *vector)).decode()
            data.append({"object": "embedding", "index": index, "embedding": vector})
        counts = {"prompt_tokens": 5, "total_tokens": 5}
        self.finish({"object": "list", "data": data, "model": asked["model"], "usage": counts})


def text_of(content: Any) -> str:
    """Join the text of a message whose content may be parts, and count its images."""
    if not isinstance(content, list):
        return content or ""
    images = sum(part["type"] == "image_url" for part in content)
    text = " ".join(part["text"] for part in content if part["type"] == "text")
    return f"{text} ({images} images)" if images else text


def tool_calls(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Call the tools that the question names, or the only one that is offered."""
    turns = asked["messages"]
    if not asked.get("tools"):
        return []
    last = next((text_of(turn["content"]) for turn in reversed(turns) if is_question(turn)), "")
    asked_at = max((at for at, turn in enumerate(turns) if is_question(turn)), default=0)
    rounds = sum(turn["role"] == "assistant" for turn in turns[asked_at:])
    if rounds > ("twice" in last.split()):
        return []
    offered = {tool["function"]["name"] for tool in asked["tools"]}
    named = named_calls(last, offered)
    if not named and len(asked["tools"]) == 1:
        tool = asked["tools"][0]["function"]
        named = [(tool["name"], json.dumps(example(tool.get("parameters") or {})))]
    return [
        {
            "id": f"call_{rounds * 10 + index}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for index, (name, arguments) in enumerate(named, 1)
    ]


def beginning(turns: list[dict[str, Any]], last: str) -> tuple[str, str]:
    """Give the beginning of the answer that is to be gone on with, and the question itself.

    Asked in words, it says the last letters of the beginning again, as models do.
    """
    if turns[-1]["role"] == "assistant":
        return text_of(turns[-1]["content"]), last
    if last.startswith("Go on exactly where") and len(turns) > 2:
        before = [text_of(turn["content"]) for turn in turns[:-1] if turn["role"] == "user"]
        return text_of(turns[-2]["content"])[:-15], before[-1]
    return "", last


async def beyond(begun: str, pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """Leave out as much of an answer as its beginning has."""
    left = len(begun)
    async for piece in pieces:
        rest = piece[left:]
        left = max(0, left - len(piece))
        if rest:
            yield rest


def is_question(turn: dict[str, Any]) -> bool:
    """Whether a person speaks."""
    return bool(turn["role"] == "user")


def named_calls(question: str, offered: set[str]) -> list[tuple[str, str]]:
    """Find `call NAME {json}` in a question; what is no JSON is taken up to the line's end."""
    found = []
    for match in re.finditer(r"\bcall ([A-Za-z0-9_-]+)[ \t]*", question):
        rest = question[match.end() :]
        try:
            _, length = json.JSONDecoder().raw_decode(rest)
        except ValueError:
            length = len(rest.partition("\n")[0]) if rest.startswith("{") else 0
        if length or match[1] in offered:
            found.append((match[1], rest[:length] or "{}"))
    return found


def example(schema: dict[str, Any]) -> Any:
    """Make a value that fits a schema."""
    if schema.get("type", "object") == "object":
        return {name: example(part) for name, part in schema.get("properties", {}).items()}
    if schema["type"] == "array":
        return [example(schema.get("items", {"type": "string"}))]
    values: dict[str, Any] = {"integer": 7, "number": 7.5, "boolean": True}
    return values.get(schema["type"], "Bern")


def logprob(token: str) -> dict[str, Any]:
    """Say how likely a token was."""
    one = {"token": token, "logprob": -0.5, "bytes": None}
    return {**one, "top_logprobs": [one]}


async def whole_text(asked: dict[str, Any], last: str, words: set[str]) -> str:
    """Give a whole answer: JSON of the wanted form, or the words up to a stop."""
    form = asked.get("response_format") or {"type": "text"}
    if form["type"] == "json_object":
        return '{"city": "Bern"}'
    if form["type"] == "json_schema":
        return json.dumps(example(form["json_schema"]["schema"]))
    if asked["messages"][-1]["role"] == "tool":
        return f"The tool said: {text_of(asked['messages'][-1]['content'])}"
    text = "".join([token async for token in tokens(asked["messages"], last, words)])
    stops = asked.get("stop") or []
    for stop in [stops] if isinstance(stops, str) else stops:
        text = text.partition(stop)[0]
    return text


async def tokens(turns: list[dict[str, Any]], last: str, words: set[str]) -> AsyncIterator[str]:
    """Yield the pieces of an answer, in their time."""
    pace = re.search(r"(\d+) tokens at (\d+)/s", last)
    if pace:
        count, speed = int(pace[1]), int(pace[2])
        begun = time.perf_counter()
        for index in range(count):
            yield f"{time.time():.6f} " if "stamps" in words else f"t{index} "
            if speed:
                # By the clock, not by naps: naps add up to a slower pace than asked.
                nap = max(0.0, begun + (index + 1) / speed - time.perf_counter())
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(hurry.wait(), nap)
        return
    if "long" in words:
        for index in range(LONG):
            yield f"word{index} " if index % 40 else f"\n\nword{index} "
            if index % 100 == 0:
                await asyncio.sleep(0)
        return
    if "empty" in words:
        return
    if said := re.search(r"say64 (\S+)", last):
        for index, letter in enumerate(base64.b64decode(said[1]).decode()):
            yield letter
            if index % 3 == 0:
                await asyncio.sleep(TOKEN_SECONDS)
        return
    if "system" in words:
        text = "\n\n".join(turn["content"] for turn in turns if turn["role"] == "system")
    elif form := re.search(r"\bin (pandas|SQL|polars)\b", last):
        text = f"The same in {form[1]}:\n\n```python\n{CONVERTED[form[1]]}\n```\n"
    elif "mend" in words or any("# mend" in text_of(turn.get("content")) for turn in turns):
        text = mended(turns)
    elif "fill" in words:
        text = "left + right\n    # whole\n\nprint('more')\n"
    elif "code" in words:
        text = CODE
    else:
        text = f"You asked: {last.strip()} - and this is the scripted answer, in a few words. 🐦"
    for piece in re.findall(r"\s*\S+|\s+$", text):
        yield piece
        await asyncio.sleep(TOKEN_SECONDS)


def mended(turns: list[dict[str, Any]]) -> str:
    """Give the last Python block with the word `mend` again, mended."""
    told = "\n\n".join(text_of(turn.get("content")) for turn in turns)
    blocks = re.findall(r"^(`{3,})python\n(.*?)\n\1", told, re.DOTALL | re.MULTILINE)
    code = next((code for _, code in reversed(blocks) if "mend" in code), "right = 1")
    return (
        f"The name was mistyped.\n\n```python\n{code.replace('wrong', 'right')}\n```\n\nSo it runs."
    )


def usage(turns: list[dict[str, Any]], written: int) -> dict[str, int]:
    """Count as providers do, roughly."""
    read = sum(len(text_of(turn.get("content"))) for turn in turns) // 4
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }


class Requests(web.RequestHandler):
    """What was asked so far."""

    def get(self) -> None:
        self.finish(json.dumps(requests))

    def delete(self) -> None:
        requests.clear()
        hurry.clear()


class Hurry(web.RequestHandler):
    """An end to waiting."""

    def post(self) -> None:
        hurry.set()


async def main(port: int) -> None:
    """Serve until killed."""
    application = web.Application(
        [
            (r"(?:/(nolist|html|redirect|silent|empty|open))?/v1/models", Models),
            (r"(?:/(nolist|html|redirect|silent|empty|open))?/v1/chat/completions", Completions),
            (r"/v1/completions", TextCompletions),
            (r"/v1/embeddings", Embeddings),
            (r"/requests", Requests),
            (r"/hurry", Hurry),
        ],
        log_function=lambda handler: None,
    )
    sockets = netutil.bind_sockets(port, "127.0.0.1")
    httpserver.HTTPServer(application).add_sockets(sockets)
    print(f"http://127.0.0.1:{sockets[0].getsockname()[1]}/v1", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
