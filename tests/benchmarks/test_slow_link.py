"""The link to a server that is far away."""

import time
from contextlib import closing

from benchmarks.slow_link import SlowLink
from dev_servers import RedisServer


def test_each_answer_takes_the_delay_and_arrives_whole(redis_server: RedisServer) -> None:
    with (
        SlowLink(redis_server.port) as link,
        closing(RedisServer(redis_server.command()[0], port=link.port)) as far,
    ):
        assert far.ask("PING") == "PONG"
        link.delay = 0.2
        began = time.monotonic()
        said = far.ask("ECHO hello")

    assert said == "hello"
    assert time.monotonic() - began >= 0.2


def test_urls_lead_through_it() -> None:
    with SlowLink(5432) as link:
        assert link.url("postgresql://h:5432/jobs") == f"postgresql://h:{link.port}/jobs"
