"""deploy/redis.conf: real servers start with it, and every setting is then as the file says."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.deploy_files import DEPLOY, ROOT, conf
from dev_servers import RedisFlavour, RedisServer, ServerError

FILE = DEPLOY / "redis.conf"
SETTINGS = dict(conf(FILE.read_text()))
ACCOUNT = SETTINGS.pop("user")
UNITS = {"kb": 2**10, "mb": 2**20, "gb": 2**30}


class Served(RedisServer):
    """A server with that file; only its port and its folder are the test's own."""

    def command(self) -> list[str]:
        own = ["--port", str(self.port), "--dir", str(self.folder)]
        return [self._binary, str(FILE), *own, "--requirepass", str(self.password)]


@pytest.fixture(scope="module")
def served(redis_flavour: RedisFlavour) -> Iterator[Served]:
    with Served(redis_flavour.binary, password="a-password") as server:
        yield server


def as_told(value: str) -> str:
    """A value as CONFIG GET tells it: sizes in bytes, no quotes."""
    (plain,) = shlex.split(value)
    size = re.fullmatch(r"(\d+)([kmg]b)", plain)
    return str(int(size[1]) * UNITS[size[2]]) if size else plain


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_a_server_has_every_setting_of_the_file(served: Served, name: str) -> None:
    told, value = served.ask(f"CONFIG GET {name}").split("\n")

    assert (told, value) == (name, as_told(SETTINGS[name]))


def test_tallys_account_is_there_with_its_rights_and_nobody_gets_in_by_it(served: Served) -> None:
    page = (ROOT / "docs" / "redis-urls.md").read_text()
    needs = re.search(r"ACL SETUSER tally on >password (.*)", page)
    rights = served.ask("ACL GETUSER tally")
    assert needs

    assert ACCOUNT.startswith(f"tally off {needs[1]} +info ")
    assert rights.splitlines()[1] == "off"
    assert "config" not in ACCOUNT
    for wrong in ("", "tally"):
        with pytest.raises(ServerError, match="WRONGPASS"):
            served.ask(f'AUTH tally "{wrong}"')


def test_what_the_guide_recommends_is_in_the_file() -> None:
    """But for the append-only file, which is switched off; both say so."""
    guide = (ROOT / "docs" / "deployment.md").read_text()
    section = guide.partition("### Redis server configuration")[2]
    block = re.search(r"```conf\n(.*?)```", section, re.DOTALL)
    assert block
    wanted = dict(conf(block[1]))

    password = wanted.pop("requirepass")

    assert password not in FILE.read_text()
    assert (wanted.pop("appendonly"), SETTINGS["appendonly"]) == ("yes", "no")
    assert "It differs\nin one: it says `appendonly no`" in guide
    assert len(wanted) >= 6
    assert {name: SETTINGS.get(name) for name in wanted} == wanted


def test_it_asks_for_a_password_and_has_none_itself() -> None:
    assert "requirepass" not in SETTINGS
    assert "--requirepass" in FILE.read_text().split("\n")[1]


@pytest.mark.parametrize("path", [FILE, DEPLOY / "sentinel.conf"])
def test_no_comment_stands_behind_a_value(path: Path) -> None:
    assert [value for _, value in conf(path.read_text()) if "#" in value] == []


@pytest.mark.parametrize("path", [FILE, DEPLOY / "sentinel.conf"])
def test_every_setting_has_its_reason_above_it(path: Path) -> None:
    """The group that it stands in begins with one, at least."""
    groups = path.read_text().split("\n\n")

    assert [group for group in groups if not group.startswith("#")] == []
