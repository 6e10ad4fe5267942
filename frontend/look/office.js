/* The office's small behaviours: CSRF on htmx calls, the menu on phones, one submit a form,
   confirmation of what cannot be undone. Pages work without it, except where they say so. */
let token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token;
});

// A page from before the last sign-in has an old token: it takes the present one and asks again.
document.addEventListener("htmx:responseError", async (event) => {
  const { elt, xhr } = event.detail;
  if (xhr.status !== 403 || elt.dataset.asked) return;
  elt.dataset.asked = "1";
  const reply = await fetch("/api/v1/csrf", { headers: { Accept: "application/json" } });
  token = (await reply.json()).csrf_token;
  for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
  document.body.dispatchEvent(new CustomEvent("plan-changed"));
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) delete event.detail.elt.dataset.asked;
});

const menu = document.querySelector("[data-menu]");
const side = document.getElementById("side");

function openMenu(open) {
  side.classList.toggle("open", open);
  menu.setAttribute("aria-expanded", String(open));
}

menu?.addEventListener("click", () => openMenu(!side.classList.contains("open")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu || !side.classList.contains("open")) return;
  openMenu(false);
  menu.focus();
});
document.addEventListener("click", (event) => {
  const outside = !side?.contains(event.target) && !menu?.contains(event.target);
  if (menu && outside && side.classList.contains("open")) openMenu(false);
});

// A refused form's texts go back with its author, and into the fields of the form's page.
const UNSENT = "evenhand-unsent";

document.querySelector("[data-back]")?.addEventListener("click", (event) => {
  const unsent = document.querySelector("[data-unsent]");
  if (!unsent) return;
  const page = new URL(event.currentTarget.href).pathname;
  const typed = [...unsent.querySelectorAll("textarea")].map((part) => [part.name, part.value]);
  sessionStorage.setItem(UNSENT, JSON.stringify({ page, typed }));
});

function putBack({ page, typed }) {
  if (page !== location.pathname) return;
  sessionStorage.removeItem(UNSENT);
  for (const [name, text] of typed) {
    for (const field of document.querySelectorAll(
      `form[method=post] [name="${CSS.escape(name)}"]`,
    )) {
      if (field.type === "hidden" || field.type === "file") continue;
      if (field.type === "checkbox" || field.type === "radio")
        field.checked ||= field.value === text;
      else field.value = text;
      field.closest("details")?.setAttribute("open", "");
    }
  }
}
putBack(JSON.parse(sessionStorage.getItem(UNSENT) ?? "{}"));

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post" || event.defaultPrevented) return;
  if ("download" in form.dataset) return; // the page stays, and the file may be asked for again
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    button.setAttribute("aria-disabled", "true");
  }
});

// Coming back with the browser's button shows the page as it was: its forms may be sent again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const opener of document.querySelectorAll("[data-dialog]")) {
  opener.addEventListener("click", () =>
    document.getElementById(opener.dataset.dialog).showModal(),
  );
}
for (const closer of document.querySelectorAll("[data-close]")) {
  closer.addEventListener("click", () => closer.closest("dialog").close());
}
