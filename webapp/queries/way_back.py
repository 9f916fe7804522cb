"""Where the browser goes on to when it comes back from the vendor: the team's own address, never one of a request."""

import re
from urllib.parse import urlencode, urlsplit, urlunsplit

from webapp.queries.links import LinkDetail

REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def way_back(found: LinkDetail, *, failed: bool, reference: str) -> str:
    """The address that the link's options name for this end, with reference and customid; empty when there is none.

    Both are what we know of the link, whatever the browser brought. Only of a reusable link, whose references we learn
    from the results, is the browser's own passed on if it looks like one: as much a claim for the team as for us.
    """
    options = found.options
    target = options.fail_url if failed else options.success_url
    if not target.startswith(("https://", "http://")):
        return ""
    known = found.session.reference if found.session and not found.link.reusable else ""
    if found.link.reusable and REFERENCE.fullmatch(reference):
        known = reference
    return _with(target, reference=known, customid=found.link.customid)


def _with(address: str, **values: str) -> str:
    """The address with these in its query, behind what is there already; empty ones are left out."""
    parts = urlsplit(address)
    more = urlencode({name: value for name, value in values.items() if value})
    query = "&".join(part for part in (parts.query, more) if part)
    return urlunsplit(parts._replace(query=query))
