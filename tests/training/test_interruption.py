"""Ctrl-C and SIGTERM wait for the step under way, once; outside of training they act at once."""

import os
import signal

import pytest

from depthlab.training import Interrupted, Interruption

SIGNALS = [signal.SIGINT, signal.SIGTERM]


def send(signum: int) -> None:
    os.kill(os.getpid(), signum)


@pytest.mark.parametrize("signum", SIGNALS)
def test_outside_of_training_a_signal_acts_at_once(signum: signal.Signals) -> None:
    with pytest.raises(Interrupted) as raised, Interruption():
        send(signum)
    assert raised.value.signum == signum
    assert str(raised.value) == signum.name


@pytest.mark.parametrize("signum", SIGNALS)
def test_in_training_a_signal_waits_until_it_is_asked_for(signum: signal.Signals) -> None:
    with Interruption() as interruption:
        interruption.raise_if_requested()  # nothing has come
        interruption.deferred = True
        send(signum)
        assert interruption.signum == signum
        with pytest.raises(Interrupted) as raised:
            interruption.raise_if_requested()
    assert raised.value.signum == signum


def test_the_second_signal_acts_at_once() -> None:
    with Interruption() as interruption:
        interruption.deferred = True
        send(signal.SIGINT)
        with pytest.raises(Interrupted) as raised:
            send(signal.SIGTERM)
    assert raised.value.signum == signal.SIGTERM


def test_no_handler_of_failures_catches_an_interruption() -> None:
    assert not issubclass(Interrupted, Exception)


@pytest.mark.parametrize("fails", [False, True])
def test_handlers_are_put_back(fails: bool) -> None:
    before = [signal.getsignal(signum) for signum in SIGNALS]
    try:
        with Interruption():
            assert [signal.getsignal(signum) for signum in SIGNALS] != before
            if fails:
                raise KeyError
    except KeyError:
        pass
    assert [signal.getsignal(signum) for signum in SIGNALS] == before
