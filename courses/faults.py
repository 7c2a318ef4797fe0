"""Faults of the library, with file, key and a stable code.

Programs and translations use the code. MESSAGES holds the English text of each code.
"""

from dataclasses import dataclass

MESSAGES = {
    # Keys and values of a file.
    "missing": "is missing",
    "unknown_key": "there is no such key",
    "empty": "must not be empty",
    "too_few": "at least {least}, has {has}",
    "too_many": "at most {most}",
    "not_an_id": "an id is made of a–z, 0–9 and single dashes",
    "misfit": "{why}",
    # Whole files.
    "too_big": "is over {most} bytes",
    "cannot_be_opened": "cannot be opened: {why}",
    "bom": "line 1: begins with a byte order mark: save it as UTF-8 without one",
    "not_utf8": "line {line}: is not UTF-8 text (byte {byte})",
    "merge_mark": "line {line}: a mark of an unfinished merge",
    "not_toml": "is not TOML: {why}",
    "too_deep": "is nested too deeply",
    "folder_name": "a folder is named with a–z, 0–9 and single dashes",
    "unlisted_folder": "the folder {folder} is not listed",
    "listed_twice": "{lesson} is listed {times} times",
    "number_taken": "{number} is already that of {course}",
    # Ids.
    "used_twice": "the id {id} is used {times} times",
    "used_once_unfolded": "once cards are unfolded, the id {id} is used more than once",
    "used_in_course": "the id is already used in {course}",
    "retired_lesson": "the id {id} was that of another lesson, which is gone: take a new one",
    "retired_part": "the id {id} stood for something else once: take a new one",
    "no_lesson": "there is no lesson {lesson}",
    "no_such_lesson": "there is no such lesson",
    # Sentences.
    "long_sentence": "{words} words in one sentence, at most {most}: {begin}…",
    "real_number": "{number} may be somebody's real number: use an invented one",
    "unknown_address": "{address} is not on the list of addresses: name a fact, or put it in fake_links when it plays "
    "a fake",
    "markup": "{tag} would be shown as it is written: lessons know **bold** and nothing more",
    "invisible_character": "has an invisible character (U+{point})",
    "scolding": "say what to do instead of 'sai': a tap beside the mark is never wrong",
    # Shared facts and trust.
    "no_such_fact": "no such fact: {names}",
    "fact_written_out": "{value!r} is a shared fact: write {{{name}}}",
    "fact_name": "a fact is named in capitals, digits and _, such as TD_VNEID",
    "unofficial_link": "lessons link only to addresses that end in {ending}",
    "from_memory": "must be true while a source is from memory",
    "aged": "may have changed: last checked {days} days ago, at most {most}",
    "not_yet": "{day} has not come yet",
    # Questions and practice.
    "not_one_right": "exactly one must be right",
    "none_right": "one at least must be right",
    "kind_needs_it": "is missing; a screen of kind {kind} needs it",
    "not_of_this_kind": "a screen of kind {kind} has no such key",
    "end_must_lead": "is missing; an end screen that is not the last must say where it leads",
    "tick_leads_nowhere": "a thing to tick leads nowhere; the screen's own goes does",
    "no_hint_when_touched": "is missing; say a kind word when it is touched",
    "no_hint_when_misplaced": "is missing; say a kind word when it is put in the wrong place",
    "two_cards": "at least 2 cards",
    "two_bins": "at least 2 bins, each with its own id",
    "no_bin_in_order": "cards in order have no bin",
    "no_such_bin": "must be one of {bins}",
    "leads_to_nothing": "leads to {screen}, which does not exist",
    "never_reached": "nothing leads to it",
    "no_way_out": "no row of right answers leads from it to the end",
    "no_screen": "there is no screen {screen}",
    "can_be_gone_around": "the practice can be finished rightly without {screen}",
    "nothing_to_pass": "at least one screen must have to be passed",
    # Pictures.
    "no_picture": "there is no picture {picture}",
    "no_picture_to_tell": "there is no picture it could be said of",
    "no_alt": "has no alternative text: say in {file} what it shows",
    "no_drawing": "there is no such drawing",
    "alt_form": "must be a name and, in quotes, what the picture shows",
    "cannot_be_read": "cannot be read: {why}",
    "picture_name": "a picture is named with a–z, 0–9 and single dashes",
    "part_name": "each part is a <g> with an id of a–z, 0–9 and single dashes",
    "part_too_big": "the part {part} is {bytes} bytes, at most {most}",
    "drawing_too_big": "is {bytes} bytes with its parts, at most {most}",
    "nothing_drawn": "is empty",
    "not_a_drawing": "is not a drawing: {why}",
    "drawing_begins": "must begin with {begin} and nothing more",
    "no_such_shape": "a picture may not have <{tag}>",
    "letters_drawn": "no letters: fonts may be missing",
    "no_such_attribute": "a picture may not have {name} on <{tag}>",
    "no_such_value": "{name} may not be {value!r}",
    "no_part_drawn": "there is no part {part}",
    # Recordings.
    "other_language": "recordings are kept for {languages}",
    "not_a_recording": "a recording is a file that ends in {formats}",
    "no_part_to_read": "there is no part {part} to read aloud",
    "recorded_twice": "there is already {file}",
    "not_inside": "is no {ending} inside",
}


@dataclass(frozen=True, order=True)
class ErrorDetail:
    """An error without its place. code: one of MESSAGES; parameters: the values of its placeholders, (name, text)."""

    code: str
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def values(self) -> dict[str, str]:
        return dict(self.parameters)

    def __str__(self) -> str:
        return MESSAGES[self.code].format(**self.values)


def error_detail(code: str, **values: object) -> ErrorDetail:
    return ErrorDetail(code, tuple((name, str(value)) for name, value in values.items()))


@dataclass(frozen=True, order=True)
class LibraryFault:
    """An error and its place. file: as in "library/vneid-cai-dat/vneid-cai/lesson.toml".

    key: the place in the file, counted from 1, as in "question[2].option"; "" for the whole file.
    """

    file: str
    key: str
    detail: ErrorDetail

    @property
    def message(self) -> str:
        """The error in English."""
        return str(self.detail)

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.message}" if self.key else f"{self.file}: {self.message}"
