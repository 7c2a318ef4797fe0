"""Whoever keeps lessons true: what somebody reported, the list of what needs a look, a lesson with all its screens."""

import pytest

from learning.cli.courses import preview

LESSON = "at-otp"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_fault_is_reported_and_an_editors_answer_read(scripts, phone, plain_phone):
    resident = phone if scripts else plain_phone
    resident.open(f"/bai-hoc/{LESSON}/tap")
    resident.tap("Báo chỗ sai")
    resident.tap("Gửi đi")
    assert resident.sees("Chưa gửi được")
    resident.choose("Khó hiểu")
    resident.write("Bác kể thêm", "Số của tôi là 0912 345 678, gọi lại nhé")
    resident.tap("Gửi đi")
    assert resident.sees("có một số điện thoại")
    assert resident.page.get_by_label("Khó hiểu", exact=True).is_checked()
    resident.write("Bác kể thêm", "Chữ trên màn bé quá")
    resident.tap("Gửi đi")
    resident.page.get_by_text("Cảm ơn bác đã chỉ giúp").first.wait_for()
    receipt = resident.address

    editor = phone
    editor.sign_in("quan-tri")
    editor.open("/quan-ly/bai-hoc")
    assert "Soát bài" in editor.heading
    editor.page.locator(f'main a[href$="/quan-ly/bai-hoc/{LESSON}"]').first.click()
    editor.page.wait_for_load_state()
    editor.look()
    assert editor.sees("Chữ trên màn bé quá")
    editor.tap("Đã xem, sẽ sửa")
    editor.page.locator("main form button[value=mended]").first.click()
    editor.page.wait_for_load_state()

    resident.open(receipt)
    assert "Bài đã được sửa" in resident.heading


def test_a_preview_opens_without_a_server_and_stands_up_to_axe(app, phone, tmp_path):
    file = tmp_path / "xem.html"
    done = app.test_cli_runner().invoke(preview, [LESSON, "-o", str(file)])
    assert done.exit_code == 0, done.output
    asked = []
    phone.page.on("request", lambda request: asked.append(request.url))

    phone.page.goto(file.as_uri())
    phone.look()

    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
    assert phone.page.locator(".practice-band").count() == phone.page.locator(".screens > li").count() > 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_need_is_searched_for_without_marks_and_walked_as_a_path(scripts, phone, plain_phone):
    seeker = phone if scripts else plain_phone
    seeker.open("/lo-trinh")
    seeker.write("Bác muốn hỏi chuyện gì?", "quen mat khau vneid")
    seeker.tap("Tìm")
    assert "/tim?" in seeker.address
    assert seeker.page.locator("main ol.cards a").first.get_attribute("href") == "/bai-hoc/vneid-quen"
    seeker.write("Bác muốn hỏi chuyện gì?", "001 234 567 890")
    seeker.tap("Tìm")
    assert seeker.sees("đừng gõ số thật")
    assert "567" not in seeker.page.content()

    seeker.open("/lo-trinh")
    seeker.page.locator("main ul.cards a").first.click()
    seeker.page.wait_for_load_state()
    seeker.look()
    assert seeker.page.locator('main a[href^="/bai-hoc/"]').count() > 3
