"""Serves a folder, only to this machine, with the headers that let a page use threads.

`python serve.py [FOLDER] [--port PORT] [--plain]`. Any other static server works too. Without the headers the page
computes in one thread.
"""

import argparse
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
BUILT = Path(__file__).parent / "dist"
# With both, a page is isolated from others, and may share memory between threads:
# https://developer.mozilla.org/docs/Web/API/Window/crossOriginIsolated
ISOLATED = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}


class Handler(SimpleHTTPRequestHandler):
    """Answers with files, without a log."""

    extensions_map = {  # noqa: RUF012, as in the base class
        **SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".js": "text/javascript",
        ".wasm": "application/wasm",
        ".flac": "audio/flac",
    }
    more_headers: dict[str, str] = ISOLATED

    def end_headers(self) -> None:
        for name, value in self.more_headers.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class Plain(Handler):
    """Answers without these headers."""

    more_headers: dict[str, str] = {}  # noqa: RUF012


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the built page, only to this machine.")
    parser.add_argument("folder", nargs="?", type=Path, default=BUILT)
    parser.add_argument("--port", type=int, default=8044, help="the port; 0 takes a free one")
    parser.add_argument("--plain", action="store_true", help="without the headers that allow threads")
    given = parser.parse_args()
    if not (given.folder / "index.html").is_file():
        parser.error(f"{given.folder} has no index.html; `make web` builds it")
    handler = partial(Plain if given.plain else Handler, directory=str(given.folder))
    try:
        server = ThreadingHTTPServer((HOST, given.port), handler)
    except OSError as error:
        parser.error(f"port {given.port} cannot be used ({error.strerror}); choose another with --port")
    with server:
        print(f"Open http://{HOST}:{server.server_port}   (Ctrl-C ends it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
