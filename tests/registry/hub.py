"""A Hugging Face-compatible hub in a thread: a real HTTP server, with faults to order.

It answers `/api/models/<id>/revision/<revision>?blobs=true` and `/<id>/resolve/<commit>/<path>` as
the real one does: large files are sent on to a place for large files, with Range, and refusals
carry `X-Error-Code`. What goes wrong is chosen by attributes of `Hub`.
"""

import hashlib
import json
import os
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

LARGE_BYTES = 10_000
PIECE_BYTES = 16_384


@dataclass
class Repository:
    """One model of the hub."""

    files: dict[str, bytes]
    licence: str = "apache-2.0"
    base_model: str = ""
    is_gated: bool = False
    commit: str = ""

    def __post_init__(self) -> None:
        if not self.commit:
            digest = hashlib.sha1(usedforsecurity=False)
            for path, content in sorted(self.files.items()):
                digest.update(path.encode() + content)
            self.commit = digest.hexdigest()


@dataclass
class Hub:
    """The hub, and what goes wrong with it."""

    models: dict[str, Repository] = field(default_factory=dict)
    token: str = "hf_right-token-1234"
    cut_after: int = 0
    """Break every answer of a large file after so many bytes; 0: never."""
    bytes_per_second: int = 0
    """How fast a large file is sent; 0: as fast as it goes."""
    hold_after: int = 0
    """Send so many bytes of a large file, then wait until this is 0 again."""
    damage: dict[str, int] = field(default_factory=dict)
    """How often a file is sent with a wrong byte."""
    announced: dict[str, int] = field(default_factory=dict)
    """Sizes that are announced instead of the right ones."""
    names: dict[str, str] = field(default_factory=dict)
    """Names that are announced instead of the right ones."""
    ignores_range: bool = False
    fails: int = 0
    """How many of the next files are answered with 503."""
    redirect_to: str = ""
    """Where large files are sent on to; empty: a place of this server."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Path, Range and Authorization of each request."""
    url: str = ""

    def add(self, hub_id: str, folder: Path, **more: object) -> Repository:
        """Offer a folder as a model."""
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        self.models[hub_id] = Repository(files=files, **more)  # type: ignore[arg-type]
        return self.models[hub_id]

    def asked_for(self, path: str) -> list[str]:
        """Give the Range of each request for a file."""
        return [ranged for asked, ranged, _ in self.asked if asked.endswith(path)]

    def start(self) -> None:
        """Begin to answer."""
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self.hold_after = 0
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        """Answer."""
        path = unquote(urlsplit(self.path).path).lstrip("/")
        authorization = self.headers.get("Authorization", "")
        self.hub.asked.append((path, self.headers.get("Range", ""), authorization))
        try:
            if authorization and authorization != f"Bearer {self.hub.token}":
                self._refuse(401, "")
            elif path.startswith("api/models/"):
                self._describe(*path.removeprefix("api/models/").split("/revision/"))
            elif path.startswith("large/"):
                self._file(*path.removeprefix("large/").split("/resolve/"))
            else:
                self._resolve(*path.split("/resolve/"), bool(authorization))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _describe(self, hub_id: str, revision: str = "main") -> None:
        model = self.hub.models.get(hub_id)
        if model is None:
            self._refuse(401, "RepoNotFound")
            return
        if revision not in ("main", model.commit):
            self._refuse(404, "RevisionNotFound")
            return
        siblings = []
        for path, content in model.files.items():
            size = self.hub.announced.get(path, len(content))
            blob = hashlib.sha1(
                f"blob {len(content)}\0".encode() + content, usedforsecurity=False
            ).hexdigest()
            entry: dict[str, object] = {
                "rfilename": self.hub.names.get(path, path),
                "size": size,
                "blobId": blob,
            }
            if len(content) > LARGE_BYTES:
                sha256 = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"sha256": sha256, "size": size, "pointerSize": 130}
            siblings.append(entry)
        card = {"license": model.licence}
        if model.base_model:
            card["base_model"] = model.base_model
        self._json(
            {
                "id": hub_id,
                "sha": model.commit,
                "gated": "auto" if model.is_gated else False,
                "cardData": card,
                "tags": [f"license:{model.licence}"],
                "siblings": siblings,
            }
        )

    def _resolve(self, hub_id: str, rest: str, has_token: bool) -> None:
        model = self.hub.models.get(hub_id)
        path = rest.partition("/")[2]
        if model is None or path not in model.files:
            self._refuse(404, "EntryNotFound")
        elif model.is_gated and not has_token:
            self._refuse(401, "GatedRepo")
        elif self.hub.fails > 0:
            self.hub.fails -= 1
            self._refuse(503, "")
        elif len(model.files[path]) > LARGE_BYTES:
            self.send_response(302)
            place = self.hub.redirect_to or self.hub.url
            self.send_header("Location", f"{place}/large/{hub_id}/resolve/{rest}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._file(hub_id, rest)

    def _file(self, hub_id: str, rest: str) -> None:
        path = rest.partition("/")[2]
        content = self.hub.models[hub_id].files[path]
        if self.hub.damage.get(path, 0) > 0:
            self.hub.damage[path] -= 1
            content = content[:-1] + bytes([content[-1] ^ 1])
        ranged = self.headers.get("Range", "")
        begin = int(ranged[6:].split("-")[0]) if ranged and not self.hub.ignores_range else 0
        if begin >= len(content) > 0 and begin:
            self._refuse(416, "")
            return
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        sent = 0
        while begin + sent < len(content):
            while 0 < self.hub.hold_after <= sent and len(content) > LARGE_BYTES:
                time.sleep(0.02)
            piece = content[begin + sent : begin + sent + PIECE_BYTES]
            if self.hub.cut_after and len(content) > LARGE_BYTES:
                piece = piece[: max(0, self.hub.cut_after - sent)]
                if not piece:
                    self.close_connection = True
                    return
            self.wfile.write(piece)
            sent += len(piece)
            if self.hub.bytes_per_second and len(content) > LARGE_BYTES:
                time.sleep(len(piece) / self.hub.bytes_per_second)

    def _refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def write_model(folder: Path, size: int = 300_000, shards: int = 1, **config: object) -> Path:
    """Write a folder that looks like a model: config, tokenizer, safetensors with headers."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {
        "architectures": ["Qwen2ForCausalLM"],
        "max_position_embeddings": 4096,
        "model_type": "qwen2",
    }
    (folder / "config.json").write_text(json.dumps(known | config))
    (folder / "tokenizer.json").write_text('{"version": "1.0"}')
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A model\n")
    if shards == 1:
        (folder / "model.safetensors").write_bytes(safetensors({"weight": size}))
        return folder
    weight_map = {}
    for number in range(1, shards + 1):
        name = f"model-{number:05}-of-{shards:05}.safetensors"
        (folder / name).write_bytes(safetensors({f"layer.{number}": size}))
        weight_map[f"layer.{number}"] = name
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    return folder


def write_adapter(folder: Path, base: str) -> Path:
    """Write a folder that looks like a LoRA adapter."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"base_model_name_or_path": base, "peft_type": "LORA", "r": 8}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "adapter_model.safetensors").write_bytes(safetensors({"lora_A": 20_000}))
    return folder


def safetensors(tensors: dict[str, int]) -> bytes:
    """Write safetensors with tensors of so many bytes each."""
    header, at = {}, 0
    for name, size in tensors.items():
        header[name] = {"dtype": "U8", "shape": [size], "data_offsets": [at, at + size]}
        at += size
    raw = json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw + os.urandom(at)


def names(folder: str) -> list[str]:
    """Name the files of a folder; none where it is not there."""
    return sorted(path.name for path in Path(folder).glob("*"))


def mode(folder: str) -> int:
    """Give who may read a folder."""
    return Path(folder).stat().st_mode & 0o777
