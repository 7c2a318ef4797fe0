"""The catalogue of courses and lessons, loaded once at start and never changed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from courses.domain.facts import Fact
from courses.domain.lesson import Course, LearningPath, Lesson
from courses.domain.picture import Picture
from courses.faults import LibraryFault, error_detail
from courses.paths import read_paths
from courses.pictures import FOLDER as PICTURES
from courses.pictures import read_pictures
from courses.reading import InvalidFile, byte_order_mark_faults, read_course, read_facts, read_lesson
from courses.recordings import FOLDER as VOICES
from courses.recordings import INTERFACE_PARTS, Recording, find_recordings, parts_of
from courses.retired import read_retired, remove_reused_ids
from courses.schema import ID, CourseSchema
from courses.search_phrases import read_search_phrases
from courses.searching import SearchIndex

LIBRARY = Path(__file__).parent / "library"


@dataclass(frozen=True)
class Catalogue:
    """courses: by number, lessons in teaching order, facts substituted.

    faults: of all files. A lesson or course with a fault is excluded, the others are served.
    paths: in the order of paths.toml; the first is suggested to people who do not know where to begin.
    search_phrases: by lesson id, what people type or say when they need the lesson.
    pictures: all usable ones by name, also those that no lesson uses.
    recordings: by lesson id, then by part of the lesson.
    interface_recordings: of the interface's texts, the same in every lesson, by INTERFACE_PARTS.
    version: a hash of all files of the library.
    """

    courses: tuple[Course, ...]
    facts: dict[str, Fact]
    faults: tuple[LibraryFault, ...]
    version: str
    paths: tuple[LearningPath, ...] = ()
    search_phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    recordings: Mapping[str, Mapping[str, Recording]] = field(default_factory=dict)
    interface_recordings: Mapping[str, Recording] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path = LIBRARY) -> "Catalogue":
        """Load every file below `folder`. Does not raise for missing or faulty files: see `faults`."""
        facts, faults = read_facts(folder / "facts.toml", f"{folder.name}/facts.toml")
        courses: list[Course] = []
        pictures, picture_faults = read_pictures(folder / PICTURES, f"{folder.name}/{PICTURES}")
        faults += picture_faults
        for course_folder in sorted(
            path for path in folder.glob("*") if path.is_dir() and path.name not in (PICTURES, VOICES)
        ):
            course, found = _read_with_lessons(course_folder, folder.name, facts, pictures)
            faults += found
            if course is not None:
                courses.append(course)
        courses.sort(key=lambda course: (course.number, course.id))
        faults += tuple(_check_duplicates(courses, folder.name))
        retired, retired_faults = read_retired(folder / "retired_ids.toml", f"{folder.name}/retired_ids.toml")
        courses, reused_faults = remove_reused_ids(courses, retired, folder.name)
        faults += (*retired_faults, *reused_faults)
        # A reference to a lesson that is excluded for its own fault is not a second fault.
        known_ids = {file.parent.name for file in folder.glob("*/*/lesson.toml")}
        served = {lesson.id: lesson for course in courses for lesson in course.lessons}
        paths, found = read_paths(folder / "paths.toml", f"{folder.name}/paths.toml", facts, served, known_ids)
        search_phrases, phrase_faults = read_search_phrases(
            folder / "asked.toml", f"{folder.name}/asked.toml", facts, served, known_ids
        )
        usable_pictures = {name: picture for name, picture in pictures.items() if picture}
        recordings, recording_faults = _recordings(folder, courses)
        interface, interface_faults = find_recordings(folder, folder.name, INTERFACE_PARTS)
        faults += (*found, *phrase_faults, *recording_faults, *interface_faults, *byte_order_mark_faults(folder))
        version = _version(folder, {**recordings, "": interface})
        return cls(
            tuple(courses), facts, faults, version, paths, search_phrases, usable_pictures, recordings, interface
        )

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
    def index(self) -> SearchIndex:
        """The search index, built at first use."""
        return SearchIndex(self.lessons, self.search_phrases)

    @cached_property
    def _courses(self) -> dict[str, Course]:
        return {course.id: course for course in self.courses}

    @cached_property
    def _lessons(self) -> dict[str, Lesson]:
        # Of two lessons with one id the first is served.
        return {lesson.id: lesson for lesson in reversed(self.lessons)}


def _read_with_lessons(
    course_folder: Path, library: str, facts: dict[str, Fact], pictures: Mapping[str, Picture | None]
) -> tuple[Course | None, tuple[LibraryFault, ...]]:
    label = f"{library}/{course_folder.name}/course.toml"
    if not ID.fullmatch(course_folder.name):
        return None, (LibraryFault(f"{library}/{course_folder.name}", "", error_detail("folder_name")),)
    try:
        source = read_course(course_folder / "course.toml", label, facts)
    except InvalidFile as invalid:
        return None, invalid.faults
    faults = list(_check_lesson_list(source, course_folder, label))
    lessons = []
    for position, lesson_id in enumerate(dict.fromkeys(source.lessons), start=1):
        file = course_folder / lesson_id / "lesson.toml"
        try:
            lessons.append(
                read_lesson(
                    file,
                    f"{library}/{course_folder.name}/{lesson_id}/lesson.toml",
                    facts,
                    pictures,
                    course=course_folder.name,
                    number=f"{source.number}.{position}",
                )
            )
        except InvalidFile as invalid:
            faults.extend(invalid.faults)
    if not lessons:  # a course without lessons is not shown
        return None, tuple(faults)
    course = Course(
        id=course_folder.name,
        number=source.number,
        title=source.title,
        audience=source.audience,
        about=source.about,
        lessons=tuple(lessons),
        optional=source.optional,
    )
    return course, tuple(faults)


def _check_lesson_list(source: CourseSchema, course_folder: Path, label: str) -> Iterable[LibraryFault]:
    for lesson_id, times in Counter(source.lessons).items():
        if times > 1:
            yield LibraryFault(label, "lessons", error_detail("listed_twice", lesson=lesson_id, times=times))
    for folder in sorted(path.name for path in course_folder.glob("*") if path.is_dir()):
        if folder not in source.lessons:
            yield LibraryFault(label, "lessons", error_detail("unlisted_folder", folder=folder))


def _check_duplicates(courses: list[Course], library: str) -> Iterable[LibraryFault]:
    for number, times in Counter(course.number for course in courses).items():
        if times > 1:
            course_ids = [course.id for course in courses if course.number == number]
            yield LibraryFault(
                f"{library}/{course_ids[-1]}/course.toml",
                "number",
                error_detail("number_taken", number=number, course=course_ids[0]),
            )
    course_of_lesson: dict[str, str] = {}
    for course in courses:
        for lesson in course.lessons:
            first = course_of_lesson.setdefault(lesson.id, course.id)
            if first != course.id:
                yield LibraryFault(
                    f"{library}/{course.id}/{lesson.id}/lesson.toml", "", error_detail("used_in_course", course=first)
                )


def _recordings(
    folder: Path, courses: Iterable[Course]
) -> tuple[dict[str, dict[str, Recording]], tuple[LibraryFault, ...]]:
    by_lesson: dict[str, dict[str, Recording]] = {}
    faults: tuple[LibraryFault, ...] = ()
    for course in courses:
        for lesson in course.lessons:
            course_folder = f"{course.id}/{lesson.id}"
            found, error_detail = find_recordings(
                folder / course_folder, f"{folder.name}/{course_folder}", parts_of(lesson)
            )
            faults += error_detail
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
