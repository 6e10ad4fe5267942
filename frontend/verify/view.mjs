/** What the page shows, made from what the core found. Texts go in as text, never as markup. */
import { VACANT } from "./assignment.mjs";
import { hex } from "./bytes.mjs";
import { CHECK_NAMES } from "./core.mjs";
import { say, sentenceOf } from "./texts.mjs";

const $ = (id) => document.getElementById(id);
const FIRST_ROWS = 30;

/** Makes an element with a class and children (texts or elements). */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Puts the fixed texts of the page into a language. */
export function showLanguage(language) {
  document.documentElement.lang = language;
  document.title = say(language, "title");
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = say(language, element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-hint]")) {
    element.placeholder = say(language, element.dataset.hint);
  }
  for (const element of document.querySelectorAll("[data-lines]")) {
    const lines = say(language, element.dataset.lines).split("\n");
    element.replaceChildren(...lines.map((line) => make("li", "", line)));
  }
  $("language").lang = language === "en" ? "zh-CN" : "en";
}

/**
 * Shows a message above the report; `kind` is "bad" or "wait"; without a key the message goes away.
 */
export function showNotice(language, notice) {
  $("notice").hidden = !notice;
  if (!notice) return;
  $("notice").className = `notice ${notice.kind}`;
  $("notice").textContent = say(language, notice.key, notice.values);
}

const milliseconds = (value) => (value < 10 ? value.toFixed(1) : Math.round(value));

/** Shows the list of checks: finished ones with their sentence and time, those to come in grey. */
export function showChecks(language, lines, finished) {
  const items = CHECK_NAMES.map((name, place) => {
    const line = lines[place];
    const title = make("b", "", say(language, `check-${name}`));
    if (!line) {
      const said = say(language, finished ? "skipped" : "pending");
      const item = make("li", "waiting", make("span", "mark", "·"), title, make("span", "time"));
      item.append(make("span", "said", said));
      return item;
    }
    const doubtful = line.holds && (name === "ledger" || name === "public") && line.values.none;
    const [kind, mark] = line.holds ? ["holds", "✓"] : ["fails", "✗"];
    const time = say(language, "time", { milliseconds: milliseconds(line.milliseconds) });
    return make(
      "li",
      doubtful ? "note" : kind,
      make("span", "mark", doubtful ? "!" : mark),
      title,
      make("span", "time", time),
      make("span", "said", sentenceOf(language, line)),
    );
  });
  $("checks").replaceChildren(...items);
}

/** Shows the verdict with its stamp; `report` is null while computing. */
export function showOutcome(language, report, total) {
  const status = report?.status ?? "running";
  $("outcome").hidden = false;
  $("outcome").className = `outcome ${status}`;
  $("stamp").textContent = say(language, `${status}-stamp`);
  $("verdict").textContent = say(language, report?.summary?.rehearsal ? "rehearsal" : status);
  $("verdict-more").textContent = report ? more(language, report, total) : "";
}

/** Shows that the draw was declared void after its result, and why; null hides the notice. */
export function showVoid(language, voided) {
  $("voided").hidden = !voided;
  if (voided) $("voided").textContent = say(language, "voided", voided);
}

function more(language, { failure, summary }, total) {
  if (failure) return sentenceOf(language, failure);
  const parts = [
    summary.freeze.draw,
    say(language, summary.anchored ? (summary.signed ? "anchored" : "unsigned") : "not-anchored"),
    say(language, "took", { milliseconds: Math.round(total) }),
  ];
  return parts.join(" · ");
}

/** Shows the record of the draw, once it is verified. */
export function showFacts(language, { freeze, plan, transcript, seed, tasks, seats, ...job }) {
  const fact = (name, value, className = "") => [
    make("dt", "", say(language, `facts-${name}`)),
    make("dd", className, value),
  ];
  const filled = (name, values) => fact(name, say(language, `facts-${name}-value`, values));
  $("facts").replaceChildren(
    ...fact("draw", freeze.draw),
    ...fact("name", plan.name),
    ...fact("mode", say(language, `mode-${plan.mode}`)),
    ...filled("rows", { rows: freeze.pool_rows }),
    ...filled("drawn", { count: tasks.length }),
    ...filled("seats", { seats: seats.length, vacant: job.vacant }),
    ...filled("witnesses", { count: transcript.witnesses.length }),
    ...fact("freeze", hex(job.frozen), "mono"),
    ...fact("seed", hex(seed), "mono"),
  );
}

/**
 * Shows the drawn enterprises in draw order with the officers who go now; `codes`: the codes of
 * opened rows.
 */
export function showList(language, job, whole, codes = {}) {
  const teams = Map.groupBy(job.seats.keys(), (seat) => job.seats[seat].task);
  const shown = whole ? job.tasks : job.tasks.slice(0, FIRST_ROWS);
  const rows = shown.map(({ stratum, row }, task) =>
    make(
      "tr",
      "",
      make("td", "", String(task + 1)),
      make("td", "", job.strata[stratum].code),
      make("td", "mono", codes[row] ?? job.objects[task]),
      make("td", "mono", ...officerMarks(language, job, teams.get(task) ?? [])),
    ),
  );
  $("list").replaceChildren(...rows);
  $("list-more").hidden = shown.length === job.tasks.length;
  $("list-more").textContent = say(language, "list-more", { count: job.tasks.length });
}

function officerMarks(language, job, seats) {
  return seats.flatMap((seat, place) => {
    const row = job.who[seat];
    const name =
      row === VACANT
        ? make("span", "vacant", say(language, "vacant"))
        : document.createTextNode(job.tokens[row]);
    return place ? ["、", name] : [name];
  });
}

/** Shows the answer about one enterprise: a slip, or one sentence why there is none. */
export function showAudit(language, code, found) {
  const answer = $("audit-answer");
  if (found.why) {
    const none = say(language, `audit-none-${found.why}`, { code });
    answer.replaceChildren(make("p", "notice bad", none));
    return;
  }
  const { row, rows, stratum, lot, largest, number, officers } = found;
  const drawn = number !== null;
  const title = drawn ? say(language, "audit-drawn", { number }) : say(language, "audit-not-drawn");
  const facts = make("dl", "");
  const fact = (name, value) =>
    facts.append(make("dt", "", say(language, name)), make("dd", "mono", value));
  fact("audit-lot", lot);
  fact("audit-largest", largest ?? "–");
  if (drawn) {
    fact("audit-officers", officers.map((one) => one ?? say(language, "vacant")).join("、"));
  }
  const size = { code: stratum.code, size: stratum.end - stratum.start, k: stratum.k };
  const said = say(language, `audit-${reasonOf(found)}`, { row: row + 1, rows, ...size });
  const body = make("div", "body", make("b", "", title), make("p", "muted", said), facts);
  const lotText = say(language, "facts-drawn");
  const slip = make("div", drawn ? "slip drawn" : "slip");
  slip.append(make("div", "lot", drawn ? lotText : "—"), body);
  answer.replaceChildren(slip);
}

/**
 * Gives the key of the sentence that says why it was drawn: by the largest winning lot, or by an
 * extension.
 */
function reasonOf({ number, later, largest }) {
  if (number !== null) return later ? "why-later" : "why-drawn";
  return largest === null ? "why-none" : "why-not";
}

/** Shows how many rows of a sealed draw are open; `opened` is null if the site was not asked. */
export function showOpened(language, opened) {
  $("opened").hidden = !opened;
  if (!opened) return;
  const count = Object.keys(opened.codes).length;
  const text = [say(language, count ? "opened" : "opened-none", { count })];
  if (opened.wrong) text.push(say(language, "opened-wrong", { count: opened.wrong }));
  $("opened").textContent = text.join("");
  $("opened").className = opened.wrong ? "notice bad" : "muted";
}
