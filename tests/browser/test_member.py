"""A member of a team signs in on a phone, sees which households are left, records visits and sees them counted."""

import re

import pytest


@pytest.fixture
def member(phone):
    """A phone whose owner has signed in as the sample's member."""
    phone.sign_in("to-vien")
    assert phone.address.endswith("/doi-so")
    return phone


def left_in(phone, hamlet: str) -> int:
    """The big number on a hamlet's card."""
    phone.open("/doi-so")
    card = phone.page.locator("main a", has_text=hamlet).first.inner_text()
    found = re.search(r"(\d+)\s+hộ còn lại", card)
    assert found, card
    return int(found.group(1))


def recorded_today(phone) -> int:
    """How many visits the work list says this member has recorded today."""
    phone.open("/doi-so")
    found = re.search(r"Hôm nay bác đã ghi (\d+) lượt", phone.page.locator("main").inner_text())
    return int(found.group(1)) if found else 0


def open_first_household_left(phone, hamlet: str) -> None:
    phone.open("/doi-so")
    phone.page.locator("main a", has_text=hamlet).first.click()
    phone.page.wait_for_load_state()
    phone.look()
    phone.page.locator('main a[href*="/doi-so/ho/"]').first.click()
    phone.page.wait_for_load_state()
    phone.look()


def test_a_member_records_a_visit_and_sees_it_counted(member):
    before = left_in(member, "Bản Mẫu 1")
    open_first_household_left(member, "Bản Mẫu 1")

    member.choose("Gặp được, xong việc")
    member.tap("Lưu lượt thăm")

    assert "/da-ghi/" in member.address
    assert left_in(member, "Bản Mẫu 1") == before - 1


@pytest.mark.parametrize("outcome", ["Vắng nhà", "Bà con không đồng ý"])
def test_a_knock_without_a_talk_is_counted_too_and_the_household_stays_to_do(member, outcome):
    before = left_in(member, "Bản Mẫu 2")
    recorded = recorded_today(member)
    open_first_household_left(member, "Bản Mẫu 2")

    member.choose(outcome)
    member.tap("Lưu lượt thăm")

    assert "/da-ghi/" in member.address
    assert left_in(member, "Bản Mẫu 2") == before
    assert recorded_today(member) == recorded + 1


def test_a_form_with_a_fault_forgets_nothing(member):
    open_first_household_left(member, "Bản Mẫu 1")

    member.choose("Gặp được, còn việc phải quay lại")
    for summary in member.page.locator("summary").all():
        if not summary.evaluate("it => it.parentElement.open"):
            summary.click()
    member.page.locator("textarea[name=note]").fill("Nhà ông có số 038085001234")
    member.tap("Lưu lượt thăm")

    assert member.sees("Chỗ này có dãy số giống số căn cước")
    assert member.page.locator("textarea[name=note]").input_value() == "Nhà ông có số 038085001234"
    assert member.page.get_by_label("Gặp được, còn việc phải quay lại").is_checked()


def test_a_double_tap_counts_once(member):
    before = left_in(member, "Bản Mẫu 1")
    open_first_household_left(member, "Bản Mẫu 1")
    member.choose("Gặp được, xong việc")
    form = member.page.locator("main form", has=member.page.get_by_role("button", name="Lưu lượt thăm"))

    sent = form.evaluate(
        """async form => {
            const body = () => new URLSearchParams(new FormData(form));
            const answers = await Promise.all([1, 2, 3].map(() => fetch(form.action, {method: "POST", body: body()})));
            return answers.map(answer => [answer.status, new URL(answer.url).pathname.includes("/da-ghi/")]);
        }"""
    )

    assert sent == [[200, True]] * 3
    assert left_in(member, "Bản Mẫu 1") == before - 1


def test_the_work_list_is_for_those_who_signed_in(phone):
    phone.page.goto("/doi-so")

    assert "/dang-nhap" in phone.address
    assert "next=" in phone.address


def test_a_visit_is_recorded_without_javascript(plain_phone):
    plain_phone.sign_in("to-vien")
    open_first_household_left(plain_phone, "Bản Mẫu 2")

    plain_phone.choose("Bà con hẹn hôm khác")
    plain_phone.tap("Lưu lượt thăm")

    assert "/da-ghi/" in plain_phone.address
