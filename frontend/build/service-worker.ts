/**
 * Bundles the service worker after the app and gives it the list of files to precache.
 *
 * The list holds every file of the build by its content hash, so a shell is complete or not
 * installed at all. Nothing outside the build is ever listed.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { build, type Plugin, type ResolvedConfig } from "vite";

interface Precached {
  url: string;
  revision: string;
}

/** All files under a folder, relative to it, in a stable order. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}

function precached(folder: string): Precached[] {
  return filesUnder(folder)
    .filter((name) => name !== "sw.js" && !name.endsWith(".map"))
    .map((name) => {
      const hash = createHash("sha256").update(readFileSync(join(folder, name)));
      return { url: name, revision: hash.digest("hex").slice(0, 20) };
    });
}

/** Vite plugin: `entry` becomes dist/sw.js, a classic script with the list put before it. */
export function serviceWorker(entry: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: "evenhand-service-worker",
    apply: "build",
    configResolved(resolved) {
      config = resolved;
    },
    async closeBundle() {
      const out = resolve(config.root, config.build.outDir);
      const list = precached(out);
      await build({
        configFile: false,
        logLevel: "warn",
        publicDir: false,
        define: { "process.env.NODE_ENV": JSON.stringify("production") },
        build: {
          outDir: out,
          emptyOutDir: false,
          lib: {
            entry: resolve(config.root, entry),
            formats: ["iife"],
            name: "evenhandWorker",
            fileName: () => "sw.js",
          },
        },
      });
      const target = join(out, "sw.js");
      const code = readFileSync(target, "utf8");
      writeFileSync(target, `self.__SHELL = ${JSON.stringify(list)};\n${code}`);
    },
  };
}
