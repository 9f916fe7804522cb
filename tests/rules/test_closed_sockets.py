"""The guard itself: nothing but this machine can be reached from a test."""

import socket

import pytest
import requests

from tests.support import sockets

pytest_plugins = ["pytester"]


def test_another_machine_cannot_be_reached() -> None:
    with pytest.raises(sockets.OutsideCall), socket.socket() as probe:
        probe.connect(("192.0.2.1", 80))
    assert sockets.ATTEMPTS == ["('192.0.2.1', 80)"]
    sockets.ATTEMPTS.clear()


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_request_to_a_literal_address_is_stopped_before_it_leaves() -> None:
    with pytest.raises(sockets.OutsideCall):
        requests.get("http://169.254.169.254/latest/", timeout=2)
    sockets.ATTEMPTS.clear()


def test_names_of_other_machines_do_not_resolve() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("api.example.com", 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1"])
def test_this_machine_stays_reachable(host: str) -> None:
    assert sockets.is_loopback(host)


def test_a_connection_to_this_machine_goes_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_an_attempt_that_the_code_swallowed_still_fails_its_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.conftest import closed_sockets")
    pytester.makepyfile(
        "from tests.support import sockets\ndef test_swallows():\n    sockets.ATTEMPTS.append('192.0.2.1')\n"
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:playwright").assert_outcomes(passed=1, errors=1)
