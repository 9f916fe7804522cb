"""The installation's signing key of the audit log: made at first start in the data folder, readable by its user alone."""

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from webapp.audit_verifier import canonical

PRIVATE, PUBLIC = "audit-signing.pem", "audit-public.pem"


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key; `key_id` names it wherever a signature stands."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def public_text(self) -> str:
        """The public key as it stands in checkpoints and manifests."""
        return base64.b64encode(self.public).decode()

    @property
    def public_pem(self) -> str:
        """The public key for a file."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def key_id(self) -> str:
        """The first 16 digits of the SHA-256 of the public key."""
        return hashlib.sha256(self.public).hexdigest()[:16]

    def sign(self, record: dict[str, Any], says: str) -> dict[str, Any]:
        """The record with its signature; `says` keeps a signature of one kind of record from standing under another."""
        return {
            **record,
            "signature": base64.b64encode(self.private.sign(says.encode() + canonical(record))).decode(),
        }


def signing_key(data_dir: Path) -> SigningKey:
    """The installation's key, made when there is none. The public one stands beside it, to be handed out."""
    folder = data_dir / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / PRIVATE
    if not path.exists():
        _make(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    found = SigningKey(key)
    public = folder / PUBLIC
    if not public.exists() or public.read_text() != found.public_pem:
        public.write_text(found.public_pem)
    return found


def verify_signature(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """As `audit_verifier.verify_signature`, in a thousandth of its time."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _make(path: Path) -> None:
    """Whole or not at all, and never over a key that is there: another process may be starting too."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f".{PRIVATE}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(descriptor)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
