"""Runs deploy/secrets.sh, as its README says to."""

import subprocess
from pathlib import Path

from deploy.deploy_files import DEPLOY


def make_secrets(folder: Path) -> Path:
    """The folder, with all that was not there yet. Needs openssl."""
    subprocess.run(["sh", DEPLOY / "secrets.sh", folder], stdout=subprocess.DEVNULL, check=True)
    return folder
