"""Recomputes a tenant's books from the ground up and names everything that does not agree."""

from ims_desktop.admin.verification.checks import CHECKS, Check, Finding
from ims_desktop.admin.verification.replay import replay
from ims_desktop.admin.verification.run import findings, verify

__all__ = ["CHECKS", "Check", "Finding", "findings", "replay", "verify"]
