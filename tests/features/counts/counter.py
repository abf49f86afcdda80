"""Somebody who counts, as a process of their own: told by lines on stdin, tells what was entered and seen on stdout."""

import json
import sys
import threading
from collections.abc import Set
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from ims_desktop.database.notices import Notices, telling
from ims_desktop.database.place import Place
from ims_desktop.database.sign_in import Gate, open_tenant, sign_in
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.features.counts import service
from ims_desktop.features.counts.service import Entry
from tests.tenants import PASSWORD

_SAYING = threading.Lock()


def say(**said: Any) -> None:
    """Tell something, a line of its own."""
    with _SAYING:
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def count(said: Any) -> None:
    """Sign in, listen, and enter what is told until nothing more is."""
    gate = Gate(Place(said["host"], said["port"], said["database"]), said["user"], said["gate"])
    session = sign_in(gate, said["login"], PASSWORD)
    choice = next(tenant for tenant in session.tenants if str(tenant.id) == said["tenant"])
    identity = open_tenant(gate, session, choice)
    desk, sheet, place = TenantDatabase(identity), UUID(said["sheet"]), UUID(said["place"])

    def look(**more: Any) -> None:
        entries = sum(len(line.entries) for line in desk.run(service.lines_of, sheet))
        say(seen=entries, **more)

    def heard(subjects: Set[str]) -> None:
        if "counts" in subjects:
            last = desk.run(service.count_sheet, sheet).last_at
            look(late=(datetime.now(UTC) - last).total_seconds() if last else 0)

    listening = threading.Event()
    notices = Notices(identity, heard, lambda on: listening.set() if on else None)
    notices.start()
    if not listening.wait(50):
        say(ready=False)  # and nothing that is entered elsewhere would be heard of
    tell = telling(notices)
    say(ready=True)
    for words in sys.stdin:
        asked = json.loads(words)
        entry = Entry(uuid4(), place, UUID(asked["item"]), Decimal(asked["quantity"]), asked["quantity"])
        changed = desk.run(service.enter, sheet, (entry,))
        desk.run(tell, changed.subjects)
        say(entered=changed.result)
        look()  # nobody is told of what they did themselves
    notices.close()
    desk.close()


if __name__ == "__main__":
    count(json.loads(sys.stdin.readline()))
