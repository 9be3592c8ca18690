import { userInfo } from "node:os";
import type pg from "pg";
import { describe, expect } from "vitest";
import { refusalSentence, run, start } from "../support/command.ts";
import { EXPIRES_ON, test } from "../support/dataverse.ts";
import type { PortalStage } from "../support/dataverse.ts";
import { gateOf, listingOf, outcomesOf } from "../support/portal/rows.ts";

const PORTAL_SYNC = "scripts/portal-sync.ts";
const ACTOR = `break-glass:${userInfo().username}`;

/** All settings but the secret are in the environment, and that comes from standard input. */
function secretLine(portal: PortalStage): string {
  return `DYNAMICS_CLIENT_SECRET=${secretOf(portal)}\n`;
}

function secretOf(portal: PortalStage): string {
  return portal.simulator.environment()["DYNAMICS_CLIENT_SECRET"]!;
}

function withoutSecret(portal: PortalStage): Record<string, string> {
  const { DYNAMICS_CLIENT_SECRET: _secret, ...rest } = portal.simulator.environment();
  return { DATABASE_URL: portal.url, ...rest };
}

/** Breaks the glass with everything in the environment, so that standard input is not needed. */
async function portalSync(portal: PortalStage, ...args: string[]) {
  const environment = { DATABASE_URL: portal.url, ...portal.simulator.environment() };
  return await run(PORTAL_SYNC, args, environment);
}

/** What the command has found about each mentor, by key. */
async function outcomes(portal: PortalStage, ...args: string[]): Promise<Record<string, string>> {
  const { stdout } = await portalSync(portal, "--json", ...args);
  const listings = JSON.parse(stdout) as { mentorKey: string; outcome: string }[];
  return Object.fromEntries(listings.map(({ mentorKey, outcome }) => [mentorKey, outcome]));
}

async function attempts(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query("select * from app_public.portal_attempts order by id");
  return rows;
}

/** Everything that a sync may change in the database. */
async function traces(pool: pg.Pool): Promise<unknown> {
  const { rows } = await pool.query(
    `select
       (select jsonb_agg(l order by l.mentor_id) from app_public.portal_listings as l) as listings,
       (select to_jsonb(g) from app_private.portal_gate as g) as gate,
       (select count(*) from app_public.portal_attempts) as attempts,
       (select count(*) from app_public.portal_events) as events,
       (select count(*) from app_public.alerts) as alerts,
       (select count(*) from app_public.discrepancies) as discrepancies,
       (select jsonb_agg(j.id order by j.id) from graphile_worker.jobs as j) as jobs`,
  );
  return rows[0];
}

async function closeGate(pool: pg.Pool, errorClass: string): Promise<void> {
  await pool.query(
    "select app_private.close_portal_gate($1, 'AADSTS7000222', 'The secret has expired.')",
    [errorClass],
  );
}

describe("P8: a command that cannot be carried out ends with 1 and one sentence", () => {
  test("--help says how it is used, and needs no database", async () => {
    const { status, stdout, stderr } = await run(PORTAL_SYNC, ["--help"]);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const option of ["--mentor", "--organization", "--dry-run", "--ask-credentials"]) {
      expect(stdout).toContain(option);
    }
    expect(stdout).toMatch(/standard input is no terminal, it is read for lines NAME=value/);
  });

  test.for([
    { args: ["--frobnicate"], says: /Unknown option '--frobnicate'/ },
    { args: ["LP-001"], says: /Unexpected argument 'LP-001'/ },
    { args: [], says: /DATABASE_URL must look like postgres:\/\// },
  ])("$args", async ({ args, says }) => {
    expect(refusalSentence("portal:sync", await run(PORTAL_SYNC, args))).toMatch(says);
  });

  test("without a database, before anybody is asked for a secret", async () => {
    const ended = await run(PORTAL_SYNC, [], {
      DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor",
    });

    expect(refusalSentence("portal:sync", ended)).toMatch(
      /^The database of DATABASE_URL does not answer/,
    );
    expect(ended.stderr).not.toContain("s3cret");
  });

  test("unknown keys, by name, and does nothing for the known one", async ({ portal }) => {
    const mentor = (await portal.enrol(1))[0]!;

    const args = ["--mentor", mentor.key, "--mentor", "NOBODY", "--mentor", "NIEMAND"];
    const ended = await portalSync(portal, ...args);

    expect(refusalSentence("portal:sync", ended)).toBe(
      "There is no mentor with the key NOBODY, NIEMAND.",
    );
    expect(portal.simulator.requests()).toBe(0);
    expect(await attempts(portal.pool)).toEqual([]);
  });

  test("an unknown organisation, naming those there are", async ({ portal }) => {
    const ended = await portalSync(portal, "--organization", "nobody");

    expect(refusalSentence("portal:sync", ended)).toContain(portal.association.slug);
  });

  test("a portal that does not answer, which is not mistaken for the database", async ({
    portal,
  }) => {
    await portal.enrol(1);
    await portal.simulator.stop();

    const sentence = refusalSentence("portal:sync", await portalSync(portal));

    expect(sentence).not.toContain("DATABASE_URL");
    expect(sentence).toMatch(/Entra|Dataverse/);
  });

  test("another environment than the one known so far", async ({ portal, aPortal }) => {
    await portal.visible(1);
    const other = await aPortal({
      simulator: { organizationId: "77777777-eeee-4eee-8eee-777777777777" },
    });
    await portal.client.whoAmI();
    await portalSync(portal);

    const ended = await run(PORTAL_SYNC, [], {
      DATABASE_URL: portal.url,
      ...other.simulator.environment(),
    });

    expect(refusalSentence("portal:sync", ended)).toMatch(
      /^The login reaches the environment 77777777-.*, expected is 66666666-/,
    );
    expect(other.simulator.requests("read") + other.simulator.requests("write")).toBe(0);
  });
});

describe("P8: the sync, while no worker runs", () => {
  test("tells everything, due or not, hides first, says who and where, and ends with 0", async ({
    portal,
  }) => {
    const { pool, simulator } = portal;
    const toHide = await portal.visible(2, { prefix: "HIDE" });
    const [first, backedOff, attended] = await portal.enrol(3, { prefix: "SHOW" });
    await portal.pause(...toHide);
    await pool.query(
      `update app_public.portal_listings
       set condition = 'retrying', next_attempt_at = now() + interval '1 hour'
       where mentor_id = $1`,
      [backedOff!.id],
    );
    await pool.query(
      "update app_public.portal_listings set condition = 'needs_attention' where mentor_id = $1",
      [attended!.id],
    );
    const before = simulator.journal.length;

    const { status, stdout, stderr } = await portalSync(portal);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(simulator.url);
    expect(stdout).toContain("66666666-ffff-4fff-8fff-666666666666");
    expect(stdout).toContain(`on record as ${ACTOR}.`);
    expect(stdout).toMatch(/^told +2 +3$/m);
    expect(await portal.disagreements()).toEqual([]);
    expect(await portal.wronglyShown()).toEqual([]);
    const writes = simulator.journal.slice(before).filter(({ kind }) => kind === "write");
    const order = writes.map(({ key }) => key?.slice(0, 4)).join(" ");
    expect(order).toBe("HIDE HIDE SHOW SHOW SHOW");
    expect(await listingOf(pool, first!)).toMatchObject({ condition: "synced", lease_token: null });
  });

  test("leaves the trail of the automated sync, with the actor's name", async ({ portal }) => {
    const [mentor] = await portal.enrol(1);

    await portalSync(portal, "--mentor", mentor!.key);

    const { rows } = await portal.pool.query(
      `select a.actor, a.outcome, a.visible from app_public.portal_attempts as a
       where a.mentor_id = $1`,
      [mentor!.id],
    );
    expect(rows).toEqual([{ actor: ACTOR, outcome: "written", visible: true }]);
    const { rows: events } = await portal.pool.query(
      "select e.reason, e.actor from app_public.portal_events as e where e.mentor_id = $1 " +
        "order by e.id desc limit 1",
      [mentor!.id],
    );
    expect(events).toEqual([{ reason: "forced", actor: ACTOR }]);
  });

  test("done again finds nothing to tell", async ({ portal }) => {
    await portal.enrol(1);
    await portalSync(portal);
    const { length } = await attempts(portal.pool);

    const { status, stdout } = await portalSync(portal);

    expect(status).toBe(0);
    expect(stdout).toContain("The portal knows everything already.");
    expect(await attempts(portal.pool)).toHaveLength(length);
  });

  test("keeps to one organisation if it is named", async ({ portal }) => {
    const [mentor] = await portal.enrol(1);
    await portal.pool.query("select from app_private.create_organization('other', 'Other')");

    expect(await outcomes(portal, "--organization", "other")).toEqual({});
    expect(await outcomes(portal, "--organization", portal.association.slug)).toEqual({
      [mentor!.key]: "written",
    });
  });

  test("waits as long as the portal says, visibly, and goes on", async ({ portal }) => {
    await portal.enrol(5);
    portal.simulator.inject({
      on: "write",
      effect: "throttle",
      facet: "requests",
      retryAfter: "3",
      skip: 1,
    });

    const { status, stderr } = await portalSync(portal);

    expect(status).toBe(0);
    expect(stderr).toMatch(/^Dataverse asks to wait.* Waiting 3 s, then going on …$/m);
    expect(await portal.disagreements()).toEqual([]);
    const { journal } = portal.simulator;
    const refused = journal.findIndex(({ fault }) => fault === "throttle");
    const next = journal.findIndex(({ at }, n) => n > refused && at >= journal[refused]!.at + 1000);
    expect(journal[next]!.at - journal[refused]!.at).toBeGreaterThanOrEqual(3000);
    // What was under way is finished; no new listing is begun meanwhile.
    expect(next - refused).toBeLessThanOrEqual(8);
    expect(await gateOf(portal.pool)).toMatchObject({ closed_class: null, failures: 0 });
  });

  test("waits as well if the login is throttled", async ({ portal }) => {
    await portal.enrol(1);
    portal.simulator.inject({ on: "whoami", effect: "throttle", facet: "time", retryAfter: "1" });

    expect(await portalSync(portal)).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/Waiting 1 s/),
    });
  });

  test("tries again what broke on the way", async ({ portal }) => {
    await portal.enrol(2);
    portal.simulator.inject({ on: "write", effect: "reset" });

    expect(await portalSync(portal)).toMatchObject({ status: 0 });

    expect(await portal.disagreements()).toEqual([]);
  });

  test("ends with 2 and a sentence for what the portal refuses; the others are told", async ({
    portal,
  }) => {
    const [refused, told] = await portal.enrol(2);
    portal.simulator.inject({
      on: "write",
      key: refused!.key,
      effect: "reject_row",
      times: Infinity,
    });

    const { status, stdout } = await portalSync(portal);

    expect(status).toBe(2);
    expect(stdout).toMatch(/^told +0 +1$/m);
    expect(stdout).toMatch(/^failed +0 +1$/m);
    expect(stdout).toMatch(
      new RegExp(`^${refused!.key}: A plug-in of the environment refuses the row; .*\\.$`, "m"),
    );
    expect(portal.simulator.isPubliclyVisible(told!.key)).toBe(true);
  });

  test("says who has no row in the portal, and ends with 2", async ({ portal }) => {
    const [mentor] = await portal.enrol(1);
    portal.simulator.remove(mentor!.key);

    const { status, stdout } = await portalSync(portal);

    expect(status).toBe(2);
    expect(stdout).toContain(`${mentor!.key}: The portal has no row with the mentor's key.`);
  });

  test("stops at the first listing if the login may not write, and says so once", async ({
    portal,
  }) => {
    await portal.enrol(30);
    portal.simulator.inject({ on: "write", effect: "forbidden", times: Infinity });

    const { status, stdout } = await portalSync(portal);

    expect(status).toBe(2);
    expect(stdout.match(/security role lacks a right/g)).toHaveLength(1);
    expect(portal.simulator.requests("write")).toBeLessThanOrEqual(4);
    expect(await attempts(portal.pool)).toEqual([]);
  });

  test("gives back what is under way when it is interrupted, and ends with 130", async ({
    portal,
  }) => {
    const [mentor] = await portal.enrol(1);
    portal.simulator.inject({ on: "write", effect: "hang" });
    const running = start(PORTAL_SYNC, [], {
      DATABASE_URL: portal.url,
      ...portal.simulator.environment(),
    });
    await expect.poll(() => portal.simulator.requests("write"), { timeout: 50_000 }).toBe(1);

    // Twice, as under npm, which passes on what the terminal has sent to all.
    void running.kill("SIGINT");
    const { status } = await running.kill("SIGINT");

    expect(status).toBe(130);
    expect(await listingOf(portal.pool, mentor!)).toMatchObject({
      lease_token: null,
      write_inflight: true,
    });
  });

  test("waits for a worker that has the lease", async ({ portal }) => {
    const [mentor] = await portal.enrol(1);
    await portal.pool.query(
      `update app_public.portal_listings
       set lease_token = gen_random_uuid(), lease_until = now() + interval '1 hour'
       where mentor_id = $1`,
      [mentor!.id],
    );

    const running = start(PORTAL_SYNC, [], {
      DATABASE_URL: portal.url,
      ...portal.simulator.environment(),
    });
    await running.says(/^Somebody else is at work on it/m);
    await portal.pool.query("update app_public.portal_listings set lease_until = now()");

    expect(await running.ended).toMatchObject({ status: 0 });
    expect(await outcomesOf(portal.pool, mentor!)).toEqual(["written"]);
  });

  test("does not tell about a key that belongs to another organisation's mentor", async ({
    portal,
  }) => {
    const [mentor] = await portal.enrol(1);
    const { pool } = portal;
    await pool.query("select from app_private.create_organization('younger', 'Younger')");
    await pool.query(
      `with chapter as (
         insert into app_public.chapters (organization_id, name)
         select o.id, 'Bergen' from app_public.organizations as o where o.slug = 'younger'
         returning *
       ), person as (
         insert into app_public.people (organization_id, full_name, email, auth_subject)
         select c.organization_id, 'Ola', 'ola@example.org', 'ola' from chapter as c
         returning *
       )
       insert into app_public.mentors (organization_id, chapter_id, person_id, mentor_key)
       select p.organization_id, c.id, p.id, $1 from person as p cross join chapter as c`,
      [mentor!.key],
    );

    const all = await portalSync(portal);
    const named = await portalSync(portal, "--mentor", mentor!.key);
    const args = ["--mentor", mentor!.key, "--organization", "younger"];
    const younger = await portalSync(portal, ...args);

    expect(all.status).toBe(2);
    expect(all.stdout).toMatch(/Another organisation in this database uses the same mentor key/);
    expect(portal.simulator.isPubliclyVisible(mentor!.key)).toBe(true);
    expect(refusalSentence("portal:sync", named)).toMatch(/^Several organisations .*younger/);
    expect(younger.status).toBe(2);
    expect(portal.simulator.isPubliclyVisible(mentor!.key)).toBe(true);
  });
});

describe("P3, P8: whom somebody hid in the portal", () => {
  test("stays hidden and is listed with how to force it, which is no failure", async ({
    portal,
  }) => {
    const mentor = await portal.oneVisible();
    portal.simulator.edit(mentor.key, { visible: false });
    await portal.pool.query(
      `update app_public.portal_listings
       set desired_version = desired_version + 1, observed_revision = null
       where mentor_id = $1`,
      [mentor.id],
    );

    const found = await portalSync(portal);
    const again = await portalSync(portal);

    for (const { status, stdout } of [found, again]) {
      expect(status).toBe(0);
      expect(stdout).toMatch(/^held: hidden in the portal by somebody +0 +1$/m);
      expect(stdout).toContain(`select app_public.force_portal_sync('${mentor.id}');`);
    }
    expect(portal.simulator.row(mentor.key)).toMatchObject({ visible: false });
    expect(portal.simulator.requests("write")).toBe(1);
  });

  test("is shown again if named by --mentor, which is said before", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    portal.simulator.edit(mentor.key, { visible: false });
    await portal.reconcile();
    await portal.drain();
    expect(await listingOf(portal.pool, mentor)).toMatchObject({ error_class: "held" });

    const preview = await portalSync(portal, "--mentor", mentor.key, "--dry-run");
    const forced = await portalSync(portal, "--mentor", mentor.key);

    expect(preview.stdout).toMatch(/somebody hid the mentor .* would be shown again\.$/m);
    expect(preview.stdout).toMatch(/^\S+ +LP-001 +show until \S+ +hidden$/m);
    expect(forced.status).toBe(0);
    expect(forced.stdout).toMatch(/somebody hid the mentor .* is shown again\.\n[^]*^told +0 +1$/m);
    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(true);
  });
});

describe("P5, P8: --mentor", () => {
  test("tells about these mentors alone, also what the portal knows already", async ({
    portal,
  }) => {
    const known = await portal.oneVisible({ prefix: "KNOWN" });
    const [other, named] = await portal.enrol(2, { prefix: "NEW" });
    portal.simulator.edit(known.key, { visibleUntil: "2150-01-01" });

    const args = ["--mentor", known.key, "--mentor", named!.key, "--mentor", named!.key];

    expect(await outcomes(portal, ...args)).toEqual({
      [known.key]: "written",
      [named!.key]: "written",
    });
    expect(portal.simulator.row(known.key)).toMatchObject({ visibleUntil: EXPIRES_ON });
    expect(await listingOf(portal.pool, other!)).toMatchObject({ condition: "pending" });
  });
});

describe("P8: the gate of the automated login", () => {
  test.for(["auth", "config", "transient", "throttled"])(
    "closed for %s is ignored, and stays as it is",
    async (errorClass, { portal }) => {
      const { pool } = portal;
      const [mentor, named] = await portal.enrol(2);
      for (let failure = 0; failure < 5; failure += 1) await closeGate(pool, errorClass);
      const gate =
        "select to_jsonb(g) - 'environment_id' as gate from app_private.portal_gate as g";
      const before = await pool.query(gate);
      const open = "select a.kind from app_public.alerts as a where a.closed_at is null";
      const alerts = await pool.query(open);

      const all = await outcomes(portal);
      const forced = await outcomes(portal, "--mentor", named!.key);

      expect(all).toEqual({ [mentor!.key]: "written", [named!.key]: "written" });
      expect(forced).toEqual({ [named!.key]: "unchanged" });
      expect((await pool.query(gate)).rows).toEqual(before.rows);
      expect((await pool.query(open)).rows).toEqual(alerts.rows);
    },
  );

  test("P7: is not closed by credentials that are wrong on the spot", async ({ portal }) => {
    await portal.enrol(1);
    const before = await gateOf(portal.pool);

    const input = "DYNAMICS_CLIENT_SECRET=wr0ng\n";
    const ended = await run(PORTAL_SYNC, [], withoutSecret(portal), { input });

    expect(refusalSentence("portal:sync", ended)).toMatch(
      /^Entra refuses the login: the client secret is wrong; .* \(401, AADSTS7000215\)\.$/,
    );
    expect(await gateOf(portal.pool)).toEqual(before);
    const { rows } = await portal.pool.query("select from app_public.alerts");
    expect(rows).toEqual([]);
  });

  test("P7: the warning about its secret stays, whatever the other secret's life", async ({
    portal,
  }) => {
    await portal.enrol(1);
    await portal.pool.query("select app_private.warn_of_portal_expiry(current_date + 5)");

    await portalSync(portal);

    const { rows } = await portal.pool.query(
      "select a.closed_at from app_public.alerts as a where a.kind = 'portal_credentials_expire'",
    );
    expect(rows).toEqual([{ closed_at: null }]);
  });
});

describe("P8: credentials given on the spot", () => {
  test("work, and are found nowhere afterwards", async ({ portal }) => {
    const [mentor] = await portal.enrol(1);
    const input = `# from the safe\n\nDATABASE_URL=postgres://elsewhere/x\n${secretLine(portal)}`;

    const ended = await run(PORTAL_SYNC, ["--verbose"], withoutSecret(portal), { input });

    expect(ended).toMatchObject({ status: 0, stderr: `${mentor!.key}: written\n` });
    expect(portal.simulator.isPubliclyVisible(mentor!.key)).toBe(true);
    expect(JSON.stringify(ended)).not.toContain(secretOf(portal));
    expect(JSON.stringify(await attempts(portal.pool))).not.toContain(secretOf(portal));
  });

  test("refused, end with 1 and are found nowhere either", async ({ portal }) => {
    await portal.enrol(1);
    const secret = "wr0ng~secret+/=";

    const input = `DYNAMICS_CLIENT_SECRET=${secret}\n`;
    const ended = await run(PORTAL_SYNC, ["--verbose"], withoutSecret(portal), { input });

    refusalSentence("portal:sync", ended);
    expect(JSON.stringify(ended)).not.toContain(secret);
    expect(await attempts(portal.pool)).toEqual([]);
  });

  test("go before those of the environment only if asked to", async ({ portal }) => {
    await portal.enrol(1);
    const old = { ...withoutSecret(portal), DYNAMICS_CLIENT_SECRET: "expired" };
    const input = secretLine(portal);

    const ignored = await run(PORTAL_SYNC, [], old, { input });
    const taken = await run(PORTAL_SYNC, ["--ask-credentials"], old, { input });

    expect(refusalSentence("portal:sync", ignored)).toMatch(
      /^Entra refuses .* --ask-credentials takes others than those of the environment\.$/,
    );
    expect(taken).toMatchObject({ status: 0 });
  });

  test("replace a certificate that the environment names", async ({ portal }) => {
    await portal.enrol(1);
    const old = { ...withoutSecret(portal), DYNAMICS_CLIENT_CERTIFICATE_FILE: "/nowhere.pem" };

    const taken = await run(PORTAL_SYNC, ["--ask-credentials"], old, { input: secretLine(portal) });

    expect(taken).toMatchObject({ status: 0 });
  });

  test("may come with all the other settings", async ({ portal }) => {
    await portal.enrol(1);
    const input = Object.entries(portal.simulator.environment())
      .map(([name, value]) => `${name}="${value}"\r\n`)
      .join("");

    expect(await run(PORTAL_SYNC, [], { DATABASE_URL: portal.url }, { input })).toMatchObject({
      status: 0,
    });
  });

  test.for([
    { input: "", says: /^DYNAMICS_CLIENT_SECRET missing: / },
    { input: "hush-hush\n", says: /^Line 1 of standard input is not NAME=value\.$/ },
    { input: "# x\nhush=hush\n", says: /^Line 2 of standard input is not NAME=value\.$/ },
    {
      input: "DYNAMICS_CLIENT_SECRETT=hush-hush\n",
      says: /^There is no setting DYNAMICS_CLIENT_SECRETT; /,
    },
    {
      input: "DYNAMICS_CLIENT_SECRET=hush-hush\nDYNAMICS_ENTITY_SET=accounts\n",
      says: /^DYNAMICS_ENTITY_SET on standard input differs from the environment; /,
    },
    {
      input: "DYNAMICS_ENTITY_SET=accounts\n",
      args: ["--ask-credentials"],
      says: /^--ask-credentials expects a line DYNAMICS_CLIENT_SECRET=… /,
    },
    {
      input: "DYNAMICS_CLIENT_SECRET=hush-hush\nDYNAMICS_URL=nowhere\n",
      args: ["--ask-credentials"],
      says: /^DYNAMICS_URL must look like /,
    },
  ])("that make no sense are refused without being quoted: $input", async (story, { portal }) => {
    const { input, args = [], says } = story;

    const ended = await run(PORTAL_SYNC, args, withoutSecret(portal), { input });

    expect(refusalSentence("portal:sync", ended)).toMatch(says);
    expect(JSON.stringify(ended)).not.toMatch(/hush-|hush=/);
    expect(portal.simulator.requests()).toBe(0);
  });
});

describe("P8: a dry run", () => {
  test("says what would be done, and changes nothing here or there", async ({ portal }) => {
    const { pool, simulator } = portal;
    const hide = await portal.oneVisible({ prefix: "HIDE" });
    const held = await portal.oneVisible({ prefix: "HELD" });
    const equal = await portal.oneVisible({ prefix: "SAME" });
    const gone = await portal.oneVisible({ prefix: "GONE" });
    await portal.enrol(1, { prefix: "SHOW" });
    const [missing] = await portal.enrol(1, { prefix: "MISS" });
    await portal.pause(hide, gone);
    simulator.remove(gone.key);
    simulator.remove(missing!.key);
    simulator.edit(held.key, { visible: false });
    await pool.query(
      `update app_public.portal_listings
       set desired_version = desired_version + 1, observed_revision = null
       where mentor_id = any ($1)`,
      [[held.id, equal.id]],
    );
    const before = await traces(pool);
    const rows = simulator.rows();

    const table = await portalSync(portal, "--dry-run");
    const json = await outcomes(portal, "--dry-run");

    expect(table).toMatchObject({ status: 0, stderr: "" });
    for (const line of [
      /HIDE-001 +hide +visible until \d{4}-\d\d-\d\d$/m,
      /SHOW-001 +show until \d{4}-\d\d-\d\d +hidden$/m,
      /SAME-001 +nothing: it is so already +visible until/m,
      /GONE-001 +nothing: it is not there +no row$/m,
      /MISS-001 +missing +no row$/m,
      /HELD-001 +held +hidden$/m,
      /^A dry run: nothing was changed\.$/m,
    ]) {
      expect(table.stdout).toMatch(line);
    }
    expect(json).toEqual({
      "HIDE-001": "write",
      "GONE-001": "absent",
      "SHOW-001": "write",
      "SAME-001": "unchanged",
      "MISS-001": "missing",
      "HELD-001": "held",
    });
    expect(await traces(pool)).toEqual(before);
    expect(simulator.rows()).toEqual(rows);

    // The sync then does just that.
    expect(await outcomes(portal)).toEqual({
      "HIDE-001": "written",
      "GONE-001": "absent",
      "SHOW-001": "written",
      "SAME-001": "unchanged",
      "MISS-001": "missing",
      "HELD-001": "held",
    });
  });

  test("of a mentor who is named is about the forced sync", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    portal.simulator.edit(mentor.key, { visible: false });
    const before = await traces(portal.pool);

    const would = await outcomes(portal, "--dry-run", "--mentor", mentor.key);

    expect(would).toEqual({ [mentor.key]: "write" });
    expect(await traces(portal.pool)).toEqual(before);
    expect(await outcomes(portal, "--mentor", mentor.key)).toEqual({ [mentor.key]: "written" });
  });

  test("of an environment that is new by configuration is about everybody", async ({
    portal,
    aPortal,
  }) => {
    const mentor = await portal.oneVisible();
    await portalSync(portal);
    const organizationId = "77777777-eeee-4eee-8eee-777777777777";
    const other = await aPortal({ simulator: { organizationId } });
    other.simulator.add(mentor.key);
    const before = await traces(portal.pool);

    const args = ["--dry-run", "--json"];
    const environment = {
      ...other.simulator.environment(),
      DYNAMICS_ORGANIZATION_ID: organizationId,
      DATABASE_URL: portal.url,
    };
    const { status, stdout, stderr } = await run(PORTAL_SYNC, args, environment);

    expect(status).toBe(0);
    expect(stderr).toContain("another environment than before");
    expect(JSON.parse(stdout)).toMatchObject([{ mentorKey: mentor.key, outcome: "write" }]);
    expect(await traces(portal.pool)).toEqual(before);
  });

  test("ends with 2 if a row could not be read", async ({ portal }) => {
    await portal.enrol(1);
    portal.simulator.inject({ on: "read", effect: "server_error", status: 503 });

    const { status, stdout } = await portalSync(portal, "--dry-run");

    expect(status).toBe(2);
    expect(stdout).toMatch(/LP-001 +not known +not known$/m);
  });
});
