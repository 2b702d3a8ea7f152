"""Encryption is judged by where the server stands, by what was spoken, and by the certificate."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from example_evidence import DAY, NOW
from example_servers import SENTINEL, TLS, meant, seen, server, unix, verdicts, watched
from ops.checks_tls import CHECKS
from ops.server_seen import Unknown


def ending(days: float) -> datetime:
    return datetime.fromtimestamp(NOW + days * DAY, UTC)


def test_what_is_in_order_is_found_so() -> None:
    assert {*verdicts(CHECKS, seen()).values()} == {"ok"}
    assert {*verdicts(CHECKS, watched()).values()} == {"ok"}


@pytest.mark.parametrize(
    ("address", "verdict"),
    [("127.0.0.1", "ok"), ("::1", "ok"), ("10.0.0.3", "warn"), ("8.8.8.8", "fail")],
)
def test_without_tls_it_depends_on_how_far_the_server_is(address: str, verdict: str) -> None:
    plain = server(addresses=(address,), tls=None)
    told = verdicts(CHECKS, seen(plain, target=meant("redis://:secret@redis.internal")))

    assert told == {"redis.tls": verdict}


def test_a_unix_socket_needs_none() -> None:
    assert verdicts(CHECKS, unix()) == {"redis.tls": "ok"}


@pytest.mark.parametrize(
    ("options", "verdict"),
    [("", "ok"), ("?ssl_cert_reqs=none", "fail"), ("?ssl_check_hostname=false", "warn")],
)
def test_certificates_are_to_be_verified(options: str, verdict: str) -> None:
    target = meant(f"rediss://:secret@10.0.0.3:6380{options}")

    assert verdicts(CHECKS, seen(target=target))["redis.tls-verified"] == verdict


def test_on_this_host_an_unverified_certificate_is_a_warning() -> None:
    target = meant("rediss://:secret@localhost:6380?ssl_cert_reqs=none")
    told = verdicts(CHECKS, seen(server(addresses=("127.0.0.1",)), target=target))

    assert told["redis.tls-verified"] == "warn"


def test_a_certificate_that_does_not_pass_fails_and_another_trouble_is_no_verdict() -> None:
    refused = server(trouble="it cannot be reached (certificate verify failed: expired).")
    gone = server(trouble="it cannot be reached (Connection refused).")

    assert verdicts(CHECKS, seen(refused))["redis.tls-verified"] == "fail"
    assert verdicts(CHECKS, seen(gone))["redis.tls-verified"] == "unknown"


@pytest.mark.parametrize(
    ("days", "verdict"), [(31, "ok"), (29, "warn"), (0.1, "warn"), (-1, "fail")]
)
def test_a_certificate_is_renewed_in_time(days: float, verdict: str) -> None:
    tls = replace(TLS, not_after=ending(days))

    assert verdicts(CHECKS, seen(server(tls=tls)))["redis.certificate"] == verdict


def test_the_certificates_of_sentinels_count() -> None:
    old = replace(SENTINEL, tls=replace(TLS, not_after=ending(-1)))

    assert verdicts(CHECKS, watched(sentinels=[old]))["redis.certificate"] == "fail"


@pytest.mark.parametrize(
    ("tls", "verdict"),
    [
        (replace(TLS, version="TLSv1.2"), "ok"),
        (replace(TLS, version="TLSv1.1"), "fail"),
        (Unknown("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol"), "fail"),
        (Unknown("it does not answer in time."), "unknown"),
    ],
)
def test_old_tls_fails(tls: object, verdict: str) -> None:
    assert verdicts(CHECKS, seen(server(tls=tls)))["redis.tls-version"] == verdict


def test_what_was_not_seen_is_unknown() -> None:
    blind = server(tls=Unknown("it closed the connection."), trouble="it does not answer.")

    assert {*verdicts(CHECKS, seen(blind)).values()} == {"unknown"}
