"""Who makes what: one line for each kind of file that people ask for (`models.words.EXPORT_KIND`)."""

from webapp.actions.export_making import Maker
from webapp.exports.list_makers import make_list
from webapp.exports.pack_makers import make_pack, make_sample

MAKERS: dict[str, Maker] = {
    **dict.fromkeys(("sessions", "links", "deliveries", "matches", "decisions", "audit"), make_list),
    "pack": make_pack,
    "sample": make_sample,
}
"""Each writes the whole file into what it is given, and says how far it is by `making.progress`."""
