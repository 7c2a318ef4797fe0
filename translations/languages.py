"""The supported and planned languages. Our own list: Babel lacks most of the minority languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """tag: BCP 47. own_name: as its speakers write it; the Vietnamese name while we do not know it.

    interface: whether the interface is translated. Lessons list their languages themselves.
    """

    tag: str
    own_name: str
    vietnamese_name: str
    interface: bool = False


SOURCE = Language("vi", "Tiếng Việt", "Tiếng Việt", interface=True)

# Source of the tags: facts 5.2.
LANGUAGES: dict[str, Language] = {
    language.tag: language
    for language in (
        SOURCE,
        Language("en", "English", "Tiếng Anh", interface=True),
        Language("mtq", "Tiếng Mường", "Tiếng Mường"),
        Language("blt", "Tiếng Thái Đen", "Tiếng Thái Đen"),
        Language("twh", "Tiếng Thái Trắng", "Tiếng Thái Trắng"),
        Language("hmv", "Tiếng Mông", "Tiếng Mông"),
        Language("mww", "Hmoob Dawb", "Tiếng Mông Trắng"),
        Language("tyz", "Tiếng Tày", "Tiếng Tày"),
        Language("nut", "Tiếng Nùng", "Tiếng Nùng"),
        Language("cjm", "Tiếng Chăm", "Tiếng Chăm"),
        Language("km", "ភាសាខ្មែរ", "Tiếng Khmer"),
        Language("zh", "中文", "Tiếng Hoa"),
    )
}


def interface_languages() -> list[Language]:
    """The languages of the interface, Vietnamese first."""
    return [language for language in LANGUAGES.values() if language.interface]


def interface_language(tag: str | None) -> Language | None:
    """The interface language with that tag; None for an unknown tag and for a language without an interface."""
    language = LANGUAGES.get(tag or "")
    return language if language and language.interface else None
