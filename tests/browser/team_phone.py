"""A member's phone with the team's app on it: a browser of its own that can be closed and opened again."""

from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, Locator

from tests.browser.faulty_line import FaultyLine
from tests.browser.line import Line
from tests.browser.phone import AXE, AXE_RUN, Phone
from tests.browser.serving import PASSWORD

PIN = "402817"
TALL = 4000
# What the browser complains of on a phone without a network, before signing in, with another member signed in, cut off.
EXPECTED = ("net::ERR_", "status of 401", "status of 403", "status of 409")
CONTRAST = """async () => {
  const answer = await axe.run(document, {runOnly: ["color-contrast", "color-contrast-enhanced"],
    rules: {"color-contrast-enhanced": {enabled: true}}});
  return answer.violations.map(v => `${v.id}\\n${v.nodes.slice(0, 4).map(n => n.html).join("\\n")}`);
}"""


class TeamPhone(Phone):
    """looks: whether every screen is looked over by axe, light and dark."""

    def __init__(
        self, kind: BrowserType, line: Line | FaultyLine, folder: Path, launch: dict, *, looks: bool = True
    ) -> None:
        self._start = lambda: kind.launch_persistent_context(
            str(folder),
            viewport={"width": 360, "height": 740},
            locale="vi-VN",
            base_url=line.address,
            reduced_motion="reduce",
            **launch,
        )
        self.line = line
        self.looks = looks
        self.context: BrowserContext = self._start()
        super().__init__(self.context)

    def close(self) -> None:
        self.context.close()

    def open_again(self) -> None:
        """The browser was closed, or the battery died; the app is opened from the home screen."""
        self.context.close()
        self.context = self._start()
        seen = self._seen
        super().__init__(self.context)
        self._seen = seen
        self.page.goto("/doi-so")

    def wait_for(self, heading: str) -> None:
        """The screen under this heading stands; look it over."""
        self.page.get_by_role("heading", level=1, name=heading).wait_for()
        self.look()

    def go(self, words: str, heading: str, *, exact: bool = True) -> None:
        """Tap what says `words`; the screen under `heading` comes."""
        self.find(words, exact=exact).click()
        self.wait_for(heading)

    def find(self, words: str, *, exact: bool = True) -> Locator:
        page = self.page
        found = page.get_by_role("link", name=words, exact=exact).or_(
            page.get_by_role("button", name=words, exact=exact)
        )
        return found.locator("visible=true").first

    def touch(self, words: str) -> None:
        """Tap words on a screen of the form that stays."""
        self.page.locator("main").get_by_text(words, exact=True).locator("visible=true").first.click()

    def sign_in_here(self, name: str) -> None:
        self.page.get_by_label("Tên đăng nhập").fill(name)
        self.page.locator("input[type=password]").fill(PASSWORD)
        self.page.locator("main form button").first.click()

    def press_pin(self, pin: str = PIN) -> None:
        for digit in pin:
            self.page.locator(f'.pin-key[value="{digit}"]').click()
        self.page.get_by_role("button", name="Xong", exact=True).click()

    def set_up(self, name: str = "to-vien") -> None:
        """From a phone that knows nothing to the list of hamlets."""
        self.page.goto("/doi-so/tren-may")
        self.wait_for("Bác đăng nhập trước nhé")
        self.find("Đăng nhập").click()
        self.sign_in_here(name)
        self.wait_for("Chuẩn bị máy để đi thăm")
        self.go("Chọn mã PIN", "Chọn mã PIN 6 số")
        self.press_pin()
        self.wait_for("Bấm lại mã PIN lần nữa")
        self.press_pin()
        self.wait_for("Hôm nay mình đi đâu?")

    def unlock(self, pin: str = PIN) -> None:
        self.wait_for("Chào bác, mời bác bấm mã PIN")
        self.press_pin(pin)

    def look(self) -> None:
        assert not self.complaints, f"{self.page.url}: {self.complaints}"
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{self.page.url} is {width} pixels wide"
        heading = self.page.locator("main h1").first.inner_text()
        key = f"{heading} {self.page.locator('main .notice').count()}"
        if not self.looks or key in self._seen:
            return
        self._seen.add(key)
        # So tall that nothing lies half under the button at the bottom.
        self.page.set_viewport_size({"width": 360, "height": TALL})
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        faults = self.page.evaluate(AXE_RUN)
        self.page.emulate_media(color_scheme="dark")
        faults += [f"dark: {fault}" for fault in self.page.evaluate(CONTRAST)]
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 360, "height": 740})
        assert not faults, f"{self.page.url} {heading}\n" + "\n".join(faults)

    def _listen(self, message) -> None:
        if not any(words in message.text for words in EXPECTED):
            super()._listen(message)
