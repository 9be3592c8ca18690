import { api } from "./api/api.ts";
import { dispatch } from "./dispatch/dispatch.ts";
import { followUp } from "./follow-up/follow-up.ts";
import { nightly } from "./nightly/nightly.ts";
import { portal } from "./portal/portal.ts";

const USAGE = `Usage: npm run bench -- BENCH [options]

  nightly     a night for up to a million certifications, against a floor and a foil
  follow-up   a night in which up to a million assignments are followed up, likewise
  portal      ten thousand changed listings told to a slow portal, and a foil that replays events
  dispatch    ten thousand mails over SMTP, and a foil that sends them without a database
  api         pages of the roster of a large chapter, over HTTP, over bare SQL, and a foil

npm run bench -- BENCH --help says more. bench/README.md shows the last figures.`;

/** Each takes the words after its name. */
const BENCHES: Record<string, (words: string[]) => Promise<void>> = {
  nightly,
  "follow-up": followUp,
  portal,
  dispatch,
  api,
};

async function main(words: string[]): Promise<void> {
  const [name, ...rest] = words;
  if (name === "--help" || name === undefined) {
    console.log(USAGE);
    if (name === undefined) process.exitCode = 1;
    return;
  }
  const bench = BENCHES[name];
  if (bench === undefined) {
    throw new Error(`there is no bench ${name}; there is: ${Object.keys(BENCHES).join(", ")}`);
  }
  await bench(rest);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
