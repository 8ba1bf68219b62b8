"""Certificates of the local peers: made once, renewed before they expire, and signed by an authority without a key."""

from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from dcc.embedded.certificates import ensure_certificates


def test_they_are_made_once(tmp_path: Path) -> None:
    first = ensure_certificates(tmp_path).server.read_bytes()
    assert ensure_certificates(tmp_path).server.read_bytes() == first


def test_a_damaged_set_is_made_again(tmp_path: Path) -> None:
    paths = ensure_certificates(tmp_path)
    paths.client.write_text("not a certificate")
    repaired = ensure_certificates(tmp_path)
    x509.load_pem_x509_certificate(repaired.client.read_bytes())


def test_each_serves_one_purpose_and_no_key_can_sign_another(tmp_path: Path) -> None:
    paths = ensure_certificates(tmp_path)
    authority = x509.load_pem_x509_certificate(paths.authority.read_bytes())
    for path, usage in (
        (paths.server, ExtendedKeyUsageOID.SERVER_AUTH),
        (paths.client, ExtendedKeyUsageOID.CLIENT_AUTH),
    ):
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        certificate.verify_directly_issued_by(authority)
        assert list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [usage]
        assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "ca.pem",
        "client.key",
        "client.pem",
        "server.key",
        "server.pem",
    ]
