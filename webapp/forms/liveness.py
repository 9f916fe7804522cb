"""The options of a liveness check, and the form for a new link of that kind; it writes nothing."""

from dataclasses import replace
from typing import ClassVar

from wtforms import BooleanField, Field, HiddenField
from wtforms.validators import ValidationError

from webapp.forms.fields import TicksField, choices
from webapp.forms.link_parts import ONE, LinkParts
from webapp.forms.option_fields import DEFAULT, OptionFields
from webapp.providers.base import ATTRIBUTES, Options
from webapp.queries.option_words import ATTRIBUTE_WORDS

ONE_PERSON_ONLY = (
    "The vendor makes each liveness check for one person, under a key of its own: many people cannot use one link. "
    "Make a link for each."
)


class LivenessOptions(OptionFields):
    """Every option of a liveness check. How long it works is the vendor's rule, and it has one language."""

    KIND = "liveness"
    GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {"attributes": ("attributes",)}

    liveness = BooleanField("Check that a live person is there", default=DEFAULT.liveness)
    location = BooleanField("Record where the person is (GPS)", default=DEFAULT.location)
    dark = BooleanField("Dark colours instead of light ones", default=DEFAULT.dark)
    attributes = TicksField(
        "Attributes", choices=choices([(name, ATTRIBUTE_WORDS[name].capitalize()) for name in ATTRIBUTES])
    )

    def options(self) -> Options:
        """What to check. No document is asked for, and nobody is looked up."""
        return replace(super().options(), biometric="none", aml=False, check_expiry=False, authenticity_threshold=0.0)

    def _typed(self) -> Options:
        found = super()._typed()
        return replace(found, attributes=tuple(name for name in ATTRIBUTES if name in found.attributes))


class NewLiveness(LinkParts, LivenessOptions):
    """A new link to check that a person is there; always for one."""

    use: Field = HiddenField(default=ONE)

    def validate_use(self, field: HiddenField) -> None:
        """Only a forged form, or the command line, asks for more."""
        if field.data not in (None, "", ONE):
            raise ValidationError(ONE_PERSON_ONLY)
