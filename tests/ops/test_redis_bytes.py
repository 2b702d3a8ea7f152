"""What one entry is thought to take in Redis is what real servers say that it takes."""

import pytest

from dev_servers import RedisServer
from ops.tuning import redis_bytes

KEY = "tally:job:{job_01JD3Q8Z6V4T9K2M7X5B1N0C4R}"


@pytest.mark.parametrize("size", [500, 900, 2200, 5000, 20_000])
def test_the_memory_of_an_entry_is_known_within_a_fifth(
    redis_server: RedisServer, size: int
) -> None:
    redis_server.ask(f"SET {KEY} {'x' * size} PX 30000")
    used = int(redis_server.ask(f"MEMORY USAGE {KEY}"))

    assert redis_bytes(size) == pytest.approx(used, rel=0.2)
