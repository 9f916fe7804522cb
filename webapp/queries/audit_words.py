"""What each action of the audit log is called, in one table; also which actions a group has, for the filter."""

GROUP_WORDS = {
    "auth": "Signing in", "user": "Users", "access": "Refused", "session": "Sessions", "aml": "AML matches", "note": "Notes",
    "data": "Personal data", "image": "Pictures seen", "raw": "Raw results seen", "link": "Links",
    "vendor": "Calls to vendors", "delivery": "Deliveries", "evidence": "Files", "export": "Exports", "preset": "Presets",
    "rule": "Rules", "policy": "Policy", "audit": "Audit log",
}  # fmt: skip
"""Groups of actions, by what stands before the dot, in the order of the filter."""

ACTION_WORDS = {
    "auth.sign_in": "Signed in",
    "auth.sign_out": "Signed out",
    "auth.ended_by": "Ended a sign-in",
    "auth.password": "Gave the password",
    "auth.password_changed": "Changed the password",
    "auth.password_set": "Set the password",
    "auth.second_factor": "Gave the second factor",
    "auth.second_factor_set": "Set up the second factor",
    "auth.second_factor_reset": "Reset a second factor",
    "auth.second_factor_removed": "Removed the second factor",
    "auth.recovery_codes": "Made new recovery codes",
    "user.create": "Made a user",
    "user.invite": "Invited a user",
    "user.invite_withdrawn": "Withdrew an invitation",
    "user.roles": "Changed a user’s roles",
    "user.disable": "Disabled a user",
    "user.enable": "Enabled a user",
    "access.denied": "Was refused a page",
    "session.view": "Opened a session",
    "session.create": "Session made by a result",
    "session.identify": "Said who a session is about",
    "session.result": "Result applied",
    "session.compared": "Compared with other sessions",
    "session.routed": "Routed by the rules",
    "session.expire": "Session expired",
    "session.unexpire": "Session’s expiry taken back",
    "session.take": "Took a session",
    "session.skip": "Skipped a session",
    "session.release": "Gave a session back",
    "session.takeover": "Took a session over",
    "session.lease_ended": "Hold on a session ended",
    "session.decide": "Decided a session",
    "session.propose": "Proposed a decision",
    "session.confirm": "Gave the second approval",
    "session.sendback": "Sent a proposal back",
    "session.lapse": "Proposal lapsed",
    "session.reopen": "Reopened a session",
    "session.escalate": "Escalated a session",
    "session.askagain": "Asked the applicant again",
    "session.answered": "Applicant answered",
    "aml.verdict": "Gave a verdict on a match",
    "aml.undo": "Took a verdict back",
    "aml.remember": "Remembered a dismissal",
    "aml.remember_end": "Ended a remembered dismissal",
    "note.add": "Added a note",
    "data.reveal": "Uncovered personal data",
    "data.hide": "Covered personal data again",
    "image.view": "Looked at a picture",
    "image.download": "Downloaded a file",
    "raw.view": "Read a raw result",
    "link.create": "Created a link",
    "link.ready": "Vendor’s answer about a link",
    "link.retry": "Tried again to make a link",
    "link.answer_unused": "Late answer of the vendor not used",
    "link.open": "Link opened",
    "link.return": "Applicant came back",
    "link.pause": "Paused a link",
    "link.resume": "Let a link work again",
    "link.cap": "Changed a link’s cap",
    "link.used_up": "Link used up",
    "link.revoke": "Withdrew a link",
    "link.expire": "Link expired",
    "link.unexpire": "Link’s expiry taken back",
    "link.sms_asked": "Asked for an SMS",
    "link.sms_sent": "SMS sent",
    "link.sms_refused": "SMS refused",
    "link.sms_unknown": "SMS without an answer",
    "vendor.call": "Asked a vendor",
    "delivery.received": "Delivery received",
    "delivery.verified": "Delivery confirmed by the vendor",
    "delivery.applied": "Delivery applied",
    "delivery.repeat": "Delivery kept, not applied",
    "delivery.late": "Late delivery",
    "delivery.unmatched": "Delivery waits for its session",
    "delivery.waiting": "Vendor could not be asked",
    "delivery.quarantined": "Delivery put into quarantine",
    "delivery.replayed": "Had a delivery read again",
    "evidence.saved": "File saved",
    "evidence.failed": "File not fetched",
    "evidence.refused": "File refused",
    "evidence.retry": "Asked for a file again",
    "export.request": "Asked for an export",
    "export.ready": "Export made",
    "export.failed": "Export not made",
    "export.cancel": "Cancelled an export",
    "export.download": "Downloaded an export",
    "export.expire": "Export deleted after its time",
    "preset.create": "Created a preset",
    "preset.change": "Changed a preset",
    "preset.archive": "Archived a preset",
    "preset.restore": "Restored a preset",
    "rule.change": "Changed the rules",
    "policy.change": "Changed the policy",
    "audit.verify": "Verified the audit log",
    "audit.break": "Break found in the audit log",
}

OUTCOME_WORDS = {"ok": "Done", "denied": "Refused", "error": "Failed"}
ACTOR_ONE = {"system": "Vouchdesk", "vendor": "A vendor", "applicant": "Somebody not signed in"}
ACTOR_WORDS = {"system": "Vouchdesk", "vendor": "Vendors", "applicant": "Applicants, and who is not signed in"}


def action_words(action: str) -> str:
    """The action in words; one that is not in the table reads as it is written."""
    return ACTION_WORDS.get(action) or action.replace(".", ": ").replace("_", " ").capitalize()


def actions_of(group: str) -> tuple[str, ...]:
    """The actions of a group, or the one action that is meant; none for a word that is neither."""
    if group in ACTION_WORDS:
        return (group,)
    return tuple(action for action in ACTION_WORDS if action.split(".")[0] == group)
