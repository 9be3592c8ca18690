import { join } from "node:path";
import { readConfig } from "../config.ts";
import type { Config } from "../config.ts";
import { migrateDatabase } from "../database/migrate.ts";
import { withClient } from "../database/pool.ts";
import { projectRoot } from "../database/root.ts";
import { localApiEnvironment } from "./api.ts";
import { createDemonstration, DEMONSTRATION, isListedBefore } from "./demonstration.ts";
import { findLocalMail, forgetLocalMail, startLocalMail } from "./mail.ts";
import type { LocalMail } from "./mail.ts";
import { findLocalPortal, forgetLocalPortal, startLocalPortal } from "./portal.ts";
import type { LocalPortal } from "./portal.ts";
import { startPostgres } from "./postgres.ts";
import type { LocalPostgres } from "./postgres.ts";
import { showNight } from "./show-night.ts";
import { whatToTry } from "./what-to-try.ts";

const DATABASE = "mentor_lifecycle";

const OF_THE_REAL_THING =
  /^(DYNAMICS_|SMTP_URL$|MAIL_FROM$|JWT_|JWKS_URL$|API_DATABASE_URL$|TRUSTED_DOCUMENTS$)/;

export interface EmbeddedOptions {
  fresh: boolean;
  data?: string | undefined;
}

/** Brings up everything that is not configured, shows what there is, and works until it is done. */
export async function startEmbedded(
  options: EmbeddedOptions,
  work: (config: Config, onApi: (url: string) => void) => Promise<void>,
): Promise<void> {
  refuseRealOutside();
  const folder = options.data ?? join(projectRoot, ".data");
  console.log(`Starting an embedded PostgreSQL in ${options.data ?? ".data"} …`);
  const server = await startPostgres({
    persistent: true,
    dataDirectory: join(folder, "postgres"),
    handleSignals: false,
  });
  try {
    if (options.fresh) beginAnew(server, folder);
    await prepareDatabase(server.url(), options.fresh);
    const databaseUrl = server.url(DATABASE);
    await migrateDatabase(databaseUrl);
    if (await createDemonstration(databaseUrl)) {
      console.log("Created a demonstration organisation of forty mentors in three chapters.");
    }
    const portal = server.isShared
      ? await findLocalPortal(folder)
      : await startLocalPortal({ folder, databaseUrl, startsVisible: isListedBefore });
    try {
      const mail = server.isShared ? await findLocalMail(folder) : await startLocalMail(folder);
      try {
        await showNight(databaseUrl, DEMONSTRATION);
        await work(configOf(databaseUrl, folder, portal, mail), (apiUrl) => {
          console.log(whatToTry(databaseUrl, portal, mail, apiUrl));
        });
      } finally {
        await mail.stop();
      }
    } finally {
      await portal.stop();
    }
  } finally {
    await server.stop();
  }
}

/** Nobody's website is to be told about demonstration mentors, and no mail about them is to leave. */
function refuseRealOutside(): void {
  if (process.env["DYNAMICS_URL"]) {
    throw new Error(
      "DYNAMICS_URL is set and DATABASE_URL is not; a demonstration is not told to a real portal. " +
        "Set both, or none.",
    );
  }
  if (process.env["SMTP_URL"]) {
    throw new Error(
      "SMTP_URL is set and DATABASE_URL is not; a demonstration sends no real mail. " +
        "Set both, or none.",
    );
  }
}

function beginAnew(server: LocalPostgres, folder: string): void {
  if (server.isShared) {
    throw new Error("Another npm start is running on these data; stop it before --fresh.");
  }
  forgetLocalPortal(folder);
  forgetLocalMail(folder);
}

async function prepareDatabase(serverUrl: string, fresh: boolean): Promise<void> {
  await withClient(serverUrl, async (client) => {
    if (fresh) await client.query(`drop database if exists ${DATABASE} with (force)`);
    const { rowCount } = await client.query("select from pg_database where datname = $1", [
      DATABASE,
    ]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
}

/** Of the environment's own settings for the outside none is left: they would not fit. */
function configOf(
  databaseUrl: string,
  folder: string,
  portal: LocalPortal,
  mail: LocalMail,
): Config {
  const others = Object.entries(process.env).filter(([name]) => !OF_THE_REAL_THING.test(name));
  return readConfig({
    LOG_LEVEL: "warn",
    ...Object.fromEntries(others),
    ...portal.environment,
    ...mail.environment,
    ...localApiEnvironment(folder),
    DATABASE_URL: databaseUrl,
  });
}
