"""Accounts from files: what they say, how a change is taken, and what is said of a bad one."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cache.account_files import AccountFiles, read_line
from cache.redis_credentials import Account
from cache.renewed_credentials import NoAccount, RenewedCredentials
from dev_servers import RedisServer
from let_in import let_in

NOBODY = Account()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("s3cret\n")
    return path


def rewrite(path: Path, content: bytes | None) -> None:
    """None: the file is gone."""
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def from_file(path: Path) -> RenewedCredentials:
    return RenewedCredentials(AccountFiles(NOBODY, username_file=None, password_file=path))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"s3cret", "s3cret"),
        (b"s3cret\n", "s3cret"),
        (b"s3cret\r\n", "s3cret"),
        (b" s p \t\n", " s p \t"),
        ("pässword".encode(), "pässword"),
        (b"x" * 65_536, "x" * 65_536),
    ],
)
def test_a_file_says_its_one_line_and_only_the_last_line_end_does_not_count(
    file: Path, content: bytes, text: str
) -> None:
    file.write_bytes(content)

    assert read_line("S", file) == text


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "S: the file is empty."),
        (b"\n\n", "S: the file is empty."),
        (b"s3cret\nmore", "S: the file must hold one line and nothing else."),
        (b"s3cret" * 20_000, "S: the file must hold one line and nothing else."),
        (b"s3cret\xff", "S: the file is no UTF-8 text."),
    ],
)
def test_what_is_no_one_line_is_refused_without_a_word_of_it(
    file: Path, content: bytes, problem: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(NoAccount) as refusal:
        read_line("S", file)

    assert str(refusal.value) == problem
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize("make", [a_folder, a_pipe])
def test_what_is_no_plain_file_is_refused_and_not_waited_for(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "odd")
    with pytest.raises(NoAccount, match="must name a plain file"):
        read_line("S", tmp_path / "odd")


@pytest.mark.parametrize("name", ["gone", "nul\0", "x" * 5000, "not/there"])
def test_a_file_that_cannot_be_read_is_told_by_the_setting_and_not_by_its_path(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(NoAccount, match=r"^S: the file cannot be read \(\w+\)\.$"):
        read_line("S", tmp_path / name)


async def test_user_and_password_come_from_their_files_and_the_rest_from_elsewhere(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "user").write_text("ann\n")
    both = AccountFiles(NOBODY, username_file=tmp_path / "user", password_file=file)
    named = AccountFiles(Account(username="url"), username_file=None, password_file=file)
    user = AccountFiles(
        Account(password="url"), username_file=tmp_path / "user", password_file=None
    )

    assert both.fetch(0.0).account == Account(username="ann", password="s3cret")
    assert named.fetch(0.0).account == Account(username="url", password="s3cret")
    assert user.fetch(0.0).account == Account(username="ann", password="url")


async def test_a_new_password_is_known_at_the_next_refresh_and_the_old_one_stays_hidden(
    file: Path,
) -> None:
    credentials = from_file(file)
    credentials.begin()
    unchanged = await credentials.refresh()
    rewrite(file, b"n3w")

    assert unchanged is False
    assert await credentials.refresh() is True
    assert credentials.account.password == "n3w"
    assert credentials.secrets == ("s3cret", "n3w")
    assert credentials.connection_seconds is None


async def test_a_kubernetes_secret_changes_by_its_link(tmp_path: Path) -> None:
    for version in ("one", "two"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "password").write_text(version)
    (tmp_path / "data").symlink_to("one")
    credentials = from_file(tmp_path / "data" / "password")
    credentials.begin()
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").rename(tmp_path / "data")

    assert await credentials.refresh() is True
    assert credentials.account.password == "two"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe", b"two\nlines"])
async def test_a_file_that_is_gone_or_empty_or_nonsense_leaves_the_last_password_in_use(
    file: Path, caplog: pytest.LogCaptureFixture, content: bytes | None
) -> None:
    credentials = from_file(file)
    credentials.begin()
    rewrite(file, content)
    changes = [await credentials.refresh() for _ in range(3)]

    assert changes == [False, False, False]
    assert credentials.account.password == "s3cret"
    assert len(caplog.messages) == 1
    assert "REDIS_PASSWORD_FILE" in caplog.text
    assert str(file) not in caplog.text


def test_a_change_is_believed_once_it_reads_the_same_twice(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if a writer were half way through at each of the first reads."""
    reads = iter(["n3", "n3w-pass", "n3w-password", "n3w-password"])
    monkeypatch.setattr("cache.account_files.read_line", lambda setting, path: next(reads))
    files = AccountFiles(NOBODY, username_file=None, password_file=file)

    assert files.fetch(0.0).account.password == "n3w-password"


def test_a_file_that_never_settles_is_given_up_for_now(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cache.account_files.read_line", lambda setting, path: os.urandom(8).hex())
    monkeypatch.setattr("cache.account_files._SETTLE_SECONDS", 0.0)
    files = AccountFiles(NOBODY, username_file=None, password_file=file)
    with pytest.raises(NoAccount, match="REDIS_PASSWORD_FILE: the file changes all the time"):
        files.fetch(0.0)


async def test_a_server_whose_password_changed_lets_us_in_by_the_new_file(
    start_redis: Callable[..., RedisServer], file: Path
) -> None:
    server = start_redis(password="s3cret")
    credentials = from_file(file)
    credentials.begin()
    before = credentials.account
    server.ask("CONFIG SET requirepass n3w")
    rewrite(file, b"n3w\n")
    await credentials.refresh()

    assert not await let_in(server, before)
    assert await let_in(server, credentials.account)
