// The mark grid: keyboard, paste, undo and autosave. Nothing typed is lost: a cell stays in this
// browser until the server has it. The server alone judges a mark; here only the hand is quick.

import { goTo, pastedLines, speaker, stepOf, widthOf } from "./grid_hand.js";

const sheet = document.querySelector("#sheet");
const rows = [...sheet.querySelectorAll("[data-place]")].map((element) => ({
  element,
  place: Number(element.dataset.place),
  input: element.querySelector(".script__mark"),
  tail: element.querySelector(".script__tail input"),
  said: element.querySelector(".script__said"),
  versionField: element.querySelector("input[type=hidden]"),
  stored: element.dataset.stored,
  // A sheet that came back refused, or was typed before this script ran, has more than it keeps.
  version: element.dataset.version === "" ? null : Number(element.dataset.version),
}));
const byPlace = new Map(rows.map((row) => [row.place, row]));
const codeOf = (element) => element.querySelector(".code").textContent.replace(/[^0-9]/g, "");
const state = sheet.querySelector("[data-state]");
const proof = sheet.querySelector("[data-proof]");
const undoButton = sheet.querySelector("[data-undo]");
const token = sheet.querySelector("[name=csrf_token]").value;
const decimals = Number(sheet.dataset.decimals);
const looksRight = new RegExp(decimals ? `^[0-9]{1,3}(\\.[0-9]{1,${decimals}})?$` : "^[0-9]{1,3}$");
const MARKERS_WORDS = sheet.dataset.words.split(" ");
const KEY = `marks:${sheet.dataset.key}`;
const SOON = 250;
const AGAIN = 4000;

const waiting = new Map(); // place -> what the server does not have yet
const history = [];
let timer = 0;
let sending = false;

const words = speaker(sheet);

function tell(text, kind = "") {
  state.textContent = text;
  state.className = `desk-bar__state${kind ? ` is-${kind}` : ""}`;
}

function keepHere() {
  const cells = Object.fromEntries([...waiting]);
  try {
    if (waiting.size) sessionStorage.setItem(KEY, JSON.stringify(cells));
    else sessionStorage.removeItem(KEY);
  } catch {
    // A browser without room still has the cells in the page, and warns before it leaves.
  }
}

function show(row, kind, text = "") {
  for (const each of ["kept", "waiting", "fault"]) {
    row.element.classList.toggle(`script--${each}`, each === kind);
  }
  row.said.replaceChildren(...(text ? [text] : []));
  if (kind === "fault") row.input.setAttribute("aria-invalid", "true");
  else row.input.removeAttribute("aria-invalid");
}

const needsTail = (row) => row.tail && row.version === null;

function isComplete(row) {
  return !needsTail(row) || row.tail.value.trim().length === 2;
}

// Take what stands in a cell into the queue; a compared script waits for the end of its code.
function take(row, { now = false } = {}) {
  const typed = row.input.value.trim();
  if (typed === row.stored && !waiting.has(row.place)) {
    show(row, row.stored ? "kept" : "");
    return;
  }
  if (typed === "" && row.version === null) {
    waiting.delete(row.place);
    keepHere();
    show(row, "");
    return;
  }
  const known = waiting.get(row.place);
  if (known && known.typed === typed && known.tail === (row.tail?.value.trim() ?? "") && known.refused) return;
  waiting.set(row.place, {
    place: row.place, typed, version: row.version, tail: row.tail?.value.trim() ?? "",
  });
  keepHere();
  show(row, "waiting");
  tell(words("Unsaved", { count: waiting.size }), "attend");
  if (isComplete(row) || !looksRight.test(typed)) plan(now ? 0 : SOON);
}

function plan(delay) {
  clearTimeout(timer);
  timer = setTimeout(send, delay);
}

async function send() {
  if (sending) return plan(SOON);
  const cells = [...waiting.values()].filter(
    (cell) => !cell.refused && (isComplete(byPlace.get(cell.place)) || !looksRight.test(cell.typed)),
  );
  if (!cells.length) return report();
  sending = true;
  tell(words("Saving"));
  try {
    const answer = await fetch(sheet.dataset.save, {
      method: "PATCH",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ cells: cells.map(({ place, typed, version, tail }) => ({ place, typed, version, tail })) }),
    });
    if (answer.ok) settle(await answer.json(), new Map(cells.map((cell) => [cell.place, cell])));
    else if (answer.status === 401) later(words("SignedOut"), "no");
    else later(answer.status === 409 ? (await answer.json()).sentence : words("Fault"), "no");
  } catch {
    later(words("Offline", { count: waiting.size }), "attend");
  } finally {
    sending = false;
  }
}

function later(text, kind) {
  tell(text, kind);
  clearTimeout(timer);
  timer = setTimeout(send, AGAIN);
}

function settle(answer, sent) {
  for (const result of answer.cells) {
    const row = byPlace.get(result.place);
    const cell = sent.get(result.place);
    const isNewer = waiting.get(result.place) !== cell; // typed on while this was on its way
    if (result.text !== undefined) {
      row.version = result.version;
      row.stored = result.text;
      row.versionField.value = String(result.version);
      row.element.querySelector(".script__tail")?.remove();
      row.tail = null;
      if (isNewer) waiting.get(result.place).version = result.version;
      else {
        waiting.delete(result.place);
        row.input.value = result.text;
        row.before = result.text;
        show(row, "kept");
      }
    } else if (!isNewer) {
      cell.refused = true;
      show(row, "fault", result.sentence);
      if (result.code === "mark_changed") offerBoth(row, result);
      if (result.code === "wrong_tail" && row.tail && document.activeElement !== row.input) {
        row.tail.focus();
        row.tail.select();
      }
    }
  }
  sheet.querySelector("[data-marked]").textContent = answer.marked;
  sheet.querySelector("[data-total]").textContent = answer.total;
  sheet.querySelector("[data-saved]").textContent = answer.saved_at;
  keepHere();
  report();
}

function report() {
  if (!waiting.size) tell(words("Kept"));
  else tell(words("Unsaved", { count: waiting.size }), "attend");
  if ([...waiting.values()].some((cell) => !cell.refused && isComplete(byPlace.get(cell.place)))) plan(SOON);
}

// Somebody wrote in between: both values are shown, and the person chooses.
function offerBoth(row, result) {
  const offer = (text, choose) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary";
    button.textContent = text;
    button.addEventListener("click", () => {
      waiting.delete(row.place);
      row.version = result.version;
      choose();
      row.input.focus();
    });
    return button;
  };
  row.said.append(
    offer(words("Theirs", { value: result.stored }), () => {
      row.stored = result.stored;
      row.input.value = result.stored;
      row.versionField.value = String(result.version);
      keepHere();
      show(row, "kept");
      report();
    }),
    offer(words("Mine", { value: result.typed }), () => {
      row.stored = result.stored;
      row.input.value = result.typed;
      take(row, { now: true });
    }),
  );
}

function go(row, step) {
  const next = rows[rows.indexOf(row) + step];
  if (next) goTo(next.input);
  else if (step > 0) proof.focus();
}

// A mark that can not be meant keeps the cursor: the server says why, at the cell.
function leave(row, step) {
  const typed = row.input.value.trim();
  const isMark = looksRight.test(typed) && Number(typed) <= 100;
  const isFine = typed === "" || typed === row.stored || isMark || MARKERS_WORDS.includes(typed.toLowerCase());
  commit(row);
  if (!isFine) {
    row.input.select();
    plan(0);
  } else if (step > 0 && typed && needsTail(row)) {
    row.tail.focus();
    row.tail.select();
  } else go(row, step);
}

function commit(row) {
  const before = row.before ?? row.stored;
  const typed = row.input.value.trim();
  if (typed !== before) {
    history.push({ place: row.place, before });
    undoButton.hidden = false;
    row.before = typed;
  }
  take(row);
}

function undo() {
  const last = history.pop();
  if (!last) return tell(words("Nothing"));
  const row = byPlace.get(last.place);
  row.before = last.before;
  row.input.focus();
  if (last.before) {
    row.input.value = last.before;
    take(row, { now: true });
    tell(words("Undone", { place: row.place, value: last.before }));
  } else {
    // A mark once kept can be changed and not taken away.
    if (row.version === null) {
      row.input.value = "";
      take(row);
    }
    tell(words("First", { place: row.place }), "attend");
  }
  row.input.select();
}

function paste(row, event) {
  const lines = pastedLines(event);
  if (!lines) return;
  const width = widthOf(lines);
  if (width > 2) return tell(words("PasteWide"), "no");
  const targets = width === 2 ? byCodes(lines) : byOrder(row, lines);
  if (!targets) return;
  for (const [target, typed, tail] of targets) {
    target.input.value = typed;
    if (tail && needsTail(target)) target.tail.value = tail;
    commit(target);
  }
  plan(0);
  tell(words("Pasted", { count: targets.length }));
}

function byCodes(lines) {
  const known = new Map(rows.map((row) => [codeOf(row.element), row]));
  const found = [];
  for (const [code, typed = ""] of lines) {
    const digits = code.replace(/ /g, "");
    const row = known.get(digits) ?? known.get(digits.slice(0, -2));
    if (row && typed) found.push([row, typed, digits.slice(-2)]);
    else if (!row && /[0-9]/.test(typed)) return void tell(words("PasteWide"), "no");
  }
  return found;
}

// A pasted column runs down the places, those without a script included: that shows a slip by one.
function byOrder(start, lines) {
  const places = [...sheet.querySelectorAll("[data-place], [data-holder]")];
  const from = places.indexOf(start.element);
  if (from + lines.length > places.length) {
    return void tell(words("PasteLong", { count: lines.length }), "no");
  }
  const found = [];
  for (const [nth, [typed]] of lines.entries()) {
    const element = places[from + nth];
    const row = byPlace.get(Number(element.dataset.place));
    if (row && typed) found.push([row, typed, ""]);
    else if (!row && /[0-9]/.test(typed)) {
      return void tell(words("PasteHolder", { line: nth + 1, place: element.dataset.holder }), "no");
    }
  }
  return found;
}

function onKey(row, event) {
  const step = stepOf(event);
  if (step) leave(row, step);
}

for (const row of rows) {
  row.input.addEventListener("keydown", (event) => onKey(row, event));
  row.input.addEventListener("change", () => commit(row));
  row.input.addEventListener("paste", (event) => paste(row, event));
  row.tail?.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      take(row, { now: true });
      if (row.tail.value.trim().length === 2) go(row, 1);
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      row.input.focus();
    }
  });
  row.tail?.addEventListener("change", () => take(row));
  if (row.stored && row.input.value === row.stored && row.version !== null) show(row, "kept");
}

sheet.addEventListener("keydown", (event) => {
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
  // While a cell is being changed, the browser's own undo is the nearer one.
  const row = rows.find((each) => each.input === document.activeElement);
  if (isUndo && (!row || row.input.value.trim() === (row.before ?? row.stored))) {
    event.preventDefault();
    undo();
  }
});
undoButton.addEventListener("click", undo);
undoButton.hidden = true;
sheet.querySelector("[data-without-script]").hidden = true;
sheet.addEventListener("submit", (event) => event.preventDefault());
addEventListener("online", () => plan(0));
addEventListener("beforeunload", (event) => {
  if (waiting.size) event.preventDefault();
});
proof.addEventListener("click", async (event) => {
  if (!waiting.size) return;
  event.preventDefault();
  clearTimeout(timer);
  while (sending) await new Promise((done) => setTimeout(done, SOON));
  await send();
  if (!waiting.size) location.assign(proof.href);
  else byPlace.get([...waiting.keys()][0]).input.focus();
});

// What an earlier visit could not send comes back into its cells.
let left = {};
try {
  left = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
} catch {
  sessionStorage.removeItem(KEY);
}
for (const [place, cell] of Object.entries(left)) {
  const row = byPlace.get(Number(place));
  if (!row || cell.typed === row.stored) continue;
  row.input.value = cell.typed;
  if (row.tail) row.tail.value = cell.tail;
  // It goes with the version the person saw then: a change in between is shown, not overwritten.
  const seen = row.version;
  row.version = cell.version;
  take(row, { now: true });
  row.version = seen;
}
const first = rows.find((row) => row.input.value === "") ?? rows[0];
first?.input.focus();
tell(waiting.size ? words("Unsaved", { count: waiting.size }) : words("Kept"), waiting.size ? "attend" : "");
