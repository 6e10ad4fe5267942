/* The witness's device: makes the random bytes, computes the commitment (evenhand-draw/1 §3), keeps
   text and bytes here until the reveal. Only the commitment is sent first. */
const page = document.querySelector("[data-witness]");
const encoder = new TextEncoder();
const key = page ? `evenhand-witness:${page.dataset.draw}:${page.dataset.token}` : "";

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const sha256 = async (...parts) => {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined));
};

/** One line in one form, so that the slip, this page and the server mean the same bytes. */
const plain = (text) =>
  text.normalize("NFC").replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim().slice(0, 200);

async function commitment(text, rand) {
  const words = encoder.encode(text);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, words.length);
  const secret = await sha256(length, words, rand);
  return hex(
    await sha256(
      encoder.encode("evenhand-draw/1/commit\n"),
      unhex(page.dataset.freeze),
      encoder.encode(page.dataset.token),
      new Uint8Array(1),
      secret,
    ),
  );
}

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
  const rand = crypto.getRandomValues(new Uint8Array(32));
  const text = plain(form.querySelector("[data-text]").value);
  const value = await commitment(text, rand);
  localStorage.setItem(key, JSON.stringify({ text, rand: hex(rand), commitment: value }));
  form.elements.commitment.value = value;
  form.submit();
}

function showSlip(secret) {
  const box = page.querySelector("[data-secret]");
  const lost = page.querySelector("[data-lost]");
  if (!box) return;
  box.hidden = !secret;
  lost.hidden = Boolean(secret);
  if (!secret) return;
  page.querySelector("[data-show-text]").textContent = secret.text || "—";
  page.querySelector("[data-show-rand]").textContent = secret.rand.match(/.{4}/g).join(" ");
  page.querySelector("[data-print]").addEventListener("click", () => window.print());
  const reveal = page.querySelector("[data-reveal]");
  if (!reveal) return;
  reveal.elements.text.value = secret.text;
  reveal.elements.rand.value = secret.rand;
}

if (page) {
  page.querySelector("[data-commit]")?.addEventListener("submit", commit, true);
  if (page.dataset.commitment) showSlip(kept());
}
