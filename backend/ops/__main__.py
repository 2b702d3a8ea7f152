"""The operators' door: `python -m ops`, in backend/."""

import sys

from ops.command_line import main

if __name__ == "__main__":
    sys.exit(main())
