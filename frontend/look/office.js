/* The office's small behaviours: CSRF on htmx calls, the menu on phones, one submit a form,
   confirmation of what cannot be undone. Pages work without it, except where they say so. */
const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = token;
});

document.querySelector("[data-menu]")?.addEventListener("click", (event) => {
  const button = event.currentTarget;
  const open = document.getElementById("side").classList.toggle("open");
  button.setAttribute("aria-expanded", String(open));
});

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
