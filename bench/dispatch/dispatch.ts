import { parseArgs } from "node:util";
import { wholeNumber } from "../support/options.ts";
import { saveResults } from "../support/results.ts";
import { withServer } from "../support/server.ts";
import { measureDispatch } from "./measure.ts";
import { printReport } from "./report.ts";

const SIZE = 10_000;
const PLACES = 5;
const DELAYS = [0, 20];

const USAGE = `Usage: npm run bench -- dispatch [options]

Measures how mails that wait are sent over SMTP, to a server in a process of its own that takes
everything and counts.

  ours   the worker's dispatch: lease a delivery, check its cause again, put it into words, send it,
         record it
  foil   the same mails, in words already, through bare nodemailer with as many connections; it asks
         nothing, records nothing, and begins anew if it dies

Both must deliver every mail once.

  --size N         mails (${SIZE})
  --places N       connections to the mail server (${PLACES})
  --delay 0,20     milliseconds that the server takes for each message (${DELAYS.join(",")})
  --database URL   a server to use, as superuser; else an embedded one, with fsync on.
                   Databases named bench_dispatch… are made there and dropped again
  --json           print the figures as JSON; they are written to bench/results/dispatch.json in any
                   case
  --help           this text`;

export async function dispatch(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      size: { type: "string", default: String(SIZE) },
      places: { type: "string", default: String(PLACES) },
      delay: { type: "string", default: DELAYS.join(",") },
      database: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const mails = wholeNumber("--size", values.size);
  const places = wholeNumber("--places", values.places);
  const delays = values.delay
    .split(",")
    .map((word) => (word === "0" ? 0 : wholeNumber("--delay", word)));

  await withServer(values.database, async (server) => {
    const onProgress = (line: string) => console.error(`${mails} mails: ${line}`);
    const results = await measureDispatch(server, { mails, places, delays, onProgress });
    const { version, settings } = server;
    const report = { postgres: version, settings, node: process.version, results };
    await saveResults("dispatch", report);
    if (values.json) console.log(JSON.stringify(report, null, 2));
    else printReport(report);
  });
}
