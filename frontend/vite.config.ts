/** Build of the phone app: served at /app/, no inline script or style, its own service worker. */
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import { serviceWorker } from "./build/service-worker.ts";

export default defineConfig({
  base: "/app/",
  plugins: [vue(), serviceWorker("sw.js")],
  define: { __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false" },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: "index.html" },
  },
  worker: { format: "es" },
});
