"""Words about people of the team: a browser and its system, the table of rights, the ready mail of an invitation."""

from datetime import datetime

from webapp.models.rights import RIGHT_WORDS, RIGHTS, ROLE_WORDS, role_words
from webapp.queries.time_words import moment_in_words

BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chromium", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ("curl/", "curl"), ("python-requests", "A script"),
)  # fmt: skip
"""What the header names, in the order in which it decides: most browsers name others too."""
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def agent_words(user_agent: str) -> str:
    """`Firefox on Windows`: what the browser says about itself, in words; "" when it says nothing that we know."""
    browser = next((words for mark, words in BROWSERS if mark in user_agent), "")
    system = next((words for mark, words in SYSTEMS if mark in user_agent), "")
    return f"{browser or 'A browser'} on {system}" if system else browser


def rights_table() -> tuple[list[str], list[tuple[str, list[bool]]]]:
    """The names of the roles, and for each right its words and who has it, in the same order."""
    return list(ROLE_WORDS.values()), [
        (words[:1].upper() + words[1:], [right in RIGHTS[role] for role in ROLE_WORDS])
        for right, words in RIGHT_WORDS.items()
    ]


def role_summaries() -> dict[str, str]:
    """For each role what it is for, in one line, beside its tick box."""
    return {
        "admin": "Runs the console: users, policy, presets, audit log. Sees no personal data.",
        "viewer": "Looks at sessions and links, with personal data masked.",
        "operator": "Makes links and follows them.",
        "reviewer": "Reviews and decides sessions, sees pictures and raw results.",
        "approver": "As a reviewer, and confirms what needs a second person.",
        "compliance_lead": "As an approver, takes what was escalated, sets rules, presets and policy.",
        "auditor": "Reads everything and changes nothing.",
    }


def invitation_mail(*, name: str, company: str, role: str, address: str, until: datetime, by: str) -> str:
    """The ready e-mail to somebody who is invited."""
    lines = [
        f"Hello {name},",
        f"{by} invites you to {company}’s console for identity verification, as {role_words(role).lower()}. "
        "Choose a password here:",
        address,
        f"The address works once, until {moment_in_words(until)}. If you did not expect this, please tell {by}.",
    ]
    return "\n\n".join(lines)
