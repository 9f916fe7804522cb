"""Tables only: columns, constraints, tiny properties; no vendor, no Flask."""

from webapp.models import changes as changes
from webapp.models.deliveries import Delivery, EvidenceFile
from webapp.models.exports import Export, ExportDownload
from webapp.models.links import Link, LinkPicture, SmsSend
from webapp.models.people import Invitation, Person, RecoveryCode, SignIn, SignInFailure, User
from webapp.models.presets import Preset, PresetVersion
from webapp.models.proposals import PolicyProposal
from webapp.models.retention import Erasure, LegalHold, RetentionRun
from webapp.models.review import (
    AmlDismissal,
    AmlVerdict,
    Decision,
    DecisionSnapshot,
    Note,
    Presence,
    Reveal,
    ReviewSkip,
    RuleSet,
)
from webapp.models.sessions import AmlMatch, Matter, SessionResult, VerificationSession
from webapp.models.system import AuditCheckpoint, AuditEvent, AuditHead, Job, LiveEvent, Policy, WorkerBeat

__all__ = [
    "AmlDismissal", "AmlMatch", "AmlVerdict", "AuditCheckpoint", "AuditEvent", "AuditHead", "Decision",
    "DecisionSnapshot", "Delivery", "Erasure", "EvidenceFile", "Export", "ExportDownload", "Invitation", "Job",
    "LegalHold", "Link", "LinkPicture", "LiveEvent", "Matter", "Note", "Person", "Policy", "PolicyProposal", "Presence",
    "Preset", "PresetVersion", "RecoveryCode", "RetentionRun", "Reveal", "ReviewSkip", "RuleSet", "SessionResult", "SignIn",
    "SignInFailure", "SmsSend", "User", "VerificationSession", "WorkerBeat",
]  # fmt: skip
