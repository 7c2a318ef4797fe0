"""Pictures on practice screens: what an imitation shows, and things to compare by looking at them."""

import re

import pytest

from courses.domain.picture import Picture
from courses.domain.practice import Look, Practice, Screen, ScreenKind, ScreenTarget

CLEAR = Picture("ro", "Ảnh <rõ>", '<path d="M1 1" fill="#ffd84d"/>')
BLURRED = Picture("mo", "Ảnh nhoè", '<path d="M2 2"/>')


@pytest.fixture
def open_screen(visitor, teach, make):
    """The page of a screen made of this, its answers leading to the end."""

    def show(**changes):
        said = {"id": "chon", "kind": ScreenKind.TAP, "look": Look.CARDS, "task": "Ảnh nào?", "says": ("Hai ảnh đây.",)}
        said["targets"] = (
            ScreenTarget("anh-ro", "Rõ từng chữ", right=True, goes="het", picture=CLEAR),
            ScreenTarget("anh-mo", "Mờ, mất góc", right=False, hint="Bác nhìn lại nhé.", picture=BLURRED),
        )
        screens = (Screen(**said | changes), Screen(id="het", kind=ScreenKind.END, look=Look.APP, task="Xong."))
        teach(make.course(lessons=(make.lesson(id="bai", practice=Practice(screens, must_pass=("chon",))),)))
        return visitor.open("/bai-hoc/bai/tap/chon")

    return show


def test_a_screen_s_picture_stands_above_what_it_says_and_is_told_to_whoever_cannot_see_it(open_screen):
    html = open_screen(picture=CLEAR).html

    assert 'role="img" aria-label="Ảnh &lt;rõ&gt;"><path d="M1 1" fill="var(--sun)"/></svg></div>' in html
    assert html.index('class="phone-picture"') < html.index("Hai ảnh đây.")


def test_a_picture_to_touch_stands_above_its_words_which_alone_name_the_button(open_screen):
    html = open_screen().html
    button = re.search(r'<button class="touch touch-pictured" name="given" value="anh-ro">(.*?)</button>', html)[1]

    assert button.startswith('<svg class="picture" viewBox="0 0 200 120" aria-hidden="true"><path d="M1 1"')
    assert button.endswith("</svg><span>Rõ từng chữ</span>")
    assert "aria-label" not in button


def test_two_pictures_stand_side_by_side_and_no_other_number_does(open_screen):
    plain = ScreenTarget("khac", "Ảnh khác", right=False, hint="Bác nhìn lại nhé.")
    right = ScreenTarget("anh-ro", "Rõ từng chữ", right=True, goes="het", picture=CLEAR)

    assert "phone-pair" in open_screen().html
    assert "phone-pair" not in open_screen(targets=(right, plain)).html
    assert "phone-pair" not in open_screen(targets=(right, plain, ScreenTarget("ba", "Ba", right=False))).html


def test_pictures_may_be_ticked(open_screen):
    html = open_screen(kind=ScreenKind.TICK, goes="het", hint="Bác nhìn lại nhé.").html

    assert re.search(
        r'<label class="touch touch-pictured tick"><svg [^>]*aria-hidden="true">.*?</svg><input type="checkbox"', html
    )


def test_comparing_leads_on_or_lights_up_the_picture_that_was_meant(open_screen, visitor):
    open_screen()

    beside = visitor.send("/bai-hoc/bai/tap/chon", given="anh-mo")
    assert "Bác nhìn lại nhé." in beside
    assert 'class="touch touch-pictured flash" name="given" value="anh-ro"' in beside.html
    assert visitor.send("/bai-hoc/bai/tap/chon", given="anh-ro").heading == "Xong."


def test_the_photos_of_a_paper_are_compared_by_looking(visitor):
    html = visitor.open("/bai-hoc/dt-chup/tap/chon-anh").html

    assert html.count('class="touch touch-pictured"') == 3
    assert "style=" not in html.partition("<main")[2]
