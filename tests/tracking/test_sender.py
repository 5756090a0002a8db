"""What is sent arrives in spite of errors, and nobody waits longer than patience for a store that is away."""

import time
from collections.abc import Callable

from depthlab.tracking.sender import Sender

SOON = 0.01  # seconds


class Store:
    """Is away for some sendings, and keeps which of them were the end."""

    def __init__(self, away: int = 0) -> None:
        self.away, self.asked = away, 0
        self.arrived: list[bool] = []

    def __call__(self, ending: bool) -> None:
        self.asked += 1
        if self.asked <= self.away:
            raise OSError("postgresql://me:secret@host is\n away")
        self.arrived.append(ending)


def started(send: Callable[[bool], None], every: float = SOON) -> Sender:
    sender = Sender(send, name="test", every=every)
    sender.start()
    return sender


def test_the_end_is_sent_once_and_last() -> None:
    store = Store()
    sender = started(store)
    while store.asked < 3:
        time.sleep(SOON)
    sender.end(patience=0)
    sender.wait()
    assert store.arrived == [False] * (len(store.arrived) - 1) + [True]
    assert sender.trouble is None


def test_a_store_that_is_away_for_a_while_gets_all_of_it() -> None:
    store = Store(away=2)
    sender = started(store, every=60)
    sender.wait_for_answer()
    sender.end(patience=30)
    sender.wait()
    assert store.arrived == [True]
    assert sender.reason == "postgresql://me:***@host is away"


def test_patience_ends_with_a_reason() -> None:
    store = Store(away=10**6)
    sender = started(store)
    begin = time.monotonic()
    sender.end(patience=0.1)
    sender.wait()
    assert store.arrived == [] and time.monotonic() - begin < 10
    assert isinstance(sender.trouble, OSError)


def test_who_waits_for_an_answer_need_not_wait_for_what_is_sent_after_it() -> None:
    goes_on = []

    def send(ending: bool) -> None:
        sender.note_answer()
        while not goes_on:
            time.sleep(SOON)

    sender = Sender(send, name="test", every=60)
    sender.start()
    sender.wait_for_answer()
    goes_on.append(True)
    sender.end(patience=0)
    sender.wait()


def test_sending_may_ask_for_a_longer_pause() -> None:
    store = Store()

    def send(ending: bool) -> None:
        store(ending)
        sender.pause = 60

    sender = Sender(send, name="test", every=SOON)
    sender.start()
    sender.wait_for_answer()
    time.sleep(20 * SOON)
    assert store.asked == 1
    sender.end(patience=0)  # wakes it
    sender.wait()
    assert store.arrived == [False, True]
