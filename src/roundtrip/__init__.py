"""Roundtrip: a course on schema migrations that makes the whole trip with the real tools."""

__version__ = "0.1.0"
