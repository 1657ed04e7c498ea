// One tab stop a map; arrow keys walk to the next desk in their direction, over missing ones.
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const stop = (desk) => desk.querySelector("a") ?? desk;

for (const map of document.querySelectorAll("[data-seat-map]")) {
  const desks = [...map.querySelectorAll("[data-row]")];
  const at = new Map(desks.map((desk) => [`${desk.dataset.row},${desk.dataset.column}`, desk]));
  const rows = Math.max(0, ...desks.map((desk) => Number(desk.dataset.row)));
  const columns = Math.max(0, ...desks.map((desk) => Number(desk.dataset.column)));
  desks.forEach((desk, place) => stop(desk).setAttribute("tabindex", place ? "-1" : "0"));

  map.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const from = event.target.closest("[data-row]");
    if (!step || !from) return;
    let [row, column] = [Number(from.dataset.row), Number(from.dataset.column)];
    let next;
    do {
      row += step[0];
      column += step[1];
      next = at.get(`${row},${column}`);
    } while (!next && row > 0 && column > 0 && row <= rows && column <= columns);
    if (!next) return;
    event.preventDefault();
    stop(from).setAttribute("tabindex", "-1");
    stop(next).setAttribute("tabindex", "0");
    stop(next).focus();
  });
}
