"""What the driver's errors mean, and how they are told to a person."""

import asyncio
import socket
import ssl

import pytest
import redis.exceptions as driver

from cache.redis_target import Node
from cache.redis_trouble import (
    Redirect,
    classify,
    explain,
    forgotten,
    quote,
    redirect,
    refused,
    wrong_type,
)
from cache.tier import Trouble


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (driver.TimeoutError("Timeout reading from h:1"), Trouble.TIMEOUT),
        (TimeoutError(), Trouble.TIMEOUT),
        (driver.ConnectionError("Error 111"), Trouble.CONNECTION),
        (ConnectionRefusedError(), Trouble.CONNECTION),
        (socket.gaierror(-2, "Name or service not known"), Trouble.CONNECTION),
        (ssl.SSLCertVerificationError("CERTIFICATE_VERIFY_FAILED"), Trouble.CONNECTION),
        (asyncio.IncompleteReadError(b"", 1), Trouble.CONNECTION),
        (driver.MaxConnectionsError("Too many connections"), Trouble.BUSY),
        (driver.AuthenticationError("WRONGPASS"), Trouble.AUTH),
        (driver.NoPermissionError("NOPERM"), Trouble.AUTH),
        (driver.BusyLoadingError("LOADING"), Trouble.LOADING),
        (driver.MasterDownError("MASTERDOWN"), Trouble.MASTERDOWN),
        (driver.ReadOnlyError("READONLY"), Trouble.READONLY),
        (driver.OutOfMemoryError("OOM"), Trouble.OOM),
        (driver.ResponseError("MISCONF Errors writing to disk"), Trouble.MISCONF),
        (driver.ResponseError("BUSY Redis is busy running a script"), Trouble.SCRIPT),
        (driver.ResponseError("DENIED Redis is running in protected mode"), Trouble.AUTH),
        (driver.ResponseError("@user_script: 22: -MISCONF Redis is"), Trouble.MISCONF),
        (driver.ResponseError("@user_script: 22: OOM command not allowed"), Trouble.OOM),
        (driver.ResponseError("ERR invalid expire time"), Trouble.OTHER),
        (driver.ResponseError("say MISCONF "), Trouble.OTHER),
        (driver.ResponseError(""), Trouble.OTHER),
        (driver.ExecAbortError("EXECABORT"), Trouble.OTHER),
        (driver.ConnectionError("max number of clients reached"), Trouble.MAXCLIENTS),
        (driver.ResponseError("ACL failure in script: User ann has no"), Trouble.AUTH),
        (driver.ResponseError("SELECT is not allowed in cluster mode"), Trouble.CLUSTER),
        (driver.ClusterDownError("CLUSTERDOWN"), Trouble.CLUSTER),
        (driver.MovedError("1 h:1"), Trouble.CLUSTER),
        (driver.ResponseError("MOVED 14376 127.0.0.1:7001"), Trouble.CLUSTER),
        (driver.AskError("1 h:1"), Trouble.CLUSTER),
        (driver.TryAgainError("TRYAGAIN"), Trouble.CLUSTER),
        (driver.ClusterCrossSlotError("CROSSSLOT"), Trouble.CLUSTER),
        (driver.RedisClusterException("no slot"), Trouble.CLUSTER),
        (driver.InvalidResponse("Protocol error"), Trouble.PROTOCOL),
        (TypeError("unexpected keyword argument"), Trouble.OTHER),
        (AttributeError(), Trouble.OTHER),
    ],
)
def test_each_error_has_its_kind(error: Exception, expected: Trouble) -> None:
    assert classify(error) is expected


def test_an_error_class_of_a_newer_driver_is_judged_by_its_parents() -> None:
    class BrandNewError(driver.ReadOnlyError):
        pass

    assert classify(BrandNewError()) is Trouble.READONLY


def test_what_the_driver_said_is_quoted_on_one_line_without_the_password() -> None:
    said = quote(driver.ConnectionError("no\nway with\tsecret"), ["secret"])

    assert said == "ConnectionError: no way with ***"


def test_a_long_complaint_is_cut() -> None:
    assert len(quote(OSError("x" * 10_000), ())) <= 200


def test_a_person_is_told_what_is_wrong_and_what_the_driver_said() -> None:
    assert explain(Trouble.READONLY, None) == "it is a read-only replica."
    assert explain(Trouble.OTHER, "X: y") == "it answers with errors (X: y)."


@pytest.mark.parametrize("trouble", Trouble)
def test_every_kind_of_trouble_has_a_sentence(trouble: Trouble) -> None:
    assert explain(trouble, None).endswith(".")


@pytest.mark.parametrize(
    ("error", "host", "asking"),
    [
        (driver.MovedError("3999 127.0.0.1:6381"), "127.0.0.1", False),
        (driver.AskError("3999 127.0.0.1:6381"), "127.0.0.1", True),
        (driver.ResponseError("MOVED 3999 127.0.0.1:6381"), "127.0.0.1", False),
        (driver.ResponseError("ASK 3999 127.0.0.1:6381"), "127.0.0.1", True),
        (driver.ResponseError("MOVED 3999 :6381"), "", False),
        (driver.MovedError("3999 :6381"), "", False),
        (driver.ResponseError("MOVED 0 2001:db8::1:6381"), "2001:db8::1", False),
        (driver.AskError("16383 r1.example:6381"), "r1.example", True),
    ],
)
def test_a_redirect_is_read_from_every_driver(error: Exception, host: str, asking: bool) -> None:
    assert redirect(error) == Redirect(node=Node(host=host, port=6381), asking=asking)


@pytest.mark.parametrize(
    "error",
    [
        driver.ResponseError("ERR MOVED 1 h:1"),
        driver.ResponseError("MOVED"),
        driver.ResponseError("MOVED 1 h"),
        driver.ResponseError("MOVED 1 h:x"),
        driver.ResponseError("1 h:1"),
        driver.ResponseError("@user_script: 22: -MOVED 1 h:1"),
        driver.TryAgainError("Multiple keys request during rehashing of slot"),
        driver.ClusterDownError("Hash slot not served"),
        OSError("MOVED 1 h"),
    ],
)
def test_what_names_no_other_server_is_no_redirect(error: Exception) -> None:
    assert redirect(error) is None


def test_a_script_is_forgotten_and_a_type_wrong_in_the_words_of_every_driver() -> None:
    assert forgotten(driver.NoScriptError("No matching script."))
    assert forgotten(driver.ResponseError("NOSCRIPT No matching script."))
    assert not forgotten(driver.ResponseError("ERR"))
    assert wrong_type(driver.ResponseError("WRONGTYPE Operation against a key"))
    assert not wrong_type(driver.ResponseError("ERR"))


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("ResponseError: No such master with that name", "its Sentinels watch no service of that"),
        ("ResponseError: unknown command 'SENTINEL', with", "those named as Sentinels are none"),
        ("ResponseError: This instance has cluster support disabled", "it is no cluster"),
    ],
)
def test_where_the_words_alone_say_what_to_mend_they_are_explained(said: str, advice: str) -> None:
    assert explain(Trouble.OTHER, said).startswith(advice)


def test_what_a_server_repeats_of_a_command_is_not_quoted_however_much_of_it_that_is() -> None:
    secret = "two  spaces" + "x" * 300
    echo = f"unknown command 'AUTH', with args beginning with: '{secret[:128]}' "
    said = quote(driver.ResponseError(echo), [secret])

    assert said == "ResponseError: unknown command 'AUTH'"
    assert quote(driver.ResponseError(f"no: {secret}"), [secret]) == "ResponseError: no: ***"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (driver.NoPermissionError("this user has no permissions to run 'info'"), True),
        (driver.ResponseError("NOPERM this user has no permissions"), True),
        (driver.ResponseError("unknown command 'INFO', with args beginning with: "), True),
        (driver.ResponseError("BUSY Redis is busy running a script"), False),
        (driver.BusyLoadingError("LOADING"), False),
        (driver.AuthenticationError("WRONGPASS"), False),
        (TimeoutError(), False),
    ],
)
def test_a_command_that_is_not_for_us_is_told_from_trouble(
    error: Exception, expected: bool
) -> None:
    assert refused(error) is expected
