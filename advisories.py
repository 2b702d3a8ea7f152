"""What is known against the packages of uv.lock: uv asks OSV, and this judges how that ended.

Stdlib only, for dev.py. A vulnerability is a failure, unless pyproject.toml has the reason why it
is none here. A service that cannot be asked is no failure, and is said plainly.
"""

import subprocess
import tomllib
from pathlib import Path
from typing import Final
from urllib.error import HTTPError
from urllib.request import urlopen

OSV: Final = "https://api.osv.dev/"
"""Where the advisories of PyPI and GitHub come together. All packages are asked for at once."""
_SECONDS: Final = 10.0
_TROUBLE: Final = 2
"""uv's exit code where nothing was found out. 1 is a vulnerability."""


class NoReason(Exception):
    """An advisory is accepted without a reason."""


def audit(python: Path, root: Path, *, service: str = OSV) -> int:
    """0, or 1 where something is wrong. Prints what uv finds. Raises NoReason."""
    accepted = accepted_advisories((root / "pyproject.toml").read_text())
    words = [python, "-m", "uv", "audit", "--frozen", "--service-url", service, "--quiet"]
    words += ["--preview-features", "audit-command"]
    words += [word for name in accepted for word in ("--ignore", name)]
    for name, reason in accepted.items():
        print(f"accepted: {name}: {reason}", flush=True)
    code = subprocess.call([str(word) for word in words], cwd=root)
    if code == _TROUBLE and not answers(service):
        print(f"NOT AUDITED: {service} cannot be asked from here.", flush=True)
        return 0
    return min(code, 1)


def accepted_advisories(pyproject: str) -> dict[str, str]:
    """Ids and reasons, from the table `tool.tally.accepted-advisories`. Raises NoReason."""
    table = tomllib.loads(pyproject).get("tool", {}).get("tally", {}).get("accepted-advisories", {})
    for name, reason in table.items():
        if not str(reason).strip():
            raise NoReason(f"pyproject.toml accepts {name} without a reason.")
    return {name: str(reason) for name, reason in table.items()}


def answers(url: str) -> bool:
    """Whether anybody there speaks HTTP."""
    try:
        with urlopen(url, timeout=_SECONDS):
            return True
    except HTTPError:
        return True
    except OSError:
        return False
