"""A month of made-up grants in which everything is ordinary, and what is planted in it for a test.

Twelve clinicians on day shifts, four approvers in turn, one patient after another; the same seed makes the same month.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from broker.review.oddities.found import Answer, Earlier, Knock, Material, No, Use

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
CLINICIANS = tuple(f"person_clinician{number:02}" for number in range(12))
APPROVERS = tuple(f"person_approver{number}" for number in range(4))
WORDS = (
    "wheezing",
    "sedation",
    "allergy",
    "dizzy",
    "infusion",
    "dosage",
    "pacemaker",
    "rash",
    "seizure",
    "bleeding",
    "ward",
    "handover",
    "pump",
    "contrast",
    "fever",
    "tremor",
    "insulin",
    "airway",
    "fracture",
    "referral",
    "nausea",
    "oxygen",
    "potassium",
    "thinner",
)


@dataclass
class Month:
    """Rows by kind; ``plant`` methods add what shall be found, and nothing else."""

    seed: int = 1
    uses: list[Use] = field(default_factory=list)
    earlier: list[Earlier] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    noes: list[No] = field(default_factory=list)
    knocks: list[Knock] = field(default_factory=list)
    kin: set[tuple[str, str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self._made = 0
        for person in CLINICIANS:
            self.earlier += [Earlier(person, self.dice.randint(8, 17)) for _ in range(40)]
            for _ in range(self.dice.randint(3, 6)):
                self.use(person, approvers=(self.dice.choice(APPROVERS),))
            self.use(person, broke_glass=True)

    @property
    def material(self) -> Material:
        return Material(
            NOW,
            tuple(self.uses),
            tuple(self.earlier),
            tuple(self.answers),
            tuple(self.noes),
            tuple(self.knocks),
            frozenset(self.kin),
        )

    def use(self, person: str, **changes: object) -> Use:
        """One more grant of this person, ordinary but for ``changes``."""
        self._made += 1
        hour = self.dice.randint(9, 16)
        day = NOW - timedelta(days=self.dice.randint(1, 27))
        at = day.replace(hour=hour, minute=self.dice.randint(0, 59))
        usual = Use(
            grant_id=f"grant_{self._made:05}",
            person_id=person,
            patient_id=f"pat_{self._made:05}",
            at=at,
            hour=hour,
            ended_at=at + timedelta(minutes=15),
            broke_glass=False,
            note=" ".join(self.dice.sample(WORDS, 5)),
            used=True,
        )
        made = replace(usual, **changes)  # type: ignore[arg-type]
        self.uses.append(made)
        self.answers += [Answer(each, person, made.at - timedelta(minutes=3)) for each in made.approvers]
        return made

    def glass_alone(self, person: str, evening: int = 18, **changes: object) -> Use:
        """The glass broken at an hour of a day at which no approver answered anybody."""
        at = NOW - timedelta(days=self.dice.randint(1, 27))
        at = at.replace(hour=evening, minute=self.dice.randint(0, 59))
        return self.use(person, broke_glass=True, at=at, hour=17, ended_at=at, **changes)

    def over_use(self, person: str) -> None:
        for _ in range(40):
            self.use(person, approvers=(self.dice.choice(APPROVERS),))

    def odd_hours(self, person: str) -> None:
        for hour in (2, 3, 2):
            self.use(person, hour=hour)

    def same_pair(self, person: str) -> None:
        self.uses = [use for use in self.uses if use.person_id != person]
        for _ in range(9):
            self.use(person, approvers=(APPROVERS[0],))

    def short_reasons(self, person: str) -> None:
        for note in ("", "x", "now", "quick", "see chart"):
            self.glass_alone(person, note=note)

    def copied_reasons(self, person: str) -> None:
        for number in range(5):
            self.use(person, note=f"Patient needs help urgently, visit {number}")

    def own_kin(self, person: str) -> None:
        self.kin.add((person, self.use(person).patient_id, "surname"))

    def after_the_end(self, person: str) -> None:
        use = self.use(person)
        self.knocks += [
            Knock(person, use.grant_id, use.ended_at + timedelta(minutes=by)) for by in (1, 2, 30)
        ]

    def never_used(self, person: str) -> None:
        for _ in range(9):
            self.use(person, used=False)

    def glass_beside_approver(self, person: str) -> None:
        for _ in range(4):
            use = self.glass_alone(person, evening=21)
            self.answers.append(Answer(APPROVERS[1], CLINICIANS[-1], use.at + timedelta(minutes=5)))

    def glass_after_no(self, person: str) -> None:
        for patient in ("pat_a", "pat_b"):
            use = self.glass_alone(person, patient_id=patient)
            self.noes.append(No(person, patient, use.at - timedelta(minutes=10)))
