"""How long a sign-in stands: without use, and at most."""

from datetime import timedelta

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
