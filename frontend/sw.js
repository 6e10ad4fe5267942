/**
 * The service worker: wiring only. The shell, whole or not at all; never a request that is not a
 * GET, never the API or evidence; a new version waits until a person takes it.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precache } from "workbox-precaching";
import { addRoute } from "workbox-precaching/addRoute.js";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { isTakeOver, navigations } from "./src/sw/rules.ts";

precache(self.__SHELL);
addRoute({ directoryIndex: "index.html" });
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL("index.html"), navigations));

self.addEventListener("message", (event) => {
  if (isTakeOver(event.data)) self.skipWaiting();
});
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});
