"""A commune officer splits a hamlet by a lane, and puts it together again; nothing is lost on the way."""

HAMLETS = "/quan-ly/thon-ban"


def test_an_officer_splits_a_hamlet_and_puts_it_together_again(phone):
    phone.sign_in("can-bo-xa")
    phone.open(HAMLETS)
    phone.tap("Bản Mẫu 3")
    before = phone.page.locator(".figures").inner_text()

    phone.tap("Tách ra một nơi mới")
    phone.write("Tên nơi mới", "Mẫu Ba Dưới")
    phone.tap("Xem những gì sẽ chuyển")
    assert phone.sees("Bác chọn giúp ít nhất một hộ.")
    phone.page.get_by_text("Ngõ Mẫu 1: cả").click()
    phone.page.get_by_text("Chọn từng hộ ở Ngõ Mẫu 2").click()
    phone.page.locator("details[open] .choice").first.click()
    phone.tap("Xem những gì sẽ chuyển")
    assert phone.heading == "Tách bản Mẫu Ba Dưới ra khỏi bản Mẫu 3"
    assert phone.sees("Sang bản Mẫu Ba Dưới: ")
    assert phone.sees("Danh sách chính thức của cả hai nơi ghi là chưa biết")
    phone.tap("Sửa lại")
    phone.page.locator("#listed").fill("10")
    phone.tap("Xem những gì sẽ chuyển")
    phone.tap("Tách ra")
    assert phone.heading == "Bản Mẫu Ba Dưới"

    phone.tap("Gộp vào nơi khác")
    phone.choose("Bản Mẫu 3")
    phone.tap("Xem những gì sẽ chuyển")
    assert phone.sees("Gộp rồi không có nút để trả lại như cũ")
    phone.tap("Gộp vào bản Mẫu 3")
    assert phone.heading == "Bản Mẫu 3"
    assert phone.page.locator(".figures").inner_text() == before
