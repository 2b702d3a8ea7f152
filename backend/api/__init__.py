"""The HTTP interface for programs."""

from api.app import Application, Parts, create_api
from api.http_counts import HTTP_COUNTS, HttpCounts

__all__ = ["HTTP_COUNTS", "Application", "HttpCounts", "Parts", "create_api"]
