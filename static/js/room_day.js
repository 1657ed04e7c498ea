// The room's clock by the server's time, what is said next, and the tally of a roll call.
const clock = document.querySelector("[data-clock]");
if (clock) {
  const shown = clock.textContent.trim().split(":").map(Number);
  const served = Date.parse(clock.dataset.clock);
  // Minutes of the venue's clock at the moment the page was made; the device's zone plays no part.
  const offset = (shown[0] * 60 + shown[1]) * 60 - Math.floor(served / 60000) * 60;
  const loaded = performance.now();
  const said = [...document.querySelectorAll("[data-said]")];
  const tick = () => {
    const now = served + performance.now() - loaded;
    const seconds = ((Math.floor(now / 1000) + offset) % 86400 + 86400) % 86400;
    const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
    clock.textContent = parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
    const next = said.find((line) => Date.parse(line.dataset.said) > now);
    for (const line of said) {
      line.classList.toggle("said--done", Date.parse(line.dataset.said) <= now);
      line.classList.toggle("said--next", line === next);
    }
  };
  tick();
  setInterval(tick, 1000);
}

for (const call of document.querySelectorAll("[data-roll-call]")) {
  const boxes = [...call.querySelectorAll("input")];
  const words = call.querySelector("[data-tally-words]").dataset.tallyWords;
  const tally = () => {
    const here = boxes.filter((box) => box.checked).length;
    const text = words.replace("{here}", here).replace("{all}", boxes.length);
    call.querySelector("[data-tally]").textContent = text;
  };
  call.addEventListener("change", tally);
  tally();
}

// In an alarm one tap leads to the roll call, already open.
const alarm = document.querySelector("details#roll-call");
const unfold = () => {
  if (alarm && location.hash === "#roll-call") {
    alarm.open = true;
    alarm.querySelector("summary").focus();
  }
};
addEventListener("hashchange", unfold);
document.querySelector('a[href="#roll-call"]')?.addEventListener("click", () => setTimeout(unfold));
unfold();
