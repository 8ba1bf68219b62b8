"""`manage.py bench adt` says what it measures; the figures themselves are not tests."""

from interop.pam_store import bench
from tests.feeds.hospitals import Feeds


def test_both_readers_agree_and_each_line_says_its_rate(feeds: Feeds) -> None:
    lines = [rate.line() for rate in bench.reading(6)]
    assert [line[:30].strip() for line in lines] == [
        "lus et typés, tous segments",
        "traits du PID, lus ici",
        "traits du PID, lus par hl7apy",
        "lus, décidés et répondus, en m",
    ]
    assert all("messages/s" in line for line in lines)


def test_every_message_of_the_bench_is_accepted_and_stored(feeds: Feeds) -> None:
    messages = bench.feed(40)
    assert len(set(messages)) == 40
    assert {feeds.send(raw).code for raw in messages} == {"AA"}
    assert feeds.count("patients_feedmessage") == 40
    feeds.coherent()
