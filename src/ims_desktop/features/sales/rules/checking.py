"""Check a sales file line by line against what is known: every problem at once, and what would be imported.

A line that is held back never stops another one: of an order with one wrong line the other lines are imported, and the
wrong one waits until it is put right, so that nothing is lost and nothing is counted twice.
"""

from collections.abc import Sequence
from decimal import Decimal

from ims_desktop.domain.numbers import show
from ims_desktop.domain.wording import Words, say
from ims_desktop.features.sales.rules.amounts import Amounts, read_amounts
from ims_desktop.features.sales.rules.fields import Field
from ims_desktop.features.sales.rules.findings import Findings
from ims_desktop.features.sales.rules.modifiers import match_modifiers
from ims_desktop.features.sales.rules.moments import Moments, match_sites, read_moments
from ims_desktop.features.sales.rules.orders import Lines, gather
from ims_desktop.features.sales.rules.preview import Kind, Known, Preview, SalesOrder, Totals, Weight
from ims_desktop.features.sales.rules.products import check_units, match_products
from ims_desktop.features.sales.rules.reading import About, Reading

_VOID_WORDS = frozenset(
    ("true", "yes", "y", "1", "x", "void", "voided", "refund", "refunded", "return", "si", "sì", "ja", "oui")
)
LONGEST, SHOWN = 100, 40  # letters
MOST_COVERS = Decimal(99_999)
_BROKEN = ("�", "Ã", "â€", "Â", "ï¿½")


def check(reading: Reading, known: Known) -> Preview:
    """What importing this file would do, with everything that is wrong or worth a note."""
    findings = Findings(reading)
    for question in reading.questions:
        if question.about is About.MISSING_COLUMN:
            findings.wait_for_column(question.text)
    _set_aside(findings)
    products = match_products(findings, known)
    items = [product.item for product in products]
    check_units(findings)
    amounts = read_amounts(findings, items)
    moments = read_moments(findings, match_sites(findings, known), known.now)
    _find_repeated_lines(findings)
    _check_length(findings)
    _check_covers(findings)
    modifiers = match_modifiers(findings, products, known)
    _look_at_letters(findings)
    orders, unmapped = gather(findings, known, Lines(products, amounts, moments, modifiers))
    totals = _totals(findings, orders, amounts)
    days = _trading_days(findings, moments)
    return Preview(orders, tuple(findings.groups()), _notes(reading), totals, days, unmapped)


def _set_aside(findings: Findings) -> None:
    """Rows whose cells mean nothing, lines without a partner in a joined file, and lines that are no sale."""
    table, joined = findings.reading.table, findings.reading.joined
    voided = findings.reading.cells(Field.VOID)
    for line, number in enumerate(table.numbers):
        if number in table.damaged:
            findings.add(Kind.DAMAGED_ROW, line, None, "", table.damaged[number])
            findings.skip(line)
        elif voided and voided[line].casefold() in _VOID_WORDS:
            findings.add(Kind.VOIDED, line, Field.VOID, voided[line])
            findings.skip(line, leave_out=True)
        elif joined.unmatched and number in joined.unmatched:
            column, value = joined.unmatched[number]
            findings.add(Kind.NO_PARTNER, line, None, value, say("column {column}", column=column))
            findings.skip(line)


def _find_repeated_lines(findings: Findings) -> None:
    """The same line number twice; without line numbers, a row that is equal to an earlier one in every cell."""
    if findings.reading.choices.repeats_are_sales:
        return
    ids = findings.reading.cells(Field.LINE)
    marked = Field.LINE if ids else Field.ORDER
    shown = ids or findings.reading.cells(Field.ORDER) or [""] * findings.size
    rows, numbers = findings.reading.table.rows, findings.reading.table.numbers
    first: dict[object, int] = {}
    for line in findings.lines():
        key = ids[line] if ids and ids[line] else tuple(rows[line])
        earlier = first.setdefault(key, line)
        if earlier != line:
            findings.add(
                Kind.REPEATED_LINE, line, marked, shown[line], say("the same as row {row}", row=numbers[earlier])
            )


def _check_length(findings: Findings) -> None:
    """Order numbers and channels that are longer than the books take them."""
    day = len("2026-01-01/") if findings.reading.choices.numbers_restart_daily else 0
    for field, most in ((Field.ORDER, LONGEST - day), (Field.CHANNEL, LONGEST)):
        cells = findings.reading.cells(field) or []
        too_long = {cell for cell in set(cells) if len(cell) > most}
        for line in findings.lines() if too_long else ():
            if cells[line] in too_long:
                findings.add(
                    Kind.TOO_LONG, line, field, f"{cells[line][:SHOWN]}…", say("at most {most} letters", most=most)
                )


def _check_covers(findings: Findings) -> None:
    """More guests than sit in any house."""
    cells = findings.reading.cells(Field.COVERS) or []
    absurd = {cell for cell in set(cells) if cell.isdigit() and len(cell.lstrip("0")) > len(str(MOST_COVERS))}
    for line in findings.lines() if absurd else ():
        if cells[line] in absurd:
            note = say("at most {most}", most=show(MOST_COVERS))
            findings.add(Kind.ABSURD, line, Field.COVERS, f"{cells[line][:SHOWN]}", note)


def _look_at_letters(findings: Findings) -> None:
    """Names with letters beyond ASCII: a note where the encoding was guessed, and where they look broken."""
    guessed = findings.reading.table.encoding.value not in ("utf-8", "utf-16", "utf-32")
    for field in (Field.NAME, Field.CODE):
        cells = findings.reading.cells(field) or []
        odd = {cell for cell in set(cells) if not cell.isascii()}
        for line in findings.lines() if odd else ():
            if cells[line] in odd:
                broken = any(sign in cells[line] for sign in _BROKEN)
                if broken or guessed:
                    findings.add(Kind.BROKEN_LETTERS if broken else Kind.LETTERS, line, field, cells[line])


def _trading_days(findings: Findings, moments: Moments) -> int:
    return len(
        {
            moments.days[line]
            for line in findings.lines()
            if moments.days[line] and findings.fate[line] in (None, Weight.KEPT)
        }
    )


def _notes(reading: Reading) -> tuple[Words, ...]:
    left_out = [
        say("{name} was left out: nothing ties it to the lines.", name=name) for name in reading.joined.left_out
    ]
    joined = [say("Joined with {file} by {column}.", file=file, column=by) for file, by in reading.joined.steps]
    return (*joined, *left_out)


def _totals(findings: Findings, orders: Sequence[SalesOrder], amounts: Amounts) -> Totals:
    """Add everything up from the lines themselves, so that what is shown ties to the file to the cent."""
    table = findings.reading.table
    fates = (None, Weight.KEPT, Weight.ANSWER, Weight.HELD, Weight.NOTE)
    lines, revenue, unreadable = dict.fromkeys(fates, 0), dict.fromkeys(fates, Decimal(0)), 0
    for line, number in enumerate(table.numbers):
        fate = Weight.NOTE if line in findings.left_out else findings.fate[line]
        paid = None if number in table.damaged else amounts.revenue[line]
        lines[fate] += 1
        revenue[fate] += paid or 0
        unreadable += paid is None
    return Totals(
        lines=findings.size,
        accepted=lines[None],
        kept=lines[Weight.KEPT],
        waiting=lines[Weight.ANSWER],
        held=lines[Weight.HELD],
        left_out=lines[Weight.NOTE],
        orders=len(orders),
        quantity=sum((quantity for quantity in amounts.quantity if quantity), Decimal(0)),
        revenue=sum(revenue.values(), Decimal(0)),
        revenue_accepted=revenue[None],
        revenue_kept=revenue[Weight.KEPT],
        revenue_waiting=revenue[Weight.ANSWER],
        revenue_held=revenue[Weight.HELD],
        revenue_left_out=revenue[Weight.NOTE],
        unreadable_amounts=unreadable,
    )
