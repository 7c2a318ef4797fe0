"""Turns what pydantic found wrong into our own stable codes, one a field."""

from pydantic import ValidationError

LONGEST_NAME = 80

_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_too_long": "too_long",
    "string_too_short": "missing",
    "string_unicode": "control_character",
    "string_pattern_mismatch": "not_understood",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "enum": "not_a_choice",
    "literal_error": "not_a_choice",
    "int_parsing": "not_a_number",
    "int_type": "not_a_number",
    "int_from_float": "not_a_number",
    "int_parsing_size": "out_of_range",
    "bool_parsing": "not_yes_or_no",
    "bool_type": "not_yes_or_no",
    "uuid_parsing": "not_an_id",
    "uuid_type": "not_an_id",
    "datetime_parsing": "not_a_time",
    "datetime_from_date_parsing": "not_a_time",
    "datetime_type": "not_a_time",
    "datetime_object_invalid": "not_a_time",
    "timezone_aware": "no_time_zone",
    "date_parsing": "not_a_date",
    "date_type": "not_a_date",
    "date_from_datetime_parsing": "not_a_date",
    "date_from_datetime_inexact": "not_a_date",
    "too_long": "too_many",
}

# Faults of our own validators already are codes.
OUR_OWN = frozenset(
    {
        "already_past",
        "control_character",
        "before_start",
        "before_visit",
        "identity_number",
        "in_the_future",
        "more_than_adults",
        "needs_consent",
        "nobody_met",
        "out_of_range",
        "phone_number",
        "too_far_ahead",
        "too_long_ago",
        "too_old",
    }
)


def codes_by_field(error: ValidationError) -> dict[str, str]:
    """{"people.0.skills.video_call": "not_a_choice"}: each faulty field once, by the name the form gives it.

    A fault of the whole record has the name "record". An unknown kind of fault has the code "not_understood".
    """
    faults: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        name = ".".join(str(part) for part in fault["loc"] if part != "[key]")[:LONGEST_NAME] or "record"
        # A lone surrogate, which JSON may contain, cannot be encoded.
        name = name.encode("utf-8", "replace").decode()
        kind = fault["type"]
        faults.setdefault(name, kind if kind in OUR_OWN else _CODES.get(kind, "not_understood"))
    return faults
