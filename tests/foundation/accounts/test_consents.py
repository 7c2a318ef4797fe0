from datetime import timedelta

import pytest

from foundation.accounts.services.consents import give_consent, withdraw_consent

SUBJECT = {"subject": "household:7c0e", "purpose": "cell"}


@pytest.fixture
def give(session, now):
    def give(text_version="2026-11", **more):
        words = {"text_version": text_version, "how": "spoken", "recorded_by": "to-vien", "now": now}
        return give_consent(session, **SUBJECT | words | more)

    return give


def test_a_consent_given_twice_is_kept_once(give, now):
    assert give() is give(now=now + timedelta(days=1))


def test_a_new_text_asks_for_a_new_consent(give):
    assert give("2026-11") is not give("2027-01")


def test_a_withdrawn_consent_stays_known_and_counts_no_more(give, session, now):
    given = give()

    assert withdraw_consent(session, **SUBJECT, now=now) == 1
    assert withdraw_consent(session, **SUBJECT, now=now) == 0
    assert given.withdrawn_at == now
    assert give() is not given
