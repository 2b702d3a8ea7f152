"""What is checked of each line of polls before it is measured."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from benchmarks import contenders as who
from benchmarks.polls import Aim, check_document
from benchmarks.serving import Running

ETAG = '"1.1"'


class _Server(BaseHTTPRequestHandler):
    """Gives 2,048 bytes, or 304 to who has the ETag of that job."""

    etags: dict[str, str] = {}  # noqa: RUF012 - of all requests

    def do_GET(self) -> None:
        known = self.headers["If-None-Match"] == self.etags.get(self.path, "")
        body = b"" if known else b"x" * 2048
        self.send_response(304 if known else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing is said."""


@contextmanager
def aimed(etags: dict[str, str], *, etag: str | None = ETAG) -> Iterator[Aim]:
    handler = type("Handler", (_Server,), {"etags": etags})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_address[1]
        running = Running(contender=who.HELLO, port=port, parts=(), log=Path())
        yield Aim(name="a line", server=running, paths=["/a", "/b"], etag=etag)
        server.shutdown()
        thread.join()


def test_a_line_of_304s_that_are_304s_may_be_measured() -> None:
    with aimed({"/a": ETAG, "/b": ETAG}) as aim:
        check_document(aim)


def test_one_job_with_another_etag_is_found() -> None:
    with (
        aimed({"/a": ETAG, "/b": '"1.2"'}) as aim,
        pytest.raises(ValueError, match="answers 200 to /b"),
    ):
        check_document(aim)


def test_lines_without_an_etag_are_not_asked_for_304() -> None:
    with aimed({}, etag=None) as aim:
        check_document(aim)
