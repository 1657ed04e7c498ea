// The door beyond plain forms: the card comes without a new page, the field is armed again at
// once, and the camera reads. Says "admitted" only where the centre's answer says so.
import { startCamera } from "./door_camera.js";

const TIMEOUT = 8000;
const REPEAT = 3000; // the same code within this many milliseconds shows the card that is there
const SOUNDS = { look: [660], yes: [880, 1175], note: [520], attend: [440, 440], held: [330, 440], no: [220, 180] };
const BUZZES = { look: [30], yes: [60], note: [40, 60, 40], attend: [80, 60, 80], held: [150, 60, 60], no: [300] };

const scan = document.querySelector("[data-scan]");
const field = scan.querySelector("#code");
const place = document.querySelector("#card");
const words = document.querySelector("[data-words]").dataset;
let last = { code: "", at: 0 };
let turn = 0;
let audio;

const newNumber = () => crypto.getRandomValues(new Uint32Array(3)).reduce((text, n) => text + n.toString(36), "p");

const arm = () => {
  const busy = document.activeElement;
  if (busy?.closest?.(".door__find, dialog")) return;
  field.focus({ preventScroll: true });
};

function signal(kind) {
  navigator.vibrate?.(BUZZES[kind] ?? []);
  if (!audio) return;
  (SOUNDS[kind] ?? []).forEach((pitch, n) => {
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = pitch;
    gain.gain.value = 0.12;
    tone.connect(gain).connect(audio.destination);
    tone.start(audio.currentTime + n * 0.13);
    tone.stop(audio.currentTime + n * 0.13 + 0.11);
  });
}

function say(text, retry) {
  const note = document.createElement("section");
  note.className = "verdict verdict--attend card-at-door";
  const line = document.createElement("p");
  line.className = "verdict__sentence";
  line.textContent = text;
  note.append(line);
  if (retry) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "primary";
    again.textContent = words.again;
    again.addEventListener("click", retry);
    const thumb = document.createElement("div");
    thumb.className = "thumb";
    thumb.append(again);
    note.append(thumb);
  }
  place.replaceChildren(note);
}

async function send(address, body) {
  const mine = ++turn;
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, {
      method: "POST",
      body,
      headers: { "X-Door": "card", Accept: "text/html" },
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (mine !== turn) return; // another person was scanned since
    if (answer.redirected || answer.status === 400 || answer.status === 401) return say(words.gone);
    const text = await answer.text();
    if (!answer.ok) {
      const page = new DOMParser().parseFromString(text, "text/html");
      return say(page.querySelector("main")?.innerText.trim() || words.offline, answer.status < 500 ? null : () => send(address, body));
    }
    place.innerHTML = text;
    const card = place.querySelector("[data-kind]");
    if (card) signal(card.dataset.kind);
    if (card?.dataset.present) document.querySelector("[data-present]").textContent = card.dataset.present;
    card?.scrollIntoView({ block: "nearest" });
  } catch {
    // The same number goes out again: if the centre heard it the first time, it answers the same.
    if (mine === turn) {
      say(words.offline, () => send(address, body));
      signal("attend");
    }
  } finally {
    if (mine === turn) place.removeAttribute("aria-busy");
    arm();
  }
}

function look(code) {
  const now = Date.now();
  if (code === last.code && now - last.at < REPEAT) return arm();
  last = { code, at: now };
  const body = new FormData(scan);
  body.set("code", code);
  body.set("scan_no", newNumber());
  field.value = "";
  send(scan.action, body);
}

scan.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  const code = field.value.trim();
  if (code) return look(code);
  // Enter on the empty field is the thumb's button: by keyboard alone, scan, look, Enter.
  place.querySelector("[data-admit] [value=match]")?.click();
}, true);

field.addEventListener("keydown", (event) => {
  // An input method swallows the Enter that ends its own composing; the scanner's is another one.
  if (event.key === "Enter" && event.isComposing) event.stopPropagation();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-admit], [data-look]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const body = new FormData(form);
  if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value);
  // One number a card: a second tap on the same button is a retry, and gets the same answer.
  last = { code: "", at: 0 };
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  send(form.action, body);
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest(".thumb a[href='#q']")) setTimeout(() => document.querySelector("#q").focus());
});
addEventListener("pointerdown", () => { audio ??= new AudioContext(); }, { once: true });
addEventListener("keydown", (event) => {
  audio ??= new AudioContext();
  // A scanner types wherever the focus is: letters and digits belong to the field.
  const typing = event.target.closest?.("input, textarea, select");
  if (!typing && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) arm();
});
const awake = () => navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", () => { if (!document.hidden) awake(); });
awake();
arm();
startCamera(document.querySelector("[data-camera]"), words, look);
