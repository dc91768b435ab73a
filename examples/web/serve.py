"""Serves a folder on this machine alone, with the headers that let a page use threads.

`python serve.py [FOLDER] [--port PORT] [--plain]`. The page works from any other static server too. Without the headers
it computes in one thread.
"""

import argparse
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
BUILT = Path(__file__).parent / "dist"
# A page is isolated from others, and may share memory between threads, if it asks for both:
# https://developer.mozilla.org/docs/Web/API/Window/crossOriginIsolated
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


class Handler(SimpleHTTPRequestHandler):
    """Answers with files, and says nothing."""

    extensions_map = {  # noqa: RUF012, of the base class
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".flac": "audio/flac",
    }
    headers_too: dict[str, str] = ISOLATED

    def end_headers(self) -> None:
        for name, value in self.headers_too.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Plain(Handler):
    """As a server that knows nothing of isolation."""

    headers_too: dict[str, str] = {}  # noqa: RUF012


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the built page on this machine alone.")
    parser.add_argument("folder", nargs="?", type=Path, default=BUILT)
    parser.add_argument("--port", type=int, default=8044, help="0 takes a free one")
    parser.add_argument("--plain", action="store_true", help="without the headers that allow threads")
    given = parser.parse_args()
    if not (given.folder / "index.html").is_file():
        parser.error(f"{given.folder} has no index.html; `make web` builds it")
    handler = partial(Plain if given.plain else Handler, directory=str(given.folder))
    try:
        server = ThreadingHTTPServer((HOST, given.port), handler)
    except OSError as error:
        parser.error(f"port {given.port} cannot be had ({error.strerror}); choose another with --port")
    with server:
        print(f"Open http://{HOST}:{server.server_port}   (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
