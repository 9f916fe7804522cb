"""The test house; `tests/conftest.py` says which fixtures there are."""
