"""The pictures of a lesson are part of its page."""

from courses.domain.lesson import Step
from courses.domain.picture import Picture


def test_a_step_s_picture_stands_before_its_words_and_is_told_to_whoever_cannot_see_it(visitor, teach, make):
    picture = Picture("cham", 'Tay "chạm" <máy>', '<path d="M0 0" fill="#ffd84d"/>')
    teach(make.course(lessons=(make.lesson(steps=(Step("mot", "Chạm.", picture=picture), Step("hai", "Giữ."))),)))

    html = visitor.open("/bai-hoc/bai-mau").html

    assert 'role="img" aria-label="Tay &#34;chạm&#34; &lt;máy&gt;"><path d="M0 0" fill="var(--sun)"/></svg>' in html
    assert html.index('class="picture"') < html.index("Chạm.")
    assert html.count('class="picture"') == 1


def test_pictures_cost_a_lesson_no_further_request(visitor, app):
    for lesson in app.extensions["catalogue"].lessons:
        steps = visitor.open(f"/bai-hoc/{lesson.id}").html.partition("<main")[2].partition("</main>")[0]

        assert steps.count('class="picture"') == sum(step.picture is not None for step in lesson.steps)
        assert "<img" not in steps
        assert "#" not in "".join(step.picture.themed for step in lesson.steps if step.picture)
