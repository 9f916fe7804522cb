"""The `verify.py` of a pack: the verifiers of packs and of audit exports as one file of standard library."""

import inspect
import re
from functools import cache

from webapp import audit_verifier, pack_verifier

_OURS = re.compile(r"^from webapp\.audit_verifier import [^\n]*\n", re.MULTILINE)
_COMMAND = "def _lines_of("
"""Where the command of the audit verifier begins, which a pack has no use for."""


@cache
def verify_file() -> bytes:
    """The whole file: the docstring of the pack's verifier, what it builds on, then all of it."""
    _, said, ours = inspect.getsource(pack_verifier).split('"""', 2)
    library = inspect.getsource(audit_verifier).split('"""', 2)[2].split(_COMMAND)[0]
    return f'"""{said}"""\n{library.rstrip()}\n\n{_OURS.sub("", ours)}'.encode()
