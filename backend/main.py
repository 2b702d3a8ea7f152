"""The front door: `python -m uvicorn main:app` serves the API, the page, and all between."""

import sys

from wiring import MISCONFIGURED, build_app

try:
    app = build_app()
except MISCONFIGURED as error:
    sys.exit(f"Tally cannot start. {error}")
