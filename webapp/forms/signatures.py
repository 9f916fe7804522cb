"""The form for a new signature link: who signs what; it writes nothing. Identity is checked by the form in `links`."""

from typing import ClassVar

from webapp.forms.conflicts import link_conflicts
from webapp.forms.link_parts import ManyParts
from webapp.forms.options import SignatureOptions
from webapp.providers.base import Expected


class NewSignature(ManyParts, SignatureOptions):
    """A new link to sign a document, for one person or for many."""

    OWN_GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {"after": ("customid",), "sms": ("sms_to",)}

    def conflicts(self) -> dict[str, str]:
        """Field and sentence for each combination that cannot be."""
        person = self.person_field()
        found = link_conflicts(
            self._typed(), Expected(), kind=self.KIND, reusable=self.reusable, sms_to=self.sms_to.data,
            person=person is not None,
        )  # fmt: skip
        return {person.name if name == "person" and person else name: said for name, said in found.items()}
