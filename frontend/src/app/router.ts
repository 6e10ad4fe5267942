/** Addresses of the app, kept in the fragment so that any of them opens with no network. */
import { computed, ref } from "vue";

export type Route =
  | { page: "tasks" | "sync" | "card" | "me" | "signin" }
  | { page: "visit" | "check" | "handin"; visit: string; point: string | null };

const TOP = ["tasks", "sync", "card", "me", "signin"] as const;
const fragment = ref(location.hash);

window.addEventListener("hashchange", () => {
  fragment.value = location.hash;
  window.scrollTo(0, 0);
});

/** Gives what a fragment names; anything unknown is the list of tasks. */
export function parse(hash: string): Route {
  const [first = "", visit = "", part = "", point = ""] = hash
    .replace(/^#\/?/, "")
    .split("/")
    .map(decodeURIComponent);
  const top = TOP.find((page) => page === first);
  if (top !== undefined) return { page: top };
  if (first !== "visit" || visit === "") return { page: "tasks" };
  const page = part === "check" ? "check" : part === "handin" ? "handin" : "visit";
  return { page, visit, point: point || null };
}

export const route = computed(() => parse(fragment.value));

export function href(to: Route): string {
  if (!("visit" in to)) return `#/${to.page}`;
  const parts = ["visit", to.visit, to.page === "visit" ? "" : to.page, to.point ?? ""];
  return `#/${parts
    .filter((part) => part !== "")
    .map(encodeURIComponent)
    .join("/")}`;
}

export function go(to: Route): void {
  location.hash = href(to);
}
