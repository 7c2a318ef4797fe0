"""The levels of the country and the kinds of area on each, as people there call them."""

from enum import StrEnum


class Level(StrEnum):
    PROVINCE = "province"
    COMMUNE = "commune"
    HAMLET = "hamlet"


# Special zones far out at sea, belonging to Đà Nẵng and Khánh Hòa: no map of Việt Nam leaves them out.
HOANG_SA = "20333"
TRUONG_SA = "22736"


class AreaKind(StrEnum):
    """What an area is called before its name. Vietnamese words for a kind: `areas/names.html`.

    Provinces and communes: the kinds of the two-level local government since 1 July 2025. Hamlets are no
    administrative level, so each region keeps its own word for them.
    """

    TINH = "tinh"
    THANH_PHO = "thanh_pho"

    XA = "xa"
    PHUONG = "phuong"
    DAC_KHU = "dac_khu"

    THON = "thon"
    BAN = "ban"
    LANG = "lang"
    XOM = "xom"
    BUON = "buon"
    BON = "bon"
    AP = "ap"
    KHOM = "khom"
    KHU = "khu"
    KHU_PHO = "khu_pho"
    TIEU_KHU = "tieu_khu"
    TO_DAN_PHO = "to_dan_pho"

    @property
    def level(self) -> Level:
        if self in _PROVINCES:
            return Level.PROVINCE
        return Level.COMMUNE if self in _COMMUNES else Level.HAMLET


_PROVINCES = {AreaKind.TINH, AreaKind.THANH_PHO}
_COMMUNES = {AreaKind.XA, AreaKind.PHUONG, AreaKind.DAC_KHU}

KIND_WORDS = {
    AreaKind.TINH: "tỉnh",
    AreaKind.THANH_PHO: "thành phố",
    AreaKind.XA: "xã",
    AreaKind.PHUONG: "phường",
    AreaKind.DAC_KHU: "đặc khu",
    AreaKind.THON: "thôn",
    AreaKind.BAN: "bản",
    AreaKind.LANG: "làng",
    AreaKind.XOM: "xóm",
    AreaKind.BUON: "buôn",
    AreaKind.BON: "bon",
    AreaKind.AP: "ấp",
    AreaKind.KHOM: "khóm",
    AreaKind.KHU: "khu",
    AreaKind.KHU_PHO: "khu phố",
    AreaKind.TIEU_KHU: "tiểu khu",
    AreaKind.TO_DAN_PHO: "tổ dân phố",
}
