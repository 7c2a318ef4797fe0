"""Visits on a real phone, over a line that is cut: they leave once, whatever happens to browser, tabs and answers."""

import os
import signal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community_teams.models import Household, Visit
from foundation.database import make_engine
from foundation.settings import Settings
from tests.browser.conftest import QUIET
from tests.browser.faulty_line import FaultyLine, Mode, faulty_line_to
from tests.browser.phone_modules import phone_modules
from tests.browser.team_phone import PIN, TeamPhone

HAMLET = "14956-M001"
HOME = "Hôm nay mình đi đâu?"

# The app's own modules, opened as another tab would.
PHONE = """async ([modules, pin, work, given]) => {
  const address = URL.createObjectURL(new Blob([modules], {type: "text/javascript"}));
  const {openPhone, membersHere} = await import(address);
  const [{member}] = await membersHere();
  const phone = await openPhone({member, window: null});
  await phone.unlock(pin);
  try {
    return await (0, eval)("(" + work + ")")(phone, given);
  } finally {
    phone.close();
  }
}"""
RECORD = """async (phone, household) => {
  await phone.drafts.save(household, {outcome: "not_home"});
  return (await phone.outbox.finish(household)).id;
}"""
SUMMARY = "(phone) => phone.outbox.summary()"
SEND = "(phone) => phone.outbox.sendNow()"


class CutPhone(TeamPhone):
    """A member's phone on a line that can be cut."""

    def __init__(self, line: FaultyLine, folder: Path, launch: dict, kind) -> None:
        self.folder = folder
        super().__init__(kind, line, folder, launch, looks=False)

    def ask(self, work: str, given: object = None):
        return self.page.evaluate(PHONE, [phone_modules(), PIN, work, given])

    def kill(self) -> None:
        """kill -9 of the browser, as an empty battery does it; then it is started anew."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--user-data-dir={self.folder}".encode() in command:
                os.kill(int(process.name), signal.SIGKILL)
        self.context = self._start()
        self.page = self.context.new_page()
        self.page.goto("/doi-so")

    def _listen(self, message) -> None:
        """Chromium calls each request that fails on a cut line an error."""


@pytest.fixture(scope="module")
def line(server):
    with faulty_line_to(server) as line:
        yield line


@pytest.fixture(scope="module")
def set_up_phone(line, browser, chromium, tmp_path_factory):
    # The tests drive the app's modules by eval, which the pages themselves forbid.
    launch = {"executable_path": chromium, "args": QUIET, "bypass_csp": True}
    phone = CutPhone(line, tmp_path_factory.mktemp("phone"), launch, browser.browser_type)
    phone.set_up()
    phone.page.evaluate("navigator.serviceWorker.ready")
    yield phone
    phone.close()


@pytest.fixture
def phone(set_up_phone, line):
    """A member's phone with the app on it, unlocked, with a good line."""
    line.mode = Mode.UP
    set_up_phone.page.goto("about:blank")
    set_up_phone.page.goto("/doi-so")
    set_up_phone.unlock()
    set_up_phone.wait_for(HOME)
    return set_up_phone


@pytest.fixture
def database(served_folder):
    engine = make_engine(Settings(data_folder=served_folder, database_url="").database)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def doors(database) -> list[str]:
    ids = database.scalars(select(Household.id).where(Household.hamlet_code == HAMLET).order_by(Household.id).limit(5))
    return [str(id) for id in ids]


def stored(database: Session, id: str) -> int:
    database.rollback()
    return database.scalar(select(func.count()).where(Visit.id == UUID(id))) or 0


def test_the_app_opens_and_records_on_a_dead_line_and_sends_once_when_it_is_back(phone, line, database, doors):
    line.mode = Mode.DOWN
    phone.open_again()
    phone.unlock()
    phone.wait_for(HOME)
    id = phone.ask(RECORD, doors[0])
    assert phone.ask(SUMMARY)["waiting"] == 1
    phone.page.goto(f"/doi-so/{HAMLET}")
    phone.wait_for("Chào bác, mời bác bấm mã PIN")

    # A captive portal, then a line that swallows every answer, then a good one.
    line.mode = Mode.PORTAL
    assert phone.ask(SEND) == {"sent": 0, "stopped": "not_our_answer"}
    line.mode = Mode.ANSWERS_LOST
    assert phone.ask(SEND) == {"sent": 0, "stopped": "offline"}
    assert stored(database, id) == 1
    assert phone.ask(SUMMARY)["waiting"] == 1
    line.mode = Mode.UP
    assert phone.ask(SEND) == {"sent": 1, "stopped": None}

    assert stored(database, id) == 1
    assert phone.ask(SUMMARY)["waiting"] == 0


def test_two_tabs_send_each_visit_once_and_both_say_so(phone, line, database, doors):
    line.mode = Mode.DOWN
    id = phone.ask(RECORD, doors[4])
    other = phone.context.new_page()
    other.goto("/doi-so")
    other.get_by_role("heading", level=1, name="Chào bác").wait_for()
    line.mode = Mode.UP
    sent = [page.evaluate(PHONE, [phone_modules(), PIN, SEND, None])["sent"] for page in (phone.page, other)]

    assert sum(sent) <= 1
    assert stored(database, id) == 1
    for page in (phone.page, other):
        assert page.evaluate(PHONE, [phone_modules(), PIN, SUMMARY, None])["waiting"] == 0


def test_the_worker_sends_while_no_page_of_the_app_is_open(phone, line, database, doors):
    line.mode = Mode.DOWN
    id = phone.ask(RECORD, doors[0])
    phone.page.goto("about:blank")
    line.mode = Mode.UP
    session = phone.context.new_cdp_session(phone.page)
    seen: list[dict] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: seen.extend(told["registrations"]))
    session.send("ServiceWorker.enable")
    phone.page.wait_for_timeout(300)
    registration = next(it["registrationId"] for it in seen if it["scopeURL"].endswith("/doi-so"))
    session.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": line.address, "registrationId": registration, "tag": "doi-so-send", "lastChance": False},
    )
    for _ in range(100):
        if stored(database, id):
            break
        phone.page.wait_for_timeout(100)

    assert stored(database, id) == 1


def test_nothing_of_anybody_lies_in_the_browsers_caches(phone):
    phone.page.goto(f"/doi-so/{HAMLET}")
    kept = phone.page.evaluate(
        """async () => {
             const kept = [];
             for (const name of await caches.keys())
               for (const asked of await (await caches.open(name)).keys())
                 kept.push(name + " " + new URL(asked.url).pathname);
             return kept;
           }"""
    )

    assert kept
    assert all(each.startswith(("doi-so-shell /static/", "doi-so-shell /doi-so/tren-may")) for each in kept), kept


def test_a_visit_of_one_member_is_refused_under_another_ones_session(phone):
    answer = phone.page.evaluate(
        """async (batch) => {
             const headers = {"X-Member": "999999", "Content-Type": "application/json"};
             const body = JSON.stringify({batch, device: batch, pending: 0, visits: []});
             const answer = await fetch("/api/v1/visits", {method: "POST", headers, body});
             return [answer.status, (await answer.json()).code];
           }""",
        str(uuid4()),
    )

    assert answer == [409, "other_member"]


def test_a_new_version_comes_in_when_no_form_is_open(phone):
    phone.go("Tìm một hộ", "Đi từng ngõ, gõ từng nhà")
    phone.page.locator('[role="listitem"] a').first.click()
    phone.page.get_by_role("link", name="Ghi lượt thăm").click()
    phone.page.get_by_role("heading", level=1, name="Lần này thế nào?").wait_for()
    phone.page.evaluate("window.stillTheSamePage = true")

    # Another language is another shell, and so another worker.
    phone.page.evaluate("fetch('/ngon-ngu/en')")
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/doi-so').then((it) => it.update())")
    phone.page.wait_for_function("navigator.serviceWorker.getRegistration('/doi-so').then((it) => Boolean(it.waiting))")
    assert phone.page.evaluate("window.stillTheSamePage")
    phone.page.evaluate("location.hash = '#/'")
    phone.page.wait_for_function("window.stillTheSamePage === undefined && document.documentElement.lang === 'en'")

    phone.page.evaluate("fetch('/ngon-ngu/vi')")
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/doi-so').then((it) => it.update())")
    phone.page.wait_for_function("document.documentElement.lang === 'vi'")


def test_a_browser_killed_while_sending_sends_again_and_the_visit_counts_once(phone, line, database, doors):
    line.mode = Mode.DOWN
    ids = [phone.ask(RECORD, door) for door in doors[1:4]]
    line.mode = Mode.ANSWERS_LOST
    phone.ask(SEND)
    phone.kill()
    phone.unlock()
    phone.wait_for(HOME)
    line.mode = Mode.UP
    if phone.ask(SEND)["stopped"] == "not_signed_in":
        # Chromium had not written the session down yet when it died.
        phone.page.goto("/dang-nhap")
        phone.sign_in_here("to-vien")
        phone.unlock()
        phone.wait_for(HOME)
        phone.ask(SEND)

    assert [stored(database, id) for id in ids] == [1, 1, 1]
    assert phone.ask(SUMMARY)["undelivered"] == 0
