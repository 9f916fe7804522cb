"""Sealing single values at rest: AES-GCM bound to table, row and column, with a key derived from the installation's own."""

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "v1"
NONCE_BYTES = 12


class Unsealable(Exception):
    """The value is damaged, or was sealed for another place than the one it stands in."""


class WrongKey(Unsealable):
    """The value was sealed under another SECRET_KEY than the one in force."""

    def __init__(self, sealed_under: str, ours: str) -> None:
        super().__init__(f"sealed under the key {sealed_under}, and SECRET_KEY gives {ours}: it was changed")


class Sealer:
    """Seals and opens with one key. `key_id` tells keys apart without telling them; it stands before each sealed value."""

    def __init__(self, secret_key: str) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vouchdesk sealed values").derive(
            secret_key.encode()
        )
        self.key_id = hashlib.sha256(b"key id" + key).hexdigest()[:8]
        self._box = AESGCM(key)

    def seal(self, text: str, *, table: str, row: int, column: str) -> str:
        """The text as `v1.<key>.<base64 of nonce and ciphertext>`, which opens only for the same table, row and column."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        closed = nonce + self._box.encrypt(nonce, text.encode(), _place(table, row, column))
        return f"{VERSION}.{self.key_id}.{base64.urlsafe_b64encode(closed).decode()}"

    def open(self, sealed: str, *, table: str, row: int, column: str) -> str:
        """The text again. Raises WrongKey when another key sealed it, Unsealable when it is damaged or stands elsewhere."""
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        if version != VERSION or not key_id or not body:
            raise Unsealable("this is no sealed value")
        if key_id != self.key_id:
            raise WrongKey(key_id, self.key_id)
        try:
            closed = base64.urlsafe_b64decode(body)
            if base64.urlsafe_b64encode(closed).decode() != body:
                raise Unsealable("damaged")
            return self._box.decrypt(closed[:NONCE_BYTES], closed[NONCE_BYTES:], _place(table, row, column)).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise Unsealable("damaged, or sealed for another place") from None


def _place(table: str, row: int, column: str) -> bytes:
    return f"{table}\0{row}\0{column}".encode()
