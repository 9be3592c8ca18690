import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseEnv } from "node:util";
import { createPool } from "../database/pool.ts";
import { keepMembers } from "./dataverse/members.ts";
import type { MembersOptions } from "./dataverse/members.ts";
import { startSimulator } from "./dataverse/simulator.ts";
import type { Simulator } from "./dataverse/simulator.ts";

/** Where the website is, unless something else is there. */
const PORT = 5680;

/** How long the other npm start on the same data may take until its portal answers. */
const PATIENCE_MS = 10_000;

/** The portal that is brought up where none is configured. */
export interface LocalPortal {
  /** http://127.0.0.1:PORT */
  url: string;
  /** The DYNAMICS_ variables that lead to it. */
  environment: Record<string, string>;
  /** A file with these variables, for commands that read them from standard input. */
  environmentFile: string;
  stop(): Promise<void>;
}

export interface LocalPortalOptions extends MembersOptions {
  /** Where rows and settings are kept from one start to the next. */
  folder: string;
  databaseUrl: string;
}

/** Starts the Dataverse simulator and the stand-in for the membership system. */
export async function startLocalPortal(options: LocalPortalOptions): Promise<LocalPortal> {
  const { folder, databaseUrl, startsVisible } = options;
  const simulator = await listen(join(folder, "dataverse.json"));
  const pool = createPool(databaseUrl, {
    max: 1,
    applicationName: "mentor-lifecycle-members",
    settings: { "mentor_lifecycle.actor": "membership system" },
  });
  const stop = async () => {
    await simulator.stop();
    await pool.end();
  };
  try {
    // Rows that are there already have been told to.
    const isFirst = simulator.rows().length === 0;
    const members = await keepMembers(pool, simulator, {
      ...(isFirst && startsVisible && { startsVisible }),
    });
    const environment = simulator.environment();
    const environmentFile = fileOf(folder);
    writeFileSync(environmentFile, linesOf(environment), { mode: 0o600 });
    return {
      url: simulator.url,
      environment,
      environmentFile,
      stop: async () => {
        await members.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The portal of another npm start on the same data; two of them would keep the same file. */
export async function findLocalPortal(folder: string): Promise<LocalPortal> {
  const environmentFile = fileOf(folder);
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const environment = readEnvironment(environmentFile);
    const url = environment["DYNAMICS_URL"] ?? "";
    if (await answers(url)) {
      return { url, environment, environmentFile, stop: async () => {} };
    }
    if (Date.now() > until) {
      throw new Error(
        `Another process uses the data in ${folder}, and its portal does not answer; stop it first.`,
      );
    }
    await sleep(200);
  }
}

/** Begins anew with a website that nobody has told anything. */
export function forgetLocalPortal(folder: string): void {
  for (const file of [join(folder, "dataverse.json"), fileOf(folder)])
    rmSync(file, { force: true });
}

async function listen(file: string): Promise<Simulator> {
  try {
    return await startSimulator({ port: PORT, file });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return await startSimulator({ file });
  }
}

function fileOf(folder: string): string {
  return join(folder, "dataverse.env");
}

function linesOf(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function readEnvironment(file: string): Record<string, string> {
  try {
    return parseEnv(readFileSync(file, "utf8")) as Record<string, string>;
  } catch {
    // Not written yet.
    return {};
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/portal.json`, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
