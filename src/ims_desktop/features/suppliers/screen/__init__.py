"""The pages of suppliers: the list of them, and the price list over all of them."""

from ims_desktop.features.suppliers.screen.offers import FIND_OFFERS, build_offers
from ims_desktop.features.suppliers.screen.suppliers import FIND, SPEC, build

__all__ = ["FIND", "FIND_OFFERS", "SPEC", "build", "build_offers"]
