"""The web room: talks HTML to people. It knows the API by URL only, never by import."""

from web.pages import routes

__all__ = ["routes"]
