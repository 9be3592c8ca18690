import { parseArgs } from "node:util";
import type pg from "pg";
import { readConfig } from "../worker/config.ts";
import { createDynamicsClient } from "../worker/dynamics/client.ts";
import type { DynamicsClient } from "../worker/dynamics/client.ts";
import type { DynamicsConfig } from "../worker/dynamics/config.ts";
import { DynamicsError } from "../worker/dynamics/errors.ts";
import { findOrganization } from "../worker/nightly/organization.ts";
import { previewByHand } from "../worker/portal/break-glass-preview.ts";
import { syncByHand } from "../worker/portal/break-glass-sync.ts";
import type { Ending } from "../worker/portal/break-glass-sync.ts";
import {
  actor,
  force,
  isHeld,
  logIn,
  namedTargets,
  openBreakGlass,
  refreshAlerts,
  unsyncedTargets,
} from "../worker/portal/break-glass.ts";
import type { LoggedIn, Target } from "../worker/portal/break-glass.ts";
import {
  endingsTable,
  explanations,
  howToForce,
  prospectsTable,
  wish,
} from "./portal-sync/print.ts";
import { openProgress } from "./portal-sync/progress.ts";
import type { Progress } from "./portal-sync/progress.ts";
import { gatherConfig } from "./portal-sync/settings.ts";
import { runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run portal:sync -- [--mentor KEY …] [--organization SLUG] [options]

Breaks the glass: tells the portal what it does not know yet, when the automated system does not.
It needs the database of DATABASE_URL and the portal, and no worker; one that runs after all is not
disturbed. That the portal refuses the automated login is no obstacle, and stays on record.

  --mentor KEY         only this mentor, whatever the portal knows; may be repeated. Also shows a
                       mentor again whom somebody hid in the portal
  --organization SLUG  only mentors of this organisation
  --dry-run            read the portal, say what would be done, and change nothing anywhere
  --ask-credentials    take credentials given on the spot before those of the environment
  --verbose            a line for each listing
  --json               machine-readable result on standard output
  --help               this text

Without --mentor it is everything that the portal does not know yet, also what needs attention,
hides first. Whom somebody hid in the portal stays hidden and is listed as held.

Settings: the DYNAMICS_ variables of .env.example. What is missing is asked for on the terminal, a
secret without showing it. If standard input is no terminal, it is read for lines NAME=value, as in

  npm run portal:sync -- --ask-credentials < credentials.txt

with a value to the end of its line; empty lines and lines that begin with # are left out. Standard
input is read only if something is missing, or with --ask-credentials. Nothing of it is stored.

Ends with 0 if the portal now shows what is wanted, as far as nobody held it; 2 if it does not; 1 on
an error, when nothing was told; 130 if it was interrupted.`;

const options = {
  mentor: { type: "string", multiple: true },
  organization: { type: "string" },
  "dry-run": { type: "boolean", default: false },
  "ask-credentials": { type: "boolean", default: false },
  verbose: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

type Options = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const { DATABASE_URL, LOG_LEVEL } = process.env;
  const { databaseUrl } = readConfig({ DATABASE_URL, LOG_LEVEL });
  const pool = openBreakGlass(databaseUrl, { readOnly: values["dry-run"] });
  try {
    await breakGlass(pool, values);
  } finally {
    await pool.end();
  }
}

/** One break of the glass: what was asked for, and what it is done with. */
interface Session {
  pool: pg.Pool;
  dynamics: DynamicsClient;
  config: DynamicsConfig;
  values: Options;
  organizationId: string | undefined;
  /** Named by their keys, and so forced. */
  named: Target[] | undefined;
  signal: AbortSignal;
  progress: Progress;
  /** For people: on standard output, unless that is for a program. */
  say: (line: string) => void;
}

async function breakGlass(pool: pg.Pool, values: Options): Promise<void> {
  const { mentor, organization: slug } = values;
  // What cannot be reached or found is said before anybody is asked for a secret.
  await pool.query("select from app_private.portal_gate");
  const organizationId = slug === undefined ? undefined : (await findOrganization(pool, slug)).id;
  const named = mentor && (await namedTargets(pool, [...new Set(mentor)], organizationId));
  const { config, hasOldCredentials } = await gatherConfig(process.env, {
    asksCredentials: values["ask-credentials"],
  });
  const session: Session = {
    pool,
    dynamics: createDynamicsClient(config),
    config,
    values,
    organizationId,
    named,
    signal: untilInterrupted(),
    progress: openProgress({ verbose: values.verbose }),
    say: values.json ? console.error : console.log,
  };
  try {
    const loggedIn = await logInAndSay(session);
    if (values["dry-run"]) await previewAll(session, loggedIn);
    else await syncAll(session);
  } catch (error) {
    if (!(error instanceof DynamicsError)) throw error;
    // Without the code of a refused connection, which is the database's in other commands.
    throw new Error(withAdvice(error, hasOldCredentials), { cause: error });
  } finally {
    session.progress.end();
  }
  if (session.signal.aborted) process.exitCode = 130;
}

function withAdvice({ errorClass, message }: DynamicsError, hasOldCredentials: boolean): string {
  if (errorClass !== "auth" || !hasOldCredentials) return message;
  return `${message} --ask-credentials takes others than those of the environment.`;
}

/** Between two SIGINT of one Ctrl-C: npm passes on what the terminal has sent to us already. */
const ONE_CTRL_C_MS = 1000;

/** The first Ctrl-C gives back what is under way, the second one ends the process. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  let interruptedAt: number | undefined;
  process.on("SIGINT", () => {
    interruptedAt ??= Date.now();
    if (Date.now() - interruptedAt > ONE_CTRL_C_MS) process.exit(130);
    controller.abort(new Error("Interrupted."));
  });
  return controller.signal;
}

async function logInAndSay(session: Session): Promise<LoggedIn> {
  const { pool, dynamics, config, values, signal, progress, say } = session;
  const loggedIn = await logIn(pool, dynamics, {
    config,
    readOnly: values["dry-run"],
    signal,
    onWait: progress.onWait,
  });
  const { rows } = await pool.query<{ name: string }>("select current_database() as name");
  say(
    `${config.url}, environment ${loggedIn.organizationId}: logged in with the application ` +
      `${config.clientId} as the user ${loggedIn.userId}.`,
  );
  say(`Database ${rows[0]?.name}; on record as ${actor()}.`);
  if (loggedIn.isNewEnvironment) {
    say("It is another environment than before: everything is to be told to it anew.");
  }
  return loggedIn;
}

async function previewAll(session: Session, { isNewEnvironment }: LoggedIn): Promise<void> {
  const { pool, dynamics, named, signal, progress, say } = session;
  const targets =
    named ?? (await unsyncedTargets(pool, session.organizationId, { all: isNewEnvironment }));
  sayForced(session, targets);
  progress.begin(targets.length);
  const prospects = await previewByHand(pool, dynamics, targets, {
    isForced: named !== undefined,
    isNewEnvironment,
    signal,
    onWait: progress.onWait,
    onListing: (key) => progress.step(key),
  });
  progress.end();
  if (session.values.json) printJson(prospects, ({ decision }) => decision);
  else if (prospects.length === 0) say("The portal knows everything already.");
  else say(prospectsTable(prospects));
  for (const line of explanations(prospects)) say(line);
  const held = prospects.filter(({ decision }) => decision === "held");
  for (const line of howToForce(held.map(({ target }) => target))) say(line);
  say("A dry run: nothing was changed.");
  if (prospects.some(({ decision }) => decision === "unreadable")) process.exitCode = 2;
}

async function syncAll(session: Session): Promise<void> {
  const { pool, dynamics, named, signal, progress, say } = session;
  const targets = named ?? (await unsyncedTargets(pool, session.organizationId));
  sayForced(session, targets);
  if (named !== undefined) await force(pool, named);
  progress.begin(targets.length);
  const endings = await syncByHand(pool, dynamics, targets, {
    signal,
    onWait: progress.onWait,
    onListing: (key, { outcome }) => progress.step(key, outcome),
  });
  progress.end();
  await refreshAlerts(pool);
  if (session.values.json) printJson(endings, ({ outcome }) => outcome);
  else if (endings.length === 0) say("The portal knows everything already.");
  else say(endingsTable(endings));
  for (const line of explanations(endings)) say(line);
  const held = endings.filter(({ outcome }) => outcome === "held");
  for (const line of howToForce(held.map(({ target }) => target))) say(line);
  if (endings.some((ending) => isFailure(ending, named !== undefined))) process.exitCode = 2;
}

/** Somebody's decision to hide is as wanted, unless it was to be overruled. */
function isFailure({ target, outcome }: Ending, isForced: boolean): boolean {
  return !target.isSynced && (outcome !== "held" || isForced);
}

function sayForced({ named, values, say }: Session, targets: Target[]): void {
  if (named === undefined) return;
  const would = values["dry-run"] ? "would be" : "is";
  for (const target of targets.filter(isHeld)) {
    say(
      `${target.mentorKey}: somebody hid the mentor in the portal (found ${target.heldSince}); ` +
        `named by --mentor, the mentor ${would} shown again.`,
    );
  }
}

function printJson<Row extends { target: Target; explanation: string | null }>(
  rows: Row[],
  outcomeOf: (row: Row) => string,
): void {
  const listings = rows.map((row) => ({
    organization: row.target.organization,
    mentorKey: row.target.mentorKey,
    wanted: wish(row.target),
    outcome: outcomeOf(row),
    explanation: row.explanation,
  }));
  console.log(JSON.stringify(listings, null, 2));
}

await runCommand("portal:sync", main);
