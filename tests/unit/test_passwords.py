"""The hash that stands in for users who do not exist, so that a name cannot be guessed by how long the answer takes."""

from webapp.actions import passwords


def test_an_unknown_name_costs_what_a_known_one_does() -> None:
    assert not passwords._hasher.check_needs_rehash(passwords.NO_USER), "its parameters are not those of today's hashes"


def test_no_password_is_right_for_it() -> None:
    assert not passwords.verify(passwords.NO_USER, "")
    assert passwords.verify(passwords.hash_password("a long passphrase"), "a long passphrase")
