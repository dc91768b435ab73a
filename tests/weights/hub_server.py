"""A hub on the loopback interface that answers as Hugging Face's does, as far as huggingface_hub asks."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
CHUNK = 1 << 16
Refusal = tuple[int, str, str]  # status, X-Error-Code, X-Error-Message


@dataclass
class Hub:
    """The files of the server, and its behaviour.

    Args:
        files: the content of each file of the repo, or its path. Weights are large files, which have a SHA-256 and are
            redirected to where they are stored; the others have a git blob id.
        repo: OWNER/NAME.
        revisions: branches and tags, and the commit that each is.
        refusal: the answer to requests for files, or None.
        lists: whether a refusal leaves the list of files readable, as a gate does.
        busy: statuses with which the next requests are answered, one each.
        cut_after: bytes of files after which every transfer breaks off, or None.
        seconds_per_chunk: the wait after each chunk of a file.
        page: the answer to every request, as in a network that wants a login first; or None.
        silent: whether no request is answered at all.
        refused_tunnels: the answer to a request for a tunnel, as of a proxy: a status and its words; or None.
        ranges: whether a request for a part of a file is answered with that part, or else with the whole file.
        requests: all requests, as (method, path).
        bytes_sent: bytes of file contents.
    """

    files: dict[str, bytes | Path] = field(default_factory=dict)
    repo: str = "someone/autoencoder"
    revisions: dict[str, str] = field(default_factory=lambda: {"main": COMMIT, "v1": COMMIT})
    refusal: Refusal | None = None
    lists: bool = True
    busy: list[int] = field(default_factory=list)
    cut_after: int | None = None
    seconds_per_chunk: float = 0.0
    page: bytes | None = None
    silent: bool = False
    refused_tunnels: tuple[int, str] | None = None
    ranges: bool = True
    requests: list[tuple[str, str]] = field(default_factory=list)
    bytes_sent: int = 0
    endpoint: str = ""
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    checksums: dict[str, str] = field(default_factory=dict)

    def size(self, name: str) -> int:
        content = self.files[name]
        return content.stat().st_size if isinstance(content, Path) else len(content)

    def is_large(self, name: str) -> bool:
        return name.endswith((".safetensors", ".ckpt", ".pt", ".gguf"))

    def checksum(self, name: str) -> str:
        content = self.files[name]
        if isinstance(content, bytes):
            blob = b"" if self.is_large(name) else b"blob %d\0" % len(content)
            return (hashlib.sha256 if self.is_large(name) else hashlib.sha1)(blob + content).hexdigest()
        if name not in self.checksums:
            with content.open("rb") as file:
                self.checksums[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return self.checksums[name]


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Run the hub for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def do_CONNECT(self) -> None:
            assert hub.refused_tunnels is not None
            self.send_response(*hub.refused_tunnels)
            self.end_headers()
            self.close_connection = True

        def answer(self) -> None:
            path = self.path.split("?")[0]
            with hub.lock:
                hub.requests.append((self.command, path))
                busy = hub.busy.pop(0) if hub.busy else None
            if hub.silent:
                hub.closing.wait()
                self.close_connection = True
                return None
            if hub.page is not None:
                return self.send_content("text/html", hub.page)
            if busy is not None:
                return self.refuse(busy, "", "busy")
            if path.startswith("/stored/"):
                return self.send_file(path.removeprefix("/stored/"))
            parts = path.lstrip("/").removeprefix("api/models/").split("/")
            listing = path.startswith("/api/models/")
            if hub.refusal is not None and not (listing and hub.lists):
                return self.refuse(*hub.refusal)
            if "/".join(parts[:2]) != hub.repo or parts[2:3] not in ([], ["revision"], ["resolve"]):
                return self.refuse(404, "RepoNotFound", "Repository not found")
            revision = parts[3] if len(parts) > 3 else "main"
            commit = revision if revision in hub.revisions.values() else hub.revisions.get(revision)
            if commit is None:
                return self.refuse(404, "RevisionNotFound", "Invalid rev id")
            if listing:
                return self.send_json({"id": hub.repo, "sha": commit, "siblings": [*map(self.sibling, hub.files)]})
            name = "/".join(parts[4:])
            if name not in hub.files:
                return self.refuse(404, "EntryNotFound", "Entry not found")
            if not hub.is_large(name):
                return self.send_file(name)
            self.send_response(302)
            self.send_header("Location", f"{hub.endpoint}/stored/{name}")
            self.send_header("X-Repo-Commit", commit)
            self.send_header("X-Linked-Size", str(hub.size(name)))
            self.send_header("X-Linked-ETag", f'"{hub.checksum(name)}"')
            self.send_header("Content-Length", "0")
            return self.end_headers()

        def sibling(self, name: str) -> dict[str, object]:
            about: dict[str, object] = {"rfilename": name, "size": hub.size(name), "blobId": hub.checksum(name)}
            if hub.is_large(name):
                about["lfs"] = {"sha256": hub.checksum(name), "size": hub.size(name), "pointerSize": 135}
            return about

        def send_file(self, name: str) -> None:
            size = hub.size(name)
            start, stop = 0, size
            asked = self.headers.get("Range") if hub.ranges else None
            if asked:
                first, _, last = asked.removeprefix("bytes=").partition("-")
                start, stop = int(first), min(int(last) + 1, size) if last else size
            self.send_response(206 if asked else 200)
            self.send_header("ETag", f'"{hub.checksum(name)}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Accept-Ranges", "bytes")
            if asked:
                self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
            self.send_header("Content-Length", str(stop - start))
            self.end_headers()
            if self.command == "GET":
                self.send_body(name, start, stop)

        def send_body(self, name: str, start: int, stop: int) -> None:
            content = hub.files[name]
            while start < stop:
                end = min(start + CHUNK, stop)
                if hub.cut_after is not None:
                    end = min(end, start + max(hub.cut_after - hub.bytes_sent, 0))
                    if end <= start:
                        self.close_connection = True
                        return
                if isinstance(content, Path):
                    with content.open("rb") as file:
                        file.seek(start)
                        block = file.read(end - start)
                else:
                    block = content[start:end]
                try:
                    self.wfile.write(block)
                except OSError:  # who asked has gone away
                    self.close_connection = True
                    return
                with hub.lock:
                    hub.bytes_sent += len(block)
                start = end
                time_to_wait = hub.seconds_per_chunk
                if time_to_wait:
                    pause(time_to_wait)

        def send_json(self, content: object) -> None:
            self.send_content("application/json", json.dumps(content).encode())

        def send_content(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def refuse(self, status: int, code: str, message: str) -> None:
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", message)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


pause = time.sleep  # tests take time.sleep away from huggingface_hub's retries
