"""What pages of one report have in common: its period, its currency, and the file it is written into."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ims_desktop.domain.business_calendar import Period
from ims_desktop.domain.csv_file import ENCODING
from ims_desktop.domain.wording import say
from ims_desktop.features.reports.screen.period_bar import PeriodBar
from ims_desktop.features.reports.service import Choice, Part, Report, Span, as_csv, as_json, read_choice
from ims_desktop.ui.choices import Choice as Option
from ims_desktop.ui.desk import Desk
from ims_desktop.ui.figures_page import FiguresPage
from ims_desktop.ui.inputs import Segmented

WRITERS: Mapping[str, Callable[[Report], str]] = {"csv": as_csv, "json": as_json}


class ReportPage(FiguresPage):
    """Reads one report of a period and shows the part in one currency."""

    unread = say("The report could not be read")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.report: Report | None = None
        self.over: Span | Period = Span.TWELVE_WEEKS
        self._currency = ""
        self.periods = PeriodBar(desk, Span.TWELVE_WEEKS)
        self.periods.chosen.connect(self.choose)

    def show_report(self, report: Report) -> None:
        """Show what was read."""
        raise NotImplementedError

    @property
    def part(self) -> Part | None:
        """The part in the currency that is shown."""
        parts = self.report.parts if self.report else ()
        return next((part for part in parts if part.currency == self._currency), parts[0] if parts else None)

    # choosing ------------------------------------------------------------------------------------------------

    def read_report(self, name: str) -> None:
        """Ask for a report of the chosen period and site."""
        self.ask(self.show_report, read_choice, Choice(name, self.over, self.desk.formats.today(), self.desk.site))

    def choose(self, over: Span | Period) -> None:
        """Show another period."""
        self.over = over
        self.reload()

    def choose_currency(self, currency: str) -> None:
        """Show the part in another currency."""
        self._currency = currency
        if self.report is not None:
            self.show_report(self.report)

    def currency_chooser(self, report: Report, part: Part) -> Segmented:
        """The currencies to choose from."""
        options = [Option(one.currency, one.currency) for one in report.parts]
        chooser = Segmented(options, part.currency, name=self.tr("Currency"))
        chooser.chosen.connect(self.choose_currency)
        return chooser

    # files --------------------------------------------------------------------------------------------------

    def ask_where(self, how: str) -> None:
        """Ask for a file and write the report into it."""
        if self.report is None:
            return
        period = self.report.period
        name = f"{self.report.spec.name}_{period.first.isoformat()}_{period.last.isoformat()}.{how}"
        kind = f"{how.upper()} (*.{how})"
        ask = self.desk.messages.ask_path
        ask(self.tr("Export the report"), name, kind, lambda path: self.export_to(Path(path)), self)

    def export_to(self, path: Path) -> None:
        """Write the report with its formula; what the name ends with says how."""
        if self.report is None:
            return
        how = path.suffix.lstrip(".").lower()
        text = WRITERS.get(how, as_csv)(self.report)
        try:
            path.write_text(text, encoding="utf-8" if how == "json" else ENCODING, newline="")
        except OSError as error:
            said = self.tr("The file {path} could not be written: {why}").format(path=path, why=error)
            self.desk.messages.failed(said)
            return
        self.desk.messages.wrote(self.tr("Exported {name}").format(name=path.name), str(path))
