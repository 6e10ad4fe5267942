/** Passkeys through the browser's own JSON methods; no library. */
import type { Reply, Server } from "../../api/http.ts";
import type { Me, NewPasskey, PasskeyAnswer } from "../../api/shapes.ts";

export type PasskeyResult<T> = Reply<T> | { kind: "unsupported" } | { kind: "cancelled" };

/** Tells whether this browser can use passkeys at all. */
export function supported(): boolean {
  return (
    "PublicKeyCredential" in window &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function"
  );
}

/** Signs in with a discoverable passkey. */
export async function signInWithPasskey(server: Server): Promise<PasskeyResult<Me>> {
  if (!supported()) return { kind: "unsupported" };
  const options = await server.send<PublicKeyCredentialRequestOptionsJSON>(
    "/api/v1/passkeys/sign-in/options",
    {},
  );
  if (options.kind !== "ok") return options;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.data);
  const credential = await ask(() => navigator.credentials.get({ publicKey }));
  if (credential === null) return { kind: "cancelled" };
  const answer: PasskeyAnswer = { credential: { ...credential.toJSON() } };
  return server.send<Me>("/api/v1/passkeys/sign-in", answer);
}

/** Registers a passkey of the signed-in account on this device. */
export async function addPasskey(server: Server, name: string): Promise<PasskeyResult<unknown>> {
  if (!supported()) return { kind: "unsupported" };
  const options = await server.send<PublicKeyCredentialCreationOptionsJSON>(
    "/api/v1/passkeys/registration/options",
    {},
  );
  if (options.kind !== "ok") return options;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.data);
  const credential = await ask(() => navigator.credentials.create({ publicKey }));
  if (credential === null) return { kind: "cancelled" };
  const made: NewPasskey = { credential: { ...credential.toJSON() }, name };
  return server.send("/api/v1/passkeys", made);
}

/** Gives the credential, or null when the person or the device refused. */
async function ask(prompt: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    const credential = await prompt();
    return credential instanceof PublicKeyCredential ? credential : null;
  } catch (error) {
    if (error instanceof DOMException) return null;
    throw error;
  }
}
