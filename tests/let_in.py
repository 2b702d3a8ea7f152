"""Whether a real server lets an account in: one connection, made for nothing else."""

from redis.asyncio import Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError

from cache.redis_credentials import Account
from dev_servers import RedisServer


async def let_in(server: RedisServer, account: Account) -> bool:
    """False where it refuses the account; raises what the driver raises for anything else."""
    connection = Connection(
        port=server.port,
        username=account.username,
        password=account.password,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
    try:
        await connection.connect()  # type: ignore[no-untyped-call]  # as the driver has it
    except AuthenticationError:
        return False
    finally:
        await connection.disconnect()
    return True
