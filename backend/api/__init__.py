"""The HTTP interface for programs."""

from api.app import Application, Parts, create_api

__all__ = ["Application", "Parts", "create_api"]
