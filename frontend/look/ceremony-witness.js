/* A witness's own phone, without an account. It makes a key that holds its place, and the secret;
   both stay in this browser's storage and survive a reload. The server gets the commitment first,
   text and bytes only when the witness reveals. */
import { follow, look } from "./ceremony.js";
import { hex, hidden, LONGEST, length, make, plain, showSlip } from "./ceremony-secret.js";

const page = document.querySelector("[data-code]");
const panel = page.querySelector("[data-panel]");
const code = page.dataset.code;
const token = document.querySelector('meta[name="csrf-token"]').content;
const store = `evenhand-place:${code}`;

/**
 * What this page keeps: in a browser that stores nothing it lasts as long as the page, and the slip
 * is the spare.
 */
let known = {};

function read() {
  try {
    return { ...known, ...JSON.parse(localStorage.getItem(store) ?? "{}") };
  } catch {
    return known;
  }
}

function write(more) {
  known = { ...read(), ...more };
  try {
    localStorage.setItem(store, JSON.stringify(known));
  } catch {
    // Private windows of some browsers refuse: the slip is the spare.
  }
}

function key() {
  const kept = read().key;
  if (kept) return kept;
  const fresh = hex(crypto.getRandomValues(new Uint8Array(32)));
  write({ key: fresh });
  return fresh;
}

const problem = page.querySelector("[data-problem]");
function tell(text) {
  problem.textContent = text;
  problem.hidden = !text;
  if (text) problem.scrollIntoView({ block: "nearest" });
}

/**
 * Sends a form's values; true when the server took them. A failure is told in the server's words.
 */
async function send(step, values) {
  tell("");
  try {
    const reply = await fetch(`/w/${code}/${step}`, {
      method: "POST",
      headers: { "X-CSRF-Token": token, "Witness-Key": key(), Accept: "application/json" },
      body: new URLSearchParams(values),
      signal: AbortSignal.timeout(15000),
    });
    if (!reply.ok) {
      const said = await reply.json();
      if (said.code === "access.csrf") location.reload();
      tell(said.detail ? `${said.title} ${said.detail}` : said.title);
    }
    await refresh();
    return reply.ok;
  } catch {
    tell(page.querySelector("[data-lost-connection]").textContent);
    return false;
  }
}

/** Gives the kept secret, when it is the one that this place committed to. */
function secret() {
  const shown = panel.querySelector("[data-commitment]")?.dataset.commitment;
  const kept = read();
  return shown && kept.commitment === shown ? kept : null;
}

async function commit(form) {
  const text = plain(form.querySelector("[data-text]").value);
  const tooLong = length(text) > LONGEST;
  form.querySelector("[data-too-long]").hidden = !tooLong;
  form.querySelector("[data-hidden-marks]").hidden = !hidden(text);
  if (tooLong || hidden(text)) return;
  const { freeze, token: place } = form.dataset;
  const kept = read();
  const again = kept.commitment && kept.text === text && kept.place === place;
  const made = again ? kept : { ...(await make(freeze, place, text)), place };
  write(made);
  await send("commit", { commitment: made.commitment });
}

const acts = {
  join: (form) => send("join", new FormData(form)),
  commit,
  reveal: (form, button) => {
    const kept = secret();
    const own = button && "own" in button.dataset && kept;
    return send("reveal", own ? { text: kept.text, rand: kept.rand } : new FormData(form));
  },
  verdict: (form, button) => send("verdict", new FormData(form, button)),
};

panel.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const act = Object.keys(acts).find((name) => name in form.dataset);
  if (!act || form.dataset.sent) return;
  form.dataset.sent = "1";
  await acts[act](form, event.submitter);
  delete form.dataset.sent;
});

function dress() {
  const kept = secret();
  showSlip(panel, kept);
  panel.querySelector("[data-print]")?.addEventListener("click", () => window.print());
  const save = panel.querySelector("[data-save]");
  if (kept && save) {
    const lines = [save.download, kept.commitment, kept.text, kept.rand].join("\n");
    save.href = URL.createObjectURL(new Blob([`${lines}\n`], { type: "text/plain" }));
  }
  const own = panel.querySelector("[data-own]");
  if (own) {
    own.hidden = !kept;
    panel.querySelector("[data-by-hand]").open = !kept;
  }
  const asks = panel.querySelector(".cer-ask");
  if (asks && navigator.vibrate) navigator.vibrate(60);
}
panel.addEventListener("ceremony:new", dress);

panel.dataset.live = `/w/${code}/panel`;
const refresh = () => look(panel, { "Witness-Key": key() });
if (globalThis.crypto?.subtle) {
  follow(panel, () => ({ "Witness-Key": key() }));
  refresh();
} else {
  page.querySelector("[data-no-crypto]").hidden = false;
}
