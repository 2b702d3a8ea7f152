"""Asks a target for a failover and waits for it: EDGE, and the one file with a command that changes
who is the primary. For drills: nothing in the service calls it.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from cache.redis_account import AccountKnobs, open_credentials
from cache.redis_credentials import Account, Credentials, FixedCredentials
from cache.redis_discovery import Discovery, find
from cache.redis_driver import INSTALLED, Limits, RedisDriver
from cache.redis_inquiry import Undiscovered
from cache.redis_layout import Layout, Shard
from cache.redis_target import ClusterAddress, Node, RedisAddress, RedisTarget, SentinelAddress
from cache.redis_trouble import classify, explain, quote

_LIMITS: Final = Limits(max_connections=1, socket_connect_timeout=2.0, socket_timeout=2.0)
_PATIENCE_SECONDS: Final = 30.0
"""For another primary to be named. Sentinels take a second or two, a cluster less."""
_LOOK_SECONDS: Final = 0.1


class FailoverRefused(Exception):
    """There was no failover; the message says why, and holds no secret."""


@dataclass(frozen=True, kw_only=True)
class Failover:
    """One that took place. The servers' names are those of the statistics."""

    before: str
    after: str
    seconds: float
    """From the question until Sentinels or nodes named the new primary."""


async def fail_over(
    target: RedisTarget,
    knobs: AccountKnobs | None = None,
    *,
    asked: Callable[[], None] = lambda: None,
) -> Failover:
    """Make a replica the primary, of the first shard that has one. `asked` is called as it begins.

    SENTINEL FAILOVER, or CLUSTER FAILOVER, which waits until the replica has all there is. The old
    primary stays, as a replica. Over in half a minute, or FailoverRefused; BadRedisUrl as in
    `open_credentials`.
    """
    if isinstance(target, RedisAddress):
        raise FailoverRefused("REDIS_URL names one server: nobody could take its place.")
    if not INSTALLED:
        raise FailoverRefused("the redis package is not installed: pip install 'redis>=5.0.0'.")
    credentials = await asyncio.to_thread(open_credentials, target, knobs)
    await credentials.refresh()
    discovery = find(target, credentials, _LIMITS.socket_connect_timeout)
    try:
        layout = await _look(discovery)
        began = time.monotonic()
        asked()
        if isinstance(target, SentinelAddress):
            shard = layout.shards[0]
            await _ask_sentinels(target)
        else:
            shard = await _ask_replica(target, layout, credentials)
        after = await _another(discovery, shard)
        return Failover(
            before=str(target.server(shard.primary)),
            after=str(target.server(after)),
            seconds=time.monotonic() - began,
        )
    finally:
        await discovery.close()


async def _look(discovery: Discovery) -> Layout:
    try:
        return await discovery.look()
    except Undiscovered:
        raise FailoverRefused(
            "nobody tells who the primary is: python -m ops doctor says why."
        ) from None


async def _ask_sentinels(target: SentinelAddress) -> None:
    """One of them is enough; the first that answers decides."""
    account = Account(username=target.sentinel_username, password=target.sentinel_password)
    said = "no Sentinel answers."
    for node in target.sentinels:
        driver = RedisDriver(target.sentinel(node), FixedCredentials(account), _LIMITS)
        trouble = await _asked(driver, ("SENTINEL", "FAILOVER", target.service), [account.password])
        if trouble is None:
            return
        said = trouble
    raise FailoverRefused(f"the Sentinels refuse: {said}")


async def _ask_replica(target: ClusterAddress, layout: Layout, credentials: Credentials) -> Shard:
    """The shard of the replica that was asked. It must be the replica that is asked."""
    shard = next((shard for shard in layout.shards if shard.replicas), None)
    if shard is None:
        raise FailoverRefused("no primary of the cluster has a replica.")
    driver = RedisDriver(target.server(shard.replicas[0]), credentials, _LIMITS)
    trouble = await _asked(driver, ("CLUSTER", "FAILOVER"), credentials.secrets)
    if trouble is not None:
        raise FailoverRefused(f"the replica {shard.replicas[0]} refuses: {trouble}")
    return shard


async def _asked(
    driver: RedisDriver, words: Sequence[str], secrets: Sequence[str | None]
) -> str | None:
    """Why it does not; None if it does. The connection is closed again."""
    try:
        await driver.resolve()
        await driver.ask(*words)
    except Exception as error:  # the driver's are not only its own
        return explain(classify(error), quote(error, filter(None, secrets)))
    finally:
        await driver.close()
    return None


async def _another(discovery: Discovery, shard: Shard) -> Node:
    """The primary in place of the shard's. Raises FailoverRefused when none comes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                with suppress(Undiscovered):
                    if found := _heir(await discovery.look(), shard):
                        return found
                await asyncio.sleep(_LOOK_SECONDS)
    raise FailoverRefused(
        f"it was asked for, but {shard.primary} is the primary {_PATIENCE_SECONDS:g} s later."
    )


def _heir(layout: Layout, shard: Shard) -> Node | None:
    """Who holds the shard's first slot now, if that is another one. Pure."""
    first = shard.slots[0].start
    for each in layout.shards:
        if any(first in slots for slots in each.slots) and each.primary != shard.primary:
            return each.primary
    return None
