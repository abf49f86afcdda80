"""Recomputes a tenant's books from the ground up and names everything that does not agree."""

from ims_desktop.admin.verification.checks import CHECKS
from ims_desktop.admin.verification.findings import Check, Finding
from ims_desktop.admin.verification.replay import replay
from ims_desktop.admin.verification.run import findings, sealed_up_to, verify
from ims_desktop.admin.verification.seals import Head, read_heads
from ims_desktop.admin.verification.sign_ins import SIGN_IN_CHECKS, verify_sign_ins

__all__ = [
    "CHECKS",
    "SIGN_IN_CHECKS",
    "Check",
    "Finding",
    "Head",
    "findings",
    "read_heads",
    "replay",
    "sealed_up_to",
    "verify",
    "verify_sign_ins",
]
