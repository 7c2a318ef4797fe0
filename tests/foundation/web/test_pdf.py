import io
import subprocess

import jinja2
import pikepdf
import pytest

from foundation.web.pdf.render import render_pdf

NAMES = "Giàng Thị Páo Sềnh – Nguyễn Ngọc Ẩn Ễ Ỡ Ự Ỵ Đặng"
HIGHLANDS = "Y Bĭh Niê Kđăm ĕ ĭ ŏ ŭ ƀ Ĕ Ĭ Ŏ Ŭ Ƀ"
TAI_VIET = "ꪎꪱꪣ ꪼꪕ ꪀꪱꪫ"


@pytest.fixture
def printed(app, monkeypatch):
    def render(body: str, **context) -> bytes:
        page = f'<html lang="vi"><head><title>Thử in</title></head><body>{body}</body></html>'
        monkeypatch.setattr(app.jinja_env, "loader", jinja2.DictLoader({"printed.html": page}))
        app.jinja_env.cache.clear()
        with app.test_request_context():
            return render_pdf("printed.html", **context)

    return render


def told(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("name", [NAMES, HIGHLANDS, TAI_VIET])
def test_every_name_of_the_country_prints_and_reads_back(printed, name):
    assert name in told(printed("<p>{{ name }}</p>", name=name))


def test_a_print_is_tagged_names_its_language_and_says_so(printed):
    with pikepdf.open(io.BytesIO(printed("<h1>Giấy</h1><p>Chữ</p>"))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "vi"
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.docinfo["/Title"] == "Thử in"
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"


def test_every_font_is_inside_the_file(printed):
    pdf = pikepdf.open(io.BytesIO(printed("<p>{{ name }}</p><b>{{ name }}</b>", name=NAMES + TAI_VIET)))

    fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
    descriptors = [font.DescendantFonts[0].FontDescriptor for font in fonts]
    assert len(descriptors) >= 3
    assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)


def test_our_own_pictures_are_printed(printed):
    picture = """<img src="{{ url_for('web.static', filename='band.svg') }}" alt="">"""

    assert len(printed(picture)) > len(printed("<p></p>"))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/x.png",
        "https://example.org/x.png",
        "file:///etc/hostname",
        "/static/web/../../app.py",
        "/static/web/0000000000/none.svg",
        "/fonts/../../../../etc/hostname",
        "ftp://example.org/x.png",
    ],
)
def test_a_print_loads_nothing_that_is_not_ours(printed, address):
    with pytest.raises(LookupError, match="may not load"):
        printed(f'<img src="{address}" alt="">')


def test_a_style_that_is_not_there_is_named(app, printed):
    with app.test_request_context(), pytest.raises(LookupError, match=r"web/none\.css"):
        render_pdf("web/error.html", styles=["web/none.css"], status=404, code="not_found", details={})
