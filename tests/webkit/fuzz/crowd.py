"""The crowd that walks through the whole application: the honest, the curious and the hostile."""

import json
import re
from datetime import timedelta
from random import Random

from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from exam_centre.kernel import clock
from exam_centre.kernel.permissions import ROLE_PERMISSIONS, Role
from exam_centre.webkit.access import access_of
from tests.journeys.addresses import Visit, visit_of
from tests.journeys.house import ARGUMENT, KNOWN
from tests.webkit.fixtures import PASSWORD
from tests.webkit.fuzz import atoms
from tests.webkit.fuzz.asking import FORM, Pairs, Teller, Upload, read, spoilt_paths
from tests.webkit.fuzz.forms import Field, Form
from tests.webkit.fuzz.town import HERE, THERE, Asker, Town, run_jobs

UNSAFE = ("POST", "PATCH", "PUT", "DELETE")
LEFT_OUT = {"static", "accounts.sign_out"}
# What the arguments of addresses that only take posts stand for, and who sends them.
POSTS: dict[str, Visit] = {
    "accounts.disable_user": Visit(None, {"person": "staff_person"}),
    "accounts.enable_user": Visit(None, {"person": "staff_person"}),
    "accounts.revoke_role": Visit(None, {"person": "staff_person"}),
    "accounts.hand_out_code": Visit(None, {"person": "staff_person"}),
    "accounts.read_notice": Visit(Role.WORKER),
    "entries.agree": Visit(Role.WORKER, {"person_no": "own_number"}),
    "entries.apply_import": Visit(None, {"batch": "import"}),
    "entries.discard_import": Visit(None, {"batch": "import"}),
    "entries.judge_import_again": Visit(None, {"batch": "import"}),
    "entries.undo_import": Visit(None, {"batch": "import"}),
    "marking_api.keep_sheet": Visit(Role.MARKER),
    "results.approve": Visit(None, {"token": "batch"}),
    "results.release": Visit(None, {"token": "batch"}),
    "results.apply": Visit(None, {"token": "correction"}),
    "results.decide": Visit(None, {"token": "correction"}),
    "certificates.print_one": Visit(None, {"token": "credential"}),
    "certificates.resume": Visit(None, {"token": "credential"}),
    "timetable.accept_duty": Visit(Role.INVIGILATOR, {"duty": "own_duty"}),
    "timetable.decline_duty": Visit(Role.INVIGILATOR, {"duty": "own_duty"}),
    "timetable.move": Visit(None, {"token": "plan", "entry": "planned_entry"}),
    "timetable.swap": Visit(None, {"token": "plan", "entry": "planned_entry"}),
    "timetable.vacate": Visit(None, {"token": "plan", "entry": "planned_entry"}),
    "venues.book_room": Visit(None, {"room": "room_of_venue"}),
}
FURTHER = {"round_no": "1"}
CELLS = {"cells": [{"place": 1, "typed": "85", "version": None, "tail": ""}]}
ROWS = "person_no,name\n2632000001,王立\n"


class Crowd:
    """Walks through a town with one seed; the same seed asks the same things."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.chance = town, Random(seed)
        self.teller = Teller(town)
        self.record = self.teller.record
        self.links: dict[str, tuple[Asker, str]] = {}  # address -> who saw it
        self.forms: list[tuple[Asker, str, Form]] = []
        self.everywhere = {"/sign-out"}
        self.rules = [r for r in town.app.url_map.iter_rules() if r.endpoint not in LEFT_OUT]

    def walk(self, requests: int) -> None:
        """Ask `requests` times: open every page, follow, fill in, press, and then be rude."""
        self._open_every_page()
        self._upload_every_kind()
        self._look_over_the_border()
        self._press_every_button()
        run_jobs()
        self._come_back()
        self._use_the_programs()
        share = requests - self.record.requests
        self._follow(self.record.requests + share // 4)
        self._fill_in(self.record.requests + share // 3)
        self.teller.is_honest = False
        while self.record.requests < requests:
            self._be_rude()

    # The honest.

    def _open_every_page(self) -> None:
        for rule in self.rules:
            if "GET" not in (rule.methods or ()):
                continue
            path = self.path(rule, HERE)
            if path is None:
                continue
            for asker in self._candidates(rule):
                answer = self._open(asker, path)
                if rule.endpoint in self.record.reached or answer.status_code >= 500:
                    break

    def _press_every_button(self) -> None:
        """Send each route's own form where a page shows it; else send it bare."""
        for rule in self.rules:
            if not set(UNSAFE) & (rule.methods or set()):
                continue
            for asker, path, form in self._forms_of(rule)[:3]:
                self._submit(asker, path, form)
            direct = self.path(rule, HERE)
            if rule.endpoint in self.record.reached or direct is None:
                continue
            for asker in self._candidates(rule):
                method = next(m for m in UNSAFE if m in (rule.methods or ()))
                body = f"csrf_token={asker.csrf}".encode()
                headers = {"X-CSRFToken": asker.csrf}
                self.teller.ask(asker, method, direct, body=body, kind=FORM, headers=headers)
                if rule.endpoint in self.record.reached:
                    break

    def _follow(self, until: int) -> None:
        seen: set[tuple[str, str]] = set()
        while self.record.requests < until:
            asker, path = self.chance.choice(list(self.links.values()))
            if self.chance.random() < 0.3:
                asker = self.chance.choice(self.town.of(asker.mark) or [asker])
            if (asker.label, path) in seen and self.chance.random() < 0.8:
                continue
            seen.add((asker.label, path))
            self._open(asker, path)

    def _fill_in(self, until: int) -> None:
        while self.record.requests < until:
            asker, path, form = self.chance.choice(self.forms)
            if self.chance.random() < 0.5:  # as it stands now, not as it stood before
                fresh = read(self._open(asker, path.partition("?")[0]))
                same = [f for f in fresh.forms if f.action == form.action] if fresh else []
                form = self.chance.choice(same) if same else form
            self._submit(asker, path, form)
            if self.chance.random() < 0.1:
                run_jobs()

    def _upload_every_kind(self) -> None:
        """Send the example file of each kind back, as somebody does who only wants to look."""
        uploads = [
            (asker, page, form)
            for asker, page, form in self.forms
            if page == "/entries/files/upload" and any(e.name == "kind" for e in form.fields)
        ]
        for asker, page, form in uploads[:1]:
            kinds = next(each for each in form.fields if each.name == "kind")
            for kind in [*kinds.choices, kinds.choices[0]]:
                example = self.teller.ask(asker, "GET", f"/entries/files/example/{kind}.xlsx")
                kinds.value, kept = kind, kinds.choices
                kinds.choices = [kind]
                self._submit(asker, page, form, file=Upload("file", "例.xlsx", example.data))
                kinds.choices = kept

    def _come_back(self) -> None:
        """Open what only came about by what was done, for the routes that nobody reached yet."""
        pages = {(asker.label, page): asker for asker, page, _ in self.forms}
        for (_, page), asker in pages.items():
            self._open(asker, page)
        for _ in range(3):
            for asker, link in list(self.links.values()):
                if self.teller.endpoint_of(link, "GET") in self.unreached():
                    self._open(asker, link)
            for rule in self.rules:
                if rule.endpoint not in self.record.reached:
                    for asker, page, form in self._forms_of(rule)[:3]:
                        self._submit(asker, page, form)

    def _use_the_programs(self) -> None:
        """Keep a mark and scans, and fetch a pack, as the grid and a door device do."""
        now = clock.now().isoformat()
        scan = {"scan_no": "f-1", "token": "nobody's slip", "device_time": now, "sent_at": now}
        sheet = f"/marking/api/sheets/{self.town.at[HERE]['allocation']}"
        asker = self.town.of(HERE, Role.MARKER)[0]
        door = {"Authorization": f"Bearer {self.town.device}"}
        for method, path, body, headers in (
            ("PATCH", sheet, CELLS, {"X-CSRFToken": asker.csrf}),
            ("POST", "/api/v1/door/scans", scan, door),
            ("POST", "/api/v1/door/batches", {"sent_at": now, "scans": [scan]}, door),
            ("GET", "/api/v1/door/pack", {}, door),
        ):
            sent = json.dumps(body).encode()
            self.teller.ask(
                asker, method, path, body=sent, kind="application/json", headers=headers
            )

    # The curious.

    def _look_over_the_border(self) -> None:
        """Everything that stands in the other province, asked for by people of this one."""
        for rule in self.rules:
            path = self.path(rule, THERE)
            if path is None or path == self.path(rule, HERE):
                continue
            asker = self._candidates(rule)[0]
            if "GET" in (rule.methods or ()):
                self._open(asker, path)
            else:
                body = f"csrf_token={asker.csrf}".encode()
                self.teller.ask(asker, "POST", path, body=body, kind=FORM)

    # The hostile.

    def _be_rude(self) -> None:
        kind = self.chance.random()
        asker, path = self.chance.choice(list(self.links.values()))
        if kind < 0.3:
            self.teller.ask(asker, "GET", next(spoilt_paths(path, self.chance)))
        elif kind < 0.75:
            self._submit(*self.chance.choice(self.forms), hostile=True)
        elif kind < 0.85:
            method = self.chance.choice(atoms.METHODS)
            headers = {"X-CSRFToken": asker.csrf} if self.chance.random() < 0.5 else {}
            self.teller.ask(asker, method, path, headers=headers)
        else:
            self._send_a_body()

    def _send_a_body(self) -> None:
        """A body of the wrong kind or shape, to a form's address or a program's."""
        chance, headers = self.chance, {}
        asker, page, form = chance.choice(self.forms)
        path, method = form.action or page, "POST"
        if chance.random() < 0.5:
            path, method = chance.choice(self._programs())
            asker = chance.choice(self.town.of(HERE, Role.MARKER))
            headers["Authorization"] = chance.choice(
                (f"Bearer {self.town.device}", "Bearer x", "Basic =", "Bearer ")
            )
        if chance.random() < 0.7:
            headers["X-CSRFToken"] = asker.csrf
        kind = chance.choice(("application/json", chance.choice(atoms.CONTENT_TYPES)))
        body = chance.choice(atoms.BODIES)
        self.teller.ask(asker, method, path, body=body, kind=kind, headers=headers)

    def _programs(self) -> list[tuple[str, str]]:
        allocation = self.town.at[HERE]["allocation"]
        sheet = f"/marking/api/sheets/{allocation}"
        door = [("/api/v1/door/scans", "POST"), ("/api/v1/door/batches", "POST")]
        return [(sheet, "PATCH"), (sheet, "PATCH"), *door]

    # How it is done.

    def _open(self, asker: Asker, path: str) -> TestResponse:
        answer = self.teller.ask(asker, "GET", path)
        page = read(answer)
        if page is not None:
            for link in page.links:
                self.links.setdefault(link, (asker, link))
            for form in page.forms:
                if form.method == "POST" and form.action not in self.everywhere:
                    self.forms.append((asker, path, form))
                    # One of these stands on every page: once is enough.
                    self.everywhere |= {form.action} & {"/language"}
        return answer

    def _submit(
        self,
        asker: Asker,
        page: str,
        form: Form,
        *,
        hostile: bool = False,
        file: Upload | None = None,
    ) -> None:
        pairs: Pairs = []
        uploads: list[Upload] = []
        for each in form.fields:
            if each.kind == "file":
                uploads.append(file or self._file(each, hostile=hostile))
            else:
                pairs += [(each.name, value) for value in self._values(each, asker)]
        if hostile:
            self._spoil(pairs)
        is_upload = form.is_upload or bool(uploads)
        answer = self.teller.send(asker, form.action or page, pairs, uploads if is_upload else None)
        target = answer.headers.get("Location", "")
        if file is not None and "/files/" in target:
            self.town.at[HERE]["import"] = target.rpartition("/")[2]
        if (
            answer.status_code == 303
            and target.startswith("/")
            and (file is not None or self.chance.random() < 0.2)
        ):
            self._open(asker, target)

    def _spoil(self, pairs: Pairs) -> None:
        """Make one to three fields of a form hostile; rarely the form's token too."""
        free = [n for n, (name, _) in enumerate(pairs) if name != "csrf_token"]
        for place in self.chance.sample(free, min(len(free), self.chance.randint(1, 3))):
            pairs[place] = (pairs[place][0], atoms.text(self.chance))
        kind = self.chance.random()
        if kind < 0.1:
            pairs[:] = [pair for pair in pairs if pair[0] != "csrf_token"]
        elif kind < 0.2 and pairs:
            pairs.append((self.chance.choice(pairs)[0], atoms.text(self.chance)))
        elif kind < 0.3 and free:
            del pairs[self.chance.choice(free)]
        elif kind < 0.35:
            pairs.append((atoms.text(self.chance), atoms.text(self.chance)))

    def _file(self, field: Field, *, hostile: bool) -> Upload:
        if hostile or self.chance.random() < 0.2:
            name, content = self.chance.choice(atoms.FILES)
        elif "photo" in field.name:
            name, content = "今天.jpg", atoms.picture()
        else:
            name, content = "名单.csv", ROWS.encode()
        return Upload(field.name, name, content)

    def _values(self, field: Field, asker: Asker) -> list[str]:
        """What somebody sensible puts into a field."""
        chance = self.chance
        if field.kind == "hidden" or field.name == "csrf_token":
            return [asker.csrf if field.name == "csrf_token" else field.value]
        if field.kind == "checkbox":
            return [c for c in field.choices if chance.random() < 0.6]
        if field.kind in ("radio", "select", "submit", "button"):
            choices = [c for c in field.choices if c] or field.choices
            return [chance.choice(choices)] if choices else []
        if field.name == "second_login":
            others = [a for a in self.town.of(asker.mark) if a.login and a is not asker]
            return [chance.choice(others).login] if others else [""]
        if field.kind == "password":
            return [PASSWORD]
        if field.value and chance.random() < 0.6:
            return [field.value]
        return [self._text(field)]

    def _text(self, field: Field) -> str:
        chance = self.chance
        soon = clock.now() + timedelta(days=chance.randint(0, 20), hours=chance.randint(0, 9))
        if field.kind == "date":
            return soon.date().isoformat()
        if field.kind == "datetime-local":
            return soon.strftime("%Y-%m-%dT%H:%M")
        if field.kind == "tel" or "phone" in field.name:
            return f"139{chance.randint(0, 99_999_999):08d}"
        if field.kind == "number" or NUMBERS.search(field.name):
            return str(chance.choice((0, 1, 2, 3, 30, 60, 75, 30, 31)))
        if "seal" in field.name:
            return "SEAL1"
        if "login" in field.name:
            return chance.choice([a.login for a in self.town.of(HERE) if a.login])
        if field.name == "code":
            return f"N{chance.randint(0, 99_999):05d}"
        if "latitude" in field.name or "longitude" in field.name:
            return "31.32400" if "latitude" in field.name else "120.72400"
        return f"按规定办理，已核对 {chance.randint(0, 999)}"

    def _forms_of(self, rule: Rule) -> list[tuple[Asker, str, Form]]:
        return [
            (asker, page, form)
            for asker, page, form in self.forms
            if self.teller.endpoint_of(form.action or page, "POST") == rule.endpoint
        ]

    def _candidates(self, rule: Rule) -> list[Asker]:
        """Who may open a route, the likeliest first."""
        access = access_of(self.town.app.view_functions[rule.endpoint])
        town, first = self.town, self._visit(rule).role
        if access is None or access.is_public:
            return [town.askers[0], *town.of(HERE, Role.EXAM_OFFICER)]
        holders = [
            asker
            for asker in town.of(HERE)
            if not access.permissions
            or any(access.permissions & ROLE_PERMISSIONS[role] for role in asker.roles)
        ]
        holders.sort(key=lambda a: (first not in a.roles, len(a.roles)))
        top = [a for a in town.askers if a.label == "headquarters"]
        return [*holders[:6], *[a for a in holders[6:] if len(a.roles) > 1], *top]

    def path(self, rule: Rule, mark: str) -> str | None:
        """Return an address of a route in one province; None where nothing stands there."""
        stands = self._visit(rule).stands
        at = self.town.at[mark]
        missing = False

        def value(argument: re.Match[str]) -> str:
            nonlocal missing
            key = stands.get(argument[1], argument[1])
            found = at.get(key) or at.get(argument[1]) or KNOWN.get(key) or FURTHER.get(key, "")
            missing = missing or not found
            return found or "x"

        path = ARGUMENT.sub(value, rule.rule)
        return None if missing else path

    def _visit(self, rule: Rule) -> Visit:
        return POSTS.get(rule.endpoint) or visit_of(rule.endpoint)

    def unreached(self) -> list[str]:
        """Routes that nobody who may open them was let into."""
        return sorted({rule.endpoint for rule in self.rules} - self.record.reached)


NUMBERS = re.compile(
    "score|count|minutes|percent|number|used|spare|damaged|rows|columns|seat|hours"
)
