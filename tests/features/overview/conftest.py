"""The restaurant with a history that the reports are tested with."""

from tests.features.reports.conftest import books

__all__ = ["books"]
