/* The witness of a routine draw, signed in on an own device: makes the commitment, keeps text and
   bytes here until the reveal. Only the commitment is sent first. */
import { hidden, LONGEST, length, make, plain, showSlip } from "./ceremony-secret.js";

const page = document.querySelector("[data-witness]");
const key = page ? `evenhand-witness:${page.dataset.draw}:${page.dataset.token}` : "";

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "null");
    return found?.commitment === page.dataset.commitment ? found : null;
  } catch {
    return null;
  }
}

async function commit(event) {
  event.preventDefault();
  const form = event.target;
  const text = plain(form.querySelector("[data-text]").value);
  const tooLong = length(text) > LONGEST;
  form.querySelector("[data-too-long]").hidden = !tooLong;
  form.querySelector("[data-hidden-marks]").hidden = !hidden(text);
  if (tooLong || hidden(text)) return;
  const secret = await make(page.dataset.freeze, page.dataset.token, text);
  localStorage.setItem(key, JSON.stringify(secret));
  form.elements.commitment.value = secret.commitment;
  form.submit();
}

if (page) {
  page.querySelector("[data-commit]")?.addEventListener("submit", commit, true);
  page.querySelector("[data-print]")?.addEventListener("click", () => window.print());
  const secret = page.dataset.commitment ? kept() : null;
  showSlip(page, secret);
  const reveal = page.querySelector("[data-reveal]");
  if (reveal && secret) {
    reveal.elements.text.value = secret.text;
    reveal.elements.rand.value = secret.rand;
  }
}
