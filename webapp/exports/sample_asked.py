"""What is asked for with an inspector's sample; drawing it and making its packs are in `sample`."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.queries.sampling import Population


def new_seed() -> str:
    """A seed that nobody chose."""
    return secrets.token_hex(4)


@dataclass(frozen=True, kw_only=True)
class SampleAsked:
    """Which sessions to draw from, how many, and by which seed."""

    population: Population
    count: int
    seed: str

    @classmethod
    def of(cls, options: dict[str, Any]) -> "SampleAsked":
        """From the options of its row."""
        population = Population(
            first_day=date.fromisoformat(options["from"]), last_day=date.fromisoformat(options["to"]),
            outcomes=tuple(options["outcomes"]),
        )  # fmt: skip
        return cls(population=population, count=options["count"], seed=options["seed"])

    def options(self) -> dict[str, Any]:
        """For its row."""
        period = {"from": self.population.first_day.isoformat(), "to": self.population.last_day.isoformat()}
        return {**period, "outcomes": list(self.population.outcomes), "count": self.count, "seed": self.seed}

    def params(self, found: int) -> list[tuple[str, str]]:
        """The same for people, who are to be able to do it again; `found`: how many there are to draw from."""
        first, last = self.population.first_day.isoformat(), self.population.last_day.isoformat()
        outcomes = [("outcome", each) for each in self.population.outcomes]
        return [("from", first), ("to", last), *outcomes, ("sessions", self.words(found)), ("seed", self.seed)]

    def words(self, found: int) -> str:
        """`all 7 of 7: fewer than the 30 asked for`, `30 of 1,204`."""
        if found <= self.count:
            short = f", as fewer ended in that time than the {self.count:,} asked for" if found < self.count else ""
            return f"all {found:,}{short}"
        return f"{self.count:,} of {found:,}"
