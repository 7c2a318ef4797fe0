import pytest

from learning.views import page_cache


@pytest.fixture
def along(teach, make):
    """Two courses, and the path loi-mau through hai (of the second) and mot (of the first). Returns their lessons."""
    one = make.course(id="dau", lessons=(make.lesson(id="mot", title="Bài một"), make.lesson(id="mot-hai")))
    other = make.course(id="sau", number=2, lessons=(make.lesson(id="hai", title="Bài hai"), make.lesson(id="hai-hai")))
    teach(one, other, paths=(make.path(other.lessons[0], one.lessons[0]),))
    return {lesson.id: lesson for lesson in (*one.lessons, *other.lessons)}


def test_every_path_we_offer_opens_with_its_lessons_in_order(app, visitor):
    for path in app.extensions["catalogue"].paths:
        page = visitor.follow(
            visitor.open("/lo-trinh"), next(t for t in visitor.open("/lo-trinh").links if path.title in t)
        )
        assert page.heading == path.title
        lessons = [to for to in page.links.values() if to.startswith("/bai-hoc/")]
        assert [f"/bai-hoc/{lesson.id}" for lesson in path.lessons] == lessons[: len(path.lessons)]
        assert page.links["Làm ngay bài đầu tiên" if path.urgent else "Bắt đầu học"] == f"/bai-hoc/{path.lessons[0].id}"


def test_whoever_was_cheated_is_one_tap_from_what_to_do_on_every_page(visitor):
    for address in ("/", "/lo-trinh", "/tim", "/tim?q=abcxyz", "/lo-trinh/nguoi-lon-tuoi", "/khoa-hoc"):
        assert visitor.open(address).links["Bị lừa rồi, làm gì bây giờ?"] == "/bai-hoc/at-da-bi-lua"


def test_a_path_shows_what_is_done_and_leads_on(along, make, phone_of):
    page = phone_of(make.learner(along["hai"])).open("/lo-trinh/loi-mau")

    assert "1 trên 2 bài" in page
    assert "3 phút · đã xong" in page
    assert page.links["Học tiếp bài 2"] == "/bai-hoc/mot"


def test_a_path_walked_to_its_end_says_so_and_offers_another(along, make, phone_of):
    page = phone_of(make.learner(along["hai"], along["mot"])).open("/lo-trinh/loi-mau")

    assert "Bác đã học hết lộ trình này" in page
    assert page.links["Chọn việc khác"] == "/lo-trinh"


def test_a_finished_lesson_leads_on_along_the_path_the_learner_came_by(along, make, phone_of):
    phone = phone_of(make.learner(along["hai"]))
    phone.open("/lo-trinh/loi-mau")

    page = phone.open("/bai-hoc/hai/xong")

    assert page.links["Học bài tiếp theo"] == "/bai-hoc/mot"
    assert page.links["Lộ trình mẫu"] == "/lo-trinh/loi-mau"
    assert "1 trên 2 bài" in page


def test_a_finished_lesson_leads_on_in_its_course_when_no_path_was_opened(along, make, phone_of):
    assert (
        phone_of(make.learner(along["hai"])).open("/bai-hoc/hai/xong").links["Học bài tiếp theo"] == "/bai-hoc/hai-hai"
    )


def test_a_lesson_that_is_not_on_the_path_leads_on_in_its_course(along, make, phone_of):
    phone = phone_of(make.learner(along["mot-hai"]))
    phone.open("/lo-trinh/loi-mau")

    assert phone.open("/bai-hoc/mot-hai/xong").links["Học bài tiếp theo"] == "/bai-hoc/mot"


def test_the_last_lesson_of_a_path_is_celebrated_and_leads_on_in_its_course(along, make, phone_of):
    phone = phone_of(make.learner(along["hai"], along["mot"]))
    phone.open("/lo-trinh/loi-mau")

    page = phone.open("/bai-hoc/mot/xong")

    assert page.heading == "Bác đã học xong cả lộ trình. Xin chúc mừng bác!"
    assert page.links["Học bài tiếp theo"] == "/bai-hoc/mot-hai"


def test_a_lesson_left_out_earlier_on_the_path_comes_round_again(along, make, phone_of):
    phone = phone_of(make.learner(along["mot"]))
    phone.open("/lo-trinh/loi-mau")

    assert phone.open("/bai-hoc/mot/xong").links["Học bài tiếp theo"] == "/bai-hoc/hai"


def test_a_course_finished_on_the_way_offers_its_letter_before_the_path_goes_on(along, make, phone_of):
    phone = phone_of(make.learner(along["hai"], along["hai-hai"]))
    phone.open("/lo-trinh/loi-mau")

    page = phone.open("/bai-hoc/hai/xong")

    assert page.links["Lấy giấy xác nhận"] == "/khoa-hoc/sau/giay-xac-nhan"
    assert page.links["Học bài tiếp theo"] == "/bai-hoc/mot"
    assert page.html.count("button-main") == 1


@pytest.mark.parametrize("value", ["", "khong-co", "../../x", "%00", "loi-mau;x", "á"])
def test_a_path_the_phone_misremembers_is_passed_over(along, make, phone_of, value):
    phone = phone_of(make.learner(along["hai"]))
    phone.client.set_cookie("lo-trinh", value)

    assert phone.open("/bai-hoc/hai/xong").links["Học bài tiếp theo"] == "/bai-hoc/hai-hai"
    phone.open("/")


def test_a_lesson_is_the_same_kept_page_on_a_path_and_off_it(along, visitor):
    off = visitor.open("/bai-hoc/hai").response
    visitor.open("/lo-trinh/loi-mau")

    on = visitor.open("/bai-hoc/hai").response

    assert on.headers["ETag"] == off.headers["ETag"]
    assert len(page_cache._pages) == 2


def test_a_path_opened_again_from_the_phones_own_copy_is_remembered_too(along, visitor):
    first = visitor.open("/lo-trinh/loi-mau").response
    visitor.client.delete_cookie("lo-trinh")

    again = visitor.client.get("/lo-trinh/loi-mau", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert visitor.client.get_cookie("lo-trinh").value == "loi-mau"


def test_a_phone_told_to_forget_forgets_its_path(along, make, phone_of):
    phone = phone_of(make.learner(along["hai"]))
    phone.open("/lo-trinh/loi-mau")

    phone.send("/toi/quen", erase="0")

    assert phone.client.get_cookie("lo-trinh") is None


def test_only_a_path_tells_the_phone_anything_and_nobody_is_made_a_learner_for_it(along, visitor, count_statements):
    for address in ("/", "/lo-trinh", "/khoa-hoc", "/tim?q=otp"):
        assert "Set-Cookie" not in visitor.open(address).response.headers
    visitor.open("/lo-trinh/loi-mau")

    assert count_statements == []
    assert visitor.client.get_cookie("hoc") is None


def test_a_path_that_does_not_exist_is_a_kind_404_and_is_not_remembered(along, visitor):
    assert "Về trang đầu" in visitor.open("/lo-trinh/khong-co", expect=404)
    assert visitor.client.get_cookie("lo-trinh") is None
