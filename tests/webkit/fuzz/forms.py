"""What stands on a page for a browser to follow or to send: its links, and its forms with fields.

Read with the standard library's parser, so that what is sent comes from the page alone.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Field:
    """One name of a form: its kind, its value, and what may be chosen."""

    name: str
    kind: str  # an input's type, "select" or "textarea"
    value: str = ""
    choices: list[str] = field(default_factory=list)
    least: str = ""
    most: str = ""


@dataclass
class Form:
    """One form of a page. `action` is "" where it goes to the page itself."""

    action: str
    method: str
    is_upload: bool
    fields: list[Field] = field(default_factory=list)


class PageReader(HTMLParser):
    """Collects the links and forms of one page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and said.get("href", "").startswith("/"):
            self.links.append(said["href"].partition("#")[0])
        elif tag == "form":
            method = said.get("method", "get").upper()
            upload = said.get("enctype", "") == "multipart/form-data"
            self._open = Form(said.get("action", ""), method, upload)
            self.forms.append(self._open)
        elif self._open is not None and tag in ("input", "button", "select", "textarea", "option"):
            self._read(tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data

    def _read(self, tag: str, said: dict[str, str]) -> None:
        assert self._open is not None
        if tag == "option":
            if self._select is not None and "disabled" not in said:
                self._select.choices.append(said.get("value", ""))
                if "selected" in said:
                    self._select.value = said.get("value", "")
            return
        name = said.get("name", "")
        if not name or "disabled" in said:
            return
        kind = said.get("type", "text") if tag in ("input", "button") else tag
        value = said.get("value", "")
        known = next((f for f in self._open.fields if f.name == name and f.kind == kind), None)
        if known is not None and kind in ("radio", "checkbox", "button", "submit"):
            known.choices.append(value)
            return
        made = Field(name, kind, value, [], said.get("min", ""), said.get("max", ""))
        if kind in ("radio", "checkbox", "button", "submit"):
            made.choices.append(value)
        self._open.fields.append(made)
        if tag == "select":
            self._select = made
        elif tag == "textarea":
            self._area = made
