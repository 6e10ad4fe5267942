/* Live pictures: each region is asked for every second and swapped only when it is new, so what a
   person is typing stays, and a lost connection or a reload loses nothing. */
const EVERY = 1000;
const PATIENCE = 8000;
const REST = 20; // a draw that is over is asked for every so many rounds

/**
 * Keeps what a person has typed or opened in `region`; gives a function that puts it back after a
 * swap.
 */
function keep(region) {
  const typed = new Map();
  for (const field of region.querySelectorAll("input[id], textarea[id]")) {
    if (field.value !== field.defaultValue) typed.set(field.id, field.value);
  }
  const open = [...region.querySelectorAll("details[id][open]")].map((part) => part.id);
  return {
    typed,
    open,
    focus: region.contains(document.activeElement) ? document.activeElement.id : "",
  };
}

function restore(region, kept) {
  for (const [id, value] of kept.typed) {
    const field = region.querySelector(`#${CSS.escape(id)}`);
    if (field) field.value = value;
  }
  for (const id of kept.open) region.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
  if (kept.focus)
    region.querySelector(`#${CSS.escape(kept.focus)}`)?.focus({ preventScroll: true });
}

/** Tells one form from another: its address and hidden values, not what is typed into it. */
const shape = (form) =>
  [...form.elements]
    .filter((part) => part.name !== "csrf_token")
    .map((part) => (part.type === "hidden" ? `${part.name}=${part.value}` : part.id || part.name))
    .join();

/**
 * Tells whether somebody is writing in a form of `region` that the new picture holds unchanged.
 * Replacing it would take the cursor, and half a word from a person who writes Chinese.
 */
function writesIn(region, parsed) {
  const field = document.activeElement;
  const form = field?.matches("textarea, input:not([type=radio], [type=checkbox])") && field.form;
  if (!form || !region.contains(form)) return false;
  return [...parsed.querySelectorAll("form")].some((one) => shape(one) === shape(form));
}

/** Lets only those lots turn over that were not there before. */
function turnOver(region, before) {
  const slips = [...region.querySelectorAll("[data-lot]")];
  for (const slip of slips.slice(before)) slip.classList.add("fresh");
  if (before && slips.length > before && region.closest(".cer-wall")) {
    slips.at(-1).scrollIntoView({ block: "nearest" });
  }
}

/**
 * Puts `html` (ours, same origin) into the region; false when somebody is writing there and it has
 * to wait.
 */
export function swap(region, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  if (writesIn(region, parsed)) return false;
  const kept = keep(region);
  const before = region.querySelectorAll("[data-lot]").length;
  region.replaceChildren(...parsed.body.childNodes);
  restore(region, kept);
  turnOver(region, before);
  region.dispatchEvent(new CustomEvent("ceremony:new", { bubbles: true }));
  return true;
}

function connected(yes) {
  for (const line of document.querySelectorAll("[data-lost-connection]")) line.hidden = yes;
}

let asked = 0;
const newest = new WeakMap();

/** Asks once; `headers` may name who asks. A reply that a later one has overtaken is dropped. */
export async function look(region, headers = {}) {
  const turn = ++asked;
  const stamp = region.dataset.etag || (region.dataset.stamp ? `W/"${region.dataset.stamp}"` : "");
  try {
    const reply = await fetch(region.dataset.live, {
      headers: { ...headers, ...(stamp ? { "If-None-Match": stamp } : {}) },
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    connected(reply.ok || reply.status === 304);
    if (reply.redirected) location.reload();
    if (!reply.ok) return;
    if ("reload" in region.dataset) location.reload();
    const html = await reply.text();
    if (turn < (newest.get(region) ?? 0)) return;
    newest.set(region, turn);
    if (swap(region, html)) region.dataset.etag = reply.headers.get("ETag") ?? "";
  } catch {
    connected(false);
  }
}

/** Follows a region for as long as the page is open. */
export function follow(region, headers = () => ({})) {
  let busy = false;
  let rounds = 0;
  const ask = async () => {
    if (busy || (region.querySelector("[data-rest]") && ++rounds % REST)) return;
    busy = true;
    await look(region, headers());
    busy = false;
  };
  setInterval(ask, EVERY);
  for (const wake of ["online", "pageshow"]) window.addEventListener(wake, ask);
  document.addEventListener("visibilitychange", ask);
  return ask;
}

// A witness's panel is asked for with the key of the place, by ceremony-witness.js.
for (const region of document.querySelectorAll("[data-live]:not([data-panel])")) follow(region);
