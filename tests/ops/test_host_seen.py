"""A secret is known in every form that it may stand in a file, and never shown."""

from ops.host import UNREAD, see_host
from ops.host_seen import Secret
from settings import Settings

STRONG = "kZ8/2mQ+Zp1xY7rT5w=="


def test_a_secret_is_never_shown() -> None:
    secret = Secret(name="it", text=STRONG)
    seen = see_host(Settings(_env_file=None), [secret, UNREAD])

    assert STRONG not in repr(secret) + repr(seen)
    assert [(each.length, each.well_known) for each in seen.passwords] == [(20, False)]


def test_a_secret_is_known_as_it_is_and_as_a_url_has_it() -> None:
    forms = Secret(name="it", text=STRONG).forms

    assert sorted(forms) == [b"kZ8%2F2mQ%2BZp1xY7rT5w%3D%3D", b"kZ8/2mQ+Zp1xY7rT5w=="]
    assert Secret(name="it", text="plain").forms == (b"plain",)
    assert UNREAD.forms == ()


def test_odd_bytes_of_an_environment_are_a_secret_too() -> None:
    odd = b"p\xff\xfess".decode("utf-8", "surrogateescape")

    assert sorted(Secret(name="it", text=odd).forms) == [b"p%FF%FEss", b"p\xff\xfess"]
