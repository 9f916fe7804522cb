"""Who makes what: one line for each kind of file that people ask for (`models.words.EXPORT_KIND`)."""

from webapp.actions.export_making import Maker
from webapp.exports import apart
from webapp.later import later

MAKERS: dict[str, Maker] = {
    **dict.fromkeys(("sessions", "links", "deliveries", "matches", "decisions", "audit"), apart.make),
    "pack": later("webapp.exports.pack_makers:make_pack"),
    "sample": later("webapp.exports.pack_makers:make_sample"),
}
"""Each writes the whole file into what it is given, and says how far it is by `making.progress`."""
