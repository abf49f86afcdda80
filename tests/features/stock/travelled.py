"""What happens to goods between two sites, for random histories: they leave, arrive in parts, get lost, turn up."""

from uuid import uuid4

from ims_desktop.domain.valuation import round6
from ims_desktop.features.stock.service import Kind
from ims_desktop.features.transfers.rules import Arrival, Receipt, Rest
from ims_desktop.features.transfers.service import TakingBack, receive, undo_receipt
from tests.features.stock.lived import ZERO, Lived, hour_of

_RECEIVED = """
    SELECT m.id, m.posting_id, r.what FROM transfer_receipts r JOIN stock_movements m ON m.posting_id = r.posting_id
    WHERE r.receipt_id = %s ORDER BY m.id"""
_TAKEN_BACK = """
    SELECT u.posting_id, u.id, m.id FROM transfer_receipts r JOIN stock_movements m ON m.posting_id = r.posting_id
    JOIN stock_movements u ON u.reverses_id = m.id WHERE r.receipt_id = %s ORDER BY u.id"""


class Travelled(Lived):
    """A history in which goods travel."""

    def send_off(self) -> bool:
        """A transfer leaves, and mostly arrives."""
        number = self._leave()
        if self.chance.random() < 0.7:
            self.take_in(number)
        return True

    def _leave(self) -> int:
        (site, item), at, quantity = self.pick(), self.at(), self.amount()
        to = self.chance.choice([other for other in self.sites if other != site])
        [(number, _)] = self.send(Kind.TRANSFER_OUT, site, at, self.line(site, item, -quantity), to=to)
        abroad = (site == "Lyon") != (to == "Lyon")
        self.done["abroad"] += abroad
        rate = {"rate": self.rate(site, at)} if abroad else {}
        self.note(number, site, item, at, -quantity, Kind.TRANSFER_OUT, **rate)
        self.transfers[number] = to
        return number

    def arrive(self) -> bool:
        """The rest of a transfer arrives."""
        sent = self.live(lambda kept: kept.kind is Kind.TRANSFER_OUT and self.still_out(kept.entry.id) > 0)
        return sent is not None and self.take_in(sent.entry.id)

    def take_in(self, number: int) -> bool:
        """Some of a transfer arrives."""
        sent, left, to = self.kept[number], self.still_out(number), self.transfers[number]
        quantity = left if self.chance.random() < 0.6 else round6(left / 3) or left
        at = self.at(hour_of(sent.entry.at))
        [(came, _)] = self.send(Kind.TRANSFER_IN, to, at, self.line(to, sent.item, quantity, of_id=number))
        self.note(came, to, sent.item, at, quantity, Kind.TRANSFER_IN, of=number)
        return True

    def lose(self) -> bool:
        """The rest of a transfer is missing, after some of it arrived."""
        some = self.live(lambda kept: kept.kind is Kind.TRANSFER_OUT and self.still_out(kept.entry.id) > 0)
        sent = some or self.kept[self._leave()]
        number, left, to = sent.entry.id, self.still_out(sent.entry.id), self.transfers[sent.entry.id]
        came = self.chance.choice((ZERO, round6(left / 3)))
        at, key, place = self.at(hour_of(sent.entry.at)), uuid4(), self.made.locations[to, "Bar"]
        said = Arrival(number, came, place, Rest.MISSING, self.made.reasons["DAMAGE"])
        self.desk.run(receive, Receipt(key, sent.posting, (said,), effective_at=at))
        self.receipts.append(key)
        back = 0
        for found, posting, what in self.root.execute(_RECEIVED, [key]).fetchall():
            self.posting = posting
            if what == "ARRIVED":
                self.note(found, to, sent.item, at, came, Kind.TRANSFER_IN, of=number)
            elif what == "MISSING":
                back = found
                self.note(back, sent.site, sent.item, at, left - came, Kind.TRANSFER_IN, of=number, passes=True)
            else:
                self.note(found, sent.site, sent.item, at, came - left, Kind.ADJUSTMENT, of=back, passes=True)
        if self.chance.random() < 0.4:
            self.done["found again"] += self.find_again()
        return True

    def find_again(self) -> bool:
        """What was said of a transfer is taken back, missing goods and all."""
        if not self.receipts:
            return False
        receipt, undoing = self.chance.choice(self.receipts), uuid4()
        self.desk.run(undo_receipt, TakingBack(undoing, receipt, "Found behind the door"))
        self.receipts.remove(receipt)
        for posting, number, original in self.root.execute(_TAKEN_BACK, [receipt]).fetchall():
            kept, self.posting = self.kept[original], posting
            self.note(
                number, kept.site, kept.item, kept.entry.at, -kept.entry.quantity, kept.kind, cancels=original
            )  # fmt: skip
            self.undone |= {number, original}
        return True
