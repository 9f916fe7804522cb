"""Tables only: columns, constraints, tiny properties; no vendor, no Flask."""

from webapp.models import changes as changes
from webapp.models.deliveries import Delivery, EvidenceFile
from webapp.models.links import Link, LinkPicture, SmsSend
from webapp.models.people import Invitation, Person, SignIn, SignInFailure, User
from webapp.models.presets import Preset, PresetVersion
from webapp.models.sessions import AmlMatch, Matter, SessionResult, VerificationSession
from webapp.models.system import AuditEvent, Job, LiveEvent, Policy, WorkerBeat

__all__ = [
    "AmlMatch", "AuditEvent", "Delivery", "EvidenceFile", "Invitation", "Job", "Link", "LinkPicture", "LiveEvent",
    "Matter", "Person", "Policy", "Preset", "PresetVersion", "SessionResult", "SignIn", "SignInFailure", "SmsSend", "User",
    "VerificationSession", "WorkerBeat",
]  # fmt: skip
