"""What a saved view must be."""

from ims_desktop.domain.errors import Problem

LONGEST_NAME = 60


def problems_of(name: str) -> list[Problem]:
    """Everything that is wrong with the name of a view."""
    if not name:
        return [Problem("Give the view a name.", "name")]
    if len(name) > LONGEST_NAME:
        return [Problem(f"A name has at most {LONGEST_NAME} letters.", "name")]
    return []
