"""What a pack proves and what it does not, in the words of its README, its report and its manifest."""

from webapp.audit_chain import canonical_time
from webapp.exports.pack_asked import PackAsked
from webapp.version import SOFTWARE

PROVED = (
    "Every file of the pack is, byte for byte, the one that the console signed when the pack was made.",
    "The rows of the audit log are as they were when they were written; a signed checkpoint stands after the last of them.",
)
LIMITS = (
    "that the body of a callback is unaltered: the vendor's confirmation says that a session with this reference ended with"
    " it, and covers nothing else. The bytes are as the console received them, over TLS at a secret address.",
    "that a row of the log, a picture or a datum was true when it was written.",
    "that the clock of the console was right, or that somebody outside was told of the signature at the time.",
    "that the log holds no other rows: the signed checkpoints tie these rows to the whole chain, which only the console has.",
)
_README = """EVIDENCE PACK
Session {session}, made {utc} by {exporter}
Purpose: {purpose}
Made with {software}; signed by key {key_id}

WHAT IS HERE
report.pdf       the session for people: findings, pictures, list entries, decisions, timeline, proof
session.json     the same for machines, keys sorted, UTF-8
timeline.csv     what happened, UTC
aml.csv          list entries and the verdicts on them
decisions.json   each step of deciding, each verdict ever given, the routing rules of those versions
images/          pictures and contracts, the bytes as the vendor gave them
callbacks/       what the vendor posted, the bytes as they came (NN.json), and how they came (NN.meta.json)
audit.jsonl      this session's rows of the audit log, its signed proof in the last line
manifest.json    every file with its size and SHA-256, the root hash over them, and the signature
verify.py        checks all of it
Cells of the CSV files that a spreadsheet would run as a formula begin with an apostrophe.
A folder that is not here had nothing to hold, or was left out: page 1 of the report says so.

HOW TO VERIFY
Unzip the pack into an empty folder, and run there, with Python 3.10 or later and nothing else:
    python verify.py
It ends with 0 (whole), 1 (something is wrong; the first wrong file is named) or 2 (it cannot be read).
With the console's public key from somewhere that you trust: python verify.py --key audit-public.pem
Who could change the pack could change verify.py in it too. Take it from another pack, or from the console's operator, if that
matters: it is the same for every pack of a release.

PROVED
{proved}

NOT PROVED
{limits}
- whose key it is. Compare {key_id} with what the operator of the console gave you in another way.
"""


def readme(asked: PackAsked, key_id: str) -> bytes:
    """`README.txt`."""
    text = _README.format(
        session=asked.session_id, utc=canonical_time(asked.at), exporter=asked.exporter, purpose=asked.purpose,
        software=SOFTWARE, key_id=key_id, proved="\n".join(f"- {each}" for each in PROVED),
        limits="\n".join(f"- {each}" for each in LIMITS),
    )  # fmt: skip
    return text.encode("utf-8", "replace")
