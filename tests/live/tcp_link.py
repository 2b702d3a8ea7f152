"""One client's connection through the proxy, and the one to the server that belongs to it."""

import asyncio
import socket
import struct
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Final

from live.tcp_flow import HEALTHY, Cut, Fault, Flow, Way

_RESET: Final = struct.pack("ii", 1, 0)  # linger for 0 s: closing says RST, not FIN


class Link:
    """`run` it once; `suffer` and `reset` at any moment, in the same loop."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int, fault: Fault
    ) -> None:
        self._reader = reader
        self._writers = [writer]
        self._number = number
        self._fault = HEALTHY
        self._changed = asyncio.Event()
        self._flows: dict[Way, Flow] = {}
        self.suffer(fault)

    def suffer(self, fault: Fault) -> None:
        """From this moment on. Only a reset follows when bytes were lost."""
        if self._fault.swallows and not fault.resets:
            return
        self._fault = fault
        self._changed.set()
        if fault.resets:
            self.reset()
        for way, flow in self._flows.items():
            flow.suffer(self._as_seen(way))

    def _as_seen(self, way: Way) -> Fault:
        """The fault in that way, with a seed that is another one for each connection."""
        seed = f"{self._fault.seed} {self._number} {way}"
        return replace(self._fault, seed=seed) if way in self._fault.ways else HEALTHY

    async def run(self, host: str, port: int, passed: Counter[Way]) -> None:
        """Until both ends have ended, one broke, or it was cut or reset."""
        while self._fault.frozen or self._fault.swallows:
            self._changed.clear()
            await self._changed.wait()
        if self._fault.resets:
            return
        try:
            reader, writer = await asyncio.open_connection(host, port)
        except OSError:
            self.reset()
            return
        client = self._writers[0]
        self._writers.append(writer)
        self._flows = {
            "to_server": Flow(self._reader, writer, partial(_add, passed, "to_server")),
            "to_client": Flow(reader, client, partial(_add, passed, "to_client")),
        }
        self.suffer(self._fault)
        await self._carry()

    async def _carry(self) -> None:
        try:
            async with asyncio.TaskGroup() as parts:
                for flow in self._flows.values():
                    parts.create_task(flow.take())
                    parts.create_task(flow.give())
        except* Cut:
            pass
        except* OSError:  # what one end suffered the other learns the same way
            self.reset()
        finally:
            for writer in self._writers:
                writer.close()

    def reset(self) -> None:
        """RST to both ends."""
        for writer in self._writers:
            if not writer.is_closing():
                link: socket.socket = writer.get_extra_info("socket")
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()


def _add(passed: Counter[Way], way: Way, count: int) -> None:
    passed[way] += count
