"""The answer to "who is this": a known person, or a new one made from the result; it writes nothing."""

from wtforms import Form, StringField
from wtforms.validators import Regexp

NEW = "new"
UNCLEAR = "Choose one of the persons, or make a new one. Nothing was changed."


class Identify(Form):
    """`person` is an id, or `new`."""

    person = StringField("Person", [Regexp(r"\A(?:new|[1-9][0-9]{0,8})\Z", message=UNCLEAR)])

    @property
    def person_id(self) -> int | None:
        """The known person's id; None for a new one."""
        return None if self.person.data == NEW else int(self.person.data or 0)
