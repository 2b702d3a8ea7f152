"""A real Prometheus of one's own, and its API. Keeps away from what is scraped."""

import json
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from dev_servers.server import Server


class PrometheusServer(Server):
    """Runs with the configuration given, in a folder that is gone with it."""

    def __init__(self, binary: Path, configuration: Path) -> None:
        super().__init__(port=None, folder=None)
        self._binary = binary
        self._configuration = configuration

    def command(self) -> list[str]:
        return [
            str(self._binary),
            f"--config.file={self._configuration}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]

    def answers(self) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=2.0) as answer:
                return bool(answer.status == 200)
        except (OSError, URLError):
            return False

    def ask(self, path: str, **parameters: str) -> Any:
        """The data of an API's answer. Raises HTTPError when Prometheus refuses the question."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urlencode(parameters)}"
        with urlopen(url, timeout=5.0) as answer:
            return json.load(answer)["data"]

    def values(self, expression: str) -> list[float]:
        """What an expression is now, for each series that it gives."""
        found = self.ask("query", query=expression)["result"]
        return [float(series["value"][1]) for series in found]
