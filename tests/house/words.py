"""Words that no file of the project may hold: unfinished business, and places of one machine."""

import re
import subprocess
from pathlib import Path

# Spelled with classes of one letter, or this file would break its own rule.
MACHINE = "/(wor[k]|roo[t]|hom[e]/[a-z]+|User[s]/[a-z]+|op[t]/wheels|op[t]/pypi[a-z-]*)/"
UNFINISHED = "TO[D]O|FIX[M]E|XX[X]|HAC[K]"
FORBIDDEN = re.compile(rf"(?<![\w.])({MACHINE})|\b({UNFINISHED})\b")


def files(root: Path) -> list[Path]:
    """What git tracks or would track. Raises CalledProcessError outside of a checkout."""
    words = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-c", "-o", "--exclude-standard"]
    listed = subprocess.run(words, cwd=root, capture_output=True, check=True).stdout.decode()
    return [root / name for name in listed.split("\0") if name and (root / name).is_file()]


def breaches(paths: list[Path]) -> list[str]:
    """Each line of a text file with a forbidden word in it."""
    return [
        f"{path}:{number} holds {found.group()}"
        for path in paths
        for number, line in enumerate(_text(path).splitlines(), 1)
        if (found := FORBIDDEN.search(line))
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""
