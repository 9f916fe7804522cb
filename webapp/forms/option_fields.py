"""How the options of any kind of link are read from a form, loaded into it, folded and said; the fields are elsewhere."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any, ClassVar

from wtforms import Form

from webapp.forms.conflicts import conflicts
from webapp.providers.base import Options
from webapp.queries import option_words
from webapp.queries.policies import left_out

DEFAULT = Options()
MEANS = {"expires_hours": ("expires_in",), "returned": ("return_document", "return_face")}
"""Fields that are not called as the options they stand for."""


class OptionFields(Form):
    """`options()` reads all fields, `load()` fills them, `folded()` and `said()` are for groups."""

    KIND: ClassVar[str] = "identity"
    GROUPS: ClassVar[dict[str, tuple[str, ...]]] = {}
    """The groups that open on demand: name -> fields."""

    forbidden: frozenset[str] = frozenset()
    """Options of this kind that the policy forbids."""

    def forbid(self, names: Collection[str]) -> None:
        """Note what the policy forbids, before the form is loaded, shown or checked."""
        self.forbidden = frozenset(name for name in names if name in self)

    def validate(self, *arguments: Any, **more: Any) -> bool:
        """Each field by itself, then what does not go together, then what is forbidden."""
        super().validate(*arguments, **more)
        for name, sentence in self.conflicts().items():
            self.object_to(name, sentence)
        for name in self.forbidden:
            self._refuse(name)
        return not self.errors

    def conflicts(self) -> dict[str, str]:
        """Field and sentence for each combination that cannot be."""
        return conflicts(self._typed(), kind=self.KIND)

    def object_to(self, name: str, sentence: str) -> None:
        """Put the sentence at the field, unless it is wrong already."""
        if not self[name].errors:
            self[name].errors = [sentence]

    def options(self) -> Options:
        """The options as typed; a field with an error, or one this kind lacks, is as in `Options`."""
        return self._typed()

    def load(self, options: Options) -> None:
        """Show these options instead of what was typed or the defaults; what is forbidden stays out."""
        for item in fields(Options):
            if item.name in self:
                source = DEFAULT if item.name in self.forbidden else options
                self._put(item.name, getattr(source, item.name))

    def left_out(self, options: Options) -> tuple[str, ...]:
        """Label and words of what `load` leaves out of these options, because it is forbidden."""
        return left_out(options, self.forbidden)

    def folded(self) -> dict[str, bool]:
        """Which folded groups must stand open: those with an error or a value other than the default."""
        return {name: any(self._touched(each) for each in group) for name, group in self.GROUPS.items()}

    def said(self) -> dict[str, str]:
        """What is set in each folded group, in words; empty where nothing differs from the usual."""
        changed = self._changed()
        return {
            name: "; ".join(changed[each] for field in group for each in MEANS.get(field, (field,)) if each in changed)
            for name, group in self.GROUPS.items()
        }

    def _changed(self) -> dict[str, str]:
        """Option -> label and words, for those that differ from the usual."""
        return {each.name: f"{each.label}: {each.new}" for each in option_words.changes(DEFAULT, self.options())}

    def _refuse(self, name: str) -> None:
        """Take out what is forbidden and say so: the form may have been opened before."""
        if self[name].data and not self[name].errors:
            self._put(name, getattr(DEFAULT, name))
            label = option_words.LABELS[name]
            self.object_to(name, f"{label} are forbidden by an administrator. They are taken out; send the form again.")

    def _typed(self) -> Options:
        return Options(**{item.name: self._value(item.name) for item in fields(Options) if item.name in self})

    def _value(self, name: str) -> Any:
        field: Any = self[name]
        default = getattr(DEFAULT, name)
        if field.errors or field.data is None:
            return default
        return tuple(field.data) if isinstance(default, tuple) else field.data

    def _put(self, name: str, value: Any) -> None:
        field: Any = self[name]
        field.data = list(value) if isinstance(value, tuple) else value
        field.raw_data, field.errors, field.process_errors = None, (), []

    def _touched(self, name: str) -> bool:
        field: Any = self[name]
        default = field.default() if callable(field.default) else field.default
        return bool(field.errors) or (field.data or None) != (default or None)
