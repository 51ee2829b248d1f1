import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { history } from "./history/history.ts";
import { streams } from "./streams/streams.ts";

/** `npm run benchmarks`: every table of docs/performance.md, in Markdown. `npm run benchmarks -- streams --rounds 5 --only SDK` is a part of them. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "24" },
    scale: { type: "string", default: "1" },
    only: { type: "string", multiple: true },
    messages: { type: "string", default: "10000" },
  },
});
const rounds = Number(values.rounds);
const parts: Readonly<Record<string, () => Promise<string>>> = {
  streams: () => streams({ rounds, scale: Number(values.scale), ...(values.only && { only: values.only }) }),
  history: () => history({ lengths: [10, Number(values.messages)], times: rounds }),
};
const wanted = positionals.length > 0 ? positionals : Object.keys(parts);
console.log(
  `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}`,
);
for (const name of wanted) {
  const run = parts[name];
  if (run === undefined) throw new Error(`There is no part ${name}. There are: ${Object.keys(parts).join(", ")}.`);
  console.log(`\n## ${name}\n\n${await run()}`);
}
