"""Certificates for servers of the tests, by an authority of their own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Signs certificates; its own lies in a file."""

    name: str
    key: ec.EllipticCurvePrivateKey
    file: Path

    def sign(self, host: str, certificate: Path, key_file: Path, *, days: int = 30) -> None:
        """Write a certificate for a host and its key; with negative days it has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        signed = (
            _builder(host, self.name, key, days).add_extension(names, critical=False).sign(self.key, hashes.SHA256())
        )
        certificate.write_bytes(signed.public_bytes(Encoding.PEM))
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def new_authority(folder: Path, name: str) -> Authority:
    """An authority whose certificate is written to the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = _builder(name, name, key, 30).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    file = folder / f"{name}.crt"
    file.write_bytes(own.add_extension(usage, critical=True).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return Authority(name, key, file)


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 60 * DAY)
        .not_valid_after(now + days * DAY)
    )
