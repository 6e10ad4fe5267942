/** The service worker: registered quietly, a new version taken only when a person says so. */
import { ref } from "vue";

/** A new version waits to be taken. */
export const updateReady = ref(false);

let waiting: ServiceWorker | null = null;

export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  const registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/" });
  const watch = (worker: ServiceWorker | null): void => {
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller !== null) {
        waiting = worker;
        updateReady.value = true;
      }
    });
  };
  waiting = registration.waiting;
  updateReady.value = waiting !== null && navigator.serviceWorker.controller !== null;
  watch(registration.installing);
  registration.addEventListener("updatefound", () => watch(registration.installing));
}

/** Takes the waiting version and loads it. Everything typed is on disk by then. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), {
    once: true,
  });
  waiting?.postMessage({ kind: "take-over" });
}
