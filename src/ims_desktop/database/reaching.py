"""Why a server was not reached, as one sentence that says what to do."""

import os
import socket
import ssl
import struct

import psycopg

from ims_desktop.database.place import Place, trusted_authorities
from ims_desktop.domain.errors import Offline

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
UNTRUSTED = (
    "The server {server} shows a certificate that no known authority signed. Get the certificate of its authority from"
    " your administrator and name it in DB_SSL_ROOT or the profile; do not connect without."
)
# What OpenSSL finds wrong with a certificate, by its number.
CERTIFICATE = {
    9: "The certificate of {server} is not valid yet. Check the clock of this PC, and then the certificate.",
    10: "The certificate of {server} has expired. Ask your administrator to renew it, and check the clock of this PC.",
    62: "The certificate of {server} is for another name. Use the name it was made for, or have it made for {host}.",
}
# What libpq or the server says, and what it means; the first that fits.
SIGNS = (
    ("failed to resolve host", "The name {host} is not known here. Check it, and the network of this PC."),
    ("could not translate host name", "The name {host} is not known here. Check it, and the network of this PC."),
    ("connection timeout", "Nothing answers at {server} in time. Check the address, and that no firewall is between."),
    ("timeout expired", "Nothing answers at {server} in time. Check the address, and that no firewall is between."),
    ("No route to host", "There is no way to {server} from here. Check the network of this PC, and any VPN."),
    ("Network is unreachable", "There is no way to {server} from here. Check the network of this PC, and any VPN."),
    ("Connection refused", "Nothing listens at {server}. Check the port, and whether the server is running."),
    (
        "does not support SSL",
        "The server {server} does not encrypt, so nothing was sent to it. Its administrator switches TLS on; only in a"
        " network you trust, DB_SSL=disable goes without.",
    ),
    ("does not match host name", CERTIFICATE[62]),
    ("certificate verify failed", UNTRUSTED),
    ("could not read root certificate", "The file {root} holds no certificate. Check DB_SSL_ROOT."),
    ("root certificate file", "The file {root} with the certificate of the authority is not there. Check DB_SSL_ROOT."),
    (
        "channel binding",
        "The server {server} cannot tie the sign-in to its certificate. Let it use scram-sha-256; behind a pooler, set"
        " DB_CHANNEL_BINDING=prefer.",
    ),
    ("invalid response to SSL negotiation", "What answers at {server} is not PostgreSQL. Check the port."),
    ("expected authentication request", "What answers at {server} is not PostgreSQL. Check the port."),
    (
        "unexpected eof",
        "What answers at {server} is not PostgreSQL, or something between cuts the line. Check the port.",
    ),
    ("wrong version number", "What answers at {server} is not PostgreSQL. Check the port."),
    (
        "no pg_hba.conf entry",
        "The server {server} lets nobody in from here. ims-admin network prints the rule it needs.",
    ),
    (
        "pg_hba.conf rejects",
        "The server {server} lets nobody in from here. ims-admin network prints the rule it needs.",
    ),
    ("password authentication failed", "The server {server} refused: the user or the password is not right."),
    ("no password supplied", "The server {server} asks for a password. Set DB_PASSWORD."),
    ("not permitted to log in", "The server {server} refused: this access was ended. Sign in again."),
    ("does not exist", "The server {server} has no database {database} for this user. Check DB_NAME and DB_USER."),
    ("starting up", "The server {server} is just starting. Try again in a minute."),
    ("shutting down", "The server {server} is just stopping. Try again when it is back."),
    ("in recovery", "The server {server} is just recovering. Try again in a minute."),
    ("too many connections", "All connections of this access are in use. Close what is not needed, and try again."),
    ("too many clients", "The server {server} has no connection free. Try again in a minute."),
    ("remaining connection slots", "The server {server} has no connection free. Try again in a minute."),
    (
        "server closed the connection",
        "What answers at {server} closed the line at once. Check the port and the server.",
    ),
)


def unreachable(place: Place, error: psycopg.OperationalError) -> Offline:
    """What to tell about a connection that was not made."""
    words = str(error)
    sentence = next((sentence for sign, sentence in SIGNS if sign in words), "The server {server} cannot be reached.")
    if sentence is UNTRUSTED:
        sentence = CERTIFICATE.get(_verdict(place), UNTRUSTED)
    return Offline(
        sentence.format(
            server=f"{place.host}:{place.port}", host=place.host, database=place.database, root=place.ssl_root
        )
    )


def _verdict(place: Place) -> int:
    """What exactly is wrong with a server's certificate, which libpq does not say: asked once more, by hand."""
    roots = place.ssl_root or trusted_authorities()
    try:
        context = ssl.create_default_context(cafile=None if roots == "system" else roots)
        address = os.environ.get("PGHOSTADDR") or place.host  # where libpq went
        with socket.create_connection((address, place.port), place.connect_timeout) as line:
            line.sendall(SSL_REQUEST)
            if line.recv(1) == b"S":
                context.wrap_socket(line, server_hostname=place.host).close()
    except ssl.SSLCertVerificationError as found:
        return found.verify_code
    except OSError:
        return 0
    return 0
