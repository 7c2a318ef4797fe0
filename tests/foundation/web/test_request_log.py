import logging
import re

import pytest
from werkzeug import Response
from werkzeug.test import Client

from app import create_app
from foundation.web.request_log import HEADER, RequestLog


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, logger="foundation.web.request_log")

    def fields():
        return [each.fields for each in caplog.records if each.getMessage() == "request"]

    return fields


def test_each_request_is_one_line_with_its_route_and_without_what_stood_in_the_address(visitor, lines):
    answer = visitor.client.get("/bai-hoc/vneid-kich-hoat?q=Bui+Thi+Mau")

    (line,) = lines()
    assert line["route"] == "/bai-hoc/<lesson_id>"
    assert (line["method"], line["status"], line["id"]) == ("GET", 200, answer.headers[HEADER])
    assert line["size"] == len(answer.data)
    assert 0 < line["ms"] < 60_000
    assert line.keys() == {"id", "method", "route", "status", "ms", "size"}
    assert "vneid" not in str(line)
    assert "Mau" not in str(line)


@pytest.mark.parametrize("address", ["/khong-co/0912345678", "/xac-nhan/K7QD-0912345678"])
def test_an_address_that_is_not_there_is_not_written_down(visitor, lines, address):
    visitor.client.get(address)

    assert "0912345678" not in str(lines())


def test_the_id_stands_on_the_error_page_in_the_problem_and_in_the_header(visitor):
    page = visitor.client.get("/khong-co-trang-nay")
    problem = visitor.client.get("/api/v1/khong-co")

    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{10}", page.headers[HEADER])
    assert f"404 · not_found · {page.headers[HEADER]}" in page.text
    assert problem.json["request_id"] == problem.headers[HEADER] != page.headers[HEADER]


def test_a_static_file_is_a_line_too(visitor, lines):
    address = re.search(r'"(/static/web/[^"]+\.css)"', visitor.client.get("/").text)[1]
    answer = visitor.client.get(address)

    assert lines()[-1]["route"] == "/static/…"
    assert lines()[-1]["size"] == len(answer.data)


def test_an_unexpected_fault_is_named_in_the_line_and_told_under_the_same_name(
    app, visitor, lines, caplog, monkeypatch
):
    def broken():
        raise RuntimeError("a password is hunter2 of 0912345678")

    monkeypatch.setitem(app.view_functions, "web.robots", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = visitor.client.get("/robots.txt")

    (line,) = lines()
    (told,) = [each for each in caplog.records if each.exc_info]
    assert (answer.status_code, line["status"]) == (500, 500)
    assert re.fullmatch("[0-9a-f]{8}", line["fault"])
    assert told.getMessage() == "fault"
    assert answer.headers[HEADER] in answer.text


def test_a_fault_outside_the_application_is_a_line_as_well(lines):
    def broken(_environ, _start):
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        RequestLog(broken)({"REQUEST_METHOD": "GET"}, lambda *_: None)

    assert lines()[0]["status"] == 500


GIVEN = "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [(0, GIVEN, False), (1, GIVEN, True), (1, "x", False), (1, "a b c d e f g h", False), (1, "a" * 65, False)],
)
def test_an_id_is_taken_from_a_trusted_proxy_alone(proxies, given, taken):
    log = RequestLog(Response("ok"), from_proxy=proxies > 0)

    assert (Client(log).get("/", headers={HEADER: given}).headers[HEADER] == given) is taken


@pytest.mark.parametrize("wanted", [False, True])
def test_an_address_is_written_only_where_a_setting_says_so(lines, wanted):
    Client(RequestLog(Response("ok"), addresses=wanted)).get("/", environ_overrides={"REMOTE_ADDR": "127.0.0.1"})

    assert lines()[-1].get("address") == ("127.0.0.1" if wanted else None)


def test_the_settings_decide_both(settings, engine, lines):
    app = create_app(settings.model_copy(update={"behind_proxy": 1, "log_addresses": True}), engine=engine)
    answer = app.test_client().get("/robots.txt", headers={HEADER: GIVEN, "X-Forwarded-For": "14.160.1.2"})

    assert answer.headers[HEADER] == GIVEN
    assert lines()[-1]["address"] == "14.160.1.2"


def test_an_answer_sent_in_parts_is_counted_and_one_broken_off_has_no_size(lines):
    def parts(_environ, start):
        start("200 OK", [])
        yield b"abc"
        yield b"de"

    whole = RequestLog(lambda environ, start: parts(environ, start))
    # start_response is called with the first part, as generators do: the line waits for the end.
    body = whole({"REQUEST_METHOD": "GET"}, lambda *_: None)
    assert b"".join(body) == b"abcde"
    body.close()
    broken = whole({"REQUEST_METHOD": "GET"}, lambda *_: None)
    next(iter(broken))
    broken.close()

    assert [line.get("size") for line in lines()] == [5, None]
    assert [line["status"] for line in lines()] == [200, 200]
