"""Who works in an invented newsroom, and who had a hand in which edition. Pure."""

from dataclasses import dataclass
from random import Random

from claims.choices import Role

from .ledger import Ledger
from .newsroom import PEOPLE, Plan, midnight
from .words import Vocabulary

UNUSABLE = "!"  # Django's mark of a password that fits nothing
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Hands:
    """The people of one edition; four eyes: `approver` is neither `reporter` nor `editor`."""

    reporter: Person
    editor: Person | None  # who said that it faults somebody
    approver: Person
    publisher: Person


class Staff:
    def __init__(self, plan: Plan, words: Vocabulary, ledger: Ledger) -> None:
        self.rng = Random(f"people {plan.seed}")  # noqa: S311 - no secret
        self.by_role: dict[Role, list[Person]] = {role: [] for role in PEOPLE}
        for role, count in PEOPLE.items():
            for number in range(1, count + 1):
                self.employ(role, f"{role.value}-{number}", plan, words, ledger)

    def employ(
        self, role: Role, username: str, plan: Plan, words: Vocabulary, ledger: Ledger
    ) -> None:
        """Nobody can sign in: there is no password."""
        first, last = words.person(self.rng)["en"].split()
        password = UNUSABLE + "".join(self.rng.choices(LETTERS, k=40))
        user = ledger.add(
            "claims_user",
            *(username, first, last, "", password, False, True, True),
            midnight(plan.begin.date()),
        )
        ledger.add("claims_user_groups", user, ledger.basis.groups[role.value])
        self.by_role[role].append(Person(user, username))

    def anybody(self, role: Role) -> Person:
        return self.rng.choice(self.by_role[role])

    def hands(self, *, faults_somebody: bool) -> Hands:
        editor, approver = self.rng.sample(self.by_role[Role.EDITOR], 2)
        return Hands(
            self.anybody(Role.REPORTER),
            editor if faults_somebody else None,
            approver,
            self.anybody(Role.PUBLISHER),
        )
