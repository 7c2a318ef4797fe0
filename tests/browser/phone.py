"""What a person does with a phone in the hand: open, tap, type, read. Every page opened is looked over by axe."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Download, Page

from tests.browser.serving import PASSWORD

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
# WCAG 2.2 AA, good manners, and the 7:1 contrast the house asks for.
AXE_RUN = """async () => {
  const answer = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: {"color-contrast-enhanced": {enabled: true}, "target-size": {enabled: true}},
  });
  const places = v => v.nodes.slice(0, 4).map(n => "    " + n.html).join("\\n");
  return answer.violations.map(v => `${v.id}: ${v.help}\\n${places(v)}`);
}"""


class Phone:
    def __init__(self, context: BrowserContext, *, scripts: bool = True) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.scripts = scripts
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._seen: set[str] = set()

    def open(self, address: str) -> None:
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status < 400, f"{address} answered {answer.status}"
        self.look()

    def tap(self, words: str, *, exact: bool = True) -> None:
        """Tap the link or button that says `words`, and look over what comes."""
        self.page.get_by_role("link", name=words, exact=exact).or_(
            self.page.get_by_role("button", name=words, exact=exact)
        ).locator("visible=true").first.click()
        self.page.wait_for_load_state()
        self.look()

    def choose(self, words: str) -> None:
        """Tick the round or square box beside `words`."""
        self.page.get_by_label(words, exact=True).locator("visible=true").first.check()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label).locator("visible=true").first.fill(text)

    def sign_in(self, name: str) -> None:
        """Sign in with a sample account, and look over the page it leads to."""
        self.open("/dang-nhap")
        self.write("Tên đăng nhập", name)
        self.page.locator("input[type=password]").fill(PASSWORD)
        self.page.locator("main form button").first.click()
        self.page.wait_for_url(lambda url: not url.endswith("/dang-nhap"))
        self.look()

    def download(self, words: str, *, exact: bool = True) -> Download:
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=words, exact=exact).first.click()
        return waiting.value

    @property
    def heading(self) -> str:
        return self.page.locator("h1:visible").first.inner_text()

    @property
    def address(self) -> str:
        return self.page.url

    def sees(self, words: str) -> bool:
        return words in self.page.locator("body").inner_text()

    def look(self) -> None:
        """Fails when the page scrolls sideways, complains in the console, or axe finds a fault."""
        assert not self.complaints, f"{self.page.url}: {self.complaints}"
        if not self.scripts:
            return
        width = self.page.evaluate("document.documentElement.scrollWidth")
        size = self.page.viewport_size
        assert size
        assert width <= size["width"], f"{self.page.url} is {width} pixels wide"
        key = f"{self.page.url} {self.page.title()} {self.page.locator('h1:visible').count()}"
        if key in self._seen:
            return
        self._seen.add(key)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        # At the end of the page, where nothing lies half under the button that stays at the bottom.
        place = self.page.evaluate("scrollY")
        self.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        faults = self.page.evaluate(AXE_RUN)
        self.page.evaluate("place => scrollTo(0, place)", place)
        assert not faults, f"{self.page.url}\n" + "\n".join(faults)

    def _listen(self, message) -> None:
        # Chromium calls a form that comes back with its faults named (422) a failed resource.
        if message.type == "error" and "status of 422" not in message.text:
            self.complaints.append(message.text)
