import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { withClient } from "../../../worker/database/pool.ts";
import { refusalSentence, run, start } from "../../support/command.ts";
import type { Running } from "../../support/command.ts";
import { test } from "../../support/dataverse.ts";

const START = "worker/local/start.ts";

/** Kept from test to test: to create the server's data takes longer than all the rest. */
let data: string;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "start-test-"));
  await chmod(data, 0o755);
});
afterAll(() => rm(data, { recursive: true, force: true }));

/** Waits until everything is said and the worker works; returns the database's address. */
async function untilRunning(starting: Running): Promise<string> {
  const [, url = ""] = await starting.says(/export DATABASE_URL='(.+)'/);
  await starting.says(/begins anew\./);
  return url;
}

/** Asks the API as what to try says, as the coordinator Hanne. */
async function askApi(starting: Running): Promise<unknown> {
  const [, url = ""] = await starting.says(/(http:\/\/127\.0\.0\.1:\d+\/graphql) {2}and/);
  const token = await run("scripts/token.ts", ["--subject", "demo-hanne", "--data", data]);
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token.stdout.trim()}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ query: "{ mentors { totalCount } }" }),
  });
  return await response.json();
}

async function isGone(url: string): Promise<boolean> {
  return await withClient(url, async () => false).catch((error: { code?: string }) => {
    return error.code === "ECONNREFUSED";
  });
}

/** Whom a visitor of the website sees. */
async function shown(website: string): Promise<string[]> {
  const response = await fetch(`${website}.json?fresh=1`);
  return ((await response.json()) as { keys: string[] }).keys;
}

async function websiteOf(starting: Running): Promise<string> {
  const [, website = ""] = await starting.says(/(http:\/\/127\.0\.0\.1:\d+\/portal) /);
  return website;
}

/** What has come to the mail server, as programs read it. */
async function inboxOf(
  starting: Running,
): Promise<{ subject: string; envelope: { to: string[] } }[]> {
  const [, inbox = ""] = await starting.says(/(http:\/\/127\.0\.0\.1:\d+\/) {2}\(nothing leaves/);
  const response = await fetch(`${inbox}messages.json`);
  return (await response.json()) as { subject: string; envelope: { to: string[] } }[];
}

async function untilMailed(starting: Running, address: RegExp, subject: string): Promise<void> {
  const looked = async () =>
    (await inboxOf(starting))
      .filter(({ envelope }) => address.test(envelope.to.join()))
      .map((mail) => mail.subject);
  await expect.poll(looked, { timeout: 90_000, interval: 100 }).toContain(subject);
}

/** Waits for the sync. */
async function untilShown(website: string, keys: string[], { but = [] as string[] } = {}) {
  const looked = async () => {
    const now = await shown(website);
    return [keys.every((key) => now.includes(key)), but.some((key) => now.includes(key))];
  };
  await expect.poll(looked, { timeout: 90_000, interval: 100 }).toEqual([true, false]);
}

/** Waits until the portal's confirmation is on record: a worker that is killed before keeps its lease. */
async function untilKnown(url: string, keys: string[]): Promise<void> {
  const open = async () =>
    await sql(
      url,
      `select m.mentor_key
       from app_public.portal_listings as l
       join app_public.mentors as m on m.id = l.mentor_id
       where m.mentor_key in (${keys.map((key) => `'${key}'`).join(", ")})
         and l.condition <> 'synced'`,
    );
  await expect.poll(open, { timeout: 90_000, interval: 100 }).toEqual([]);
}

async function sql(url: string, statement: string): Promise<unknown[]> {
  return await withClient(url, async (client) => (await client.query(statement)).rows);
}

function pauseOf(key: string): string {
  return `select m.status
    from app_public.mentors as before
    cross join app_public.pause_mentor(before.id, 'Trying it out') as m
    where before.mentor_key = '${key}'`;
}

/*
 * By hand from the stories of worker/local/demonstration/roster.ts, after the night. The first three
 * have expired, one of them has not even agreed; then one is paused by a person, one is not certified
 * yet, and one expired long ago.
 */
const HIDDEN_BY_FIRST_SYNC = ["M001", "M002", "M003", "M010", "M012", "M013"];
const MAY_STAY = ["M004", "M005", "M006", "M007", "M008", "M009", "M011"];

/*
 * Each in the recipient's language. The three and their coordinators; the one whom a person has paused;
 * the coordinator of the one who is back, who was not told of the pause either; four reminders; four
 * mentors and three coordinators about assignments that are quiet.
 */
const TOLD_AFTER_NIGHT = [
  "Berit Strand is back as a peer mentor",
  "Du er satt på pause som likeperson",
  "Du er satt på pause som likeperson",
  "Du er sett på pause som likeperson",
  "Eit oppdrag hos Magne Bakken har vore utan kontakt i 65 dagar",
  "Et oppdrag hos Solveig Dahl har vært uten kontakt i 60 dager",
  "Har du hatt kontakt i oppdraget ditt?",
  "Har du hatt kontakt i oppdraget ditt?",
  "Har du hatt kontakt i oppdraget ditt?",
  "Have you been in contact in your assignment?",
  "Ingrid Solbakken er satt på pause som likeperson",
  "No contact for 69 days in an assignment of Åse Lunde",
  "Ragnhild Nilsen is paused as a peer mentor",
  "Sertifiseringa di gjeld til og med DATE",
  "Sertifiseringen din gjelder til og med DATE",
  "Sertifiseringen din gjelder til og med DATE",
  "Torbjørn Hagen er sett på pause som likeperson",
  "You are paused as a peer mentor",
  "Your certification expires today, DATE",
];

const TOLD = `
  select
    (select count(*)::integer from app_public.portal_listings as l where l.condition <> 'synced')
      as waiting,
    (select count(*)::integer from app_public.portal_attempts as a
     where a.outcome = 'written' and not a.visible) as hidden`;

async function nights(url: string): Promise<unknown[]> {
  return await withClient(url, async (client) => {
    const { rows } = await client.query(
      "select r.state, r.paused_count, r.reminded_count from app_public.nightly_runs as r",
    );
    return rows;
  });
}

describe("X4: npm start", () => {
  test("shows a night and what to try, works until Ctrl-C, and leaves no server", async () => {
    const starting = start(START, ["--data", data]);
    const url = await untilRunning(starting);
    const website = await websiteOf(starting);
    await untilShown(website, MAY_STAY, { but: HIDDEN_BY_FIRST_SYNC });
    const night = await nights(url);
    const asked = await askApi(starting);
    const told = async () => (await sql(url, TOLD))[0];
    await expect
      .poll(told, { timeout: 90_000 })
      .toEqual({ waiting: 0, hidden: HIDDEN_BY_FIRST_SYNC.length });
    const waits = async () =>
      (await sql(url, "select state from app_public.notification_deliveries where state <> 'sent'"))
        .length;
    await expect.poll(waits, { timeout: 90_000 }).toBe(0);
    const mails = await inboxOf(starting);
    const { status, stdout, stderr } = await starting.kill("SIGINT");

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(asked).toEqual({ data: { mentors: { totalCount: 40 } } });
    expect(stdout).toContain("demonstration organisation of forty mentors in three chapters");
    expect(stdout).toMatch(/Preview of the night of \d{4}-\d\d-\d\d for Demonstrasjonslaget:/);
    expect(stdout).toMatch(/^pause +M001 +Likeperson +\S+ +Required certification .* expired/m);
    expect(stdout).toMatch(/^remind \(7\) +M006 .* covers the missed 14\.$/m);
    expect(stdout).toMatch(/^follow up \(2\) +M006 +A005 +\S+ +.* 65 days ago; step 2 is due\.$/m);
    expect(stdout).toMatch(
      /^The run of \S+ succeeded: 3 paused, 2 hidden, 4 reminded, 7 followed up, 1 resumed, 1 shown, 31 left alone\.$/m,
    );
    expect(stdout).toMatch(/^ {2}active +34 mentors, 28 of them wanted on the website$/m);
    expect(stdout).toMatch(/^ {2}npm run nightly -- --organization demo --preview/m);
    expect(stdout).toMatch(/Stopping …\n$/);
    const subjects = mails.map(({ subject }) => subject.replace(/\d+\.? \p{L}+ \d{4}/u, "DATE"));
    expect(subjects.toSorted()).toEqual(TOLD_AFTER_NIGHT);
    expect(night).toEqual([{ state: "succeeded", paused_count: 3, reminded_count: 4 }]);
    expect(await isGone(url)).toBe(true);
    await expect(shown(website), "the website has gone with it").rejects.toThrow("fetch failed");
  });

  test("C2: a second time has nothing to do; killed, it recovers the third time", async () => {
    const second = start(START, ["--data", data]);
    const url = await untilRunning(second);
    expect(await second.kill("SIGKILL")).toMatchObject({
      signal: "SIGKILL",
      stdout: expect.stringContaining("Nothing to do: every mentor is left alone."),
    });
    expect(await isGone(url), "the server outlives its owner").toBe(false);

    const third = start(START, ["--data", data]);
    const again = await untilRunning(third);
    const night = await nights(again);
    const { status, stdout, stderr } = await third.kill("SIGTERM");

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("Nothing to do: every mentor is left alone.");
    expect(stdout).not.toContain("demonstration organisation of forty mentors");
    expect(night).toMatchObject([{ paused_count: 3, reminded_count: 4 }]);
    expect(await isGone(again)).toBe(true);
  });
});

// A lease of a process that was killed lasts for a minute.
describe("X4, P2: npm start and the portal", { timeout: 240_000 }, () => {
  test("a pause by SQL hides, the website is kept, and a killed worker is followed by one that goes on", async () => {
    const first = start(START, ["--data", data]);
    const url = await untilRunning(first);
    const website = await websiteOf(first);
    await untilShown(website, ["M011", "M015"]);

    expect(await sql(url, pauseOf("M011"))).toEqual([{ status: "paused" }]);
    await untilShown(website, ["M015"], { but: ["M011"] });
    await untilMailed(first, /^turid\.myhre/, "Du er satt på pause som likeperson");
    const mails = (await inboxOf(first)).length;
    await untilKnown(url, ["M011", "M015"]);

    await first.kill("SIGKILL");
    expect(await sql(url, pauseOf("M015"))).toEqual([{ status: "paused" }]);

    const second = start(START, ["--data", data]);
    await untilRunning(second);
    const again = await websiteOf(second);
    await untilShown(again, ["M016"], { but: ["M011", "M015"] });
    await untilMailed(second, /\.15@example/, "Du er sett på pause som likeperson");
    expect(await inboxOf(second), "kept, and nobody is told again").toHaveLength(mails + 1);
    await untilKnown(await untilRunning(second), ["M011", "M015", "M016"]);
    const told = await sql(
      await untilRunning(second),
      `select m.mentor_key, count(*)::integer as writes
       from app_public.portal_attempts as a
       join app_public.mentors as m on m.id = a.mentor_id
       where m.mentor_key in ('M011', 'M015', 'M016') and a.outcome = 'written'
       group by m.mentor_key
       order by m.mentor_key`,
    );
    const { status, stderr } = await second.kill("SIGTERM");

    // Shown once and hidden once; nobody was told anew after the restart.
    expect(told).toEqual([
      { mentor_key: "M011", writes: 2 },
      { mentor_key: "M015", writes: 2 },
      { mentor_key: "M016", writes: 1 },
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  test("P8: the commands that it prints for the portal work", async () => {
    const starting = start(START, ["--data", data]);
    const url = await untilRunning(starting);
    const [, file = ""] = await starting.says(/portal:sync -- --dry-run < '(.+)'/);
    const input = await readFile(file, "utf8");
    const [, statement = ""] = await starting.says(/scripts\/sql\.ts "(select m\.mentor_key, .+)"/);

    const environment = { DATABASE_URL: url };
    await untilKnown(url, ["M011", "M015"]);
    const preview = await run("scripts/portal-sync.ts", ["--dry-run"], environment, { input });
    const notices = await run("scripts/sql.ts", [statement], environment);

    expect(preview).toMatchObject({ status: 0, stderr: "" });
    expect(preview.stdout).toContain("The portal knows everything already.");
    expect(notices).toMatchObject({ status: 0, stderr: "" });
    expect(notices.stdout).toMatch(/^mentor_key\tportal_listings_notice\n/);
    await starting.kill("SIGTERM");
  });

  test("a second one uses the first one's portal, and may not throw it away", async () => {
    const first = start(START, ["--data", data]);
    await untilRunning(first);

    const second = start(START, ["--data", data]);
    await untilRunning(second);
    const fresh = await run(START, ["--data", data, "--fresh"]);

    expect(await websiteOf(second)).toBe(await websiteOf(first));
    expect(await inboxOf(second)).toEqual(await inboxOf(first));
    expect(fresh).toMatchObject({
      status: 1,
      stderr: "start: Another npm start is running on these data; stop it before --fresh.\n",
    });
    expect(await second.kill("SIGTERM")).toMatchObject({ status: 0, stderr: "" });
    expect(await shown(await websiteOf(first))).toContain("M016");
    expect(await first.kill("SIGTERM")).toMatchObject({ status: 0, stderr: "" });
  });

  test("--fresh begins with a website that nobody has told anything", async () => {
    const starting = start(START, ["--data", data, "--fresh"]);
    const url = await untilRunning(starting);
    // Whom the tests before have paused.
    await untilShown(await websiteOf(starting), ["M011", "M015"], { but: HIDDEN_BY_FIRST_SYNC });

    const [row] = await sql(
      url,
      "select count(*)::integer as pauses from app_public.mentor_pauses",
    );

    expect(row).toEqual({ pauses: 6 });
    await starting.kill("SIGTERM");
  });
});

describe("npm start with DATABASE_URL", () => {
  test("says in one line that there is no portal, and keeps the listings waiting", async ({
    fresh,
  }) => {
    const starting = start(START, [], { DATABASE_URL: await fresh(), LOG_LEVEL: "error" });
    await starting.says(
      /^Worker running until Ctrl-C, with no portal, as DYNAMICS_URL is not set/m,
    );

    expect(await starting.kill("SIGTERM")).toMatchObject({ status: 0, stderr: "" });
  });

  test("and DYNAMICS_URL is the real thing", async ({ portal }) => {
    const [mentor] = await portal.enrol(1);

    const starting = start(START, [], {
      DATABASE_URL: portal.url,
      LOG_LEVEL: "error",
      ...portal.simulator.environment(),
    });
    await starting.says(
      new RegExp(`^Worker running until Ctrl-C, with ${portal.simulator.url}`, "m"),
    );
    const isShown = () => portal.simulator.isPubliclyVisible(mentor!.key);
    await expect.poll(isShown, { timeout: 90_000 }).toBe(true);

    expect(await starting.kill("SIGTERM")).toMatchObject({ status: 0, stderr: "" });
  });
});

describe("what cannot be started ends with 1 and one sentence", () => {
  test.for<{ args: string[]; environment: Record<string, string>; says: RegExp }>([
    { args: ["--frobnicate"], environment: {}, says: /Unknown option '--frobnicate'/ },
    {
      args: [],
      environment: { DATABASE_URL: "mysql://localhost/mentor" },
      says: /DATABASE_URL must look like/,
    },
    {
      args: ["--fresh"],
      environment: { DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor" },
      says: /--fresh and --data are for the embedded database/,
    },
    {
      args: [],
      environment: { DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor" },
      says: /connect ECONNREFUSED/,
    },
    {
      args: [],
      environment: { DYNAMICS_URL: "https://association.crm4.dynamics.com" },
      says: /^DYNAMICS_URL is set and DATABASE_URL is not; a demonstration is not told to/,
    },
    {
      args: [],
      environment: { SMTP_URL: "smtps://mentor:s3cret@mail.example.org" },
      says: /^SMTP_URL is set and DATABASE_URL is not; a demonstration sends no real mail/,
    },
    {
      args: [],
      environment: {
        DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor",
        SMTP_URL: "smtps://mentor:s3cret@mail.example.org",
      },
      says: /^MAIL_FROM must be one address/,
    },
    {
      args: [],
      environment: {
        DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor",
        DYNAMICS_URL: "https://association.crm4.dynamics.com",
      },
      says: /^DYNAMICS_TENANT_ID must look like/,
    },
  ])("$args $environment", async ({ args, environment, says }) => {
    const ended = await run(START, args, environment);

    expect(refusalSentence("start", ended)).toMatch(says);
    expect(ended.stderr).not.toContain("s3cret");
  });
});
