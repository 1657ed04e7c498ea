// The sheet of formative marks: keyboard and paste. It is kept by the form itself, all or nothing.

import { goTo, pastedLines, speaker, stepOf, widthOf } from "./grid_hand.js";

const sheet = document.querySelector("#sheet");
const rows = sheet
  ? [...sheet.querySelectorAll("[data-number]")].map((element) => ({
      element,
      number: element.dataset.number,
      input: element.querySelector(".script__mark"),
      first: element.dataset.first,
    }))
  : [];
const state = sheet?.querySelector("[data-state]");
const keep = sheet?.querySelector("[data-keep]");
const words = sheet && speaker(sheet);
let isSent = false;

const isChanged = (row) => row.input.value.trim() !== row.first;

function tell(text, kind = "") {
  state.textContent = text;
  state.className = `desk-bar__state${kind ? ` is-${kind}` : ""}`;
}

function report() {
  for (const row of rows) row.element.classList.toggle("script--waiting", isChanged(row));
  const count = rows.filter(isChanged).length;
  tell(count ? words("Unsaved", { count }) : words("Kept"), count ? "attend" : "");
  return count;
}

// Return [row, mark] of every pasted line, or null where one of them can not be meant.
function targetsOf(row, lines) {
  if (widthOf(lines) > 2) return void tell(words("PasteWide"), "no");
  if (widthOf(lines) === 2) {
    const known = new Map(rows.map((each) => [each.number, each]));
    const named = lines.filter(([, typed]) => /[0-9]/.test(typed ?? ""));
    const stranger = named.find(([number]) => !known.has(number));
    if (stranger) return void tell(words("PasteStranger", { number: stranger[0] }), "no");
    return named.map(([number, typed]) => [known.get(number), typed]);
  }
  const from = rows.indexOf(row);
  if (from + lines.length > rows.length) {
    return void tell(words("PasteLong", { count: lines.length }), "no");
  }
  return lines.map(([typed], nth) => [rows[from + nth], typed]).filter(([, typed]) => typed);
}

function paste(row, event) {
  const lines = pastedLines(event);
  const targets = lines && targetsOf(row, lines);
  if (!targets) return;
  for (const [target, typed] of targets) target.input.value = typed;
  report();
  tell(words("Pasted", { count: targets.length }), "attend");
}

for (const row of rows) {
  row.input.addEventListener("keydown", (event) => {
    const step = stepOf(event);
    const next = rows[rows.indexOf(row) + step];
    if (step && next) goTo(next.input);
    else if (step > 0) keep.focus();
  });
  row.input.addEventListener("input", report);
  row.input.addEventListener("paste", (event) => paste(row, event));
}

if (sheet) {
  report();
  // A sheet that came back refused shows what is wrong first; a new one waits for the first mark.
  if (!document.querySelector("[data-focus]")) {
    goTo((rows.find((row) => row.input.value === "") ?? rows[0]).input);
  }
  sheet.addEventListener("submit", () => {
    isSent = true;
  });
  addEventListener("beforeunload", (event) => {
    if (!isSent && rows.some(isChanged)) event.preventDefault();
  });
}
