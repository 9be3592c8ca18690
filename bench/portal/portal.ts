import { parseArgs } from "node:util";
import { wholeNumber } from "../support/options.ts";
import { saveResults } from "../support/results.ts";
import { withServer } from "../support/server.ts";
import { CHANGES, measureBursts } from "./burst.ts";
import { measureDrains } from "./drain.ts";
import type { DrainResult } from "./drain.ts";
import { printReport } from "./report.ts";

const SIZE = 10_000;
const PARALLELISM = [4, 16];
const LATENCY_MS = 50;
const BURST_SIZE = 300;

/** The first sync takes two requests a listing; its waiting alone should not take longer. */
const LONGEST_WAIT_MS = 75_000;

const USAGE = `Usage: npm run bench -- portal [options]

Measures how changed listings are told to the portal: the simulator, in a process of its own, with
every answer delayed.

  first    nothing is known of the portal: a GET and a PATCH for each listing
  later    every listing has changed and its ETag is remembered: a PATCH
  floor    the indispensable requests, one after the other in each place, and nothing else

Then a few listings change ${CHANGES} times each, and the requests are counted: all changes before the sync
starts, while it runs, and each after the one before has been told; and with a foil that replays the
events, a GET and a PATCH for each in order.

After each, what the portal shows is compared with the last wish of every mentor.

  --size N             listings (${SIZE}, or as many as the first sync can tell within
                       ${LONGEST_WAIT_MS / 1000} s of mere waiting: ${longestSize(4, LATENCY_MS)} with a parallelism of 4)
  --parallelism 4,16   listings under way at once (${PARALLELISM.join(",")}); the foil has the last one
  --latency MS         before each answer (${LATENCY_MS})
  --burst-size N       listings that change again and again (${BURST_SIZE})
  --database URL       a server to use, as superuser; else an embedded one, with fsync on.
                       Databases named bench_portal… are made there and dropped again
  --json               print the figures as JSON; they are written to
                       bench/results/portal.json in any case
  --help               this text`;

export async function portal(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      size: { type: "string" },
      parallelism: { type: "string" },
      latency: { type: "string" },
      "burst-size": { type: "string" },
      database: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const number = (name: "size" | "latency" | "burst-size", usual: number) =>
    wholeNumber(`--${name}`, values[name] ?? String(usual));
  const latencyMs = number("latency", LATENCY_MS);
  const size = values.size === undefined ? undefined : number("size", SIZE);
  const burstSize = number("burst-size", BURST_SIZE);
  const parallelism =
    values.parallelism?.split(",").map((word) => wholeNumber("--parallelism", word)) ?? PARALLELISM;

  await withServer(values.database, async (server) => {
    const drains: DrainResult[] = [];
    for (const places of parallelism) {
      const listings = size ?? Math.min(SIZE, longestSize(places, latencyMs));
      const onProgress = (line: string) => console.error(`${listings}, ${places} at once: ${line}`);
      const options = { listings, parallelism: places, latencyMs, onProgress };
      drains.push(...(await measureDrains(server, options)));
    }
    const bursts = await measureBursts(server, {
      listings: burstSize,
      parallelism: parallelism.at(-1)!,
      latencyMs,
      onProgress: (line) => console.error(`${burstSize}, again and again: ${line}`),
    });
    const { version, settings } = server;
    const report = { postgres: version, settings, node: process.version, drains, bursts };
    await saveResults("portal", report);
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else printReport(report);
  });
}

function longestSize(parallelism: number, latencyMs: number): number {
  return Math.floor((LONGEST_WAIT_MS * parallelism) / (2 * latencyMs));
}
