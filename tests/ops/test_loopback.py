"""What leads to this machine, by the words of a URL."""

import pytest

from ops.loopback import is_loopback


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://127.9.9.9", "http://localhost:8000", "https://[::1]:1"]
)
def test_this_machine_is_known(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1",
        "http://tally.example:8000",
        "http://localhost.example",
        "http://127.0.0.1.nip.example",
        "http://0.0.0.0",
        "nonsense",
    ],
)
def test_anything_else_is_taken_for_another_host(url: str) -> None:
    assert not is_loopback(url)
