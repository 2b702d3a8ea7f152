"""A Sentinel that has seen some failovers, or says so."""

from collections.abc import Iterator

from dev_servers.filed_redis import Sentinel


class Told(Sentinel):
    """It knows its primary since the failover that `epoch` counts."""

    epoch = 0

    def settings(self) -> Iterator[list[str]]:
        yield from super().settings()
        yield ["sentinel", "config-epoch", "mymaster", str(self.epoch)]
