"""The screen in the commune hall: today, what is left, and nothing that strangers should not see."""

import pytest

from foundation.accounts.domain.roles import Role


@pytest.fixture
def commune(make):
    large = make.hamlet(name="Lớn", official_households=40)
    small = make.hamlet(name="Nhỏ", official_households=4)
    for number in range(6):
        make.visit(make.household(large), days_ago=number)
    make.visit(make.household(small), "not_home")
    for _ in range(12):
        make.household(large)
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    return make.commune()


def test_the_screen_tells_of_today_and_of_what_is_left_and_draws_itself_anew(visitor, commune, now):
    visitor.sign_in("can-bo")

    page = visitor.open("/quan-ly/man-hinh/15607")

    assert "2 lượt thăm" in page
    assert "1 hộ được gặp lần đầu. Bảy ngày trước: 5 lượt." in page
    assert "6 trên 44 hộ" in page
    assert "36 hộ để đạt 95 %" in page
    assert page.response.headers["Refresh"].endswith("url=/quan-ly/man-hinh/15607")


def test_small_hamlets_stay_hidden_though_an_officer_put_the_screen_up(visitor, commune, now):
    visitor.sign_in("can-bo")

    page = visitor.open("/quan-ly/man-hinh/15607")

    assert "ẩn" in page
    assert "Bản Nhỏ: 0" not in page.html


def test_nobody_counts_day_by_day_who_was_met_in_a_small_hamlet_without_a_list(visitor, make, now):
    listed, unlisted = make.hamlet(official_households=40), make.hamlet()
    for hamlet, households, met in ((listed, 20, 5), (unlisted, 6, 3)):
        for number in range(households):
            household = make.household(hamlet)
            if number < met:
                make.visit(household)
    visitor.sign_in(make.person(role=Role.COMMUNE_OFFICER, area=make.commune()).name)

    page = visitor.open("/quan-ly/man-hinh/15607")

    assert "5 trên 40 hộ" in page
    assert "8 lượt thăm" in page
    # Eight for the first time, of whom five in places with a list: three in the small one.
    assert "hộ được gặp lần đầu" not in page
    assert "Bảy ngày trước: 0 lượt." in page


def test_only_those_who_answer_for_the_area_put_it_up(visitor, commune, make, now):
    assert "Đăng nhập" in visitor.open("/quan-ly/man-hinh/15607").heading
    visitor.sign_in("can-bo")
    visitor.open("/quan-ly/man-hinh/38", expect=403)
    visitor.open("/quan-ly/man-hinh/99999", expect=404)
