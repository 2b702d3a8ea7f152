"""Looks at a whole target for an operator: who belongs to it, and what each server says. Read-only.

Whatever is frozen, gone or unheard of, it is over within about six seconds: each step has its
limit, and all servers are asked at once. Who grants us tokens may take 2.5 seconds more.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from cache.redis_account import AccountKnobs, open_credentials
from cache.redis_answers import Inspection, Role, ServerAnswers
from cache.redis_credentials import Account, Credentials, FixedCredentials
from cache.redis_discovery import find
from cache.redis_driver import INSTALLED
from cache.redis_inquiry import Undiscovered
from cache.redis_layout import Layout
from cache.redis_lookout import most_telling
from cache.redis_meeting import Meeting, addresses_of
from cache.redis_questions import OF_A_CLUSTER, OF_A_SERVER, of_a_sentinel
from cache.redis_target import BadRedisUrl, ClusterAddress, Node, RedisTarget, SentinelAddress
from cache.redis_trouble import classify, explain, quote
from cache.slow_question import SlowQuestion

_ACCOUNT_SECONDS: Final = 2.5
_LAYOUT_SECONDS: Final = 1.5
_CONNECT_SECONDS: Final = 1.0
_CLOSE_SECONDS: Final = 0.2
_MISSING: Final = "the redis package is not installed: pip install 'redis>=5.0.0'."


async def inspect_redis(target: RedisTarget, knobs: AccountKnobs | None = None) -> Inspection:
    """What everybody says. Never raises, shows no secret, and changes nothing anywhere."""
    credentials, trouble = await _introduced(target, knobs)
    layout, unknown = await _layout(target, credentials, trouble)
    told = await asyncio.gather(
        _servers(target, layout, credentials, trouble), _sentinels(target, trouble)
    )
    return Inspection(
        servers=told[0],
        sentinels=told[1],
        shards=[
            (str(target.server(shard.primary)), _names(target, shard.replicas))
            for shard in layout.shards
        ],
        layout_trouble=unknown,
        trouble=trouble,
    )


async def _introduced(
    target: RedisTarget, knobs: AccountKnobs | None
) -> tuple[Credentials | None, str | None]:
    """Who we are, or why nobody knows."""
    if not INSTALLED:
        return None, _MISSING
    try:
        async with asyncio.timeout(_ACCOUNT_SECONDS):
            credentials = await SlowQuestion(partial(open_credentials, target, knobs)).answer()
            await credentials.refresh()
    except BadRedisUrl as error:
        return None, str(error)
    except TimeoutError:
        return None, "REDIS_AUTH, REDIS_PASSWORD_FILE: there is no account in time."
    return credentials, None


async def _layout(
    target: RedisTarget, credentials: Credentials | None, trouble: str | None
) -> tuple[Layout, str | None]:
    """Who belongs together, replicas too; nobody, and why."""
    if credentials is None and target.topology != "standalone":
        return Layout(shards=()), trouble
    if isinstance(target, SentinelAddress):
        target = replace(target, read="replica")
    discovery = find(target, credentials or FixedCredentials(Account()), _CONNECT_SECONDS)
    try:
        async with asyncio.timeout(_LAYOUT_SECONDS):
            return await discovery.look(), None
    except (Undiscovered, TimeoutError) as error:
        reason = most_telling(error.reasons) if isinstance(error, Undiscovered) else error
        said = quote(reason, _secrets(target, credentials)) if str(reason) else None
        return Layout(shards=()), explain(classify(reason), said)
    finally:
        with suppress(Exception):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await discovery.close()


async def _servers(
    target: RedisTarget, layout: Layout, credentials: Credentials | None, trouble: str | None
) -> Sequence[ServerAnswers]:
    questions = OF_A_CLUSTER if isinstance(target, ClusterAddress) else OF_A_SERVER
    secrets = _secrets(target, credentials)
    return await asyncio.gather(
        *(
            Meeting(target.server(node), role, credentials, trouble, secrets).hold(questions)
            for node, role in (await _roles(target, layout)).items()
        )
    )


async def _sentinels(target: RedisTarget, trouble: str | None) -> Sequence[ServerAnswers]:
    """They have an account of their own, which is always known."""
    if not isinstance(target, SentinelAddress):
        return ()
    account = Account(username=target.sentinel_username, password=target.sentinel_password)
    credentials = FixedCredentials(account) if INSTALLED else None
    questions = of_a_sentinel(target.service)
    secrets = _secrets(target, credentials)
    return await asyncio.gather(
        *(
            Meeting(target.sentinel(node), "unknown", credentials, trouble, secrets).hold(
                questions, more=False
            )
            for node in target.sentinels
        )
    )


async def _roles(target: RedisTarget, layout: Layout) -> Mapping[Node, Role]:
    """Everybody in the layout, and those of the URL that are not."""
    roles: dict[Node, Role] = dict.fromkeys(layout.nodes, "replica")
    roles.update(dict.fromkeys(layout.primaries, "primary"))
    if isinstance(target, ClusterAddress):
        places = {(node.host, node.port) for node in layout.nodes}
        found = await asyncio.gather(*(addresses_of(node.host) for node in target.nodes))
        for node, addresses in zip(target.nodes, found, strict=True):
            told = addresses if isinstance(addresses, tuple) else ()
            if not places & {(host, node.port) for host in (node.host, *told)}:
                roles[node] = "unknown"
    return roles


def _names(target: RedisTarget, nodes: Sequence[Node]) -> tuple[str, ...]:
    return tuple(str(target.server(node)) for node in nodes)


def _secrets(target: RedisTarget, credentials: Credentials | None) -> Sequence[str]:
    """What nothing may show."""
    own = target.sentinel_password if isinstance(target, SentinelAddress) else None
    held = credentials.secrets if credentials else ()
    return [secret for secret in (target.password, own, *held) if secret]
