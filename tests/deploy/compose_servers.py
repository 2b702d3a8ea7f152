"""Runs the Redis services of a combination of Compose files here: words, secrets, addresses."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from cache import AccountKnobs, Cache, CacheStats, open_cache, open_credentials, parse_redis_url
from cache.entry import prefix
from cache.tier import Stored
from deploy.compose_files import COMBINATIONS, combined
from deploy.container_redis import ContainerRedis
from deploy.deploy_files import DEPLOY
from dev_servers import free_port
from patience import eventually
from put_alone import put_alone

KEY = "tally:job:1"
VALUE = prefix(1, "subject").encode()


class ComposeServers:
    """`start` what the files describe. Fixed addresses become ports of this host."""

    def __init__(self, variant: str, secrets: Path, folder: Path, *, binary: str) -> None:
        self._binary = binary
        self.compose: Any = combined(*COMBINATIONS[variant])
        self.ports = {name: free_port() for name in self.compose["services"]}
        self.secrets, self._etc = folder / "run-secrets", folder / "etc"
        self._servers = ExitStack()
        self.secrets.mkdir()
        self._etc.mkdir()
        for name, one in self.compose["secrets"].items():
            shutil.copyfile(secrets / Path(one["file"]).name, self.secrets / name)
        for path in DEPLOY.glob("*.conf"):
            (self._etc / path.name).write_text(self.here(path.read_text()))
        self.password = (self.secrets / "redis-password").read_text().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._servers.close()

    def script(self, name: str) -> str:
        """What a service's shell gets: Compose makes `$$` a `$`; places are this machine's."""
        shell, flag, script = self.compose["services"][name]["command"]
        assert (shell, flag) == ("sh", "-c")
        return self.here(script.replace("$$", "$"))

    def check(self, name: str) -> str:
        """The script of a service's health check."""
        kind, script = self.compose["services"][name]["healthcheck"]["test"]
        assert kind == "CMD-SHELL"
        return self.here(script.replace("$$", "$"))

    def here(self, text: str) -> str:
        """The text with this machine's places: secrets, settings, and addresses with a port."""
        text = text.replace("/run/secrets", str(self.secrets))
        text = text.replace("/usr/local/etc/redis", str(self._etc))
        for name, service in self.compose["services"].items():
            network = (service.get("networks") or {}).get("default") or {}
            for port in (f"{mark}{port}" for mark in ": " for port in (6379, 26379)):
                there = network.get("ipv4_address", name) + port
                text = text.replace(there, f"127.0.0.1{port[0]}{self.ports[name]}")
        return text

    def start(self, name: str, **options: Any) -> ContainerRedis:
        """A service's server, which answers."""
        given = {"HOSTNAME": "127.0.0.1", **self.compose["services"][name].get("environment", {})}
        server = ContainerRedis(
            self._binary,
            self.script(name),
            environment={key: self.here(value) for key, value in given.items()},
            port=self.ports[name],
            **{"password": self.password, **options},
        )
        self._servers.callback(server.close)
        self._servers.callback(server.kill)  # a primary told to stop would wait for its replicas
        return server.start()

    def cache(self) -> Cache:
        """Tally's cache by the settings of its service, not started."""
        settings = self.compose["services"]["api"]["environment"]
        target = parse_redis_url(self.here(settings["REDIS_URL"]))
        assert target is not None
        knobs = AccountKnobs(password_file=Path(self.here(settings["REDIS_PASSWORD_FILE"])))
        credentials = open_credentials(target, knobs)
        return open_cache(target, CacheStats(), credentials=credentials, budget_seconds=1.0)


async def keeps(cache: Cache) -> None:
    """Fails unless, within seconds, what is put there is found there."""
    await eventually(
        lambda: put_alone(cache, KEY, VALUE),
        lambda answer: answer == Stored(),
        seconds=20,
    )

    assert await cache.get(KEY, cache.budget()) == VALUE
