"""The context of TLS connections: made once for all, not in the event loop, anew for new files."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from cache import RedisAddress
from cache.tls_context import TlsContext


@pytest.fixture
def authority(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return str(path)


async def test_those_who_are_spoken_to_alike_share_one_and_others_do_not(authority: str) -> None:
    alike = [TlsContext(RedisAddress(host=host, tls=True, ca_certs=authority)) for host in "ab"]
    other = TlsContext(RedisAddress(tls=True, ca_certs=authority, check_hostname=False))
    await asyncio.gather(*(one.refresh() for one in (*alike, other)))
    await asyncio.gather(*(one.refresh() for one in (*alike, other)))  # two may have raced before

    assert alike[0].latest is alike[1].latest
    assert alike[0].latest is not other.latest


async def test_a_file_that_was_replaced_makes_a_new_one_and_the_old_authority_is_forgotten(
    authority: str,
) -> None:
    context = TlsContext(RedisAddress(tls=True, ca_certs=authority))
    await context.refresh()
    before = context.latest
    trustme.CA(organization_name="the new one").cert_pem.write_to_path(authority)
    await context.refresh()

    assert context.latest is not before
    (trusted,) = context.latest.get_ca_certs()
    assert "the new one" in str(trusted["subject"])


@pytest.mark.parametrize(
    ("cert_reqs", "check_hostname", "expected"),
    [
        ("required", True, (ssl.CERT_REQUIRED, True)),
        ("required", False, (ssl.CERT_REQUIRED, False)),
        ("none", True, (ssl.CERT_NONE, False)),
    ],
)
def test_it_checks_what_the_address_says(
    cert_reqs: str, check_hostname: bool, expected: tuple[ssl.VerifyMode, bool]
) -> None:
    address = RedisAddress(tls=True, cert_reqs=cert_reqs, check_hostname=check_hostname)  # type: ignore[arg-type]
    context = TlsContext(address).latest

    assert (context.verify_mode, context.check_hostname) == expected


async def test_a_file_that_is_missing_is_an_error_each_time_and_found_when_it_is_there(
    tmp_path: Path, authority: str
) -> None:
    context = TlsContext(RedisAddress(tls=True, ca_certs=f"{tmp_path}/late.pem"))
    for _ in range(2):
        with pytest.raises(FileNotFoundError, match=r"late\.pem"):
            await context.refresh()
    await asyncio.to_thread(Path(authority).rename, tmp_path / "late.pem")
    await context.refresh()

    assert context.latest.get_ca_certs()
