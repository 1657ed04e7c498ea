// The day board's counters: asked for every five seconds, and only while somebody looks.
const EVERY = 5000;
const board = document.querySelector("[data-board]");

function show(answer) {
  document.querySelector("[data-at]").textContent = answer.at;
  let changed = false;
  for (const row of board.querySelectorAll("[data-room]")) {
    const counts = answer.rooms[row.dataset.room];
    if (!counts) continue;
    for (const cell of row.querySelectorAll("[data-count]")) {
      const value = String(counts[cell.dataset.count]);
      if (cell.textContent === value) continue;
      changed ||= cell.dataset.count === "incidents";
      cell.textContent = value;
    }
  }
  if (changed) document.querySelector("[data-changed]").hidden = false;
}

async function ask() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(board.dataset.board, { headers: { Accept: "application/json" } });
    if (answer.ok) show(await answer.json());
  } catch {
    // No network: the time beside the table says how old the numbers are.
  }
}

if (board) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
