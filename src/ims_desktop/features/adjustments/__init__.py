"""Waste and adjustments: what leaves or enters stock for a reason other than a sale or a delivery."""
