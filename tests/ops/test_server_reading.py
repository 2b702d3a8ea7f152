"""From the answers of servers to facts: each is read, or unknown with the reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache import Refused, ServerAnswers, Silent, StrangerTold, Told
from ops.server_reading import sentinel_seen, server_seen
from ops.server_seen import SlowMoment, Unknown

REFUSED = Refused("NoPermissionError: no permissions to run the 'it' command")
HIDDEN = Unknown(REFUSED.why)


def answers(told: Told, **changes: Any) -> ServerAnswers:
    about: dict[str, Any] = {
        "name": "redis://localhost:6379/0",
        "role": "primary",
        "addresses": ("127.0.0.1",),
        "stranger": StrangerTold(said=b"+PONG\r\n", tls=None),
    }
    return ServerAnswers(**{**about, **changes}, told=told)


def told(**answered: Any) -> Told:
    return Told(
        trouble=None, answers={name.replace("_", " "): one for name, one in answered.items()}
    )


def test_who_did_not_answer_is_unknown_in_everything() -> None:
    seen = server_seen(answers(Told(trouble="it cannot be reached.")), cluster=True)
    gone = Unknown("it cannot be reached.")

    assert seen.trouble == "it cannot be reached."
    assert (seen.info, seen.info_later, seen.config) == (gone, gone, gone)
    assert (seen.rights, seen.keys, seen.clock_ahead) == (gone, gone, gone)
    assert (seen.ping, seen.slow_log, seen.latency_events) == (gone, gone, gone)
    assert seen.cluster_info == gone


def test_who_refuses_to_tell_is_unknown_with_its_words() -> None:
    names = ("INFO", "INFO later", "ACL WHOAMI", "SCAN", "SLOWLOG LEN", "LATENCY LATEST")
    refusing = Told(trouble=None, answers=dict.fromkeys([*names, "CONFIG GET bind"], REFUSED))
    seen = server_seen(answers(refusing), cluster=False)

    assert (seen.info, seen.info_later, seen.config, seen.rights) == (HIDDEN,) * 4
    assert (seen.keys, seen.slow_log, seen.latency_events) == (HIDDEN,) * 3
    assert seen.cluster_info is None


def test_settings_that_it_tells_are_known_though_it_hides_others() -> None:
    some = told(CONFIG_GET_bind=[b"bind", b"*"], CONFIG_GET_save=REFUSED, CONFIG_GET_new=[])

    assert server_seen(answers(some), cluster=False).config == {"bind": "*"}


def test_rights_are_what_the_rehearsal_says() -> None:
    no = b"User tally has no permissions to run the 'keys' command"
    whole = dict.fromkeys(
        [f"ACL DRYRUN {name}" for name in ("FLUSHALL", "CONFIG", "KEYS", "SHUTDOWN", "GET")], no
    )
    some = {**whole, "ACL WHOAMI": b"tally", "ACL DRYRUN KEYS": b"OK"}
    older = {"ACL WHOAMI": b"tally", **dict.fromkeys(whole, REFUSED)}
    rights = server_seen(answers(Told(trouble=None, answers=some)), cluster=False).rights
    unrehearsed = server_seen(answers(Told(trouble=None, answers=older)), cluster=False).rights

    assert not isinstance(rights, Unknown)
    assert not isinstance(unrehearsed, Unknown)
    assert rights.may == {"FLUSHALL": False, "CONFIG": False, "KEYS": True, "SHUTDOWN": False}
    assert (rights.user, rights.foreign_keys) == ("tally", False)
    assert (unrehearsed.may, unrehearsed.foreign_keys) == (HIDDEN, HIDDEN)


def test_a_sample_of_keys_is_counted() -> None:
    sample = told(SCAN=4)
    sample.keys = {
        b"tally:job:{a}": (30, 2700),
        b"tally:beat:1": (-1, None),
        b"bull:queue:1": (None, None),
        b"a-token-of-somebody": (None, None),
    }
    keys = server_seen(answers(sample), cluster=False).keys

    assert not isinstance(keys, Unknown)
    assert (keys.sampled, keys.foreign, keys.without_ttl) == (4, 2, 1)
    assert (keys.entries, keys.foreign_names, keys.entry_bytes) == (1, ("bull",), (2700,))


def test_where_ttl_may_not_be_asked_nobody_knows_of_lifetimes() -> None:
    sample = told(SCAN=1)
    sample.keys = {b"tally:job:{a}": (REFUSED, REFUSED)}
    keys = server_seen(answers(sample), cluster=False).keys

    assert not isinstance(keys, Unknown)
    assert (keys.without_ttl, keys.entry_bytes) == (HIDDEN, HIDDEN)


def test_slow_moments_have_their_time_and_never_their_words() -> None:
    slow = told(
        SLOWLOG_LEN=1,
        SLOWLOG_GET=[[7, 1_800_000_000, 51_000, [b"SET", b"key"], b"", b""]],
        LATENCY_LATEST=[[b"fork", 1_800_000_000, 70, 900]],
    )
    seen = server_seen(answers(slow), cluster=False)
    command = SlowMoment(what="a command", at=1_800_000_000.0, seconds=0.051)

    assert not isinstance(seen.slow_log, Unknown)
    assert (seen.slow_log.length, seen.slow_log.newest) == (1, (command,))
    assert seen.latency_events == (SlowMoment(what="fork", at=1_800_000_000.0, seconds=0.07),)


@given(st.lists(st.floats(min_value=0, max_value=10), min_size=1, max_size=300))
def test_quantiles_are_among_the_pings_and_in_order(pings: list[float]) -> None:
    ping = server_seen(answers(Told(trouble=None, pings=pings)), cluster=False).ping

    assert not isinstance(ping, Unknown)
    assert {ping.p50, ping.p99} <= {*pings}
    assert min(pings) <= ping.p50 <= ping.p99 <= max(pings)


@pytest.mark.parametrize("answer", [b"", b"OKAY", b"+PONG", "OK 3 usable", 3, None, [b"OK "]])
def test_a_sentinel_that_says_anything_but_ok_has_no_quorum_for_all_we_know(answer: Any) -> None:
    seen = sentinel_seen(answers(told(SENTINEL_CKQUORUM=answer)))

    assert seen.quorum == Unknown("what it answers makes no sense")


def test_a_sentinel_tells_of_its_primary_and_of_the_quorum() -> None:
    well = told(SENTINEL_MASTER=[b"flags", b"master"], SENTINEL_CKQUORUM=b"OK 3 usable Sentinels")
    alone = told(SENTINEL_CKQUORUM=Refused("ResponseError: NOQUORUM 1 usable Sentinels."))
    silent = Told(trouble="it cannot be reached.")
    seen = [sentinel_seen(answers(one)) for one in (well, alone, silent)]

    assert seen[0].master == {"flags": "master"}
    assert [one.quorum for one in seen] == [True, False, Unknown("it cannot be reached.")]


def test_a_name_that_is_not_resolved_is_told() -> None:
    lost = answers(Told(), addresses=Silent("the name x cannot be resolved"))

    assert server_seen(lost, cluster=False).addresses == Unknown("the name x cannot be resolved")
