"""Who does something: a person of the team, the system, an applicant or a vendor."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, as the audit row will keep it. `kind` is person, system, applicant or vendor."""

    kind: str
    id: int | None = None
    name: str = ""
    role: str = ""
    ip: str = ""
    user_agent_hash: str = ""
    request_id: str = ""


SYSTEM = Actor(kind="system", name="Vouchdesk")
