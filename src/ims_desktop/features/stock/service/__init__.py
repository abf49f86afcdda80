"""What can be done with stock and asked about it."""

from ims_desktop.features.stock.service.documents import Document, DocumentLine, Kind, Posted, outcome, post, reverse

__all__ = ["Document", "DocumentLine", "Kind", "Posted", "outcome", "post", "reverse"]
