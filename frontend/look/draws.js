/* The form of a plan: parts can be taken out, and the count follows what is typed. */
const form = document.querySelector("[data-plan]");
let waiting = 0;

function changed() {
  clearTimeout(waiting);
  waiting = setTimeout(() => document.body.dispatchEvent(new CustomEvent("plan-changed")), 350);
}

form?.addEventListener("input", changed);
form?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  const part = button.closest("[data-part]");
  const others = part.parentElement.querySelectorAll("[data-part]").length;
  if (others > 1) part.remove();
  changed();
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "strata" || event.target.id === "team") changed();
});
