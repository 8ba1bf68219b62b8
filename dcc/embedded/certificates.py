"""A throw-away certificate authority for one machine, so that the demo and the tests speak real mutual TLS.

The authority's private key is never written: once the two certificates are signed, nobody can sign a third.
"""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = datetime.timedelta(days=397)
RENEWED_BEFORE = datetime.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """PEM files of one state folder."""

    authority: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path


def ensure_certificates(folder: Path) -> Certificates:
    """The certificates of this folder, made on first use and again shortly before they expire."""
    paths = Certificates(
        authority=folder / "ca.pem",
        server=folder / "server.pem",
        server_key=folder / "server.key",
        client=folder / "client.pem",
        client_key=folder / "client.key",
    )
    if not _still_valid(paths):
        _make(paths)
    return paths


def _still_valid(paths: Certificates) -> bool:
    try:
        limits = [
            x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
            for path in (paths.authority, paths.server, paths.client)
        ]
    except (OSError, ValueError):
        return False
    if not (paths.server_key.exists() and paths.client_key.exists()):
        return False
    return min(limits) - RENEWED_BEFORE > datetime.datetime.now(datetime.UTC)


def _make(paths: Certificates) -> None:
    paths.authority.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("Autorité locale de démonstration DCC")
    authority = (
        _builder(subject=authority_name, issuer=authority_name, key=authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    loopback = [x509.IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")]
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), *loopback])
    for label, usage, certificate_path, key_path in (
        ("localhost", ExtendedKeyUsageOID.SERVER_AUTH, paths.server, paths.server_key),
        ("Application DCC de démonstration", ExtendedKeyUsageOID.CLIENT_AUTH, paths.client, paths.client_key),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(subject=_name(label), issuer=authority_name, key=key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
            )
        )
        if usage == ExtendedKeyUsageOID.SERVER_AUTH:
            builder = builder.add_extension(names, critical=False)
        _write(certificate_path, builder.sign(authority_key, hashes.SHA256()).public_bytes(_PEM))
        _write(key_path, key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    _write(paths.authority, authority.public_bytes(_PEM))  # last: its presence says the set is complete


_PEM = serialization.Encoding.PEM


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(*, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
