// Compares the vectors' subtrees with those hashed one by one, and says whether vectors ran at all.
import * as lanes from "../../../frontend/verify/lanes.mjs";
import { subtree, subtreeOfOne } from "../../../frontend/verify/merkle.mjs";

const encoder = new TextEncoder();

/** Lines of 0 to `longest` bytes in changing lengths, as data with offsets. */
function table(count, longest) {
  const lines = Array.from({ length: count }, (_, n) =>
    String(n * 7919)
      .repeat(20)
      .slice(0, (n * 11 + longest) % (longest + 1)),
  );
  const data = encoder.encode(lines.map((line) => `${line}\n`).join(""));
  const starts = [0];
  for (let at = 0; at < data.length; at++) if (data[at] === 10) starts.push(at + 1);
  return { data, starts: Uint32Array.from(starts) };
}

let compared = 0;
let inLanes = 0;
const differing = [];
for (const longest of [0, 1, 2, 3, 4, 5, 22, 53, 54, 55, 80]) {
  for (let count = 1; count <= 130; count++) {
    const { data, starts } = table(count, longest);
    for (const first of [0, Math.floor(count / 3)]) {
      const one = subtreeOfOne(data, starts, first, count).join();
      if (one !== subtree(data, starts, first, count).join()) differing.push([longest, count]);
      inLanes += lanes.fits(starts, first, count);
      compared++;
    }
  }
}
process.stdout.write(JSON.stringify({ compared, inLanes, differing }));
