"""The audit of dependencies, by the real uv at a stand-in for OSV: what fails it, what does not."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copy
from typing import Any, Final

import pytest

from advisories import NoReason, accepted_advisories, audit

ROOT: Final = Path(__file__).parents[1]
ID: Final = "PYSEC-2099-1"
HOLE: Final = {
    "id": ID,
    "modified": "2026-01-01T00:00:00Z",
    "aliases": ["CVE-2099-1"],
    "summary": "Lets everybody in.",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "redis"}, "versions": ["8.1.0"]}],
}

Audited = Callable[..., tuple[int, str]]


class Osv(BaseHTTPRequestHandler):
    """Knows one vulnerability, of one package."""

    asked: Final[list[str]] = []
    broken = False

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        names = [query["package"]["name"] for query in queries]
        self.asked.extend(names)
        found = {"vulns": [{"id": ID, "modified": HOLE["modified"]}]}
        self._say({"results": [found if name == "redis" else {} for name in names]})

    def do_GET(self) -> None:
        self._say(HOLE)

    def _say(self, content: Any) -> None:
        self.send_response(400 if self.broken else 200)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002 - its name
        """Says nothing."""


@contextmanager
def served() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Osv) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def audited(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Audited:
    """`audited(service, accepted="...")`: the exit code, and what was said."""
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("NO_PROXY", "*")

    def run(service: str, accepted: str = "") -> tuple[int, str]:
        copy(ROOT / "uv.lock", tmp_path)
        table = f"\n[tool.tally.accepted-advisories]\n{accepted}\n"
        project = (ROOT / "pyproject.toml").read_text()
        (tmp_path / "pyproject.toml").write_text(project + table)
        code = audit(Path(sys.executable), tmp_path, service=service)
        said = capfd.readouterr()
        return code, said.out + said.err

    return run


def test_a_known_vulnerability_fails_and_every_package_was_asked_for(audited: Audited) -> None:
    with served() as service:
        code, said = audited(service)

    assert code == 1
    assert ID in said
    assert {"redis", "fastapi", "pytest", "botocore"} <= {*Osv.asked}


@pytest.mark.parametrize("name", [ID, "CVE-2099-1"])
def test_one_that_is_accepted_with_a_reason_does_not(audited: Audited, name: str) -> None:
    with served() as service:
        code, said = audited(service, accepted=f'{name} = "We never call that."')

    assert code == 0
    assert f"accepted: {name}: We never call that." in said


def test_where_nobody_can_be_asked_it_is_said_plainly_and_is_no_failure(audited: Audited) -> None:
    code, said = audited("http://127.0.0.1:1/")

    assert code == 0
    assert "NOT AUDITED: http://127.0.0.1:1/ cannot be asked from here." in said


def test_a_service_that_answers_nonsense_is_a_failure(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Osv, "broken", True)
    with served() as service:
        code, said = audited(service)

    assert code == 1
    assert "NOT AUDITED" not in said


def test_a_reason_is_wanted() -> None:
    table = '[tool.tally.accepted-advisories]\nCVE-1 = "{}"\n'

    assert accepted_advisories(table.format("never called")) == {"CVE-1": "never called"}
    assert accepted_advisories("[tool.ruff]\n") == {}
    with pytest.raises(NoReason, match="CVE-1 without a reason"):
        accepted_advisories(table.format(" "))
