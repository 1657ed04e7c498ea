// The verdict at the door, as devices give it without the centre. The same rule stands in
// exam_centre/admission/rules/verdicts.py; both answer every row of tests/admission/verdicts.json,
// and docs/door.md draws the order of the checks. Moments are whole seconds on one clock.

const NOT_SITTING = { barred: "barred", withdrawn: "withdrawn", deferred: "deferred" };

const opens = (place, profile) => place.starts - profile.doors_open;
const closes = (place, profile) => (place.late_entry ? place.starts + profile.late_limit : place.starts);
const isOpen = (place, at, profile) => opens(place, profile) <= at && at <= closes(place, profile);

/**
 * Judge one scan.
 * places   the person's placements in force: {placement, room, venue, starts, held_over, status,
 *          entry, on_slip, late_entry}; none: the slip names nobody this device knows.
 * here     the room session of this door, and venue its venue.
 * at       corrected time; both ends of the door's window are inside.
 * profile  {doors_open, late_limit} in seconds.
 * Returns  {code, place}; place is null where the verdict is about none.
 */
export function judge({ places, here, venue, at, slip_is_valid, profile, identity }) {
  if (!places.length) return { code: "genuine_not_here", place: null };
  const sitting = places.filter((place) => place.entry === "confirmed");
  const atThisDoor = sitting.filter((place) => place.room === here);
  if (!atThisDoor.length) return elsewhere(places, sitting, here, venue, at, profile);
  const place = nearest(atThisDoor, at, profile);
  return { code: atItsDoor(place, at, slip_is_valid, profile, identity), place };
}

/** The begun minutes since the start, 0 before it: one second late is one minute. */
export const minutesLate = (starts, at) => Math.max(0, Math.ceil((at - starts) / 60));

function atItsDoor(place, at, slipIsValid, profile, identity) {
  if (place.status === "present") return "already_in";
  if (place.status !== "expected") return "settled";
  if (!(slipIsValid && place.on_slip)) return "slip_replaced";
  if (at < opens(place, profile)) return place.held_over ? "held_over" : "too_early";
  if (at > closes(place, profile)) return "too_late";
  if (identity === "mismatch") return "mismatch";
  if (identity === "unsure") return "in_doubt";
  return at > place.starts ? "admit_late" : "admit";
}

function elsewhere(places, sitting, here, venue, at, profile) {
  const place = sitting.length ? nearest(sitting, at, profile) : null;
  if (place && isOpen(place, at, profile)) {
    if (place.status === "present") return { code: "already_in", place };
    return { code: place.venue === venue ? "wrong_room" : "wrong_venue", place };
  }
  const out = places.filter((each) => each.entry !== "confirmed" && each.room === here);
  if (out.length || !place) {
    const reason = nearest(out.length ? out : places, at, profile);
    return { code: NOT_SITTING[reason.entry] ?? "not_entered", place: reason };
  }
  const waits = place.held_over && at < opens(place, profile) && isBetween(sitting, place, at);
  return { code: waits ? "held_over" : "wrong_time", place };
}

// Whether the person came to an earlier paper and now waits, isolated, for the second one.
const isBetween = (sitting, second, at) =>
  sitting.some((p) => p.status === "present" && p.starts <= at && at <= second.starts);

// The placement this moment is about: open ones first, then those not sat yet, then the nearest.
function nearest(places, at, profile) {
  const rank = (p) => [isOpen(p, at, profile) ? 0 : 1, p.status === "expected" ? 0 : 1, Math.abs(p.starts - at), p.placement];
  return places.reduce((best, each) => (isBefore(rank(each), rank(best)) ? each : best));
}

function isBefore(one, other) {
  const place = one.findIndex((value, n) => value !== other[n]);
  return place >= 0 && one[place] < other[place];
}
