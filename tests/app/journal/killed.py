"""A desk that is killed: between writing an entry and sending it, or after sending and before the answer is heard."""

import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from PySide6.QtWidgets import QApplication

from ims_desktop.app.journal import file
from ims_desktop.database.place import Place
from ims_desktop.database.sign_in import Identity, TenantChoice
from ims_desktop.database.transaction import TenantDatabase
from ims_desktop.domain.work import Lane, lane_of
from ims_desktop.features.deliveries.rules import DeliveredLine, Delivery
from ims_desktop.features.stock.service import Document, DocumentLine, Kind
from tests.app.journal.desks import DELIVERY, JournalDesk


class Killed(JournalDesk):
    """Ends as a process does that nobody asked: at a write of the journal, or before or after a change is made."""

    when = "before"

    def die_at(self, write: int) -> None:
        """End in the middle of a write: half of it is in the file."""
        to_disk, left = file._to_disk, [write]

        def dying(file: IO[bytes]) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            to_disk(file)

        file._to_disk = dying

    def _run(self, use_case: Any, *args: Any, **named: Any) -> Any:
        changes = lane_of(use_case) is Lane.CHANGE
        if changes and self.when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = super()._run(use_case, *args, **named)
        if changes:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


def main() -> None:
    """Keep one entry, and be killed on the way."""
    told = json.load(sys.stdin)
    application = QApplication(["killed", "-platform", "offscreen"])
    tenant = TenantChoice(UUID(told["tenant"]), "Group", "US", "USD", "Owner")
    place = Place(told["host"], told["port"], told["database"])
    until = datetime.now(UTC) + timedelta(hours=1)
    identity = Identity(place, tenant, told["role"], told["schema"], until, told["password"], told["secret"])
    desk = Killed(TenantDatabase(identity), Path(told["folder"]))
    desk.when = told["when"]
    desk.open()
    if told["write"]:
        desk.die_at(told["write"])
    item, location, reason = (UUID(told[name]) for name in ("item", "location", "reason"))
    key, site = UUID(told["key"]), UUID(told["site"])
    if told["kind"] == DELIVERY:
        came = DeliveredLine(item, location, Decimal(2), Decimal(6))
        desk.keep(Delivery(key, site, None, (came,), "LS 1", freight=Decimal(1)), kind=DELIVERY)
    else:
        line = DocumentLine(item, location, Decimal(-1), reason_id=reason)
        desk.keep(Document(key, Kind.WASTE, site, (line,)))
    desk.until(lambda: False)
    application.quit()


if __name__ == "__main__":
    main()
