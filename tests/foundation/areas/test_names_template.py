import pytest
from flask import render_template_string

from foundation.areas.domain.kinds import AreaKind
from foundation.areas.domain.naming import local_name
from foundation.areas.models import Area


@pytest.fixture
def shown(app):
    def shown(words, **values):
        source = '{% from "areas/names.html" import area_name, area_heading, address, level_name %}' + words
        with app.test_request_context():
            return render_template_string(source, **values)

    return shown


@pytest.mark.parametrize("kind", AreaKind)
def test_every_kind_has_its_vietnamese_word(shown, kind):
    area = Area(kind=kind, name="Mẫu 1")

    assert shown("{{ area_name(area) }}", area=area) == local_name(kind, "Mẫu 1")


def test_a_heading_begins_with_a_capital(shown):
    assert shown("{{ area_heading(area) }}", area=Area(kind=AreaKind.DAC_KHU, name="Hoàng Sa")) == "Đặc khu Hoàng Sa"


def test_a_name_cannot_bring_markup_along(shown):
    area = Area(kind=AreaKind.XA, name="<b>Ea H'Leo & co")

    assert "<b>" not in shown("{{ area_name(area) }} {{ area_heading(area) }}", area=area)
    assert shown("{{ area_heading(area) }}", area=area).startswith("Xã &lt;b&gt;Ea H")


def test_an_address_goes_from_small_to_large(shown):
    areas = [
        Area(kind=AreaKind.BAN, name="Mẫu 1"),
        Area(kind=AreaKind.XA, name="Bát Mọt"),
        Area(kind=AreaKind.TINH, name="Thanh Hóa"),
    ]

    assert shown("{{ address(areas) }}", areas=areas) == "bản Mẫu 1, xã Bát Mọt, tỉnh Thanh Hóa"
