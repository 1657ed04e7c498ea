// What every page does beyond HTML: lead to what is wrong, and send a form once.

const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();

for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    // The button itself may carry a value, so it is greyed and not disabled.
    event.submitter?.setAttribute("aria-disabled", "true");
  });
}

// A page whose job is under way looks again soon, and waits while somebody types.
const again = document.querySelector("meta[name=look-again]");
if (again) {
  setInterval(() => {
    if (!document.activeElement?.matches("input, select, textarea")) location.reload();
  }, Number(again.content) * 1000);
}

// A page that comes back from the browser's memory may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
});

// A group of the menu closes on Escape, and once somebody turns to something else.
const groups = document.querySelectorAll(".rooms li details");
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const group of groups) {
    if (group.open && group.contains(document.activeElement)) group.firstElementChild.focus();
    group.open = false;
  }
});
addEventListener("click", (event) => {
  for (const group of groups) if (!group.contains(event.target)) group.open = false;
});
