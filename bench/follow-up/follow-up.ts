import { parseArgs } from "node:util";
import { wholeNumber } from "../support/options.ts";
import { saveResults } from "../support/results.ts";
import { withServer } from "../support/server.ts";
import { measureSize } from "./measure-size.ts";
import type { SizeResult } from "./measure-size.ts";
import { printReport } from "./report.ts";

const SIZES = [10_000, 100_000, 1_000_000];
const FOIL_SAMPLE = 10_000;

const USAGE = `Usage: npm run bench -- follow-up [options]

Measures a night in which every assignment is followed up, about ten of them a mentor: half reach the
first step, a quarter the second after the first, a quarter the second with the first missed.

  decide      the decision alone, as the preview asks for it
  ours        the run as production makes it: plan, batches, evidence, notifications, invariants
  repetition  the same run started once more; it must change nothing
  floor       the same final rows written by one plain statement a table, triggers off
  foil        a script over the table: one assignment after the other, looked up and written

All start from copies of the same files; after each, what it left is compared.

  --sizes 10000,100000   assignments (${SIZES.join(",")})
  --foil-sample N        most assignments that the foil does; beyond, it is extrapolated (${FOIL_SAMPLE})
  --database URL         a server to use, as superuser; else an embedded one, with fsync on.
                         Databases named bench_follow_up_… are made there and dropped again
  --json                 print the figures as JSON; they are written to
                         bench/results/follow-up.json in any case
  --help                 this text`;

export async function followUp(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      sizes: { type: "string" },
      "foil-sample": { type: "string" },
      database: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const sizes = values.sizes?.split(",").map((word) => wholeNumber("--sizes", word)) ?? SIZES;
  const foilSample = wholeNumber("--foil-sample", values["foil-sample"] ?? String(FOIL_SAMPLE));

  await withServer(values.database, async (server) => {
    const results: SizeResult[] = [];
    for (const assignments of sizes) {
      const onProgress = (line: string) => console.error(`${assignments}: ${line}`);
      results.push(await measureSize(server, { assignments, foilSample, onProgress }));
    }
    const { version, settings } = server;
    const report = { postgres: version, settings, node: process.version, results };
    await saveResults("follow-up", report);
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else printReport(report);
  });
}
