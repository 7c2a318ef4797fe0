from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from foundation.accounts.models import AuditEntry
from foundation.problems import Conflict, NotFound, TooMany
from foundation.rates import Rate
from foundation.throttling.models import ThrottleBucket
from foundation.throttling.services import Bucket
from learning import queries
from learning.domain.cards import (
    PICTURES,
    FaultyOrder,
    chosen_so_far,
    read_order,
    rest_after,
    tries_left,
)
from learning.domain.learners import AboutLearner
from learning.domain.progress import StepAnswer
from learning.models import Card, Learner, Phone, PhoneLearner
from learning.queries.cards import card_by_code, card_of
from learning.services.card_tries import add_card_learner, begin_attempt, learner_of_card, reset_attempts, wake_card
from learning.services.cards import change_pictures, claim_card, make_card, prepare_blank_cards, stop_card
from learning.services.class_audit import learner_pseudonym
from learning.services.learners import add_person, get_or_add_phone
from tests.conftest import NOON
from tests.visitor import Visitor

KEY = "only for tests"
ORDER = ("trau", "ga", "hoa-ban", "nha-san")
OTHER = ("ga", "trau", "hoa-ban", "nha-san")
QUARTER = timedelta(minutes=15)


RESTS = (timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=30))


@pytest.fixture
def card(session, make, now):
    """A card of a learner who has done something, and that learner's id as `card.learner`."""
    learner = make.learner()
    make.answer(learner.id, make.lesson(), "cuoc-goi")
    make_card(session, learner.id, ORDER, key=KEY, now=now)
    session.commit()
    return card_of(session, learner.id)


@pytest.fixture
def try_card(session, card):
    def attempt(order, now=NOON, code=card.code):
        begin_attempt(session, code, (), now=now)
        return learner_of_card(session, code, order, key=KEY)

    return attempt


def test_there_are_eleven_thousand_eight_hundred_and_eighty_orders():
    assert len(PICTURES) == 12
    assert read_order(["trau", "ga", "ca", "non"]) == ("trau", "ga", "ca", "non")


@pytest.mark.parametrize(
    "chosen", [[], ["trau"] * 4, ["trau", "ga", "ca"], [*PICTURES[:5]], ["trau", "ga", "ca", "khen"]]
)
def test_anything_but_four_different_pictures_is_no_order(chosen):
    with pytest.raises(FaultyOrder):
        read_order(chosen)


def test_a_picture_touched_twice_counts_once():
    assert chosen_so_far(["trau", "trau", "x", "ga", "ca", "non", "ngo"]) == ("trau", "ga", "ca", "non")


def test_rests_grow_and_stay_at_the_longest():
    assert [rest_after(tries) for tries in (1, 4, 5, 6, 10, 15, 20, 25, 500)] == [
        None,
        None,
        RESTS[0],
        None,
        RESTS[1],
        RESTS[2],
        RESTS[3],
        RESTS[3],
        RESTS[3],
    ]
    assert [tries_left(tries) for tries in (0, 1, 4, 5, 9)] == [5, 4, 1, 5, 1]


def test_the_right_pictures_tell_whose_card_it_is(try_card, card):
    assert try_card(ORDER) == card.learner


@pytest.mark.parametrize("order", [OTHER, ORDER[::-1], ("trau", "ga", "hoa-ban", "non")])
def test_the_same_pictures_in_another_order_or_others_do_not(try_card, order):
    assert try_card(order) is None


def test_what_is_stored_tells_nothing_without_the_key(session, card, try_card):
    stored = session.get(Card, card.code).secret_hash

    assert stored.startswith("$argon2id$")
    # A name of two letters may stand in any hash by chance.
    assert not any(picture in stored for picture in PICTURES if len(picture) > 4)
    assert not any(between.join(ORDER) in stored for between in ("", " ", ",", "-", "."))
    assert learner_of_card(session, card.code, ORDER, key="another key") is None


def test_the_order_of_one_card_is_no_order_of_another(session, card, make, now):
    other = make.learner()
    make_card(session, other.id, ORDER, key=KEY, now=now)

    hashes = set(session.scalars(select(Card.secret_hash)))
    assert len(hashes) == 2


def test_after_five_wrong_tries_even_the_right_pictures_are_not_looked_at(try_card, card, session):
    for _ in range(5):
        assert try_card(OTHER) is None

    with pytest.raises(TooMany) as refused:
        try_card(ORDER)
    assert refused.value.code == "card_rests"
    assert refused.value.retry_after == RESTS[0].total_seconds()
    assert try_card(ORDER, now=NOON + RESTS[0]) == card.learner


def test_the_second_rest_is_longer(try_card, card):
    for _ in range(5):
        try_card(OTHER)
    later = NOON + RESTS[0]
    for _ in range(5):
        try_card(OTHER, now=later)

    with pytest.raises(TooMany) as refused:
        try_card(ORDER, now=later + RESTS[0])
    assert refused.value.retry_after == (RESTS[1] - RESTS[0]).total_seconds()


def test_the_fifth_try_may_still_be_the_right_one(try_card, card, session, now):
    for _ in range(5 - 1):
        try_card(OTHER)
    assert try_card(ORDER) == card.learner
    phone = get_or_add_phone(session, "another phone", now=now)
    add_card_learner(session, card.code, card.learner, phone)

    seen = card_by_code(session, card.code)
    assert (seen.wrong_tries, seen.paused_until) == (0, None)
    assert try_card(ORDER) == card.learner


def test_one_address_cannot_go_from_card_to_card(session, make, now):
    learners = [make.learner() for _ in range(8)]
    codes = [make_card(session, learner.id, ORDER, key=KEY, now=now) for learner in learners]

    def sweep():
        for _ in range(4):
            for code in codes:
                begin_attempt(session, code, [Bucket("card_tries", "here", Rate(30, QUARTER))], now=NOON)

    with pytest.raises(TooMany) as refused:
        sweep()
    assert refused.value.code == "too_many"
    # What the address no longer may, the owner at home still can.
    begin_attempt(session, codes[0], [Bucket("card_tries", "there", Rate(30, QUARTER))], now=NOON)


def test_a_member_wakes_a_card_and_the_log_says_who_but_not_whose(try_card, card, session, now):
    for _ in range(5):
        try_card(OTHER)

    wake_card(session, card.code, who="to-vien", area_path="38/", now=now)
    wake_card(session, card.code, who="to-vien", area_path="38/", now=now)

    assert try_card(ORDER) == card.learner
    entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "wake_card")).all()
    assert [(entry.who, entry.what) for entry in entries] == [("to-vien", {"learner": learner_pseudonym(card.learner)})]
    assert str(card.learner) not in str(entries[0].what)


def test_waking_is_bounded_until_the_card_opens(try_card, card, session, now):
    for _ in range(3):
        exhaust(try_card, session, card)
        wake_card(session, card.code, who="to-vien", area_path="38/", now=now)
    exhaust(try_card, session, card)

    with pytest.raises(Conflict) as refused:
        wake_card(session, card.code, who="nguoi-khac", area_path="38/", now=now)
    assert refused.value.code == "card_woken_often"
    # Its owner waits, opens it, and all of that is forgotten.
    session.execute(update(Card).values(paused_until=None))
    assert try_card(ORDER) == card.learner
    reset_attempts(session, card.code, card.learner)
    exhaust(try_card, session, card)
    wake_card(session, card.code, who="to-vien", area_path="38/", now=now)


def exhaust(try_card, session, card):
    """Wrong pictures until the card rests."""
    for _ in range(5):
        try_card(OTHER)
    assert card_by_code(session, card.code).rests(NOON)


def test_one_member_wakes_so_many_cards_a_day(session, make, now):
    for number in range(20 + 1):
        learner = make.learner().id
        code = make_card(session, learner, ORDER, key="k", now=now)
        session.execute(update(Card).where(Card.code == code).values(wrong_tries=5, paused_until=now + RESTS[1]))
        if number < 20:
            wake_card(session, code, who="to-vien", area_path="38/", now=now)
            continue
        with pytest.raises(TooMany) as refused:
            wake_card(session, code, who="to-vien", area_path="38/", now=now)
        assert refused.value.code == "woken_too_many"
        wake_card(session, code, who="nguoi-khac", area_path="38/", now=now)
        assert not card_by_code(session, code).rests(now)


def test_a_lost_card_opens_nothing_and_the_new_one_does(session, card, now):
    fresh = make_card(session, card.learner, OTHER, key=KEY, now=now)

    assert learner_of_card(session, card.code, ORDER, key=KEY) is None
    with pytest.raises(Conflict):
        begin_attempt(session, card.code, (), now=now)
    assert learner_of_card(session, fresh, OTHER, key=KEY) == card.learner
    stop_card(session, card.learner, now=now)
    assert card_of(session, card.learner) is None


def test_changed_pictures_are_the_only_ones_that_open(session, card):
    change_pictures(session, card.learner, OTHER, key=KEY)

    assert learner_of_card(session, card.code, ORDER, key=KEY) is None
    assert learner_of_card(session, card.code, OTHER, key=KEY) == card.learner


def test_an_unknown_card_is_not_there(session, now):
    with pytest.raises(NotFound):
        begin_attempt(session, "K7M2QX94BD", (), now=now)
    assert learner_of_card(session, "K7M2QX94BD", ORDER, key=KEY) is None


def test_a_blank_card_opens_nothing_until_it_is_somebodys(session, make, now):
    (code,) = prepare_blank_cards(session, 1, made_by="to-vien", now=now)
    assert learner_of_card(session, code, ORDER, key=KEY) is None
    with pytest.raises(Conflict):
        begin_attempt(session, code, (), now=now)
    first, second = make.learner(), make.learner()

    claim_card(session, code, first.id, ORDER, key=KEY, now=now)
    claim_card(session, code, first.id, OTHER, key=KEY, now=now)

    assert learner_of_card(session, code, ORDER, key=KEY) == first.id
    with pytest.raises(Conflict) as taken:
        claim_card(session, code, second.id, OTHER, key=KEY, now=now)
    assert taken.value.code == "card_taken"


def test_a_class_gets_its_cards_at_once(session, now):
    assert len(set(prepare_blank_cards(session, 200, made_by="to-vien", now=now))) == 200
    with pytest.raises(ValueError, match="201"):
        prepare_blank_cards(session, 201, made_by="to-vien", now=now)


@pytest.fixture
def apart(engine):
    """Transactions of their own, eight at one moment; whatever they keep is taken away after."""

    def at_once(act):
        def one(number):
            with Session(engine, expire_on_commit=False) as own:
                own.connection(execution_options={"writing": True})
                try:
                    done = act(own, number)
                except (Conflict, TooMany) as refused:
                    own.rollback()
                    return refused.code
                own.commit()
                return done

        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(one, range(8)))

    yield at_once
    with Session(engine) as own:
        for table in (Card, PhoneLearner, Learner, Phone, ThrottleBucket):
            own.execute(delete(table))
        own.commit()


def committed_person(engine, token="home"):
    with Session(engine, expire_on_commit=False) as own:
        phone = get_or_add_phone(own, token, now=NOON)
        learner = add_person(own, phone, AboutLearner("from_14", nickname="Bà Mến", picture="trau"), now=NOON)
        own.commit()
        return phone, learner


def test_a_card_opened_on_many_phones_at_once_brings_the_learner_to_each(apart, engine):
    _, learner = committed_person(engine)
    with Session(engine) as own:
        code = make_card(own, learner, ORDER, key=KEY, now=NOON)
        own.commit()

    def bring(own, number):
        phone = get_or_add_phone(own, f"phone-{number % 4}", now=NOON)
        add_card_learner(own, code, learner, phone)

    assert apart(bring) == [None] * 8
    with Session(engine) as own:
        on = select(func.count()).select_from(PhoneLearner).where(PhoneLearner.learner == learner)
        assert own.scalar(on) == 5


def test_eight_tries_at_one_moment_are_five_tries(apart, engine):
    _, learner = committed_person(engine)
    with Session(engine) as own:
        code = make_card(own, learner, ORDER, key=KEY, now=NOON)
        own.commit()

    results = apart(lambda own, number: begin_attempt(own, code, (), now=NOON))

    assert results.count(None) == 5
    assert results.count("card_rests") == 8 - 5


def test_a_blank_card_scanned_by_eight_at_once_is_one_persons(apart, engine):
    people = [committed_person(engine, f"home-{number}")[1] for number in range(8)]
    with Session(engine) as own:
        (code,) = prepare_blank_cards(own, 1, made_by="to-vien", now=NOON)
        own.commit()

    results = apart(lambda own, number: claim_card(own, code, people[number], ORDER, key=KEY, now=NOON))

    assert results.count(None) == 1
    assert results.count("card_taken") == 7


def test_a_card_made_by_two_presses_at_once_is_one_card(apart, engine):
    _, learner = committed_person(engine)

    apart(lambda own, _: make_card(own, learner, ORDER, key=KEY, now=NOON))

    with Session(engine) as own:
        in_use = select(func.count()).select_from(Card).where(Card.learner == learner, Card.stopped_at.is_(None))
        assert own.scalar(in_use) == 1


def touch(visitor, address, order, field="pin", **carried):
    """Touch the pictures one after another, carrying along what the page carries; returns the last page."""
    page = None
    for number, picture in enumerate(order):
        page = visitor.client.post(
            address, data={**carried, field: list(order[:number]), "pick": picture}, follow_redirects=True
        )
    return page


def make_card_by_hand(visitor, order=ORDER):
    assert "Bác nhớ lấy bốn hình này" in touch(visitor, "/toi/the/hinh", order).text
    return touch(visitor, "/toi/the/hinh", order, field="again", pin=list(order))


@pytest.fixture
def grandmother(visitor, teach, now):
    """Somebody who has learnt a lesson on a phone, has a nickname there and a card; `.card` is its address."""
    course = teach()
    visitor.send("/toi/them", nickname="Bà Mến", picture="trau", age_band="from_14")
    for step, given in (("tap/cuoc-goi", "tat-may"), ("tap/go-ma", "123456"), ("cau-hoi/ai-hoi-otp", "khong")):
        visitor.send(f"/bai-hoc/{course.lessons[0].id}/{step}", given=given)
    page = make_card_by_hand(visitor)
    assert "Thẻ làm xong rồi" in page.text
    visitor.card = "/the/" + page.text.partition('class="code">')[2].partition("<")[0].replace("-", "")
    return visitor


def test_a_card_brings_everything_to_a_second_phone(grandmother, app):
    second = Visitor(app)
    assert "Chạm hình thứ nhất" in second.open(grandmother.card)

    page = touch(second, grandmother.card, ORDER)

    assert "Thẻ mở được rồi" in page.text
    assert "Bà Mến" in page.text
    assert "Đã học 1 trên 1 bài" in page.text
    assert second.client.get_cookie("hoc-ai").value == grandmother.client.get_cookie("hoc-ai").value


def test_a_card_found_on_the_road_tells_nothing_of_its_owner(grandmother, app):
    finder = Visitor(app)

    for page in (finder.open(grandmother.card).html, touch(finder, grandmother.card, OTHER).text):
        assert "Mến" not in page
        assert "Đã học" not in page
    assert finder.client.get_cookie("hoc") is None


def test_wrong_pictures_are_told_kindly_and_then_the_card_rests(grandmother, app):
    finder = Visitor(app)

    pages = [touch(finder, grandmother.card, OTHER) for _ in range(5)]

    assert "Bốn hình chưa đúng" in pages[0].text
    assert "Còn 4 lần thử" in pages[0].text
    assert [page.status_code for page in pages] == [422] * 4 + [429]
    assert "Thẻ này đang nghỉ" in finder.open(grandmother.card, expect=429)
    # The owner goes on, sees that somebody tried, and wakes the card with new pictures.
    assert "Thẻ đang nghỉ" in grandmother.open("/toi/the")
    assert "Đã đổi bốn hình" in make_card_by_hand(grandmother, OTHER).text
    assert "Thẻ mở được rồi" in touch(finder, grandmother.card, OTHER).text


def test_a_member_of_a_team_wakes_a_card_on_their_phone(grandmother, app, make):
    finder, member = Visitor(app), Visitor(app)
    for _ in range(5):
        touch(finder, grandmother.card, OTHER)
    make.person("to-vien-a")
    member.sign_in("to-vien-a")

    code = grandmother.card.rpartition("/")[2]
    assert "Thẻ dùng lại được rồi" in member.send("/the/mo-lai", ma=f"{code[:3]} {code[3:6]} {code[6:]}".lower())

    assert "Thẻ mở được rồi" in touch(finder, grandmother.card, ORDER).text
    assert "nhìn lại mã" in member.send("/the/mo-lai", expect=422, ma="K7M")
    assert "Không có thẻ nào" in member.send("/the/mo-lai", expect=404, ma="0000000000")


def test_what_was_touched_stands_in_no_address_and_is_not_kept_by_the_phone(grandmother, app):
    second = Visitor(app)
    pages = [
        second.client.get(grandmother.card),
        second.client.post(grandmother.card, data={"pick": "trau"}),
        grandmother.client.post("/toi/the/hinh", data={"pick": "trau"}),
    ]

    for page in pages:
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"


def test_two_phones_add_up_without_conflict(grandmother, app, session, make):
    second = Visitor(app)
    touch(second, grandmother.card, ORDER)
    learner = queries.people_on(session, session.scalars(select(PhoneLearner.phone)).first())[0].id

    lesson = app.extensions["catalogue"].lessons[0].id
    for phone, step in ((grandmother, "cuoc-goi"), (second, "go-ma"), (second, "cuoc-goi")):
        phone.send(f"/bai-hoc/{lesson}/tap/{step}", given="tat-may")

    assert queries.right_answers(session, learner)[lesson].count(StepAnswer("cuoc-goi", right=True)) == 1
    assert "Đã học 1 trên 1 bài" in second.open("/toi")


def test_a_card_that_is_open_here_already_needs_no_pictures(grandmother):
    page = grandmother.open(grandmother.card)
    assert "Thẻ này đã mở trên máy này rồi" in page

    assert "Bà Mến" in grandmother.send(grandmother.card + "/day")


def test_two_different_orders_make_no_card(visitor, teach, now, session):
    teach()
    visitor.send("/toi/them", nickname="", picture="ga", age_band="from_14")

    page = touch(visitor, "/toi/the/hinh", OTHER, field="again", pin=list(ORDER))

    assert page.status_code == 422
    assert "Hai lần chưa giống nhau" in page.text
    assert session.scalar(select(func.count()).select_from(Card)) == 0


def test_a_card_asks_first_how_old_its_learner_is(visitor, teach, now):
    course = teach()
    visitor.send(f"/bai-hoc/{course.lessons[0].id}/tap/cuoc-goi", given="tat-may")

    page = visitor.open("/toi/the/hinh")
    assert page.address == "/toi/ten"
    page = visitor.send("/toi/ten", nickname="Ông Ba", picture="nui", age_band="from_14", ve="/toi/the/hinh")
    assert page.address == "/toi/the/hinh"


def test_a_lost_card_is_given_up_in_two_taps(grandmother, app):
    assert "Bác mất thẻ học?" in grandmother.open("/toi/the/mat")
    assert "Thẻ cũ không mở được gì nữa" in grandmother.send("/toi/the/mat")

    page = Visitor(app).open(grandmother.card, expect=404)
    assert "chủ thẻ đã bỏ" in page


def test_a_blank_card_becomes_that_of_somebody_new(visitor, teach, now, session, app):
    teach()
    (code,) = prepare_blank_cards(session, 1, made_by="to-vien", now=now)
    session.commit()
    page = visitor.open(f"/the/{code}")
    assert "Thẻ mới này của ai?" in page

    way = page.links["Người chưa có hình trên máy này"]
    query = urlsplit(way).query
    page = visitor.send(f"/toi/them?{query}", nickname="Bà Lả", picture="ca", age_band="from_14")
    assert page.address == f"/the/{code}/nhan"
    address = page.response.request.full_path
    touch(visitor, address, ORDER)
    page = touch(visitor, address, ORDER, field="again", pin=list(ORDER))

    assert "Thẻ học của bác" in page.text
    assert "Thẻ mở được rồi" in touch(Visitor(app), f"/the/{code}", ORDER).text


@pytest.mark.parametrize("typed", ["", "K7M", "K7M-2QX-94B0", "🐃", "0" * 500, "../../etc"])
def test_a_code_that_cannot_be_one_is_said_kindly(visitor, typed):
    answer = visitor.client.get("/the", query_string={"ma": typed})

    assert answer.status_code == (200 if not typed else 422)
    assert "Mã gõ nhầm" in answer.text or "chưa gõ mã" in answer.text


def test_a_typed_code_leads_to_its_card(grandmother, app):
    code = grandmother.card.rpartition("/")[2]
    page = Visitor(app).open(f"/the?ma={code[:3]}-{code[3:6]}-{code[6:]}".lower())

    assert page.address == grandmother.card


@pytest.mark.parametrize("given", [{"pick": "x"}, {"pin": ["trau"] * 9, "pick": "ga"}, {"pin": "\x00"}, {}])
def test_a_form_tampered_with_is_no_try(grandmother, app, given, session):
    answer = Visitor(app).client.post(grandmother.card, data=given)

    assert answer.status_code == 200
    tries = select(func.count()).select_from(ThrottleBucket).where(ThrottleBucket.name == "card_tries")
    assert session.scalar(tries) == 0


def test_a_year_of_wrong_tries_never_reaches_a_hundred(session, card):
    tried, moment = 0, NOON
    while moment < NOON + timedelta(days=365):
        try:
            begin_attempt(session, card.code, (), now=moment)
            tried += 1
        except TooMany as refused:
            moment += timedelta(seconds=refused.retry_after)

    assert tried <= 85
