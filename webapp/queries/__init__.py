"""Every read that more than one output shares; returns select() or small dataclasses."""
