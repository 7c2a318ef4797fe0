"""Only the host of PUBLIC_ADDRESS is served, and nothing that others may keep names a made-up one."""

import pytest


@pytest.fixture
def public(app, monkeypatch):
    def known_as(address):
        settings = app.extensions["settings"].model_copy(update={"public_address": address})
        monkeypatch.setitem(app.extensions, "settings", settings)
        return app.test_client()

    return known_as


def get(client, host, path="/xac-nhan", address="203.0.113.9"):
    return client.get(path, headers={"Host": host}, environ_overrides={"REMOTE_ADDR": address})


@pytest.mark.parametrize("host", ["hoc.example.vn", "HOC.example.vn", "hoc.example.vn:443", "hoc.example.vn."])
def test_the_sites_own_host_is_served(public, host):
    assert get(public("https://hoc.example.vn"), host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "hoc.example.vn.evil.example",
        "localhost",
        "127.0.0.1:8000",
        "hoc.example.vn:8443",
        "hoc.example.vn:x",
        "[::1",
        "",
    ],
)
def test_any_other_is_refused(public, host):
    answer = get(public("https://hoc.example.vn/"), host)

    assert (answer.status_code, "421 · wrong_host" in answer.text) == (421, True)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_the_machine_itself_may_ask_by_its_own_names(public, host):
    assert get(public("https://hoc.example.vn"), host, "/healthz", "127.0.0.1").status_code == 200


def test_without_an_address_any_host_is_served_and_nothing_that_names_it_is_kept(public, make, now):
    client = public("")
    course = make.course(lessons=(make.lesson(),))
    make.letter(make.learner(*course.lessons).id, course)

    for path in ("/xac-nhan/khoa.json", "/xac-nhan/tinh-trang.json", "/xac-nhan/tinh-trang/0"):
        answer = get(client, "evil.example", path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path


def test_with_an_address_they_may_be_kept(public, now):
    answer = get(public("https://hoc.example.vn"), "hoc.example.vn", "/xac-nhan/khoa.json")

    assert answer.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("host", ["a" * 64, "a" * 3000, "hoc..vn", ".vn", f"{'a' * 64}.vn:8000"])
@pytest.mark.parametrize("own", ["", "https://hoc.example.vn"])
def test_what_is_no_name_is_refused_on_a_page(public, host, own):
    """No address can be built with it: such a request was answered 500, without a page."""
    client = public(own)

    page = get(client, host, "/bai-hoc/at-otp/in.pdf")
    by_program = get(client, host, "/api/openapi.json")

    assert (page.status_code, "421 · wrong_host" in page.text) == (421, True)
    assert (by_program.status_code, by_program.json["code"]) == (421, "wrong_host")
