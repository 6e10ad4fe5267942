// Verifies bundles with the public verifier: one JSON line in ({zip: base64}), one JSON line out.
import { createInterface } from "node:readline";
import { verifyBundle } from "../../../frontend/verify/core.mjs";

for await (const line of createInterface({ input: process.stdin })) {
  const { zip } = JSON.parse(line);
  const { status, lines, job } = await verifyBundle(new Uint8Array(Buffer.from(zip, "base64")));
  const computed = job?.seatLines ? [...job.drawnLines, ...job.seatLines].join("\n") : null;
  const failed = lines.find((one) => !one.holds)?.name ?? null;
  process.stdout.write(`${JSON.stringify({ status, failed, computed, who: job?.who ?? null })}\n`);
}
