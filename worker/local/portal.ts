import { rmSync } from "node:fs";
import { join } from "node:path";
import { createPool } from "../database/pool.ts";
import { keepMembers } from "./dataverse/members.ts";
import type { MembersOptions } from "./dataverse/members.ts";
import { startSimulator } from "./dataverse/simulator.ts";
import type { Simulator } from "./dataverse/simulator.ts";
import { findEnvironment, writeEnvironment } from "./environment-file.ts";

/** Where the website is, unless something else is there. */
const PORT = 5680;

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
    writeEnvironment(environmentFile, environment);
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
  const environment = await findEnvironment(
    environmentFile,
    (found) => `${found["DYNAMICS_URL"]}/portal.json`,
    `Another process uses the data in ${folder}, and its portal does not answer; stop it first.`,
  );
  const url = environment["DYNAMICS_URL"] ?? "";
  return { url, environment, environmentFile, stop: async () => {} };
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
