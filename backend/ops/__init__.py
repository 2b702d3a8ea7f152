"""Looks after a running system: `python -m ops`. A door; reads, and changes nothing of its own."""
