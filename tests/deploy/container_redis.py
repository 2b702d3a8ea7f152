"""Starts a Redis by the very words of a Compose service or a pod, without any container.

What a container would give it, it gets here: a folder, a port, and this machine's address. All else
is as it stands in the file, so a word that Redis does not know ends the start.
"""

import shlex
import subprocess
from collections.abc import Mapping
from typing import Any

from dev_servers import RedisServer


class ContainerRedis(RedisServer):
    """`script` is what `sh -c` gets there.

    `check` is the script of its health check, where nothing answers to a plain PING; `listens` is
    the option of the port that it then has.
    """

    def __init__(
        self,
        binary: str,
        script: str,
        *,
        environment: Mapping[str, str] | None = None,
        check: str = "",
        listens: str = "--port",
        **more: Any,
    ) -> None:
        super().__init__(binary, **more)
        self._script = script
        self._environment = environment or {}
        self._check = check
        self._listens = listens

    def command(self) -> list[str]:
        """Of an option that stands twice Redis takes the later one: ours."""
        folder = shlex.quote(str(self.folder))
        given = [f"export {name}={shlex.quote(value)}" for name, value in self._environment.items()]
        script = replaced(self._script.rstrip(), "exec redis-server", f"exec {self._binary}")
        ours = f"{self._listens} {self.port} --bind 127.0.0.1 --dir {folder}"
        return ["sh", "-c", "\n".join([f"cd {folder}", *given, f"{script} {ours}"])]

    def answers(self) -> bool:
        return is_well(self._check, self.port) if self._check else super().answers()


def is_well(check: str, port: int) -> bool:
    """Whether a health check that asks by redis-cli passes for the server at this port."""
    script = replaced(check, "redis-cli ", f"redis-cli -p {port} ")
    return subprocess.run(["sh", "-c", script], capture_output=True, check=False).returncode == 0


def replaced(text: str, there: str, here: str) -> str:
    """The text with what is here in the stead of what must be in it."""
    assert there in text, f"{there!r} is not in {text!r}"
    return text.replace(there, here)
