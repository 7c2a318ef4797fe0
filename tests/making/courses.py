"""Small valid lessons in memory: no files, no database."""

from dataclasses import replace
from datetime import date

from courses.catalogue import Catalogue
from courses.domain.lesson import Citation, Course, LearningPath, Lesson, Option, Question, Reliability, Step
from courses.domain.practice import Look, Practice, Screen, ScreenKind, ScreenTarget

PRACTICE = Practice(
    screens=(
        Screen(
            id="cuoc-goi",
            kind=ScreenKind.TAP,
            look=Look.CALL,
            task="Bác làm gì?",
            title="Số lạ đang gọi",
            targets=(
                ScreenTarget("nghe-tiep", "Nghe tiếp", right=False, hint="Bác chạm Tắt máy nhé."),
                ScreenTarget("tat-may", "Tắt máy", right=True, goes="go-ma"),
            ),
            praise="Bác làm rất phải.",
        ),
        Screen(
            id="go-ma",
            kind=ScreenKind.TYPE,
            look=Look.MESSAGE,
            task="Gõ mã mẫu vào ô.",
            says=("Ma OTP 123456",),
            label="Mã OTP",
            typed="123456",
            goes="xong",
            hint="Mã nằm trong tin nhắn phía trên.",
        ),
        Screen(id="xong", kind=ScreenKind.END, look=Look.APP, task="Bác làm xong rồi."),
    ),
    must_pass=("cuoc-goi", "go-ma"),
)


def a_question(id: str = "ai-hoi-otp", **changes) -> Question:
    """Its right option is "khong", the other "co"."""
    question = Question(
        id=id,
        text="Có ai được hỏi mã OTP của bác không?",
        options=(Option("co", "Có", right=False), Option("khong", "Không", right=True)),
        because="Không cơ quan nào hỏi mã OTP.",
    )
    return replace(question, **changes)


def a_lesson(id: str = "bai-mau", **changes) -> Lesson:
    """Two steps; three practice screens, of which cuoc-goi and go-ma must be passed; one question, ai-hoi-otp."""
    lesson = Lesson(
        id=id,
        number="1.1",
        course="khoa-mau",
        title="Bài mẫu",
        minutes=3,
        goal="Sau bài này, bác biết giữ mã OTP.",
        prepare=("Điện thoại có sóng.",),
        story="",
        steps=(Step("mot", "OTP là **mã một lần**."), Step("hai", "Không đọc mã cho ai.", tip="Kể cả người quen.")),
        remember="OTP như chìa khoá nhà.",
        practice=PRACTICE,
        questions=(a_question(),),
        mistakes=("Đọc mã cho người lạ.",),
        safety="Ai hỏi mã thì tắt máy.",
        if_stuck=("Hỏi công an xã.",),
        helper_tips=("Đọc to từng bước.",),
        sources=(Citation("Nguồn mẫu", Reliability.READ),),
        checked_on=date(2026, 11, 21),
        volatile=False,
        draft=False,
    )
    return replace(lesson, **changes)


def a_course(id: str = "khoa-mau", lessons: tuple[Lesson, ...] | None = None, **changes) -> Course:
    """One lesson unless told otherwise. Its lessons become its own: course and number are set."""
    course = Course(
        id=id,
        number=1,
        title="Khoá mẫu",
        audience="Mọi người",
        about="Khoá học mẫu.",
        lessons=(),
    )
    course = replace(course, **changes)
    own = tuple(
        replace(lesson, course=id, number=f"{course.number}.{place}")
        for place, lesson in enumerate(lessons or (a_lesson(),), start=1)
    )
    return replace(course, lessons=own)


def a_path(*lessons: Lesson, id: str = "loi-mau", **changes) -> LearningPath:
    """Through `lessons` as they stand in their courses."""
    path = LearningPath(
        id=id,
        title="Lộ trình mẫu",
        audience="Mọi người",
        about="Học dần từng bài.",
        urgent=False,
        lessons=lessons,
    )
    return replace(path, **changes)


def a_catalogue(
    *courses: Course, paths: tuple[LearningPath, ...] = (), search_phrases: dict[str, tuple[str, ...]] | None = None
) -> Catalogue:
    """One course with one lesson unless told otherwise; no paths, nothing asked."""
    return Catalogue(
        courses=courses or (a_course(),),
        facts={},
        faults=(),
        version="test",
        paths=paths,
        search_phrases=search_phrases or {},
    )


class MakesCourses:
    """The same as `make.lesson()`, `make.course()` and so on; nothing is put into the database."""

    lesson = staticmethod(a_lesson)
    course = staticmethod(a_course)
    path = staticmethod(a_path)
    catalogue = staticmethod(a_catalogue)
