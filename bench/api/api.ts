import { parseArgs } from "node:util";
import pg from "pg";
import { withClient } from "../../worker/database/pool.ts";
import { wholeNumber } from "../support/options.ts";
import { saveResults } from "../support/results.ts";
import { dropDatabase, withServer } from "../support/server.ts";
import { withApi } from "./http.ts";
import type { Api } from "./http.ts";
import { load } from "./load.ts";
import type { Load, LoadOptions } from "./load.ts";
import { PAGE, bare, cursorBelow, foil } from "./pages.ts";
import type { Request } from "./pages.ts";
import { FEW, createAssociation } from "./prepare.ts";
import type { Association, Chapter } from "./prepare.ts";
import { printReport } from "./report.ts";

const DATABASE = "bench_api";
const SIZES = [10_000, 100_000];
const DEPTH = 1_000;
const PARALLELISM = 4;
const SECONDS = 5;

const USAGE = `Usage: npm run bench -- api [options]

Asks for pages of ${PAGE} of the roster, as a coordinator under row level security: the first page and a
deep one of a chapter whose mentors are all the coordinator's, and the page of a coordinator of
${FEW}.

  http   GraphQL over HTTP, the API in a process of its own
  bare   the same SQL in the same transactions over pg, without the API
  foil   the joins that people write first, under the same policies, with limit and offset

Each must show the same mentors.

  --sizes 10000,100000  mentors of the chapters (${SIZES.join(",")})
  --depth N             page, counted from 1, or the last one (${DEPTH})
  --parallelism N       requests under way at once (${PARALLELISM})
  --seconds N           for each of them (${SECONDS})
  --database URL        a server to use, as superuser; else an embedded one, with fsync on.
                        A database named ${DATABASE} is made there and dropped again
  --json                print the figures as JSON; they are written to bench/results/api.json in
                        any case
  --help                this text`;

export interface Result extends Load {
  mentors: number;
  case: "first" | "deep" | "few";
  /** The page, counted from 1. */
  page: number;
  way: "http" | "bare" | "foil";
}

type Way = (request: Request, client: pg.Client) => Promise<string[]>;

export async function api(words: string[]): Promise<void> {
  const { values } = parseArgs({
    args: words,
    options: {
      sizes: { type: "string" },
      depth: { type: "string" },
      parallelism: { type: "string" },
      seconds: { type: "string" },
      database: { type: "string" },
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const number = (name: "depth" | "parallelism" | "seconds", usual: number) =>
    wholeNumber(`--${name}`, values[name] ?? String(usual));
  const sizes = values.sizes?.split(",").map((word) => wholeNumber("--sizes", word)) ?? SIZES;
  const depth = number("depth", DEPTH);
  const parallelism = number("parallelism", PARALLELISM);
  const options = { parallelism, milliseconds: 1000 * number("seconds", SECONDS) };

  await withServer(values.database, async (server) => {
    try {
      const association = await createAssociation(server, DATABASE, sizes, tell);
      const requests = await withClient(
        server.url(DATABASE),
        async (owner) => await requestsOf(owner, association.chapters, depth),
      );
      const results = await measureAll(association, requests, options);
      const { version, settings } = server;
      const report = {
        postgres: version,
        settings,
        node: process.version,
        parallelism: options.parallelism,
        results,
      };
      await saveResults("api", report);
      if (values.json) console.log(JSON.stringify(report, null, 2));
      else printReport(report);
    } finally {
      await dropDatabase(server, DATABASE);
    }
  });
}

function tell(line: string): void {
  console.error(line);
}

interface Case extends Pick<Result, "case" | "page" | "mentors"> {
  request: Request;
}

async function requestsOf(owner: pg.Client, chapters: Chapter[], depth: number): Promise<Case[]> {
  const cases: Case[] = [];
  for (const chapter of chapters) {
    const { mentors, coordinator, ofForty } = chapter;
    const page = Math.min(depth, Math.floor(mentors / PAGE));
    const above = (page - 1) * PAGE;
    const after = await cursorBelow(owner, chapter, above);
    const first = { chapter, above: 0, after: null };
    cases.push(
      { case: "first", page: 1, mentors, request: { ...first, subject: coordinator } },
      { case: "deep", page, mentors, request: { chapter, above, after, subject: coordinator } },
      { case: "few", page: 1, mentors, request: { ...first, subject: ofForty } },
    );
  }
  return cases;
}

async function measureAll(
  association: Association,
  cases: Case[],
  options: LoadOptions,
): Promise<Result[]> {
  const clients = Array.from(
    { length: options.parallelism },
    () => new pg.Client({ connectionString: association.url, options: "-c jit=off" }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  try {
    return await withApi(association.url, options.parallelism, async (http) => {
      const results: Result[] = [];
      for (const { request, ...what } of cases) {
        tell(`${what.mentors}: ${what.case}`);
        results.push(...(await measureCase(request, what, waysOf(http), clients, options)));
      }
      return results;
    });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

function waysOf(http: Api): Record<Result["way"], Way> {
  return {
    http: async (request) => await http.page(request),
    bare: async (request, client) => await bare(client, request),
    foil: async (request, client) => await foil(client, request),
  };
}

async function measureCase(
  request: Request,
  what: Pick<Result, "case" | "page" | "mentors">,
  ways: Record<Result["way"], Way>,
  clients: pg.Client[],
  options: LoadOptions,
): Promise<Result[]> {
  const results: Result[] = [];
  let expected: string | undefined;
  for (const [way, ask] of Object.entries(ways) as [Result["way"], Way][]) {
    const shown = JSON.stringify(await ask(request, clients[0]!));
    expected ??= shown;
    if (shown !== expected || shown === "[]") {
      throw new Error(`${what.mentors}, ${what.case}: ${way} does not show the same mentors`);
    }
    const measured = await load(async (place) => await ask(request, clients[place]!), options);
    results.push({ ...what, way, ...measured });
  }
  return results;
}
