/** The page of the public verifier: takes a bundle, runs the core on it, shows what it found. */
import { localEngine, workerEngine } from "./engine.mjs";
import { languages } from "./texts.mjs";
import * as view from "./view.mjs";

const $ = (id) => document.getElementById(id);
const FRAME = 40;
const saved = location.protocol === "file:";
const asked = new URLSearchParams(location.search);

/** Gives the language asked for, else that of the portal (its cookie), else Chinese. */
function firstLanguage() {
  const portal = /(?:^|; )lang=(\w+)/.exec(saved ? "" : document.cookie)?.[1];
  return (asked.get("lang") ?? portal) === "en" ? "en" : languages[0];
}

const page = {
  language: firstLanguage(),
  notice: null,
  lines: [],
  report: null,
  total: 0,
  whole: false,
  audited: null,
  opened: null,
  voided: null,
  run: 0,
  bytes: null,
};

/** Lets the browser draw and answer, at most once a few frames. */
function pauser() {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < FRAME) return;
    await new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
    last = performance.now();
  };
}

/** Gives the engine beside the page, or on the page when this is a saved copy. */
function startEngine() {
  const local = localEngine({ pause: pauser() });
  return saved ? local : workerEngine(new URL("./verify-worker.mjs", import.meta.url), local);
}

const engine = startEngine();

function show() {
  const { language, report, lines, notice } = page;
  view.showLanguage(language);
  view.showNotice(language, notice);
  const running = page.run > 0 && !notice;
  $("report").hidden = !running;
  $("outcome").hidden = !running;
  document.body.classList.toggle("busy", running);
  if (!running) return;
  view.showOutcome(language, report, page.total);
  view.showVoid(language, page.voided);
  view.showChecks(language, lines, report !== null);
  const job = report?.summary ?? null;
  for (const id of ["facts-card", "audit-card", "list-card"]) $(id).hidden = !job;
  if (!job) return;
  view.showFacts(language, job);
  view.showList(language, job, page.whole, page.opened?.codes);
  view.showOpened(language, page.opened);
  $("salt-field").hidden = !isSealed(job);
  if (page.audited) view.showAudit(language, page.audited.code, page.audited.found);
}

const isSealed = (job) => job?.plan.mode === "sealed";

function tell(key, values = {}, kind = "bad") {
  page.notice = key ? { key, values, kind } : null;
  show();
}

/** Verifies the bytes; a later start makes an earlier one go silent. */
async function verify(bytes) {
  const run = ++page.run;
  Object.assign(page, {
    bytes,
    lines: [],
    report: null,
    whole: false,
    audited: null,
    opened: null,
    voided: null,
    notice: null,
  });
  $("audit-answer").replaceChildren();
  if (!globalThis.crypto?.subtle) {
    tell("insecure");
    return;
  }
  show();
  $("outcome").scrollIntoView({ block: "nearest" });
  const began = performance.now();
  const onCheck = (line) => {
    if (run !== page.run) return;
    page.lines.push(line);
    view.showChecks(page.language, page.lines, false);
  };
  try {
    const ledgerKey = $("ledger-key").value.trim() || null;
    const requireLedger = $("require-ledger").checked;
    const report = await engine.verify({ bytes, ledgerKey, requireLedger }, onCheck);
    if (run !== page.run) return;
    Object.assign(page, { report, total: performance.now() - began });
    show();
    performance.measure("verify", { start: began });
    if (report.summary && !report.summary.rehearsal && !saved) await takeNews(run, report.summary);
  } catch (error) {
    if (run !== page.run) return;
    console.error(error);
    tell("broken");
  }
}

async function takeFile(file) {
  if (!file) return;
  $("bundle-link").hidden = true;
  $("number").value = "";
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return tell("bad-file");
  }
  await verify(bytes);
}

/** Gives the notice that tells why the site gave no bundle, by the status of its answer. */
function refusalOf(status) {
  if (status === 404) return "not-found";
  return status === 429 ? "busy" : "site-failed";
}

/** Fetches a published bundle by the draw's number and verifies it. */
async function takeNumber(draw) {
  if (!/^[0-9A-Za-z._:-]{1,64}$/.test(draw)) return tell("bad-number");
  tell("fetching", { draw }, "wait");
  const base = `/open/v1/draws/${encodeURIComponent(draw)}`;
  try {
    let address = `${base}.zip`;
    let reply = await fetch(address);
    if (reply.status === 404) {
      address = `${base}/bundle`;
      reply = await fetch(address);
    }
    if (!reply.ok) return tell(refusalOf(reply.status), { draw, status: reply.status });
    $("bundle-link").href = address;
    $("bundle-link").hidden = false;
    return await verify(new Uint8Array(await reply.arrayBuffer()));
  } catch {
    return tell("not-fetched");
  }
}

/**
 * Asks the site what became of the draw since: whether it was declared void, and which rows of a
 * sealed draw are open by now.
 *
 * The rows are checked against the roster, so the site is not trusted; without an answer people
 * type the salt in.
 */
async function takeNews(run, summary) {
  let news;
  try {
    const reply = await fetch(`/open/v1/draws/${encodeURIComponent(summary.freeze.draw)}`);
    if (!reply.ok) return;
    news = await reply.json();
  } catch {
    return;
  }
  const { drawn: rows, state, reason } = news;
  const opened = isSealed(summary) && Array.isArray(rows) ? await engine.open({ rows }) : null;
  if (run !== page.run) return;
  page.opened = opened;
  page.voided = state === "voided" ? { reason: String(reason ?? "—") } : null;
  show();
}

/** Fills in the key that this site publishes: better than none, not as good as one from elsewhere. */
async function takeKey() {
  try {
    const reply = await fetch("/ledger/key");
    if (!reply.ok) return tell("no-key");
    $("ledger-key").value = (await reply.text()).trim();
    return await verifyAgain();
  } catch {
    return tell("no-key");
  }
}

/** Verifies the present bundle once more, when there is one. */
async function verifyAgain() {
  if (page.bytes) await verify(page.bytes);
}

/**
 * Brings what people type or paste into one form: wide letters, blanks and groups make no
 * difference.
 */
const typed = (id) => $(id).value.normalize("NFKC").replace(/\s/g, "");

async function askAudit() {
  const code = typed("code");
  const salt = typed("salt").toLowerCase() || null;
  if (!code || !page.report?.summary) return;
  const run = page.run;
  const found = await engine.audit({ code, salt });
  if (run !== page.run) return;
  page.audited = { code, found };
  show();
}

function listen() {
  $("language").addEventListener("click", () => {
    page.language = page.language === "en" ? languages[0] : "en";
    show();
  });
  $("file").addEventListener("change", async ({ target }) => {
    await takeFile(target.files[0]);
    target.value = "";
  });
  $("by-number").addEventListener("submit", (event) => {
    event.preventDefault();
    takeNumber($("number").value.trim());
  });
  $("audit").addEventListener("submit", (event) => {
    event.preventDefault();
    askAudit();
  });
  $("key-here").addEventListener("click", takeKey);
  $("key-apply").addEventListener("click", verifyAgain);
  $("list-more").addEventListener("click", () => {
    page.whole = true;
    show();
  });
  listenToDrops();
}

function listenToDrops() {
  const over = (on) => $("drop").classList.toggle("over", on);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) over(false);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    takeFile(event.dataTransfer.files[0]);
  });
}

function begin() {
  if (saved)
    for (const id of ["by-number", "offline-card", "portal", "source-card", "key-here"]) {
      $(id).hidden = true;
    }
  document.querySelector(".not-started").remove();
  listen();
  show();
  const draw = asked.get("draw");
  if (draw && !saved) {
    $("number").value = draw;
    takeNumber(draw);
  }
}

begin();
