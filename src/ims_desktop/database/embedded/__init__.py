"""A PostgreSQL server of our own on this computer: no installation, no administrator, no open door."""

from ims_desktop.database.embedded.address import Address
from ims_desktop.database.embedded.programs import older_binaries, wheel_binaries
from ims_desktop.database.embedded.server import EmbeddedServer, default_data

__all__ = ["Address", "EmbeddedServer", "default_data", "older_binaries", "wheel_binaries"]
