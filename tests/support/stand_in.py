"""A fake vendor in place of any of the real ones."""

from flask import Flask

from tests.support.fake_provider import FakeProvider


def stand_in(app: Flask, key: str) -> FakeProvider:
    """Put a fake provider where the application has the one with this key."""
    providers = app.extensions["vouchdesk.providers"]
    fake = FakeProvider(providers[key])
    fake.key = key
    providers[key] = fake
    return fake
