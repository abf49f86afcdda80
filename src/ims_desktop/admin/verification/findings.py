"""What is checked, and what is found, as values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One rule of the books; `sql` yields (subject, expected, found) for every breach."""

    name: str
    rule: str
    sql: str


@dataclass(frozen=True)
class Finding:
    """One breach: which rule, about what, and the two figures that should agree."""

    check: str
    subject: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: expected {self.expected}, found {self.found}"
