"""How QiD is spoken to where its documents leave it open or disagree: paths, names, spellings, lengths of time."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class HeaderStyle:
    """Paths below the base address, names of headers, spellings of values; the defaults are as documented.

    `light` and `dark` are the words of `mode_id`: the reference says `0` and `1`, the page of the call LIGHT and DARK.
    """

    create_path: str = "api/token/create"
    refresh_path: str = "api/token/refresh"
    initiate_path: str = "api/initiate"
    refresh_header: str = "authToken"
    """Carries the bare token when it is to be refreshed."""
    auth_header: str = "Authorization"
    """Carries the token of a request, after the word `auth_scheme`, if that is not empty."""
    auth_scheme: str = "Bearer"
    webhook: str = "webhook_url"
    metadata: str = "metadata"
    """The reference calls it `metadata_list`."""
    mode: str = "mode_id"
    light: str = "LIGHT"
    dark: str = "DARK"
    liveness: str = "livecheck_id"
    location: str = "location_id"
    token_life: timedelta = timedelta(minutes=60)
    refresh_lead: timedelta = timedelta(minutes=10)
    """How long before its end a token is refreshed."""
    request_life: timedelta = timedelta(hours=12)
    """A request is archived after so much inactivity."""
