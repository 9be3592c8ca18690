import { parseArgs } from "node:util";
import { wholeNumber } from "../support/options.ts";
import { saveResults } from "../support/results.ts";
import { withServer } from "../support/server.ts";
import { measureSize } from "./measure-size.ts";
import type { SizeResult } from "./measure-size.ts";
import { printReport } from "./report.ts";

const SIZES = [10_000, 100_000, 1_000_000];
const FOIL_SAMPLE = 20_000;

const USAGE = `Usage: npm run bench -- nightly [options]

Measures a night for an organisation whose every mentor holds one certification. A third is due:
half of these expired yesterday and are paused and hidden, half reach a reminder threshold.

  ours        the run as production makes it: plan, batches, evidence, check of the invariants
  repetition  the same run started once more; it must change nothing
  floor       the same final rows written by one plain statement a table, triggers off
  foil        an upsert or a status call for each mentor, eight at a time, from Node

All start from copies of the same files; after each, what it left is compared.

  --sizes 10000,100000   certifications (${SIZES.join(",")})
  --foil-sample N        most mentors that the foil does; beyond, it is extrapolated (${FOIL_SAMPLE})
  --batch-size N         mentors per transaction of our run (as in production)
  --database URL         a server to use, as superuser; else an embedded one, with fsync on.
                         Databases named bench_nightly_… are made there and dropped again
  --json                 print the figures as JSON; they are written to
                         bench/results/nightly.json in any case
  --help                 this text`;

export async function nightly(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      sizes: { type: "string" },
      "foil-sample": { type: "string" },
      "batch-size": { type: "string" },
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
  const batchSize =
    values["batch-size"] === undefined
      ? undefined
      : wholeNumber("--batch-size", values["batch-size"]);

  await withServer(values.database, async (server) => {
    const results: SizeResult[] = [];
    for (const mentors of sizes) {
      const onProgress = (line: string) => console.error(`${mentors}: ${line}`);
      results.push(await measureSize(server, { mentors, foilSample, batchSize, onProgress }));
    }
    const { version, settings } = server;
    const report = { postgres: version, settings, node: process.version, results };
    await saveResults("nightly", report);
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else printReport(report);
  });
}
