"""What may be told about a visit, and how a fault is named."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_teams.domain.codes import SkillLevel
from community_teams.domain.form_fields import nested
from community_teams.domain.visit_columns import column_values, plain_column_values, plain_issue, plain_person
from community_teams.domain.visits import read_visit
from community_teams.sample.visit_ids import visit_id
from foundation.free_text import number_fault
from foundation.problems import Invalid

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
WHOLE = {
    "id": "019aa1b2-0000-7000-8000-000000000001",
    "household": "7c0e0000-0000-4000-8000-000000000001",
    "outcome": "met_done",
    "reason": None,
    "started_at": "2026-11-21T08:30:00+07:00",
    "ended_at": "2026-11-21T08:48:10+07:00",
    "form_version": 1,
    "app_version": "1.0.0",
    "input_type": "phone",
    "visit_type": "first",
    "consent": {"level": "code", "text_version": "2026-11", "how": "spoken"},
    "language_used": ["mtq"],
    "size": {"adults": 3, "aged_60plus": 1, "children_under_6": 0, "children_6_13": 1},
    "newborn_pending": False,
    "devices": {"smart": 1, "basic": 1, "shared": True, "problems": ["old"]},
    "network": {"viettel": "weak", "vinaphone": "none"},
    "power": "grid",
    "people": [
        {
            "age_band": "60-69",
            "vneid_level": "level1",
            "documents": ["bhyt"],
            "skills": {"video_call": 2, "otp_secret": 0, "wifi": None},
            "helped_with": ["lesson"],
            "lessons": ["an-toan-otp"],
        }
    ],
    "issues": [{"type": "signal", "level": "carrier", "note": ""}],
    "trip_saved_km": 18,
    "satisfaction": 3,
    "next_visit_on": "2026-12-01",
    "note": "",
    "supersedes": None,
}
LEAST = {key: WHOLE[key] for key in ("id", "household", "outcome", "started_at", "form_version")}


def faults(record, **changes):
    with pytest.raises(Invalid) as problem:
        read_visit(record | changes, now=NOW)
    return problem.value.fields


def test_the_whole_record_of_a_phone_is_understood():
    report = read_visit(WHOLE, now=NOW)

    assert report.size.children_under_6 == 0
    assert report.people[0].skills == {"video_call": SkillLevel.ALONE, "otp_secret": SkillLevel.NOT_YET}


def test_what_was_not_asked_stays_unknown():
    report = read_visit(LEAST, now=NOW)

    assert (report.size, report.wifi, report.satisfaction, report.trip_saved_km) == (None, None, None, None)
    assert report.people == []


def test_every_fault_is_named_at_once():
    found = faults(
        WHOLE,
        outcome="nowhere",
        started_at="2026-11-21T13:00:00+07:00",
        trip_saved_km=501,
        note="Căn cước 038 085 001 234",
        size={"adults": 31, "aged_60plus": "ba"},
        people=[{"skills": {"video_call": 3, "flying": 1}}],
        surprise="!",
    )

    assert found == {
        "outcome": "not_a_choice",
        "started_at": "in_the_future",
        "trip_saved_km": "out_of_range",
        "note": "identity_number",
        "size.adults": "out_of_range",
        "size.aged_60plus": "not_a_number",
        "people.0.skills.video_call": "not_a_choice",
        "people.0.skills.flying": "not_a_choice",
        "surprise": "unknown_field",
    }


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "not-a-uuid", "not_an_id"),
        ("household", None, "not_an_id"),
        ("started_at", "2026-11-21T08:30:00", "no_time_zone"),
        ("started_at", "hôm qua", "not_a_time"),
        ("started_at", "1970-01-01T00:00:00Z", "too_long_ago"),
        ("started_at", "0001-01-01T00:00:00+14:00", "too_long_ago"),
        ("started_at", "9999-12-31T23:59:59-14:00", "in_the_future"),
        ("ended_at", "2026-11-21T08:29:59+07:00", "before_start"),
        ("ended_at", "9999-12-31T23:59:59-14:00", "out_of_range"),
        ("next_visit_on", "2026-11-20", "before_visit"),
        ("next_visit_on", "2028-01-01", "too_far_ahead"),
        ("next_visit_on", "mai", "not_a_date"),
        ("note", "x" * 501, "too_long"),
        ("reason", "x" * 300, "too_long"),
        ("note", "a\x00b", "control_character"),
        ("note", "\ud800", "control_character"),
        ("note", "Bác Tư, 0912 345 678", "phone_number"),
        ("satisfaction", 0, "out_of_range"),
        ("trip_saved_km", 10**40, "out_of_range"),
        ("size", {"adults": 2, "aged_60plus": 3}, None),
        ("newborn_pending", "có thể", "not_yes_or_no"),
        ("people", [{}] * 11, "too_many"),
        ("people", "nobody", "not_understood"),
        ("language_used", ["<script>"], None),
        ("consent", None, "needs_consent"),
        ("consent", {"level": "none", "text_version": "2026-11", "how": "spoken"}, "needs_consent"),
        ("outcome", "not_home", None),
    ],
)
def test_a_fault_has_a_code_of_its_own(field, value, code):
    found = faults(WHOLE, **{field: value})

    if code:
        assert found == {field: code}
    else:
        assert len(found) == 1


def test_nobody_at_home_can_have_agreed():
    assert faults(WHOLE, outcome="not_home") == {"consent": "nobody_met"}


def test_there_cannot_be_more_people_over_60_than_adults():
    assert faults(WHOLE, size={"adults": 2, "aged_60plus": 3}) == {"size.aged_60plus": "more_than_adults"}


def test_a_phone_whose_clock_runs_ahead_is_believed_by_its_offset():
    late = LEAST | {"started_at": "2026-11-21T14:00:00+07:00"}

    assert faults(late) == {"started_at": "in_the_future"}
    assert read_visit(late, now=NOW, clock_offset=3 * 3600)


def test_the_hash_is_of_what_was_told_not_of_how():
    same = WHOLE | {"started_at": "2026-11-21T01:30:00Z", "language_used": ["mtq"], "support_given": None}

    assert read_visit(same, now=NOW).content_hash() == read_visit(WHOLE, now=NOW).content_hash()
    assert read_visit(WHOLE | {"note": "khác"}, now=NOW).content_hash() != read_visit(WHOLE, now=NOW).content_hash()


def test_the_hash_does_not_depend_on_the_order_of_what_is_told():
    def turned(told):
        if isinstance(told, dict):
            return {name: turned(answer) for name, answer in reversed(told.items())}
        return [turned(answer) for answer in told] if isinstance(told, list) else told

    answers = WHOLE | {
        "network": {"viettel": "weak", "vinaphone": "none"},
        "needs_support": {"seeing": 1, "hearing": 2},
        "people": [{"age_band": "60-69", "skills": {"wifi": 2, "video_call": 0}}],
    }
    assert read_visit(turned(answers), now=NOW).content_hash() == read_visit(answers, now=NOW).content_hash()


def test_the_hash_of_what_was_told_is_made_as_ever():
    # A visit that is sent again after the server was upgraded has to meet itself; never change this figure.
    kept = "6852c5bfc15e4678856f593422cf051d4c938f33ea8b659ce365a4d7eb6e27ad"

    assert read_visit(WHOLE, now=NOW).content_hash() == kept


def test_the_hash_does_not_give_away_a_household_that_may_not_be_named():
    consent = {"level": "count", "text_version": "2026-11", "how": "spoken"}
    one = read_visit(WHOLE | {"consent": consent}, now=NOW)
    other = read_visit(WHOLE | {"consent": consent, "household": "00000000-0000-4000-8000-000000000002"}, now=NOW)

    assert one.content_hash() == other.content_hash()


SEPARATORS = st.sampled_from(["", " ", ".", "-", " - ", "\u00a0", "–"])


@given(
    digits=st.text("0123456789", min_size=9, max_size=9) | st.text("0123456789", min_size=12, max_size=12),
    data=st.data(),
)
def test_an_identity_number_is_found_however_it_is_spaced(digits, data):
    spaced = "".join(digit + data.draw(SEPARATORS) for digit in digits)

    # What happens to read as days, such as 01.01.2001, may stay.
    if not any(f".{year}" in spaced or f"-{year}" in spaced for year in ("19", "20")):
        assert number_fault(f"Bác Tư số {spaced}nhé") is not None


@given(st.text(st.characters(exclude_categories=["Nd", "Cs"])))
def test_words_without_digits_are_no_numbers(text):
    assert number_fault(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Hẹn 21/11/2026 lúc 8 giờ 30",
        "Nhà có 3 - 4 người, 60 - 70 tuổi",
        "Ngõ 12, hộ M1-017",
        "Mất 120.000 đồng",
        "20.11.2026 9h",
    ],
)
def test_ordinary_numbers_may_stay(text):
    assert number_fault(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("038085001234", "identity_number"),
        ("nhà 5 038085001234", "identity_number"),
        ("172 345 678", "identity_number"),
        ("TK 10987654321234", "identity_number"),
        ("０３８０８５００１２３４", "identity_number"),
        ("038\u200b085\u200b001\u200b234", "identity_number"),
        ("gọi 0912.345.678", "phone_number"),
    ],
)
def test_numbers_never_kept_are_found(text, code):
    assert number_fault(text) == code


def test_a_form_reads_as_the_phones_json():
    assert nested(
        [
            ("outcome", "met_done"),
            ("size.adults", "3"),
            ("people.1.skills.video_call", "2"),
            ("people.1.documents", "bhyt"),
            ("people.1.documents", "vehicle"),
            ("note", "  "),
        ]
    ) == {
        "outcome": "met_done",
        "size": {"adults": "3"},
        "people": [{}, {"skills": {"video_call": "2"}, "documents": ["bhyt", "vehicle"]}],
    }


@given(st.lists(st.tuples(st.text("people.0129ax_", max_size=20) | st.text(max_size=8), st.text(max_size=4))))
def test_no_form_is_strange_enough_to_break_the_reading(pairs):
    record = {key: value for key, value in nested(pairs).items() if key not in LEAST}

    # Anything but a refusal would fail here.
    with suppress(Invalid):
        read_visit(LEAST | record, now=NOW)


def test_ids_made_later_sort_later():
    first = visit_id(NOW, bytes(10))
    second = visit_id(NOW + timedelta(milliseconds=1), bytes(10))

    assert first < second
    assert (first.version, first.variant) == (7, "specified in RFC 4122")


@pytest.mark.parametrize("answers", [WHOLE, LEAST])
def test_stored_values_are_the_answers_whether_plain_or_not(answers):
    report = read_visit(answers, now=NOW)
    stored = report.to_json()

    assert plain_column_values(report, stored) == column_values(report)
    assert [plain_person(each) for each in stored.get("people", ())] == [vars(person) for person in report.people]
    assert [plain_issue(each) for each in stored.get("issues", ())] == [vars(issue) for issue in report.issues]
