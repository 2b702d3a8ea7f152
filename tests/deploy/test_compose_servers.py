"""The Redis services of docker-compose.yml and its variants, started by their very words.

Without containers: what a service's shell would run there runs here, with folders and ports of this
machine in the container's place. Every option, file and password is as the Compose files say.
"""

import re
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cache import Cache
from deploy.compose_servers import ComposeServers, keeps
from deploy.container_redis import ContainerRedis, is_well, replaced
from deploy.deploy_files import DEPLOY, MANIFESTS, ROOT, conf, read_yaml
from dev_servers import ServerError

CONF = dict(conf((DEPLOY / "redis.conf").read_text()))

Compose = Callable[[str], ComposeServers]
Used = Callable[[ComposeServers], Awaitable[Cache]]


def test_the_plain_one_has_the_files_settings_and_wants_the_password(compose: Compose) -> None:
    server = compose("plain").start("redis")

    settings = [server.ask(f"CONFIG GET {name}").split()[1] for name in ("appendonly", "timeout")]
    server.password = None

    assert settings == [CONF["appendonly"], CONF["timeout"]]
    with pytest.raises(ServerError, match="NOAUTH"):
        server.ask("GET x")


async def test_with_rights_tally_gets_in_as_a_user_who_may_little_else(
    compose: Compose, used: Used
) -> None:
    servers = compose("rights")
    owner = (servers.secrets / "redis-owner-password").read_text().strip()
    server = servers.start("redis", password=owner)

    await keeps(await used(servers))

    for words in ("FLUSHALL", "CONFIG SET maxmemory 1", "KEYS *", "GET other", "CONFIG GET x"):
        assert "permissions" in server.ask(f"ACL DRYRUN tally {words}"), words
    assert server.ask("ACL DRYRUN tally GET tally:job:1") == "OK"
    assert is_well(servers.check("redis"), server.port)


@pytest.mark.parametrize("name", ["redis-password", "redis-owner-password"])
def test_with_rights_no_account_is_without_a_password(compose: Compose, name: str) -> None:
    servers = compose("rights")
    (servers.secrets / name).write_text("")

    with pytest.raises(ServerError, match=r"ended at once:\n.*is empty"):
        servers.start("redis")


def test_the_guides_ping_of_it_is_answered(compose: Compose) -> None:
    guide = (ROOT / "docs" / "deployment.md").read_text()
    (command,) = re.findall(r"`docker compose exec redis sh -c '(.+)'`", guide)
    servers = compose("plain")
    server = servers.start("redis")
    words = replaced(servers.here(command), "redis-cli ", f"redis-cli -p {server.port} ")

    assert subprocess.check_output(["sh", "-c", words], text=True) == "PONG\n"


def test_nobody_sees_the_password_in_the_list_of_processes(compose: Compose) -> None:
    servers = compose("plain")
    shown = Path(f"/proc/{servers.start('redis').pid}/cmdline").read_bytes()

    assert b"redis-server" in shown
    assert servers.password.encode() not in shown


@pytest.mark.parametrize("content", ["", None])
def test_without_a_password_nothing_starts(compose: Compose, content: str | None) -> None:
    """An empty file, or none, must not become a Redis that is open to all."""
    servers = compose("plain")
    file = servers.secrets / "redis-password"
    file.unlink()
    if content is not None:
        file.write_text(content)

    with pytest.raises(ServerError, match=r"ended at once:\n.*(is empty|No such file)"):
        servers.start("redis")


def test_the_health_check_wants_an_answer_to_the_right_password(compose: Compose) -> None:
    servers = compose("plain")
    server = servers.start("redis")
    well = is_well(servers.check("redis"), server.port)
    (servers.secrets / "redis-password").write_text("another")

    assert well
    assert not is_well(servers.check("redis"), server.port)


async def test_with_tls_tally_uses_it_and_a_client_without_is_refused(
    compose: Compose, used: Used
) -> None:
    servers = compose("tls")
    server = servers.start("redis", check=servers.check("redis"), listens="--tls-port")

    await keeps(await used(servers))

    with pytest.raises((OSError, ServerError)):
        server.ask("PING")


def test_the_pod_of_kubernetes_starts_too_and_keeps_nothing(
    redis_binary: str, secrets: Path, tmp_path: Path
) -> None:
    (path,) = [path for path in MANIFESTS if path.name == "redis.yaml"]
    pod = read_yaml(path)[0]["spec"]["template"]["spec"]
    password = (secrets / "redis-password").read_text()
    (tmp_path / "password").write_text(password)
    script = replaced(pod["containers"][0]["command"][2], "/etc/redis-secret", str(tmp_path))
    script = replaced(script, "/usr/local/etc/redis", str(DEPLOY))

    with ContainerRedis(redis_binary, script, password=password.strip()) as server:
        names = ("appendonly", "maxmemory-policy")
        settings = [server.ask(f"CONFIG GET {name}").split()[1] for name in names]

    assert settings == ["no", CONF["maxmemory-policy"]]
