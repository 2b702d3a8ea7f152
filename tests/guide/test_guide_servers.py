"""The guide's redis.conf boots real servers, and they say back what it sets; so do the URLs."""

import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from cache import open_cache, parse_redis_url
from cache.stats import CacheStats
from dev_servers import RedisFlavour, RedisServer, RedisTls, end, free_port, spawn
from guide.page import GUIDE, Block, block, blocks
from guide.terminal import Terminal
from patience import seen
from tls_terminator import tls_terminated

CONF: Final = [it for it in blocks(GUIDE.read_text()) if it.language == "conf"]
OF_TLS: Final = "tls-port 6380"

Start = Callable[..., RedisServer]


def settings(block: Block) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition(" ") for line in block.lines)}


def said_back(server: RedisServer, name: str) -> str:
    """What CONFIG GET says of a setting, in the words of redis.conf."""
    value = server.ask(f"CONFIG GET {name}").partition("\n")[2]
    return {"maxmemory": lambda it: f"{int(it) // 2**20}mb"}.get(name, str)(value)


@pytest.mark.parametrize(
    "conf", [it for it in CONF if OF_TLS not in it.lines], ids=lambda it: it.heading
)
def test_a_server_boots_with_it_and_says_it_back(conf: Block, start_redis: Start) -> None:
    wanted = settings(conf)
    password = wanted.get("requirepass")
    server = start_redis(
        password=password, config=[line for line in conf.lines if not line.startswith("require")]
    )

    assert {name: said_back(server, name) for name in wanted} == wanted


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the guide's own commands have made a CA and a certificate."""
    terminal = Terminal(tmp_path_factory.mktemp("papers") / "tls")
    made = block("TLS/SSL", "umask 077")
    said = terminal.run(made.text)

    assert said.code == 0, said.text
    assert said.lines[-1:] == made.outputs
    return terminal.folder


def test_no_key_that_the_commands_make_is_readable_by_others(papers: Path) -> None:
    keys = sorted(papers.glob("*.key"))

    assert [key.name for key in keys] == ["ca.key", "redis.key"]
    assert [oct(key.stat().st_mode & 0o077) for key in keys] == ["0o0", "0o0"]


async def test_tally_trusts_the_certificate_at_a_server_with_the_guides_configuration(
    papers: Path, redis_flavour: RedisFlavour, tmp_path: Path
) -> None:
    """By the host's name, by `localhost` and by address; and with its CA only."""
    (conf,) = [it for it in CONF if OF_TLS in it.lines]
    port, file = free_port(), tmp_path / "redis.conf"
    file.write_text(conf.text.replace("/path/to", str(papers)).replace(OF_TLS, f"tls-port {port}"))
    if redis_flavour.speaks_tls:
        process = spawn([redis_flavour.binary, file, "--dir", tmp_path], log=tmp_path / "log")
        try:
            await seen(lambda: listens(port), seconds=10)
            await all_get_in(port, papers)
        finally:
            end(process)
    else:
        with RedisServer(redis_flavour.binary) as server:
            async with tls_terminated(server.port, as_in(file)) as port:
                await all_get_in(port, papers)


def as_in(file: Path) -> RedisTls:
    found = dict(re.findall(r"^tls-(\w+)\S*-file (.+)$", file.read_text(), re.MULTILINE))
    certificate, key, authority = map(Path, (found["cert"], found["key"], found["ca"]))
    return RedisTls(certificate=certificate, key=key, authority=authority)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def all_get_in(port: int, papers: Path) -> None:
    trust = f"ssl_cert_reqs=required&ssl_ca_certs={papers}/ca.crt"
    for host in ("localhost", "127.0.0.1"):
        assert await gets_in(f"redis://{host}:{port}?ssl=true&{trust}")
    assert not await gets_in(f"redis://localhost:{port}?ssl=true&ssl_cert_reqs=required")


async def gets_in(url: str) -> bool:
    """Whether a cache comes in use; False once it has told why it does not."""
    stats = CacheStats()
    cache = open_cache(parse_redis_url(url), stats, budget_seconds=1.0)
    await cache.start()
    try:
        await seen(lambda: cache.state().enabled or stats.snapshot()["errors"]["connection"])
        return cache.state().enabled
    finally:
        await cache.stop()


def test_a_strong_password_is_made_and_gets_in(start_redis: Start, tmp_path: Path) -> None:
    command = block("Authentication", "openssl rand -base64 32")
    made = Terminal(tmp_path / "password").run(command.text)
    password = made.text.strip()
    server = start_redis(password=password)

    assert (made.code, len(password)) == (0, 44)
    assert server.ask("PING") == "PONG"
