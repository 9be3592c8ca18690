import { describe, expect } from "vitest";
import {
  type Database,
  aMentor,
  aPause,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call } from "../../support/outcomes.ts";
import {
  aListing,
  claim,
  closeGate,
  fail,
  listingNow,
  setListing,
  wakeUps,
} from "../../support/portal.ts";
import { withSessions } from "../../support/sessions.ts";

const forgetWakeUps = (tx: Database) => tx.query("delete from graphile_worker._private_jobs");

describe("P2 a commit that changes a listing wakes the sync", () => {
  test("once, however many it changes", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const one = await aMentor(tx, organization);
    const other = await aMentor(tx, organization);
    await aPause(tx, one);
    await aPause(tx, other);

    const { rows } = await tx.query<{ key: string }>(
      "select 'portal__sync:' || pg_current_xact_id() as key",
    );
    expect(await wakeUps(tx)).toEqual([rows[0]!.key]);
  });

  test("not if it changes nothing", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx), { status: "paused" });
    await forgetWakeUps(tx);

    await aPause(tx, mentor, { cause: "certification" });
    await setListing(tx, mentor, "desired_visible = desired_visible");
    const lease = await claim(tx, [mentor]);

    expect(lease).toBeUndefined();
    expect(await wakeUps(tx)).toEqual([]);
  });

  test("not by what the sync itself records", async ({ tx }) => {
    await aMentor(tx, await anOrganization(tx));
    await forgetWakeUps(tx);

    await fail(tx, (await claim(tx))!, "conflict");

    expect(await wakeUps(tx)).toEqual([]);
  });

  test("not if it is rolled back", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));
    await forgetWakeUps(tx);

    await tx.query("savepoint attempt");
    await aPause(tx, mentor);
    expect(await wakeUps(tx)).toHaveLength(1);
    await tx.query("rollback to savepoint attempt");

    expect(await wakeUps(tx)).toEqual([]);
  });

  test("by a retry, which changes no wish", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await forgetWakeUps(tx);

    await call(tx, "retry_failed_portal_syncs", { organization_id: organization.id });

    expect(await wakeUps(tx)).toHaveLength(1);
  });

  test("two at once do not wait for each other, and wake it twice", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async (sessions, observer) => {
      const [one, other] = sessions.map(({ client }) => client);
      const mentors = await transaction(observer, async () => {
        const organization = await anOrganization(observer);
        return [await aMentor(observer, organization), await aMentor(observer, organization)];
      });
      // A worker that has ever started has made the row of each task; the first job would lock it.
      await observer.query("select graphile_worker.add_job('notifications__dispatch')");
      await forgetWakeUps(observer);

      await one!.query("begin");
      await aPause(one!, mentors[0]!);
      // It would wait for ever if the first one were in the way.
      await other!.query("set lock_timeout = '5s'");
      await transaction(other!, () => aPause(other!, mentors[1]!));
      await one!.query("commit");

      expect(await wakeUps(observer)).toHaveLength(2);
    });
  });
});

/** Seconds from now until then, and until the job that was scheduled for it. */
const schedule = async (tx: Database) => {
  await forgetWakeUps(tx);
  const { rows } = await tx.query<{ wait: number | null }>(
    "select extract(epoch from app_private.schedule_portal_sync() - now())::float8 as wait",
  );
  const jobs = await tx.query<{ wait: number; key: string }>(
    `select extract(epoch from run_at - now())::float8 as wait, key
     from graphile_worker.jobs where task_identifier = 'portal__sync'`,
  );
  return { wait: rows[0]!.wait, jobs: jobs.rows };
};

const scheduled = (wait: number) => ({ wait, jobs: [{ wait, key: "portal__sync:next" }] });

describe("P6 the sync looks again when the next listing is due", () => {
  test("at its next attempt: the earliest counts", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const early = await aMentor(tx, organization);
    const late = await aMentor(tx, organization);
    await setListing(tx, early, "next_attempt_at = now() + interval '20 seconds'");
    await setListing(tx, late, "next_attempt_at = now() + interval '90 seconds'");

    expect(await schedule(tx)).toEqual(scheduled(20));
  });

  test("in a moment, if it is due already and waits for a place", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await setListing(tx, mentor, "next_attempt_at = now() - interval '1 hour'");

    expect(await schedule(tx)).toEqual(scheduled(1));
  });

  test("when its lease ends", async ({ tx }) => {
    await aMentor(tx, await anOrganization(tx));
    await claim(tx);

    expect(await schedule(tx)).toEqual(scheduled(60));
  });

  test("when the gate lets one through", async ({ tx }) => {
    await aMentor(tx, await anOrganization(tx));
    await closeGate(tx, "throttled", "now() + interval '5 minutes'");

    expect(await schedule(tx)).toEqual(scheduled(300));
  });

  test("at none if nothing waits", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aListing(tx, organization);
    const looked = await aMentor(tx, organization);
    await setListing(tx, looked, "condition = 'needs_attention'");
    await closeGate(tx, "throttled");

    expect(await schedule(tx)).toEqual({ wait: null, jobs: [] });
  });

  test("under one key: the newest schedule counts", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await schedule(tx);
    await setListing(tx, mentor, "next_attempt_at = now() + interval '30 seconds'");
    await tx.query("select app_private.schedule_portal_sync()");

    expect(await wakeUps(tx)).toEqual(["portal__sync:next"]);
    expect((await listingNow(tx, mentor.id)).wait).toBe(30);
  });
});
