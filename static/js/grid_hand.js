// What the hand does on a grid of marks, whatever the grid is for: steps by key, columns from paste.

// Return how many rows a key leads on, 0 where it leads nowhere; the browser's own answer is held.
export function stepOf(event) {
  // Enter ends a word of the input method first; only the next one means the cell.
  if (event.isComposing || event.keyCode === 229) return 0;
  const steps = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 };
  const step = steps[event.key] ?? 0;
  if (step) event.preventDefault();
  return step;
}

// Return the pasted lines, each with its cells; null for a single cell, which is pasted as usual.
export function pastedLines(event) {
  const text = event.clipboardData.getData("text").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!/[\n\t]/.test(text)) return null;
  event.preventDefault();
  return text.split("\n").map((line) => line.split("\t").map((cell) => cell.trim()));
}

export const widthOf = (lines) => Math.max(...lines.map((line) => line.length));

// Go to another cell: its text is chosen, so that typing replaces it.
export function goTo(input) {
  input.focus();
  input.select();
  input.scrollIntoView({ block: "nearest" });
}

// Return what says a sentence of the grid, its facts filled in.
export const speaker = (sheet) => (name, facts = {}) =>
  sheet.dataset[`say${name}`].replace(/\{(\w+)\}/g, (_, fact) => facts[fact]);
