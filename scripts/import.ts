import { parseArgs } from "node:util";
import { readConfig } from "../worker/config.ts";
import { importFile } from "../worker/import/import.ts";
import { isKind, kinds } from "../worker/import/kinds.ts";
import { formatProblem } from "../worker/import/problem.ts";
import { reportProgress } from "../worker/import/progress.ts";
import { formatSummary } from "../worker/import/summary.ts";
import { required, runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run import -- --kind people|mentors|assignments --organization SLUG FILE.csv

Imports a CSV file into the database of DATABASE_URL, all of it or nothing. Every mistake is reported
with its line, column and cause. Importing the same file again changes nothing.

  --kind KIND           what the file contains: people, mentors or assignments
  --organization SLUG   the organisation that it belongs to
  --dry-run             do everything, report, and store nothing
  --silent              send no reminder and no follow-up that is due already (of people none is)
  --json                print the summary as JSON
  --help                this text

The file is UTF-8, with , or ; between the cells and these columns in its first line:
${Object.entries(kinds)
  .map(([kind, columns]) => `  ${kind}: ${columns.join(",")}`)
  .join("\n")}

Dates are written 2026-10-31 or 31.10.2026. An empty cell leaves what is stored. Roles of people are
added and never taken away; the coordinators of a mentor are replaced. More in docs/import.md.`;

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kind: { type: "string" },
      organization: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      silent: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return { ...values, positionals };
}

async function main(): Promise<void> {
  const options = parse();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const kind = required(options.kind, "--kind people, mentors or assignments");
  if (!isKind(kind)) {
    throw new Error(`--kind ${kind} is unknown; it is people, mentors or assignments`);
  }
  const organization = required(options.organization, "--organization SLUG");
  const file = required(options.positionals[0], "The file");
  if (options.positionals.length > 1) {
    throw new Error(`One file at a time, please: ${options.positionals.join(" ")}`);
  }
  const { databaseUrl } = readConfig();

  let problems = 0;
  const lines = new Set<number>();
  const progress = reportProgress((line) => console.error(line));
  try {
    const summary = await importFile(databaseUrl, {
      kind,
      organization,
      file,
      dryRun: options["dry-run"],
      silent: options.silent,
      progress,
      onProblem: (problem) => {
        problems += 1;
        if (problem.line !== null) lines.add(problem.line);
        console.error(formatProblem(problem));
      },
    });
    if (!summary) {
      throw new Error(
        `${file} has ${problems === 1 ? "1 mistake" : `${problems} mistakes, on ${lines.size === 1 ? "1 line" : `${lines.size} lines`}`}; nothing was stored`,
      );
    }
    console.log(options.json ? JSON.stringify(summary, null, 2) : formatSummary(summary));
  } finally {
    progress.stop();
  }
}

await runCommand("import", main);
