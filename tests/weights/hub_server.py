"""A hub on the loopback interface that answers as Hugging Face's does, as far as huggingface_hub asks."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What the server has and how it behaves.

    Args:
        files: the content of each file of the repo.
        refusal: status, X-Error-Code and X-Error-Message for every request, or None.
        cut_at: bytes after which every transfer breaks off, or None.
        requests: what was asked, as (method, path).
        bytes_sent: of file contents.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    repo: str = "someone/autoencoder"
    refusal: tuple[int, str, str] | None = None
    cut_at: int | None = None
    requests: list[tuple[str, str]] = field(default_factory=list)
    bytes_sent: int = 0
    endpoint: str = ""


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Run the hub for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            hub.requests.append((self.command, self.path))
            if hub.refusal is not None:
                return self.refuse(*hub.refusal)
            parts = self.path.split("?")[0].lstrip("/").split("/")
            if "/".join(parts[:2]) != hub.repo or parts[2:3] != ["resolve"]:
                return self.refuse(404, "RepoNotFound", "Repository not found")
            if parts[3] not in ("main", COMMIT):
                return self.refuse(404, "RevisionNotFound", "Invalid rev id")
            content = hub.files.get("/".join(parts[4:]))
            if content is None:
                return self.refuse(404, "EntryNotFound", "Entry not found")
            start = 0
            if "Range" in self.headers:
                start = int(self.headers["Range"].removeprefix("bytes=").split("-")[0])
            self.send_response(206 if start else 200)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            if body:
                end = len(content) if hub.cut_at is None else min(start + hub.cut_at, len(content))
                self.wfile.write(content[start:end])
                hub.bytes_sent += end - start
                self.close_connection = end < len(content)
            return None

        def refuse(self, status: int, code: str, message: str) -> None:
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
            self.send_header("X-Error-Message", message)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
