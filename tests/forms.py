"""Reads a form as a browser would send it back untouched."""

from html.parser import HTMLParser


class _FormReader(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside = action, False
        self.fields: dict[str, list[str]] = {}
        self.select: str | None = None
        self.first: str | None = None
        self.picked: list[str] = []
        self.option: list[str] | None = None
        self.text_area: str | None = None

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = values.get("method") == "post" and self.action in values.get("action", self.action)
        if not self.inside:
            return
        if tag == "input" and values.get("name"):
            ticked = values.get("type") not in {"radio", "checkbox"} or "checked" in values
            if ticked:
                self._add(values["name"], values.get("value", "on"))
        if tag == "select":
            self.select, self.first, self.picked = values["name"], None, []
        if tag == "option" and self.select:
            self.option = [values["value"]] if "value" in values else []
            self.selected = "selected" in values
        if tag == "textarea":
            self.text_area, self.text = values["name"], ""

    def handle_data(self, data):
        if self.text_area:
            self.text += data
        elif self.option is not None and not self.option:
            self.option.append(data)

    def handle_endtag(self, tag):
        if tag == "option" and self.option is not None:
            value = self.option[0] if self.option else ""
            self.first = value if self.first is None else self.first
            self.picked += [value] if self.selected else []
            self.option = None
        if tag == "select" and self.select:
            self._add(self.select, (self.picked or [self.first or ""])[0])
            self.select = None
        if tag == "textarea" and self.text_area:
            self._add(self.text_area, self.text.removeprefix("\n"))
            self.text_area = None
        if tag == "form":
            self.inside = False

    def _add(self, name, value):
        self.fields.setdefault(name, []).append(value)


def untouched(page, action: str = "") -> dict[str, list[str]]:
    """What the first posted form whose address holds `action` sends when only its button is pressed."""
    reader = _FormReader(action)
    reader.feed(page.html)
    return reader.fields
