import pytest


@pytest.mark.parametrize(
    ("licence", "words"), [("", "Hiện chưa quyết định"), ("CC BY 4.0", "theo giấy phép: CC BY 4.0")]
)
def test_the_page_of_open_figures_says_who_decides_the_licence(app, visitor, monkeypatch, licence, words):
    settings = app.extensions["settings"].model_copy(update={"data_licence": licence})
    monkeypatch.setitem(app.extensions, "settings", settings)

    page = visitor.open("/do-phu/du-lieu")

    assert words in page
    assert "Xã Đoàn Mẫu" in page
    assert ("Hiện chưa quyết định" in page) is not bool(licence)
