"""What this program is called and which version it is: read from pyproject.toml beside it, where the version stands once."""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
VERSION: str = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
SOFTWARE = f"Vouchdesk {VERSION}"
"""As files say who made them."""
