// Says what a move would run into and cause while it is being typed, before it is made.

const fields = document.querySelector("[data-preview]");
const place = document.querySelector("#preview");
const form = fields.closest("form");
let asked = 0;
let waiting = 0;

function list(lines, kind) {
  const found = document.createElement("ul");
  if (kind) found.className = kind;
  for (const line of lines) {
    const item = document.createElement("li");
    item.textContent = line;
    found.append(item);
  }
  return found;
}

async function look() {
  const typed = [...fields.querySelectorAll("input")];
  if (typed.some((input) => !input.value.trim())) return;
  const mine = ++asked;
  try {
    const answer = await fetch(fields.dataset.preview, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
    if (!answer.ok || mine !== asked) return;
    const told = await answer.json();
    place.replaceChildren();
    if (told.against.length) place.append(list(told.against, "is-no"));
    if (told.causes.length) place.append(list(told.causes, ""));
    if (!told.against.length && !told.causes.length && told.nothing) {
      const words = document.createElement("p");
      words.textContent = told.nothing;
      place.append(words);
    }
  } catch {
    // Without a network the button below still asks, and the move itself is checked anyway.
  }
}

fields.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, 400);
});
