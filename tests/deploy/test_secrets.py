"""deploy/secrets.sh makes every secret that the Compose files mount, once, for its owner alone."""

import re
import shutil
from filecmp import cmp
from pathlib import Path

from deploy.deploy_files import COMPOSE, ROOT, VARIANTS, read_yaml
from deploy.made_secrets import make_secrets
from jobs import open_database


def test_it_makes_all_that_is_mounted(secrets: Path) -> None:
    files = {
        Path(one["file"])
        for path in (COMPOSE, *VARIANTS)
        for one in read_yaml(path)[0].get("secrets", {}).values()
    }

    assert {path.parent for path in files} == {Path("secrets")}
    assert {path.name for path in files} <= {path.name for path in secrets.iterdir()}
    assert len(files) == 8


def test_a_second_run_changes_nothing(secrets: Path) -> None:
    before = {path.name: path.read_bytes() for path in secrets.iterdir()}

    make_secrets(secrets)

    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == before


def test_a_certificate_that_was_removed_is_made_anew_by_the_same_authority(
    secrets: Path, tmp_path: Path
) -> None:
    shutil.copytree(secrets, tmp_path / "own")
    (tmp_path / "own" / "redis.crt").unlink()

    make_secrets(tmp_path / "own")

    changed = {
        path.name
        for path in secrets.iterdir()
        if not cmp(path, tmp_path / "own" / path.name, False)
    }
    assert changed == {"redis.crt", "redis.key"}


def test_only_the_owner_enters_the_folder_and_only_he_reads_the_authoritys_key(
    secrets: Path,
) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in secrets.iterdir()}

    assert secrets.stat().st_mode & 0o777 == 0o700
    assert modes.pop("ca.key") == 0o400
    assert {*modes.values()} == {0o444}


def test_passwords_are_long_and_differ_and_the_database_url_has_its_own(secrets: Path) -> None:
    names = ("redis-password", "redis-owner-password", "postgres-password", "grafana-password")
    passwords = {(secrets / name).read_text().strip() for name in names}
    url = (secrets / "database-url").read_text().strip()
    database = open_database(url)

    assert len(passwords) == len(names)
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in passwords)
    assert database.writes.url.password == (secrets / "postgres-password").read_text().strip()
    assert (database.writes.url.host, database.writes.url.username) == ("postgres", "tally")


def test_git_and_the_images_builder_never_see_them() -> None:
    assert "/secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert "!secrets" not in (ROOT / ".dockerignore").read_text()
