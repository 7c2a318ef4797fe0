"""The signing key for a request."""

from flask import current_app

from foundation import clock
from foundation.web.database import session, transaction
from learning.services.award_keys import SigningKey, signing_key, usable_key


def key_to_sign() -> SigningKey:
    """The newest active key; made on first use."""
    secret = current_app.extensions["settings"].signing_key()
    key = usable_key(session(), secret=secret)
    if key is None:
        with transaction() as writing:
            key = signing_key(writing, secret=secret, now=clock.now())
    return key
