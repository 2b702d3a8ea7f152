"""A server that says nothing, for whoever must not wait for it."""

import asyncio

from cache.redis_target import Node


class Silence:
    """A server that accepts connections and never says a word; it counts those that are open."""

    def __init__(self) -> None:
        self.open = self.most = 0

    async def start(self) -> Node:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return Node(host="127.0.0.1", port=self._server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        while await reader.read(1000):
            pass
        self.open -= 1
        writer.close()
