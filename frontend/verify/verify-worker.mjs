/** Verifies beside the page, so that a large roster never makes the page wait. */
import { localEngine } from "./engine.mjs";
import { rootOf, startWorkers } from "./root-workers.mjs";

const workers = startWorkers();
const engine = localEngine({ rootOf: (data) => rootOf(workers, data, async () => {}) });

self.onmessage = async ({ data: { id, task, values } }) => {
  const onCheck = (line) => self.postMessage({ id, line });
  try {
    self.postMessage({ id, done: await engine[task](values, onCheck) });
  } catch (error) {
    self.postMessage({ id, broken: String(error) });
  }
};
