"""Checks pages of `vigie report`: tags closed in order, ids once, nothing loaded, headers and labels where they belong.

    page.py FILE ...        one line a page; exit code 1 with the faults when there are any
"""
import sys
from html.parser import HTMLParser

EMPTY = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.wants, self.faults = [], set(), set(), []
        self.lang, self.charts, self.tables, self.text = None, 0, 0, []

    def fault(self, what):
        self.faults.append(f"line {self.getpos()[0]}: {what}")

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if tag not in EMPTY:
            self.open.append(tag)
        self.look(tag, attributes)

    def handle_startendtag(self, tag, pairs):
        self.look(tag, dict(pairs))

    def look(self, tag, attributes):
        if tag == "html":
            self.lang = attributes.get("lang"), attributes.get("dir")
        if tag in ("script", "iframe", "object", "img", "link"):
            self.fault(f"<{tag}> does not belong here")
        if "id" in attributes:
            if attributes["id"] in self.ids:
                self.fault(f"id {attributes['id']} comes twice")
            self.ids.add(attributes["id"])
        for name in ("aria-labelledby", "href"):
            for word in attributes.get(name, "").split():
                self.wants.add(word.lstrip("#"))
                if name == "href" and not word.startswith("#"):
                    self.fault(f"a reference that leaves the page: {word}")
        if "src" in attributes:
            self.fault(f"something is loaded: {attributes['src']}")
        if tag == "th" and attributes.get("scope") not in ("row", "col"):
            self.fault("a table header without a scope")
        self.tables += tag == "table"
        if tag == "svg" and attributes.get("role") == "img":
            self.charts += 1
        elif tag == "svg" and attributes.get("aria-hidden") != "true":
            self.fault("a drawing without a name")
        for value in attributes.values():
            if value and ("nan" == value or "inf" in value.split()):
                self.fault(f"not a number in the markup: {value}")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.fault(f"</{tag}> closes nothing")

    def handle_data(self, data):
        if self.open and self.open[-1] == "style" and ("url(" in data or "@import" in data):
            self.fault("the style loads something")
        self.text.append(data)


def check(path):
    page = Page()
    page.feed(open(path, encoding="utf-8").read())
    page.close()
    faults = page.faults + [f"nothing has the id {want}" for want in sorted(page.wants - page.ids)]
    faults += [f"<{tag}> is never closed" for tag in page.open]
    text = " ".join(page.text)
    faults += [f"a message without its text: {word}" for word in ("report.", "column.", "words.", "{") if f" {word}" in text and word != "{"]
    if "{" in "".join(t for t in page.text if "--paper" not in t):
        faults.append("a placeholder that nobody filled")
    print(f"{path}: lang {page.lang[0]} {page.lang[1]}, {page.tables} tables, {page.charts} charts, {len(faults)} faults")
    for fault in faults:
        print("  " + fault)
    return not faults


sys.exit(0 if all([check(path) for path in sys.argv[1:]]) else 1)
