/** Hashes one aligned range of the roster beside the page: {data, starts} in, eight words out. */
import { subtree } from "./merkle.mjs";

self.onmessage = ({ data: { number, data, starts } }) => {
  const words = subtree(data, starts, 0, starts.length - 1);
  self.postMessage({ number, words });
};
