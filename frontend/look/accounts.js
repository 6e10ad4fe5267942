/* Passkeys in the office: sign in, prove again, enrol. Every page works with a password without
   this file; what it adds is hidden until the browser turns out to know passkeys. */
const able =
  "PublicKeyCredential" in window &&
  typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";

const byData = (name) => document.querySelector(`[data-${name}]`);

/** Posts JSON; gives the reply's document, or throws a problem with its code. */
async function post(address, body) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const reply = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
  });
  const document_ = reply.status === 204 ? null : await reply.json();
  if (!reply.ok) throw Object.assign(new Error(document_.title), { code: document_.code });
  return document_;
}

async function answer(optionsAddress) {
  const options = await post(optionsAddress, {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey });
  return { credential: credential.toJSON() };
}

/** Runs `act` on a click; a refusal is shown in the box, a cancelled prompt is not an error. */
function onPress(box, act) {
  if (!box || !able) return;
  const button = box.querySelector("button");
  const words = box.querySelector("[role=alert]");
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    words.hidden = true;
    try {
      await act();
    } catch (error) {
      words.hidden = error.name === "NotAllowedError";
      button.disabled = false;
    }
  });
}

onPress(byData("passkey-sign-in"), async () => {
  await post("/api/v1/passkeys/sign-in", await answer("/api/v1/passkeys/sign-in/options"));
  const next = document.querySelector("[name=next]").value;
  window.location.assign(`/sign-in?next=${encodeURIComponent(next)}`);
});

onPress(byData("passkey-step-up"), async () => {
  await post("/api/v1/step-up", await answer("/api/v1/step-up/options"));
  const form = byData("passkey-form");
  form.querySelector("[name=proof]").value = "passkey";
  form.querySelector("[name=password]").required = false;
  form.requestSubmit();
});

onPress(byData("passkey-add"), async () => {
  const name = byData("passkey-add").querySelector("input").value;
  try {
    const options = await post("/api/v1/passkeys/registration/options", {});
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = await navigator.credentials.create({ publicKey });
    await post("/api/v1/passkeys", { credential: credential.toJSON(), name });
    window.location.reload();
  } catch (error) {
    if (error.code !== "access.step_up_required") throw error;
    window.location.assign("/office/step-up?next=/office/account");
  }
});

byData("print")?.addEventListener("click", () => window.print());
document.querySelector("form[data-go-on]")?.requestSubmit();
