from learning import queries


def test_my_learning_shows_what_this_phone_has_done(teach, make, phone_of):
    course = teach()
    learner = make.learner(*course.lessons)
    letter = make.letter(learner.id, course)

    page = phone_of(learner).open("/toi")

    assert "Đã học 1 trên 1 bài" in page
    assert f"/xac-nhan/{letter.code}" in page.links.values()


def test_a_new_phone_is_invited_to_learn(visitor, teach):
    teach()

    assert "Chọn bài để học" in visitor.open("/toi").links


def test_forgetting_takes_the_cookie_and_leaves_the_letter_checkable(teach, make, phone_of, visitor, session):
    course = teach()
    learner = make.learner(*course.lessons)
    letter = make.letter(learner.id, course)
    phone = phone_of(learner)
    assert "Bác muốn máy này quên bác?" in phone.open("/toi/quen")

    page = phone.send("/toi/quen", erase="0")

    assert "Máy này đã quên bác rồi." in page
    assert phone.client.get_cookie("hoc") is None
    assert queries.right_answers(session, learner.id)
    assert "Giấy này còn giá trị" in visitor.open(f"/xac-nhan/{letter.code}")


def test_erasing_leaves_nothing_behind(teach, make, phone_of, visitor, session):
    course = teach()
    learner = make.learner(*course.lessons)
    letter = make.letter(learner.id, course)
    phone = phone_of(learner)

    assert "Đã xoá hết" in phone.send("/toi/quen", erase="1")

    assert queries.right_answers(session, learner.id) == {}
    visitor.open(f"/xac-nhan/{letter.code}", expect=404)
    phone.send("/toi/quen", erase="1")
