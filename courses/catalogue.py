"""All that is taught, read once at start and never changed while serving."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from courses.asked import read_asked
from courses.domain.facts import Fact
from courses.domain.lesson import Course, LearningPath, Lesson
from courses.domain.picture import Picture
from courses.faults import Fault, amiss
from courses.paths import read_paths
from courses.pictures import FOLDER as PICTURES
from courses.pictures import read_pictures
from courses.reading import Faulty, byte_order_marks, read_course, read_facts, read_lesson
from courses.recordings import FOLDER as VOICES
from courses.recordings import FRAME_PARTS, Recording, find_recordings, parts_of
from courses.retired import read_retired, without_reused
from courses.searching import Index
from courses.written import ID, WrittenCourse

LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True)
class Catalogue:
    """courses: in the order of their numbers, lessons in teaching order, all facts told.

    faults: of whatever could not be taken in; a lesson or course with a fault is left out, the others are served.
    paths: in the order of paths.toml; the first is the one suggested to whoever does not know where to begin.
    asked: by the id of a lesson, what people type or say when they need it.
    pictures: all there are, by name, whether a lesson uses them or not.
    recordings: by the id of a lesson, then by the part of it that is read aloud.
    frame_recordings: of the pages' own words, the same in every lesson, by their FRAME_PARTS.
    version: changes when any file of the library does, and only then.
    """

    courses: tuple[Course, ...]
    facts: dict[str, Fact]
    faults: tuple[Fault, ...]
    version: str
    paths: tuple[LearningPath, ...] = ()
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    recordings: Mapping[str, Mapping[str, Recording]] = field(default_factory=dict)
    frame_recordings: Mapping[str, Recording] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path = LIBRARY) -> "Catalogue":
        """Read every file below `folder`. Never raises for what it finds there, or does not: see `faults`."""
        facts, faults = read_facts(folder / "facts.toml", f"{folder.name}/facts.toml")
        courses: list[Course] = []
        pictures, misdrawn = read_pictures(folder / PICTURES, f"{folder.name}/{PICTURES}")
        faults += misdrawn
        for place in sorted(path for path in folder.glob("*") if path.is_dir() and path.name not in (PICTURES, VOICES)):
            course, found = _read_with_lessons(place, folder.name, facts, pictures)
            faults += found
            if course is not None:
                courses.append(course)
        courses.sort(key=lambda course: (course.number, course.id))
        faults += tuple(_repeated(courses, folder.name))
        retired, unread = read_retired(folder / "retired_ids.toml", f"{folder.name}/retired_ids.toml")
        courses, reused = without_reused(courses, retired, folder.name)
        faults += (*unread, *reused)
        # A lesson left out for a fault of its own is named there; whoever refers to it is not at fault.
        known = {file.parent.name for file in folder.glob("*/*/lesson.toml")}
        served = {lesson.id: lesson for course in courses for lesson in course.lessons}
        paths, found = read_paths(folder / "paths.toml", f"{folder.name}/paths.toml", facts, served, known)
        asked, unheard = read_asked(folder / "asked.toml", f"{folder.name}/asked.toml", facts, served, known)
        drawn = {name: picture for name, picture in pictures.items() if picture}
        recordings, mute = _recordings(folder, courses)
        frame, silent = find_recordings(folder, folder.name, FRAME_PARTS)
        faults += (*found, *unheard, *mute, *silent, *byte_order_marks(folder))
        version = _version(folder, {**recordings, "": frame})
        return cls(tuple(courses), facts, faults, version, paths, asked, drawn, recordings, frame)

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        return tuple(lesson for course in self.courses for lesson in course.lessons)

    def course(self, course_id: str) -> Course | None:
        return self._courses.get(course_id)

    def lesson(self, lesson_id: str) -> Lesson | None:
        return self._lessons.get(lesson_id)

    def path(self, path_id: str) -> LearningPath | None:
        return next((path for path in self.paths if path.id == path_id), None)

    @cached_property
    def index(self) -> Index:
        """What a search looks through, built when first asked for."""
        return Index(self.lessons, self.asked)

    @cached_property
    def _courses(self) -> dict[str, Course]:
        return {course.id: course for course in self.courses}

    @cached_property
    def _lessons(self) -> dict[str, Lesson]:
        # Of two lessons under one id the first is served, as before the second came.
        return {lesson.id: lesson for lesson in reversed(self.lessons)}


def _read_with_lessons(
    place: Path, library: str, facts: dict[str, Fact], pictures: Mapping[str, Picture | None]
) -> tuple[Course | None, tuple[Fault, ...]]:
    named = f"{library}/{place.name}/course.toml"
    if not ID.fullmatch(place.name):
        return None, (Fault(f"{library}/{place.name}", "", amiss("folder_name")),)
    try:
        written = read_course(place / "course.toml", named, facts)
    except Faulty as faulty:
        return None, faulty.faults
    faults = list(_about_the_list(written, place, named))
    lessons = []
    for position, lesson_id in enumerate(dict.fromkeys(written.lessons), start=1):
        file = place / lesson_id / "lesson.toml"
        try:
            lessons.append(
                read_lesson(
                    file,
                    f"{library}/{place.name}/{lesson_id}/lesson.toml",
                    facts,
                    pictures,
                    course=place.name,
                    number=f"{written.number}.{position}",
                )
            )
        except Faulty as faulty:
            faults.extend(faulty.faults)
    if not lessons:  # nothing to show under its title
        return None, tuple(faults)
    course = Course(
        id=place.name,
        number=written.number,
        title=written.title,
        audience=written.audience,
        about=written.about,
        lessons=tuple(lessons),
        optional=written.optional,
    )
    return course, tuple(faults)


def _about_the_list(written: WrittenCourse, place: Path, named: str) -> Iterable[Fault]:
    for lesson_id, times in Counter(written.lessons).items():
        if times > 1:
            yield Fault(named, "lessons", amiss("listed_twice", lesson=lesson_id, times=times))
    for folder in sorted(path.name for path in place.glob("*") if path.is_dir()):
        if folder not in written.lessons:
            yield Fault(named, "lessons", amiss("unlisted_folder", folder=folder))


def _repeated(courses: list[Course], library: str) -> Iterable[Fault]:
    for number, times in Counter(course.number for course in courses).items():
        if times > 1:
            holders = [course.id for course in courses if course.number == number]
            yield Fault(
                f"{library}/{holders[-1]}/course.toml",
                "number",
                amiss("number_taken", number=number, course=holders[0]),
            )
    home: dict[str, str] = {}
    for course in courses:
        for lesson in course.lessons:
            first = home.setdefault(lesson.id, course.id)
            if first != course.id:
                yield Fault(f"{library}/{course.id}/{lesson.id}/lesson.toml", "", amiss("used_in_course", course=first))


def _recordings(folder: Path, courses: Iterable[Course]) -> tuple[dict[str, dict[str, Recording]], tuple[Fault, ...]]:
    by_lesson: dict[str, dict[str, Recording]] = {}
    faults: tuple[Fault, ...] = ()
    for course in courses:
        for lesson in course.lessons:
            place = f"{course.id}/{lesson.id}"
            found, amiss = find_recordings(folder / place, f"{folder.name}/{place}", parts_of(lesson))
            faults += amiss
            if found:
                by_lesson.setdefault(lesson.id, found)
    return by_lesson, faults


def _version(folder: Path, recordings: Mapping[str, Mapping[str, Recording]]) -> str:
    digest = hashlib.sha256()
    for lesson_id, parts in sorted(recordings.items()):
        for part, recording in sorted(parts.items()):
            digest.update(f"{lesson_id}/{part} {recording.version}\0".encode())
    for file in sorted([*folder.rglob("*.toml"), *folder.rglob("*.svg")]):
        if file.is_file():
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]
