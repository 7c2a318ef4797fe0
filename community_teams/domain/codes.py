"""The codes of a visit's answers. Their Vietnamese is in templates/community_teams/labels.html.

Source of every list: the teams' visit form, its fields and values as agreed with the teams (facts 7.2).
A published code never changes its meaning: phones and paper forms go on sending it.
"""

from enum import IntEnum, StrEnum


class Outcome(StrEnum):
    """How one visit to one household ended. Every outcome counts as knocked."""

    MET_DONE = "met_done"
    MET_PARTIAL = "met_partial"
    NOT_HOME = "not_home"
    RESCHEDULED = "rescheduled"
    REFUSED = "refused"
    MOVED = "moved"
    VACANT = "vacant"
    NOT_FOUND = "not_found"
    LANGUAGE = "language"
    UNSAFE = "unsafe"

    @property
    def reached(self) -> bool:
        return self in REACHED


REACHED = frozenset({Outcome.MET_DONE, Outcome.MET_PARTIAL})


class HouseholdStatus(StrEnum):
    """Only active households are counted and visited. MERGED is never set by a visit."""

    ACTIVE = "active"
    MOVED = "moved"
    VACANT = "vacant"
    MERGED = "merged"


class VisitType(StrEnum):
    FIRST = "first"
    AGAIN = "again"
    CULTURE_HOUSE = "culture_house"
    CENTRE = "centre"
    BY_PHONE = "by_phone"


class InputType(StrEnum):
    PHONE = "phone"
    PAPER = "paper"
    DESK = "desk"
    WEB = "web"


class ConsentLevel(StrEnum):
    """What the family agreed to have recorded. If it was not asked, there is no answer, not one of these."""

    CODE = "code"  # the answers, under the household's code
    COUNT = "count"  # the answers, without saying whose they are
    NONE = "none"  # only that somebody visited


class ConsentHow(StrEnum):
    SPOKEN = "spoken"
    SIGNED = "signed"
    TAPPED = "tapped"


class Support(StrEnum):
    """Why somebody needs more help. Stored as a number of people, never who."""

    SEEING = "seeing"
    HEARING = "hearing"
    WALKING = "walking"
    READING_VIETNAMESE = "reading_vietnamese"


class PhoneProblem(StrEnum):
    OLD = "old"
    NO_NFC = "no_nfc"
    FULL = "full"
    BROKEN = "broken"


class NetworkCarrier(StrEnum):
    VIETTEL = "viettel"
    VINAPHONE = "vinaphone"
    MOBIFONE = "mobifone"
    OTHER = "other"


class Signal(StrEnum):
    NONE = "none"
    WEAK = "weak"
    CALLS = "calls"
    DATA = "data"


class Power(StrEnum):
    GRID = "grid"
    OWN = "own"
    UNSTABLE = "unstable"
    NONE = "none"


class AgeBand(StrEnum):
    FROM_14 = "14-17"
    FROM_18 = "18-39"
    FROM_40 = "40-59"
    FROM_60 = "60-69"
    FROM_70 = "70+"


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"


class VneidLevel(StrEnum):
    """As the person says; visitors never look into the phone."""

    NOT_INSTALLED = "not_installed"
    INSTALLED = "installed"
    LEVEL1 = "level1"
    LEVEL2 = "level2"
    UNKNOWN = "unknown"


class Document(StrEnum):
    """Papers linked in VNeID."""

    BHYT = "bhyt"
    DRIVING_LICENCE = "driving_licence"
    VEHICLE = "vehicle"
    DEPENDANT = "dependant"
    SOCIAL_SECURITY = "social_security"


class Skill(StrEnum):
    """The twelve skills of the form, in its order."""

    VIDEO_CALL = "video_call"
    WIFI = "wifi"
    INSTALL_APP = "install_app"
    UPDATE_VNEID = "update_vneid"
    DOCUMENT_WALLET = "document_wallet"
    SUBMIT_ONLINE = "submit_online"
    FOLLOW_DOSSIER = "follow_dossier"
    QR_PAYMENT = "qr_payment"
    HEALTH_RECORD = "health_record"
    SCAM_CALL = "scam_call"
    OTP_SECRET = "otp_secret"  # noqa: S105 - a skill, not a secret
    REPORT_156 = "report_156"


class SkillLevel(IntEnum):
    """A skill that was not asked is missing, never NOT_YET."""

    NOT_YET = 0
    WITH_HELP = 1
    ALONE = 2


class Help(StrEnum):
    """What was done today. In ACTIVATE the resident touches every key: the visitor never types a password or OTP."""

    ACTIVATE = "activate"
    LINK_DOCUMENT = "link_document"
    SUBMIT_DOSSIER = "submit_dossier"
    LESSON = "lesson"
    SCAM_WARNING = "scam_warning"
    LEAFLET = "leaflet"


class IssueType(StrEnum):
    SIGNAL = "signal"
    POWER = "power"
    DATA_MISMATCH = "data_mismatch"
    NO_ID_CARD = "no_id_card"
    SIM_NOT_OWNED = "sim_not_owned"
    DEVICE = "device"
    PORTAL = "portal"
    SERVICE_ATTITUDE = "service_attitude"
    SCAM = "scam"
    LANGUAGE = "language"
    OTHER = "other"


class IssueLevel(StrEnum):
    """Who can settle it."""

    HAMLET = "hamlet"
    COMMUNE = "commune"
    COMMUNE_POLICE = "commune_police"
    SOCIAL_INSURANCE = "social_insurance"
    CARRIER = "carrier"
    ELECTRICITY = "electricity"
    PROVINCE = "province"
    MINISTRY = "ministry"


class IssueStatus(StrEnum):
    NEW = "new"
    IN_PROGRESS = "in_progress"
    BEYOND_AUTHORITY = "beyond_authority"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"  # the resident says so too
