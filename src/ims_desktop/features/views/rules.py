"""What a saved view must be."""

from ims_desktop.domain.errors import Problem
from ims_desktop.domain.wording import say

LONGEST_NAME = 60


def problems_of(name: str) -> list[Problem]:
    """Everything that is wrong with the name of a view."""
    if not name:
        return [Problem("Give the view a name.", "name")]
    if len(name) > LONGEST_NAME:
        return [Problem(say("A name has at most {most} letters.", most=LONGEST_NAME), "name")]
    return []
