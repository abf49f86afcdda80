"""The table of the exchange rates."""

from ims_desktop.database.base import table

RATES = table("exchange_rates", id="uuid", base="text", quote="text", valid_from="date", rate="number", source="text")
