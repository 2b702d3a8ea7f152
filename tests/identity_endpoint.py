"""A local service that hands out identities over HTTP, as clouds have them beside each machine."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = Callable[[Mapping[str, str], Mapping[str, str]], Mapping[str, Any]]
"""From the query and the headers to the body; may raise PermissionError: 403, OSError: 503."""


class IdentityEndpoint:
    """Answers GETs by `answer`, which a test may change; counts them in `asked`."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked = 0
        self.url = ""

    @contextmanager
    def open(self) -> Iterator["IdentityEndpoint"]:
        """Listens on a port of its own until the block ends."""
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = endpoint.respond(self.path, dict(self.headers))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}/identity"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def respond(self, path: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """The status and the body for one request."""
        self.asked += 1
        query = dict(parse_qsl(urlsplit(path).query))
        try:
            answer = self.answer(query, {name.lower(): headers[name] for name in headers})
        except PermissionError as refusal:
            return 403, json.dumps({"error": str(refusal)}).encode()
        except OSError as trouble:
            return 503, json.dumps({"error": str(trouble)}).encode()
        return 200, json.dumps(answer).encode()
