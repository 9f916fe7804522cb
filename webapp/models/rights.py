"""Roles and what each may do: words and sets, no rows; who asks for which right is in `webapp.access`."""

ROLE_WORDS = {
    "admin": "Administrator",
    "viewer": "Viewer",
    "operator": "Operator",
    "reviewer": "Reviewer",
    "approver": "Approver",
    "compliance_lead": "Compliance lead",
    "auditor": "Auditor",
}
ROLES = tuple(ROLE_WORDS)

RIGHT_WORDS = {
    "view": "see sessions, links and deliveries",
    "see_personal": "see names and other personal data",
    "see_images": "see pictures",
    "see_document_numbers": "see document numbers",
    "see_raw": "see the vendor's raw result",
    "reveal": "uncover masked data for ten minutes, with a reason",
    "make_links": "create links",
    "export": "export lists",
    "handle_deliveries": "replay deliveries",
    "decide": "review and decide sessions",
    "approve_second": "give the second approval",
    "take_over": "take over a session that somebody else holds",
    "handle_escalated": "decide escalated sessions",
    "manage_presets": "manage presets",
    "manage_rules": "change the routing rules",
    "manage_policy": "change the policy",
    "manage_users": "manage users",
    "read_audit": "read and verify the audit log",
    "manage_retention": "end relationships, place holds and erase",
}
RIGHTS_IN_ORDER = tuple(RIGHT_WORDS)

_SEES = frozenset({"see_personal", "see_images", "see_document_numbers"})
_REVIEWER = _SEES | {"view", "see_raw", "reveal", "make_links", "export", "handle_deliveries", "decide"}
_APPROVER = _REVIEWER | {"approve_second"}

RIGHTS: dict[str, frozenset[str]] = {
    "viewer": frozenset({"view", "reveal"}),
    "operator": frozenset({"view", "see_personal", "reveal", "make_links", "handle_deliveries"}),
    "reviewer": _REVIEWER,
    "approver": _APPROVER,
    "compliance_lead": _APPROVER
    | {
        "take_over",
        "handle_escalated",
        "manage_presets",
        "manage_rules",
        "manage_policy",
        "read_audit",
        "manage_retention",
    },
    "auditor": _SEES | {"view", "see_raw", "export", "read_audit"},
    "admin": frozenset({"view", "handle_deliveries", "manage_presets", "manage_policy", "manage_users", "read_audit"}),
}
"""What each role may do. An administrator runs the console and sees no personal data; who is to do both has both roles."""

FIRST_ROLES = "admin compliance_lead"
"""The first administrator has nobody beside him yet, so he is the compliance lead too (product rules 2.16)."""


def roles_of(role: str) -> tuple[str, ...]:
    """The roles in a user's `role`, in the order of ROLES: one or more words, joined by a space. Unknown ones are left out."""
    held = role.split()
    return tuple(each for each in ROLES if each in held)


def rights_of(role: str) -> frozenset[str]:
    """All rights of all roles in a user's `role`."""
    return frozenset().union(*(RIGHTS[each] for each in roles_of(role)))


def role_words(role: str) -> str:
    """`Administrator and compliance lead`."""
    words = [ROLE_WORDS[each] for each in roles_of(role)]
    return " and ".join(words[:1] + [word[:1].lower() + word[1:] for word in words[1:]])
