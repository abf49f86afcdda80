"""What makes a site right, and what its country says about currency, clock and writing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies, list_currencies

from ims_desktop.domain.errors import Problem, UserError
from ims_desktop.domain.wording import Words, either, say, word

KINDS: Mapping[str, Words] = {
    "RESTAURANT": say("Restaurant"),
    "CENTRAL_KITCHEN": say("Central kitchen"),
    "WAREHOUSE": say("Warehouse"),
}
LARGEST_CAPACITY = 1_000_000
LATEST_CUTOVER = 12
# The time zone of most people and the usual language of business, where the tables of CLDR name another one first.
MAIN_ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
MAIN_LANGUAGES = {"BE": "fr", "HK": "en", "IE": "en", "IN": "en", "PH": "en", "SG": "en", "US": "en", "ZA": "en"}
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,24}")


@dataclass(frozen=True, slots=True)
class CountryDefaults:
    """What a site in a country begins with."""

    currency: str
    time_zone: str
    locale: str


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """A site as somebody wants it. Blank currency, time zone and locale follow from the country."""

    name: str
    country: str
    kind: str = "RESTAURANT"
    currency: str = ""
    time_zone: str = ""
    locale: str = ""
    address_line_1: str = ""
    address_line_2: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    email: str = ""
    phone: str = ""
    manager_id: UUID | None = None
    capacity: int | None = None
    is_head_office: bool = False
    is_default: bool = False
    day_cutover_hour: int = 4
    allows_negative: bool = True
    prices_include_tax: bool = False
    food_cost_target: Decimal = Decimal("0.3")
    is_active: bool = True
    id: UUID | None = None
    version: int = 0


@cache
def countries() -> dict[str, str]:
    """Code to English name of every country that has a currency in use."""
    names = Locale("en").territories
    return {code: str(name) for code, name in sorted(names.items(), key=lambda pair: pair[1]) if _is_country(code)}


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code in _zones() and bool(get_territory_currencies(code))


@cache
def _zones() -> dict[str, list[str]]:
    """The time zones of each country, in the order of CLDR."""
    found: dict[str, list[str]] = {}
    for zone, country in get_global("zone_territories").items():
        found.setdefault(str(country), []).append(str(zone))
    return found


@cache
def _clocks() -> frozenset[str]:
    """Every time zone this computer knows, read from its disk once: that takes longer than all else about a site."""
    return frozenset(available_timezones())


@cache
def time_zones() -> tuple[str, ...]:
    """Every time zone that is a place."""
    return tuple(
        sorted(zone for zone in _clocks() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/")))
    )


@cache
def locales() -> dict[str, str]:
    """Identifier to English name of the ways of writing that belong to a country."""
    found = {}
    for code in countries():
        for language in (*get_official_languages(code, regional=True, de_facto=True), "en"):
            locale = _locale(f"{language}_{code}")
            if locale is not None:
                found[str(locale)] = str(locale.get_display_name("en"))
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def _locale(identifier: str) -> Locale | None:
    try:
        return Locale.parse(identifier)
    except (UnknownLocaleError, ValueError, TypeError):
        return None


@cache
def defaults_of(country: str) -> CountryDefaults | None:
    """What a country says; None for what is no country."""
    if country not in countries():
        return None
    zones = [zone for zone in _zones()[country] if zone in _clocks()]
    languages = (MAIN_LANGUAGES.get(country), *get_official_languages(country, de_facto=True), "en")
    written = (_locale(f"{language}_{country}") for language in languages if language)
    return CountryDefaults(
        get_territory_currencies(country)[0],
        MAIN_ZONES.get(country) or (zones[0] if zones else "UTC"),
        str(next((locale for locale in written if locale), "en_GB")),
    )


def completed(draft: SiteDraft) -> SiteDraft:
    """The draft with trimmed words and what follows from its country; raises UserError with all problems."""
    words: dict[str, Any] = {
        field: " ".join((getattr(draft, field) or "").split())
        for field in SiteDraft.__slots__
        if isinstance(getattr(draft, field), str | None) and field not in ("manager_id", "capacity", "id")
    }
    tidy = replace(draft, **{**words, "country": words["country"].upper(), "currency": words["currency"].upper()})
    said = defaults_of(tidy.country)
    if said is not None:
        tidy = replace(
            tidy,
            currency=tidy.currency or said.currency,
            time_zone=tidy.time_zone or said.time_zone,
            locale=tidy.locale or said.locale,
        )
    problems = [*_word_problems(tidy), *_place_problems(tidy), *_number_problems(tidy)]
    if problems:
        raise UserError("This site cannot be saved yet.", problems)
    return tidy


def _word_problems(draft: SiteDraft) -> Iterator[Problem]:
    if not draft.name:
        yield Problem("A site needs a name.", "name")
    elif len(draft.name) > 120:
        yield Problem(say("This has {count} letters; there is room for 120.", count=len(draft.name)), "name")
    if draft.kind not in KINDS:
        yield Problem(
            say("Choose what the site is: {kinds}.", kinds=either([word(kind) for kind in KINDS.values()])), "kind"
        )
    if draft.email and not _EMAIL.fullmatch(draft.email):
        yield Problem(say("{email} is not an e-mail address.", email=draft.email), "email")
    if draft.phone and not _PHONE.fullmatch(draft.phone):
        yield Problem(say("{phone} is not a phone number. Write it like +39 06 1234567.", phone=draft.phone), "phone")


def _place_problems(draft: SiteDraft) -> Iterator[Problem]:
    if defaults_of(draft.country) is None:
        yield Problem("Choose the country: currency, clock and writing follow from it.", "country")
        return
    if draft.currency not in list_currencies():
        yield Problem(
            say("{currency} is not a currency code. Use three letters, such as EUR.", currency=draft.currency),
            "currency",
        )
    if draft.time_zone not in _clocks():
        yield Problem(
            say("{time_zone} is not a time zone. Use one such as Europe/Rome.", time_zone=draft.time_zone), "time_zone"
        )
    if _locale(draft.locale) is None:
        yield Problem(say("{locale} is not a way of writing. Use one such as it_IT.", locale=draft.locale), "locale")


def _number_problems(draft: SiteDraft) -> Iterator[Problem]:
    if draft.capacity is not None and not 0 <= draft.capacity <= LARGEST_CAPACITY:
        yield Problem("The capacity is 0 or more, and not absurdly large.", "capacity")
    if not 0 <= draft.day_cutover_hour <= LATEST_CUTOVER:
        yield Problem("The business day ends between midnight (0) and noon (12).", "day_cutover_hour")
    if not 0 <= draft.food_cost_target <= 1:
        yield Problem("The target lies between 0% and 100%.", "food_cost_target")
    if draft.is_default and not draft.is_active:
        yield Problem("The default site cannot be closed. Make another one the default first.", "is_active")
