/**
 * What a phone downloads before the first screen: the script and style that index.html names,
 * with everything they import statically. Fails above the budget.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 120 * 1024;
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");

/** Static imports of a built chunk, as paths inside dist. */
function imports(name, code) {
  const found = code.matchAll(/(?:import|export)[^"'()]*?["'](\.{1,2}\/[^"']+\.js)["']/g);
  return [...found].map((match) => join(dirname(name), match[1]));
}

function load(names) {
  const seen = new Map();
  const queue = [...names];
  while (queue.length > 0) {
    const name = queue.pop();
    if (seen.has(name)) continue;
    const bytes = readFileSync(join(dist, name));
    seen.set(name, gzipSync(bytes, { level: 9 }).length);
    if (name.endsWith(".js")) queue.push(...imports(name, bytes.toString("utf8")));
  }
  return seen;
}

const html = readFileSync(join(dist, "index.html"), "utf8");
const named = [...html.matchAll(/(?:src|href)="\/app\/([^"]+\.(?:js|css))"/g)].map((m) => m[1]);
const sizes = load(named);
const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
for (const [name, size] of sizes)
  console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${name}`);
console.log(
  `${(total / 1024).toFixed(1).padStart(7)} KB  first load, gzip (budget ${BUDGET / 1024} KB)`,
);
process.exitCode = total > BUDGET ? 1 : 0;
