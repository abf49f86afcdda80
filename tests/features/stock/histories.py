"""Random histories of everything that can happen to stock, posted by the service and kept as the model wants them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from ims_desktop.domain.errors import Conflict, UserError
from ims_desktop.domain.valuation import Method, portion, round6
from ims_desktop.features.stock.rules import read_history
from ims_desktop.features.stock.service import (
    Kind,
    LandedCost,
    LateInvoice,
    MethodSwitch,
    RightPrice,
    Spread,
    close_period,
    correct_prices,
    import_history,
    land,
    reopen_period,
    reverse,
    switch_method,
)
from ims_desktop.features.stock.service.history_steps import posting_key
from ims_desktop.features.stock.service.periods import UNFINISHED
from tests.features.stock.lived import NEW_YORK, START, ZERO, Kept, hour_of
from tests.features.stock.travelled import Travelled

_ROWS = (
    *(("receipt", Kind.DELIVERY), ("waste", Kind.WASTE), ("count", Kind.COUNT)),
    *(("supplier_return", Kind.SUPPLIER_RETURN), ("adjustment", Kind.ADJUSTMENT)),
)
_AS_A_WHOLE = {Kind.PRODUCTION, Kind.TRANSFER_IN, Kind.REVALUATION}


class History(Travelled):
    """One history in one tenant: does something, notes it, and compares everything after each step."""

    def step(self) -> str:
        """Something happens, or (refused by the rules) nothing."""
        name = self.chance.choices(list(STEPS), weights=[weight for _, weight in STEPS.values()])[0]
        before = self._moment
        try:
            done = STEPS[name][0](self)
        except (UserError, Conflict) as refused:
            self.refusal(name, refused)
            return f"{name} refused"
        if done:
            self.done[name] += 1
            self.done["back-dated"] += self.clock < before
        return name if done else ""

    def refusal(self, name: str, refused: UserError) -> None:
        """Only what the rules refuse is refused."""
        said = " ".join([refused.text, *(problem.text for problem in refused.problems)])
        if any(words in said for words in ("is closed up to", "period is closed already", "This day is closed")):
            self.done["refused as closed"] += 1
            known = bool(self.closed)
        elif any(words in said for words in ("not enough stock", "on hand at", "would be missing")):
            self.done["refused as short"] += 1
            known = self.strict
        elif "there is no rate" in said:
            self.done["refused as abroad"] += 1
            known = self.rateless
        else:
            words = ("came back or arrived", "later day already", "still out", "less than nothing", "already undone")
            known = any(word in said for word in words)
        if not known:
            raise AssertionError(f"{name}: {said}")

    def receive(self) -> bool:
        """A delivery."""
        (site, item), at, quantity, cost = self.pick(), self.at(), self.amount(), self.cost()
        if self.chance.random() < 0.3:
            worth = round6(quantity * cost)
            line = self.line(site, item, quantity, value=worth)
        else:
            worth = round6(quantity * cost)
            line = self.line(site, item, quantity, unit_cost=cost)
        [(number, _)] = self.send(Kind.DELIVERY, site, at, line)
        self.note(number, site, item, at, quantity, Kind.DELIVERY, worth=worth)
        return True

    def waste(self) -> bool:
        """Something is thrown away, of two items at once sometimes."""
        site, at = self.chance.choice(self.sites), self.at()
        chosen = [(item, self.amount()) for item in self.chance.sample(self.items, self.chance.choice((1, 1, 2)))]
        lines = [self.line(site, item, -q, reason_id=self.made.reasons["SPOILAGE"]) for item, q in chosen]
        for (item, _q), (number, moved) in zip(chosen, self.send(Kind.WASTE, site, at, *lines), strict=True):
            self.note(number, site, item, at, moved, Kind.WASTE)
        return True

    def find(self) -> bool:
        """Something is found that nobody knew of."""
        (site, item), at, quantity = self.pick(), self.at(), self.amount()
        line = self.line(site, item, quantity, reason_id=self.made.reasons["CORRECTION"])
        [(number, _)] = self.send(Kind.ADJUSTMENT, site, at, line)
        self.note(number, site, item, at, quantity, Kind.ADJUSTMENT)
        return True

    def count(self) -> bool:
        """A count: what it finds depends on what there was then."""
        (site, item), at = self.pick(), self.at()
        for number, moved in self.send(Kind.COUNT, site, at, self.line(site, item, self.amount())):
            self.note(number, site, item, at, moved, Kind.COUNT)
        return True

    def give_back(self) -> bool:
        """A supplier gets something back."""
        (site, item), at, quantity = self.pick(), self.at(), self.amount()
        [(number, _)] = self.send(Kind.SUPPLIER_RETURN, site, at, self.line(site, item, -quantity))
        self.note(number, site, item, at, -quantity, Kind.SUPPLIER_RETURN)
        return True

    def bring_back(self) -> bool:
        """A customer brings something back."""
        some = self.live(
            lambda kept: kept.kind is Kind.WASTE and 0 < self.still_out(kept.entry.id) < -kept.entry.quantity
        )
        issue = some or self.live(lambda kept: kept.kind is Kind.WASTE and self.still_out(kept.entry.id) > 0)
        if issue is None:
            return False
        left = self.still_out(issue.entry.id)
        quantity = left if some and self.chance.random() < 0.5 else round6(left / 3) or left
        at = self.at(hour_of(issue.entry.at))
        line = self.line(issue.site, issue.item, quantity, of_id=issue.entry.id)
        [(number, _)] = self.send(Kind.CUSTOMER_RETURN, issue.site, at, line)
        self.note(number, issue.site, issue.item, at, quantity, Kind.CUSTOMER_RETURN, of=issue.entry.id)
        return True

    def produce(self) -> bool:
        """Some items become others."""
        chosen = self.chance.sample(self.items, 3)
        inputs, outputs = (chosen[:1], chosen[1:]) if self.chance.random() < 0.5 else (chosen[:2], chosen[2:])
        self._make(self.chance.choice(self.sites), inputs, outputs)
        return True

    def go_round(self) -> bool:
        """What was short is made of what it became."""
        site, (one, other) = self.chance.choice(self.sites), self.chance.sample(self.items, 2)
        self._make(site, [one], [other])
        self._make(site, [other], [one])
        return True

    def _make(self, site: str, inputs: Sequence[UUID], outputs: Sequence[UUID]) -> None:
        at, lines = self.at(), [self.line(site, item, -self.amount()) for item in inputs]
        for item in outputs:
            labour = self.cost() if self.chance.random() < 0.3 else None
            lines.append(self.line(site, item, self.amount(), value=labour, weight=Decimal(self.chance.randint(1, 5))))
        moved = [number for number, _ in self.send(Kind.PRODUCTION, site, at, *lines)]
        used = tuple(moved[: len(inputs)])
        for number, line in zip(moved, lines, strict=True):
            made = {"made_of": used, "weight": line.weight, "worth": line.value} if line.quantity > 0 else {}
            self.note(number, site, line.item_id, at, line.quantity, Kind.PRODUCTION, **made)

    def take_in_history(self) -> bool:
        """Rows from another system, which are settled together."""
        told = list[tuple[dict[str, str], str, UUID, Decimal, Kind]]()
        for event, kind in self.chance.choices(_ROWS, k=self.chance.randint(4, 10)):
            (site, item), at, quantity = self.pick(), self.at(), self.amount()
            told.append((self._cells(event, site, item, at, quantity), site, item, quantity, kind))
        rows, _ = read_history([(number, cells) for number, (cells, *_) in enumerate(told, 1)])
        self.desk.run(import_history, rows, (), 0)
        for cells, site, item, quantity, kind in told:
            self.posting = posting_key([cells["id"]])
            moved = self.root.execute("SELECT id, quantity FROM stock_movements WHERE posting_id = %s", [self.posting])
            worth = round6(Decimal(cells["unit_cost"]) * quantity) if "unit_cost" in cells else None
            for number, moves in moved.fetchall():
                self.note(number, site, item, datetime.fromisoformat(cells["at"]), moves, kind, worth=worth)
        return True

    def _cells(self, event: str, site: str, item: UUID, at: datetime, quantity: Decimal) -> dict[str, str]:
        cells = {"at": at.isoformat(), "kind": event, "id": uuid4().hex, "item": item.hex, "site": site}
        cost = {"unit_cost": str(self.cost())} if event == "receipt" else {}
        return {**cells, **cost, "quantity": str(quantity), "location": "Bar"}

    def revalue(self) -> bool:
        """What is on hand is worth more or less."""
        (site, item), at, change = self.pick(), self.at(), Decimal(self.chance.randint(-3000, 3000)).scaleb(-2)
        line = self.line(site, item, ZERO, value=change)
        [(number, _)] = self.send(Kind.REVALUATION, site, at, line)
        self.note(number, site, item, at, ZERO, Kind.REVALUATION, worth=change)
        return True

    def invoice(self) -> bool:
        """An invoice says another price."""
        received = self.live(_is_receipt)
        if received is None:
            return False
        right = round6((received.entry.worth or ZERO) * Decimal(self.chance.randint(5, 20)) / 10) + Decimal("0.01")
        price = RightPrice(received.entry.id, right)
        self.desk.run(correct_prices, LateInvoice(uuid4(), self.made.sites[received.site], (price,)))
        self._worth(received, right)
        return True

    def freight(self) -> bool:
        """Costs of getting it here, over two receipts of a site by quantity."""
        one = self.live(_is_receipt)
        if one is None:
            return False
        same = (Kind.DELIVERY, one.site)
        other = self.live(
            lambda kept: _is_receipt(kept) and (kept.kind, kept.site) == same and kept.entry.id != one.entry.id
        )
        if other is None:
            return False
        amount = Decimal(self.chance.randint(1, 5000)).scaleb(-2)
        cost = LandedCost(uuid4(), self.made.sites[one.site], amount, (one.entry.id, other.entry.id), Spread.QUANTITY)
        self.desk.run(land, cost)
        share = portion(amount, one.entry.quantity, one.entry.quantity + other.entry.quantity)
        self._worth(one, (one.entry.worth or ZERO) + share)
        self._worth(other, (other.entry.worth or ZERO) + amount - share)
        return True

    def _worth(self, kept: Kept, worth: Decimal) -> None:
        self.kept[kept.entry.id] = replace(kept, entry=kept.entry._replace(worth=worth))

    def switch(self) -> bool:
        """The method changes from a day on."""
        item = self.chance.choice(self.items)
        day = (START + timedelta(hours=self.chance.randint(0, self._moment + 24))).date()
        method = self.chance.choice(list(Method))
        if any(since >= day for since, _ in self.switches.get(item, [])):
            return False
        self.desk.run(switch_method, MethodSwitch(uuid4(), item, method, day, "The auditors asked"))
        self.switches.setdefault(item, []).append((day, method))
        return True

    def close(self) -> bool:
        """Days of a site are closed; nothing in them changes any more."""
        site = self.chance.choice(self.sites)
        day = (START + timedelta(hours=self.chance.randint(0, self._moment))).astimezone(NEW_YORK).date()
        day -= timedelta(days=self.chance.choice((0, 1)))
        if day <= self.closed.get(site, date(2000, 1, 1)):
            return False
        before, self.closed[site] = self.closed.get(site), day
        if before is not None:
            self.desk.run(reopen_period, self.made.sites[site], before, "Closed further")
        self.desk.run(close_period, self.made.sites[site], day, frozenset({UNFINISHED}))
        self.shut |= {(site, item): self._worth_until(site, item) for item in self.items}
        return True

    def restate(self) -> bool:
        """What was counted was another thing: the count is undone and made again, as of the same moment."""
        counted = self.live(
            lambda kept: (
                kept.kind is Kind.COUNT
                and kept.entry.id not in self.closed_undone
                and kept.entry.at >= self.open_from(kept.site)
            )
        )
        if counted is None:
            return False
        self.posting = uuid4()
        self.desk.run(reverse, self.posting, (counted.entry.id,), "Counted again")
        self._undone([counted.entry.id])
        at, site, item = counted.entry.at, counted.site, counted.item
        for number, moved in self.send(Kind.COUNT, site, at, self.line(site, item, self.amount())):
            self.note(number, site, item, at, moved, Kind.COUNT)
        return True

    def _undone(self, numbers: Sequence[int]) -> None:
        """Note what was undone: as if it had never been, or in closed days by a movement of today's."""
        rows = self.root.execute(
            "SELECT id, reverses_id, effective_at, quantity, of_id FROM stock_movements"
            " WHERE posting_id = %s ORDER BY id",
            [self.posting],
        ).fetchall()
        for number, original, at, quantity, of in rows:
            kept = self.kept[original or of]
            if original is None:
                self.done["undone in closed days"] += 1
                back = of if quantity > 0 else None
                self.note(number, kept.site, kept.item, at, quantity, kept.kind, of=back)
                self.closed_undone |= {of, number}
            else:
                self.note(
                    number, kept.site, kept.item, kept.entry.at, -kept.entry.quantity, kept.kind, cancels=original
                )
                self.undone |= {number, original}

    def _may_go(self, kept: Kept) -> bool:
        """In closed days only what goes line by line."""
        return (
            kept.entry.cancels is None
            and not kept.entry.passes
            and kept.entry.id not in self.closed_undone
            and (kept.kind not in _AS_A_WHOLE or kept.entry.at >= self.open_from(kept.site))
        )

    def cancel(self) -> bool:
        """A document was a mistake."""
        is_closed = self.chance.random() < 0.7
        chosen = self.live(lambda kept: self._may_go(kept) and is_closed == (kept.entry.at < self.open_from(kept.site)))
        if chosen is None:
            return False
        together = [
            n for n, kept in sorted(self.kept.items()) if kept.posting == chosen.posting and n not in self.undone
        ]
        if chosen.kind is not Kind.PRODUCTION and self.chance.random() < 0.5:
            together = [chosen.entry.id]
        self.posting = uuid4()
        self.desk.run(reverse, self.posting, tuple(together), "Entered by mistake")
        self._undone(together)
        return True


def _is_receipt(kept: Kept) -> bool:
    return kept.kind is Kind.DELIVERY and kept.entry.quantity > 0


STEPS: dict[str, tuple[Callable[[History], bool], int]] = {
    "receipt": (History.receive, 7),
    "issue": (History.waste, 7),
    "found": (History.find, 2),
    "count": (History.count, 2),
    "supplier return": (History.give_back, 2),
    "customer return": (History.bring_back, 5),
    "transfer": (History.send_off, 6),
    "arrival": (History.arrive, 8),
    "missing": (History.lose, 3),
    "found again": (History.find_again, 3),
    "production": (History.produce, 3),
    "there and back": (History.go_round, 1),
    "history": (History.take_in_history, 2),
    "revaluation": (History.revalue, 2),
    "late invoice": (History.invoice, 2),
    "landed cost": (History.freight, 5),
    "method switch": (History.switch, 2),
    "cancellation": (History.cancel, 8),
    "restated count": (History.restate, 3),
    "closed period": (History.close, 3),
}
"""What can happen, and how often against the others."""
