"""The operators' door: `python -m ops`, in backend/."""

import sys
from pathlib import Path

from ops.quiet_end import quiet_end

if __name__ == "__main__":
    with quiet_end():
        try:
            from ops.command_line import main  # takes a second, in which Ctrl-C may come
        except ModuleNotFoundError as missing:
            name = (missing.name or "").partition(".")[0]
            if name in {"", *(path.stem for path in Path(__file__).parents[1].iterdir())}:
                raise  # one of our own: a fault in here, not in what is installed
            print(
                f"ops needs {name}, which {sys.executable} does not have. In backend/, after "
                "`make run`: ../.venv/bin/python -m ops. Without it: pip install -r "
                "backend/requirements.txt",
                file=sys.stderr,
            )
            sys.exit(2)
        sys.exit(main())
