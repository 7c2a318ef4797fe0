"""Finds what a style sheet says that a browser of the target (Chrome 63, Safari 12) does not know and nothing stands in
for. Reads the sheets as they are built: some things the build lowers by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import tinycss2
from tinycss2.ast import AtRule, Declaration, QualifiedRule

# A selector that a browser cannot read takes the whole rule with it: since Chrome, Safari.
NEWER_SELECTORS = {
    ":has(": "105, 15.4",
    ":is(": "88, 14",
    ":where(": "88, 14",
    ":focus-visible": "86, 15.4",
    ":user-invalid": "119, 16.5",
    ":popover-open": "114, 17",
    "::backdrop": "37, 15.4",
    "::details-content": "131, 18.4",
    "::marker": "86, 11.1",
    ":dir(": "120, 16.4",
    ":modal": "105, 15.6",
}
# A value that a browser cannot read is left out; the same property said before it then holds.
NEWER_VALUES = {
    r"\b(?:min|max)\(": "79, 11.1",
    r"\bclamp\(": "79, 13.1",
    r"\bcolor-mix\(": "111, 16.2",
    r"\boklch\(|\blab\(|\blch\(|\boklab\(": "111, 15.4",
    r"\blight-dark\(": "123, 17.5",
    r"\benv\(": "69, 11.1",
    r"\d(?:svh|dvh|lvh|svw|dvw|lvw|svb|svi|dvb|dvi)\b": "108, 15.4",
    r"\d(?:cqw|cqh|cqi|cqb|cqmin|cqmax)\b": "105, 16",
    r"\d(?:lh|rlh|cap|ic)\b": "109, 16.4",
    r"^(?:revert|revert-layer)$": "84, 9.1",
    r"^clip$": "90, 16",
    r'["\')]\s*/\s*["\']': "77, 17.4",  # content with words for those who hear
    r"gradient\([^)]*,[^,)]*\d%\s+\d": "71, 12.1",  # two places for one colour
    r"\bsubgrid\b": "117, 16",
}
# A property that a browser does not know is left out: what must stand before it, so that the page still holds.
# Value None: decoration, and nothing is lost without it.
NEWER_PROPERTIES: dict[str, tuple[str, ...] | None] = {
    "accent-color": None,
    "aspect-ratio": ("height", "min-height", "padding-top", "padding-bottom"),
    "backdrop-filter": None,
    "block-size": ("height",),
    "border-block": ("border-top", "border-bottom"),
    "border-block-end": ("border-bottom",),
    "border-block-start": ("border-top",),
    "border-inline": ("border-left",),
    "border-inline-end": ("border-right",),
    "border-inline-start": ("border-left",),
    "color-scheme": None,
    "content-visibility": None,
    "forced-color-adjust": None,
    "inline-size": ("width",),
    "inset": ("top",),
    "inset-block": ("top",),
    "inset-block-end": ("bottom",),
    "inset-block-start": ("top",),
    "inset-inline": ("left",),
    "inset-inline-end": ("right",),
    "inset-inline-start": ("left",),
    "interpolate-size": None,
    "margin-block": ("margin", "margin-top"),
    "margin-block-end": ("margin", "margin-bottom"),
    "margin-block-start": ("margin", "margin-top"),
    "margin-inline": ("margin", "margin-left"),
    "margin-inline-end": ("margin", "margin-right"),
    "margin-inline-start": ("margin", "margin-left"),
    "max-block-size": ("max-height",),
    "max-inline-size": ("max-width",),
    "min-block-size": ("min-height",),
    "min-inline-size": ("min-width",),
    "overscroll-behavior": None,
    "padding-block": ("padding", "padding-top"),
    "padding-block-end": ("padding", "padding-bottom"),
    "padding-block-start": ("padding", "padding-top"),
    "padding-inline": ("padding", "padding-left"),
    "padding-inline-end": ("padding", "padding-right"),
    "padding-inline-start": ("padding", "padding-left"),
    "scroll-margin": None,
    "scroll-margin-top": None,
    "scrollbar-gutter": None,
    "text-decoration-thickness": None,
    "text-underline-offset": None,
    "text-wrap": None,
    "translate": ("transform",),
    "rotate": ("transform",),
    "scale": ("transform",),
    "view-transition-name": None,
}
# A grid whose columns cannot be read has one column, which is how every page of ours reads on a small phone.
FINE_WITHOUT = {"grid-template-columns"}
NEWER_AT_RULES = {"container": "105, 16", "layer": "99, 15.4", "property": "85, 16.4", "scope": "118, 17.4"}


@dataclass(frozen=True)
class Fault:
    selector: str
    what: str


def faults(css: str) -> list[Fault]:
    """What breaks in an older browser. A rule inside @supports is only for browsers that know it; one inside
    `@supports not (inset: 0)` stands in for a flex box's gap."""
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return [*_faults_in(rules), *_missing_gaps(rules)]


def _faults_in(rules: list) -> Iterator[Fault]:
    for rule in rules:
        if isinstance(rule, AtRule):
            name = rule.lower_at_keyword
            if name in NEWER_AT_RULES:
                yield Fault(f"@{name}", "a whole block that is left out")
            elif name == "media":
                yield from _faults_in(_rules_of(rule))
        elif isinstance(rule, QualifiedRule):
            selectors = [each.strip() for each in _split(tinycss2.serialize(rule.prelude))]
            yield from _lost_selectors(selectors)
            yield from _lost_declarations(", ".join(selectors), _declarations(rule))


def _lost_selectors(selectors: list[str]) -> Iterator[Fault]:
    newer = [each for each in selectors if any(pseudo in each for pseudo in NEWER_SELECTORS)]
    if newer and len(newer) < len(selectors):
        yield Fault(", ".join(selectors), "one newer selector takes the others of the list with it")


def _lost_declarations(selector: str, declarations: list[Declaration]) -> Iterator[Fault]:
    if any(pseudo in selector for pseudo in NEWER_SELECTORS):
        return  # who cannot read the selector reads none of it
    said: set[str] = set()
    for declaration in declarations:
        name, value = declaration.lower_name, tinycss2.serialize(declaration.value).strip()
        stand_in = NEWER_PROPERTIES.get(name, ())
        if name in NEWER_PROPERTIES and stand_in is not None and not said & set(stand_in):
            yield Fault(selector, f"{name}: {value}")
        if name in FINE_WITHOUT:
            continue
        newer = [pattern for pattern in NEWER_VALUES if re.search(pattern, value)]
        if newer and name not in said and not name.startswith("--") and NEWER_PROPERTIES.get(name, ()) is not None:
            yield Fault(selector, f"{name}: {value}")
        if not newer:
            said.add(name)


def _missing_gaps(rules: list) -> Iterator[Fault]:
    """Flex boxes with a gap for whose children no margin stands in."""
    spaced = set()
    for rule in _all_rules(rules, "supports"):
        spaced |= {each.split(">")[0].strip() for each in _split(tinycss2.serialize(rule.prelude))}
    for rule in _all_rules(rules, "media"):
        said = {each.lower_name: tinycss2.serialize(each.value).strip() for each in _declarations(rule)}
        if said.get("display") not in ("flex", "inline-flex") or said.get("gap", "0") == "0":
            continue
        for selector in _split(tinycss2.serialize(rule.prelude)):
            if selector.strip() not in spaced:
                yield Fault(selector.strip(), f"gap: {said['gap']}")


def _all_rules(rules: list, within: str) -> Iterator[QualifiedRule]:
    """Rules of the sheet and inside its @media blocks (within="media"), or inside the @supports blocks of either."""
    for rule in rules:
        if isinstance(rule, AtRule) and rule.lower_at_keyword == "media":
            yield from _all_rules(_rules_of(rule), within)
        elif isinstance(rule, AtRule) and rule.lower_at_keyword == "supports" and within == "supports":
            yield from (each for each in _rules_of(rule) if isinstance(each, QualifiedRule))
        elif isinstance(rule, QualifiedRule) and within == "media":
            yield rule


def _rules_of(rule: AtRule) -> list:
    return tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True)


def _declarations(rule: QualifiedRule) -> list[Declaration]:
    found = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
    return [each for each in found if isinstance(each, Declaration)]


def _split(selectors: str) -> list[str]:
    """At commas that stand in no brackets."""
    parts, depth = [""], 0
    for sign in selectors:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts
