"""A stand-in for vLLM in tests: its command line, its addresses, its log and its ways to fail.

A process of its own with a child in its group, standard library only. `SpondeEngines.command` is
set to it (`COMMAND` below). It answers with a few words; it computes nothing.

Files in the model's folder steer it: `faults` (a line each, `name` or `name N` for the first N
starts; read at every start and request), `pace` (seconds between two words), `step` (seconds
between two lines of the start). It notes what happens to it in `seen.jsonl`.

Faults at the start: die-loading, killed-loading, out-of-memory, port-taken, hang, no-such-option.
Then: stranger (another's answer at its address), garbage, flood, dead (503), die-streaming,
die-asked (before the first word), no-wake.
"""

import argparse
import json
import os
import socketserver
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, str(Path(__file__).resolve())]
VERSION = os.environ.get("STAND_IN_VERSION", "0.32.0")
WORDS = ["The", "stand-in", "has", "read", "the", "question", "and", "answers", "shortly."]
LOCK = threading.Lock()


class State:
    """What it is doing now."""

    def __init__(self, words: argparse.Namespace) -> None:
        self.words = words
        self.folder = Path(words.model)
        self.name = words.served_model_name or words.model
        self.key = os.environ.get("VLLM_API_KEY", "")
        self.adapters: dict[str, str] = {}
        self.asleep = 0
        self.running = 0
        self.tokens = 0
        self.prompts = 0
        self.starts = 1

    def note(self, event: str, **more: Any) -> None:
        """Add a line to what was seen."""
        with LOCK, (self.folder / "seen.jsonl").open("a") as file:
            file.write(json.dumps({"event": event, "pid": os.getpid(), **more}) + "\n")

    def has(self, fault: str) -> bool:
        """Whether it is to fail this way now."""
        with suppress(FileNotFoundError):
            for line in (self.folder / "faults").read_text().splitlines():
                name, _, most = line.partition(" ")
                if name == fault and (not most or self.starts <= int(most)):
                    return True
        return False

    def number(self, name: str, default: float) -> float:
        """Read a number that steers it."""
        with suppress(FileNotFoundError, ValueError):
            return float((self.folder / name).read_text())
        return default


def log(text: str) -> None:
    """Write a line as vLLM does."""
    stamp = time.strftime("%m-%d %H:%M:%S")
    print(f"(APIServer pid={os.getpid()}) INFO {stamp} [api_server.py:100] {text}", flush=True)


def load(state: State) -> None:
    """Do as if weights were loaded, and fail if it is to."""
    step = state.number("step", 0.02)
    log(f"vLLM API server version {VERSION}")
    time.sleep(step)
    if state.has("hang"):
        time.sleep(3600)
    log(f"Starting to load model {state.folder}...")
    for share in (0, 50, 100):
        print(
            f"Loading safetensors checkpoint shards: {share:3d}% Completed | {share // 50}/2\r",
            end="",
            flush=True,
        )
        time.sleep(step)
        if state.has("killed-loading"):
            os.kill(os.getpid(), 9)
        if state.has("die-loading"):
            print("RuntimeError: the weights have another shape", flush=True)
            leave(1)
        if state.has("out-of-memory"):
            print(
                "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 "
                "has a total capacity of 23.69 GiB of which 3.10 GiB is free.",
                flush=True,
            )
            leave(1)
    print()
    if state.has("no-such-option"):
        print("vllm: error: unrecognized arguments: --frobnicate", flush=True)
        leave(2)
    log("GPU KV cache size: 12,345 tokens")
    for share in (0, 40, 80, 100):
        print(f"Capturing CUDA graphs (decode, FULL): {share:3d}%|####| {share}/100", flush=True)
        time.sleep(step)
    if state.has("port-taken"):
        print(
            "OSError: [Errno 98] error while attempting to bind on address: address already in use"
        )
        leave(1)
    if state.has("stranger"):
        state.name = "somebody-else"


def leave(code: int) -> None:
    """End at once, as after an error of vLLM's."""
    sys.stdout.flush()
    os._exit(code)


def disturb(state: State) -> None:
    """Write what no log should hold, while it runs."""
    while True:
        if state.has("garbage"):
            sys.stdout.buffer.write(bytes(range(256)) * 4 + b"\xff\xfe\x1b[2J\n")
            sys.stdout.buffer.flush()
        if state.has("flood"):
            line = b"x" * 9_999 + b"\n"
            for _ in range(300):
                sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            time.sleep(0.01)
            continue
        time.sleep(0.1)


class Door(BaseHTTPRequestHandler):
    """Its addresses."""

    protocol_version = "HTTP/1.1"
    state: State

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def address_string(self) -> str:
        """Name who asks: a unix socket has no such name."""
        return "unix"

    def answer(self, body: Any, status: int = 200) -> None:
        """Send JSON, or text."""
        sent = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        kind = "text/plain" if isinstance(body, str) else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def refuse(self, status: int, message: str) -> None:
        """Send an error as vLLM does."""
        self.answer({"error": {"message": message, "type": "Error", "code": status}}, status)

    def is_known(self) -> bool:
        """Whether who asks has the key."""
        state = self.state
        given = self.headers.get("Authorization", "")
        if self.path.startswith("/v1") and state.key and given != f"Bearer {state.key}":
            self.refuse(401, "Unauthorized")
            return False
        return True

    def do_GET(self) -> None:
        state, path = self.state, self.path.partition("?")[0]
        if path == "/health":
            self.answer("", 503 if state.has("dead") else 200)
        elif not self.is_known():
            return
        elif path == "/v1/models":
            names = [state.name, *state.adapters]
            self.answer({"object": "list", "data": [{"id": name} for name in names]})
        elif path == "/version":
            self.answer({"version": VERSION})
        elif path == "/is_sleeping" and can_sleep(state):
            self.answer({"is_sleeping": bool(state.asleep)})
        elif path == "/metrics":
            self.answer(metrics(state))
        else:
            self.refuse(404, "Not Found")

    def do_POST(self) -> None:
        state = self.state
        length = int(self.headers.get("Content-Length", 0))
        text = self.rfile.read(length)
        if not self.is_known():
            return
        path, _, query = self.path.partition("?")
        body = json.loads(text) if text.strip() else {}
        if path == "/v1/chat/completions":
            self.chat(body)
        elif path == "/v1/load_lora_adapter":
            if not (Path(body["lora_path"]) / "adapter_config.json").is_file():
                self.refuse(404, f"No adapter found for '{body['lora_name']}'")
                return
            state.adapters[body["lora_name"]] = body["lora_path"]
            state.note("adapter", name=body["lora_name"])
            self.answer("Success: LoRA adapter added successfully.")
        elif path == "/v1/unload_lora_adapter":
            if state.adapters.pop(body["lora_name"], None) is None:
                self.refuse(404, f"The lora adapter '{body['lora_name']}' cannot be found.")
                return
            state.note("adapter-gone", name=body["lora_name"])
            self.answer("Success: LoRA adapter removed successfully.")
        elif path in ("/sleep", "/wake_up", "/collective_rpc") and can_sleep(state):
            if path == "/wake_up" and state.has("no-wake"):
                self.refuse(500, "wake-up failed")
                return
            state.note(path.strip("/"), query=query, body=body)
            if path == "/sleep":
                state.asleep = int(query.partition("=")[2] or 1)
            elif path == "/wake_up" and query != "tags=weights":
                state.asleep = 0
            self.answer({"status": "ok"})
        else:
            self.refuse(404, "Not Found")

    def chat(self, body: dict[str, Any]) -> None:
        """Answer a conversation."""
        state = self.state
        known = {state.name, *state.adapters}
        state.note("asked", model=body.get("model"), streams=body.get("stream", False))
        if body.get("model") not in known:
            self.refuse(404, f"The model `{body.get('model')}` does not exist.")
        elif state.asleep:
            self.refuse(500, "It sleeps.")
        elif state.has("dead"):
            self.refuse(500, "EngineCore encountered an issue.")
        elif state.has("die-asked"):
            os.kill(os.getpid(), 9)
        elif body.get("stream"):
            self.stream(body)
        else:
            self.answer(whole(state, body))

    def stream(self, body: dict[str, Any]) -> None:
        """Send the answer word by word."""
        state = self.state
        state.running += 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        pace = state.number("pace", 0.005)
        try:
            for number, word in enumerate(WORDS):
                self.piece({"choices": [{"index": 0, "delta": {"content": word + " "}}]})
                state.tokens += 1
                if number == 3 and state.has("die-streaming"):
                    os.kill(os.getpid(), 9)
                time.sleep(pace)
            last = {"index": 0, "delta": {}, "finish_reason": "stop"}
            self.piece({"choices": [last]})
            usage = {"prompt_tokens": 7, "completion_tokens": len(WORDS), "total_tokens": 22}
            self.piece({"choices": [], "usage": usage})
            self.chunk(b"data: [DONE]\n\n")
            self.chunk(b"")
            state.note("answered")
        except (BrokenPipeError, ConnectionResetError):
            state.note("left")
            self.close_connection = True
        finally:
            state.running -= 1
            state.prompts += 7

    def piece(self, body: dict[str, Any]) -> None:
        """Send one event."""
        event = {"id": "stand-in", "object": "chat.completion.chunk", "model": "m", **body}
        self.chunk(f"data: {json.dumps(event)}\n\n".encode())

    def chunk(self, sent: bytes) -> None:
        """Send one piece of a chunked answer."""
        self.wfile.write(f"{len(sent):x}\r\n".encode() + sent + b"\r\n")
        self.wfile.flush()


def whole(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """Give an answer in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": " ".join(WORDS)}
    if body.get("tools") and body.get("tool_choice") != "none":
        function = {"name": body["tools"][0]["function"]["name"], "arguments": "{}"}
        call = {"id": "call-1", "type": "function", "function": function}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
    elif body.get("response_format", {}).get("type") in ("json_object", "json_schema"):
        message["content"] = "{}"
    state.tokens += len(WORDS)
    state.note("answered")
    return {
        "id": "stand-in",
        "object": "chat.completion",
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": len(WORDS), "total_tokens": 22},
    }


def can_sleep(state: State) -> bool:
    """Whether the doors of sleep are there: as in vLLM, in its development mode."""
    return os.environ.get("VLLM_SERVER_DEV_MODE") == "1" and bool(state.words.enable_sleep_mode)


def metrics(state: State) -> str:
    """Give its numbers as Prometheus reads them."""
    label = f'{{engine="0",model_name="{state.name}"}}'
    lines = [
        f"vllm:num_requests_running{label} {float(state.running)}",
        f"vllm:num_requests_waiting{label} 0.0",
        f"vllm:kv_cache_usage_perc{label} {min(1.0, state.running / 10)}",
        f"vllm:prompt_tokens_total{label} {float(state.prompts)}",
        f"vllm:generation_tokens_total{label} {float(state.tokens)}",
    ]
    return "\n".join(lines) + "\n"


def serve(words: argparse.Namespace) -> None:
    """Be a server of models until the end."""
    state = State(words)
    seen = state.folder / "seen.jsonl"
    if seen.exists():
        state.starts += sum('"event": "start"' in line for line in seen.open())
    secrets = sorted(name for name in os.environ if name.endswith(("_API_KEY", "_TOKEN")))
    # As vLLM's: one that does the work, in the same group, and outlives a killed parent.
    work = "import time; time.sleep(3600)  # VLLM::EngineCore"
    child = subprocess.Popen([sys.executable, "-S", "-c", work])
    state.note("start", words=sys.argv, secrets=secrets, key=bool(state.key), child=child.pid)
    threading.Thread(target=disturb, args=[state], daemon=True).start()
    load(state)

    class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
        address_family = 1 if words.uds else 2  # AF_UNIX, AF_INET
        allow_reuse_address = True
        daemon_threads = True
        request_queue_size = 100

        def handle_error(self, *_: Any) -> None:
            """Keep quiet when somebody leaves."""

    Door.state = state
    address: Any = words.uds or (words.host, words.port)
    log(f"Starting vLLM server on {words.uds or words.port}")
    with Server(address, Door) as server:
        log("Application startup complete.")
        try:
            server.serve_forever(0.05)
        finally:
            child.kill()


def main() -> None:
    """Read the command line as vLLM does, as far as it matters here."""
    if "--version" in sys.argv:
        print(VERSION)
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("serve")
    parser.add_argument("model")
    parser.add_argument("--served-model-name")
    parser.add_argument("--uds")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--enable-sleep-mode", action="store_true")
    serve(parser.parse_known_args()[0])


if __name__ == "__main__":
    main()
