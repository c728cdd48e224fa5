"""Words for times, read as cron lines."""

import pytest

from sponde_server.chat.commands.when import read
from sponde_server.core.errors import Invalid


@pytest.mark.parametrize(
    ("text", "cron", "zone"),
    [
        ("every weekday at 9", "0 9 * * 1-5", ""),
        ("daily 7:30 Europe/Berlin", "30 7 * * *", "Europe/Berlin"),
        ("every day at 7.30", "30 7 * * *", ""),
        ("daily at 9pm", "0 21 * * *", ""),
        ("12am every day", "0 0 * * *", ""),
        ("every monday and thursday at 18:00 UTC", "0 18 * * 1,4", "UTC"),
        ("mon-fri 8:15", "15 8 * * 1-5", ""),
        ("tuesday to friday at noon", "0 12 * * 2-5", ""),
        ("friday to sunday at 6", "0 6 * * 5-7", ""),
        ("weekends at 10", "0 10 * * 0,6", ""),
        ("every 15 minutes", "*/15 * * * *", ""),
        ("every 2 hours", "0 */2 * * *", ""),
        ("hourly", "0 * * * *", ""),
        ("every hour", "0 * * * *", ""),
        ("on the 1st of every month at 6", "0 6 1 * *", ""),
        ("monthly on the 1st and 15th at 6:00", "0 6 1,15 * *", ""),
        ("last day of the month at 23:30", "30 23 L * *", ""),
        ("every day at 9 and 17", "0 9,17 * * *", ""),
        ("weekly", "0 8 * * 1", ""),
        ("every morning", "0 8 * * *", ""),
        ("at midnight", "0 0 * * *", ""),
        ("0 8 * * 1-5", "0 8 * * 1-5", ""),
        ("*/5  * * * *  America/New_York", "*/5 * * * *", "America/New_York"),
        ("9:00", "0 9 * * *", ""),
    ],
)
def test_words_become_a_cron_line(text, cron, zone):
    when = read(text)
    assert (when.cron, when.zone) == (cron, zone)


def test_a_time_that_nobody_said_is_told():
    assert "8:00" in read("every friday").note


@pytest.mark.parametrize(
    "text",
    ["", "soon", "every day at 9 unless it rains", "every 7 minutes", "daily at 13pm",
     "daily at 9:10 and 8:20", "daily Nowhere/City"],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_the_way_out(text):
    with pytest.raises(Invalid) as refused:
        read(text)
    assert refused.value.hint
