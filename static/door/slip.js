// What a slip says, read and verified without the centre: the signed text of the QR, and the twelve
// digits below it. The same rules stand in exam_centre/kernel/tokens.py and admission/rules/facts.py.

const PREFIX = "EX1";
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BODY = 29; // version u8, key u16, series u32, candidate 16 bytes, slip version u16, issued u32
const SIGNATURE = 64;
const LENGTH = PREFIX.length + Math.ceil(((BODY + SIGNATURE) * 8) / 5);
const PURPOSE = new TextEncoder().encode("slip\0"); // a key never signs for two purposes

/**
 * Return {key, series, candidate (hexadecimal), version, issued (seconds)} of a genuine slip, or
 * null: forged.
 * keys      {number: 32 bytes} every public key that is alive.
 * fallback  verifies (signature, message, key) where the browser itself can not.
 */
export async function openSlip(text, keys, fallback) {
  const word = text.trim().toUpperCase();
  if (!/^[\x20-\x7e]*$/.test(text.trim()) || word.length !== LENGTH || !word.startsWith(PREFIX)) return null;
  const raw = fromBase32(word.slice(PREFIX.length));
  if (!raw) return null;
  const body = raw.subarray(0, BODY);
  const view = new DataView(body.buffer, body.byteOffset, BODY);
  const key = view.getUint16(1);
  if (view.getUint8(0) !== 1 || !Object.hasOwn(keys, key)) return null;
  const message = new Uint8Array([...PURPOSE, ...body]);
  if (!(await isSigned(raw.subarray(BODY), message, keys[key], fallback))) return null;
  const candidate = Array.from(body.subarray(7, 23), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { key, series: view.getUint32(3), candidate, version: view.getUint16(23), issued: view.getUint32(25) };
}

/** Return the 12 digits a person typed, without blanks and dashes, or null if they are no code. */
export function readShortCode(text) {
  const digits = text.replace(/[ -]/g, "");
  if (!/^[0-9]{12}$/.test(digits)) return null;
  return checkDigit(digits.slice(0, -1)) === digits.at(-1) ? digits : null;
}

// ISO/IEC 7064, MOD 11,10.
function checkDigit(digits) {
  let rest = 10;
  for (const digit of digits) {
    rest = (rest + Number(digit)) % 10 || 10;
    rest = (rest * 2) % 11;
  }
  return String((11 - rest) % 10);
}

async function isSigned(signature, message, key, fallback) {
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch {
    return Boolean(await fallback?.(signature, message, key));
  }
}

// Only the canonical spelling counts: bits that are left over at the end have to be nought.
function fromBase32(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 ? bytes : null;
}
