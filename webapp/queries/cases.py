"""The last results read by the rules, kept: an open page asks for the same one again and again. The rules are in `checks`."""

import threading
from collections import OrderedDict
from typing import Any

from webapp.checks.case import Case, read_case

MOST = 64
"""Cases kept, of up to some 100 KB each with what they were read from: what a team has open at one time."""


class Cases:
    """Reads a result, or gives what the same words were read as before.

    What is kept is compared with all that goes into the reading, not found by a number: it can never be out of date.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[int, tuple[dict[str, Any], Case]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, session_id: int, *, version: int, **read_from: Any) -> Case:
        """`read_case` of `read_from`, which must not be changed afterwards. `version` is the session's."""
        key = {"version": version, **read_from}  # 1 equals True: what writes either raises the version
        with self._lock:
            kept = self._kept.get(session_id)
            if kept:
                self._kept.move_to_end(session_id)
        if kept and kept[0] == key:
            return kept[1]
        case = read_case(**read_from)
        with self._lock:
            self._kept[session_id] = key, case
            self._kept.move_to_end(session_id)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return case
