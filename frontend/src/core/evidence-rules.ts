/** Whether a file may become evidence, judged before anything is stored. Pure. */
import { kindOf, MOST_PIXELS } from "./evidence-kinds.ts";
import { pictureSize } from "./picture-size.ts";

/** How many bytes of a file's start are judged: a header with large metadata fits. */
export const JUDGED_BYTES = 1024 * 1024;

export type Refusal = "empty" | "too-large" | "kind" | "unreadable" | "pixels";
export type Judged = { kind: "taken"; mime: string } | { kind: "refused"; why: Refusal };

/**
 * Foretells what the server will say of a file of `size` bytes that begins with `head`; `most` is
 * the largest file it takes, null when it did not tell.
 */
export function judge(head: Uint8Array, size: number, most: number | null): Judged {
  if (size === 0) return { kind: "refused", why: "empty" };
  if (most !== null && size > most) return { kind: "refused", why: "too-large" };
  const mime = kindOf(head);
  if (mime === null) return { kind: "refused", why: "kind" };
  return mime.startsWith("image/") ? judgePicture(mime, head) : { kind: "taken", mime };
}

function judgePicture(mime: string, head: Uint8Array): Judged {
  const size = pictureSize(mime, head);
  if (size === null || size.width * size.height === 0)
    return { kind: "refused", why: "unreadable" };
  if (size.width * size.height > MOST_PIXELS) return { kind: "refused", why: "pixels" };
  return { kind: "taken", mime };
}
