"""The settings of rate limits: docs/throttling.md."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings

from foundation.rates import Rate, read_rate


def _read(written: object) -> object:
    if written is None or isinstance(written, Rate):
        return written
    try:
        return read_rate(str(written))
    except ValueError:
        raise PydanticCustomError("not_a_rate", "not a number over a time") from None


# "5/15m": five at once, and five more over each quarter of an hour; "off": no limit.
Limit = Annotated[Rate | None, BeforeValidator(_read)]


def _limit(usual: str, description: str) -> Any:
    return Field(default=usual, validate_default=True, description=description)


class LimitSettings(BaseSettings):
    limit_sign_in_account: Limit = _limit("5/15m", "Wrong passwords for one account, from devices it does not know.")
    limit_sign_in_known_device: Limit = _limit("10/15m", "Wrong passwords for an account on a device it has used.")
    limit_sign_in_device: Limit = _limit("10/15m", "Wrong passwords on one new device, whatever the account.")
    limit_sign_in_address: Limit = _limit("2000/15m", "Wrong passwords from one address, without a device's cookie.")
    limit_sign_in_password: Limit = _limit("20/1h", "Tries of one and the same wrong password, on any account.")
    limit_new_devices: Limit = _limit("200/1h", "New devices that open the sign-in page at one address.")
    limit_own_password: Limit = _limit("10/15m", "Tries of a signed-in person to change their password.")
    limit_card_tries: Limit = _limit("60/15m", "Wrong pictures for learning cards on one phone or from one address.")
    limit_help_codes: Limit = _limit("20/15m", "Wrong help codes typed on one phone or from one address.")
    limit_letter_codes: Limit = _limit("300/15m", "Codes of letters that do not exist, asked from one address.")
    limit_new_learners: Limit = _limit("300/1h", "New phones and learners from one address.")
    limit_answers: Limit = _limit("3000/1h", "Answers from one phone.")
    limit_prints: Limit = _limit("120/10m", "Booklets, letters and cards drawn for one address.")
    limit_fault_reports: Limit = _limit("20/1h", "Reports of what is wrong in a lesson, from one address.")
