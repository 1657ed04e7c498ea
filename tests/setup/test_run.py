"""Starting the centre: what would go wrong later is said before anything is started."""

import socket

import pytest

from deploy import run


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "８０００", "-1"])
def test_a_senseless_port_is_refused(port, capsys):
    assert run.main({"PORT": port}) == 1
    assert "PORT" in capsys.readouterr().err


def test_a_taken_port_is_refused_with_the_way_out(capsys):
    with socket.socket() as other:
        other.bind((run.HOST, 0))
        other.listen()
        port = other.getsockname()[1]

        assert run.main({"PORT": str(port)}) == 1

    assert f"Port {port} is taken" in capsys.readouterr().err


def test_wrong_settings_are_named_before_anything_is_started(capsys):
    with socket.socket() as free:
        free.bind((run.HOST, 0))
        port = free.getsockname()[1]

    assert run.main({"PORT": str(port), "EXAM_CENTRE_MAILER": "pigeon"}) == 1
    assert "EXAM_CENTRE_MAILER" in capsys.readouterr().err
