"""An operator's questions change nothing, and none of them walks over all keys."""

from cache.redis_questions import OF_A_CLUSTER, OF_A_SERVER, as_sent, of_a_sentinel, of_rights
from dev_servers import RedisServer

FURTHER = ("SCAN", "TTL", "MEMORY|USAGE", "TIME")
"""What an interview asks beside the tables."""
WITH_PARTS = ("ACL", "SLOWLOG", "LATENCY", "CONFIG", "CLUSTER")


def names() -> set[str]:
    """Commands and their parts, as COMMAND INFO wants them."""
    rights = of_rights(b"tally").values()
    asked = [list(map(str, words)) for words in (*OF_A_CLUSTER.values(), *rights)]
    return {
        "|".join(words[:2]).lower() if words[0] in WITH_PARTS else words[0].lower()
        for words in asked
    } | {name.lower() for name in FURTHER}


def test_no_question_is_a_command_that_writes(redis_server: RedisServer) -> None:
    told = {name: redis_server.ask(f"COMMAND INFO '{name}'").splitlines() for name in names()}

    assert all(lines[0] == name for name, lines in told.items())
    assert [name for name, lines in told.items() if "write" in lines] == []
    assert "keys" not in told


def test_rights_are_only_rehearsed() -> None:
    assert {words[:2] for words in of_rights(b"tally").values()} == {("ACL", "DRYRUN")}


def test_a_sentinel_is_asked_for_its_service_alone() -> None:
    assert of_a_sentinel("mymaster")["SENTINEL CKQUORUM"] == ("SENTINEL", "CKQUORUM", "mymaster")


def test_no_setting_that_is_asked_for_is_a_secret() -> None:
    assert not any("pass" in name or "auth" in name for name in OF_A_SERVER)


def test_what_is_sent_has_heads_that_the_driver_does_not_read() -> None:
    assert as_sent([("INFO",), (b"PING",), ("TTL", b"key")]) == [
        (b"INFO",),
        (b"PING",),
        (b"TTL", b"key"),
    ]
