"""Something at an address that answers as a test wants it to, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[str, bytes], tuple[int, str, str | bytes]]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Its address; ``answer`` is given path and body, and gives status, media type and text."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, said = answer(
                self.path, self.rfile.read(int(self.headers.get("Content-Length") or 0))
            )
            body = said if isinstance(said, bytes) else said.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - the name the library calls

        def log_message(self, *_words: object) -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
