import { describe, expect } from "vitest";
import {
  type Database,
  aMentor,
  aPause,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  aPausedMentor,
  aQueuedMail,
  claim,
  record,
  resolve,
  setDelivery,
  setGate,
  wakeUps,
  writeInbox,
} from "../../support/deliveries.ts";
import { withSessions } from "../../support/sessions.ts";

const forgetWakeUps = (db: Database) => db.query("delete from graphile_worker._private_jobs");

/** Seconds from now until then, and until the job that was scheduled for it. */
const schedule = async (tx: Database, withMail: boolean | null = true) => {
  await forgetWakeUps(tx);
  const { rows } = await tx.query<{ wait: number | null }>(
    "select extract(epoch from app_private.schedule_dispatch($1) - now())::float8 as wait",
    [withMail],
  );
  const jobs = await tx.query<{ wait: number; key: string }>(
    `select extract(epoch from run_at - now())::float8 as wait, key
     from graphile_worker.jobs where task_identifier = 'notifications__dispatch'`,
  );
  return { wait: rows[0]!.wait, jobs: jobs.rows };
};

const scheduled = (wait: number) => ({
  wait,
  jobs: [{ wait, key: "notifications__dispatch:next" }],
});
const never = { wait: null, jobs: [] };

/** A mail that waits alone: its inbox was written. */
const aLoneMail = async (tx: Database) => {
  const mail = await aQueuedMail(tx, await anOrganization(tx));
  await writeInbox(tx);
  return mail;
};

describe("the dispatch looks again", () => {
  test("never, if nothing waits", async ({ tx }) => {
    await aLoneMail(tx);
    await record(tx, (await claim(tx))!, "sent");

    expect(await schedule(tx)).toEqual(never);
  });

  test("never, for what is not tried again by itself", async ({ tx }) => {
    const mail = await aLoneMail(tx);
    await setDelivery(tx, mail, "state = 'unknown', next_attempt_at = null");
    await setGate(
      tx,
      `closed_since = now(), closed_until = now() + interval '1 hour', failed_at = now(),
       failures = 1, error_class = 'connection'`,
    );

    expect(await schedule(tx)).toEqual(never);
  });

  test("in a moment, for a notification that is open", async ({ tx }) => {
    await aPausedMentor(tx, await anOrganization(tx));

    expect(await schedule(tx)).toEqual(scheduled(1));
  });

  test("when a notification may be told", async ({ tx }) => {
    await aPausedMentor(tx, await anOrganization(tx));
    await tx.query("update app_public.notifications set not_before = now() + interval '1 hour'");

    expect(await schedule(tx)).toEqual(scheduled(3600));
  });

  test("in a moment, for a message to an inbox, also without a mail server", async ({ tx }) => {
    await aPausedMentor(tx, await anOrganization(tx));
    await resolve(tx);

    expect(await schedule(tx, false)).toEqual(scheduled(1));
  });

  test.for(["queued", "retrying", "unknown"])(
    "when a mail is due that is %s",
    async (state, { tx }) => {
      const mail = await aLoneMail(tx);
      await setDelivery(
        tx,
        mail,
        `state = '${state}', next_attempt_at = now() + interval '90 seconds'`,
      );

      expect(await schedule(tx)).toEqual(scheduled(90));
    },
  );

  test("the earliest counts", async ({ tx }) => {
    for (const seconds of [90, 20, 60]) {
      await setDelivery(
        tx,
        await aLoneMail(tx),
        `next_attempt_at = now() + interval '${seconds} seconds'`,
      );
    }

    expect(await schedule(tx)).toEqual(scheduled(20));
  });

  test("when the gate lets one through, and not before", async ({ tx }) => {
    await aLoneMail(tx);
    await setGate(
      tx,
      `closed_since = now(), closed_until = now() + interval '5 minutes', failed_at = now(),
       failures = 1, error_class = 'connection'`,
    );

    expect(await schedule(tx)).toEqual(scheduled(300));
  });

  test("when the mail is due, if the gate is open by then", async ({ tx }) => {
    await setDelivery(tx, await aLoneMail(tx), "next_attempt_at = now() + interval '1 hour'");
    await setGate(
      tx,
      `closed_since = now(), closed_until = now() + interval '5 minutes', failed_at = now(),
       failures = 1, error_class = 'connection'`,
    );

    expect(await schedule(tx)).toEqual(scheduled(3600));
  });

  test("when the next minute begins, if this one is full", async ({ tx }) => {
    await aLoneMail(tx);
    await setGate(
      tx,
      `max_per_minute = 2, minute_count = 2, minute_began_at = now() - interval '20 seconds'`,
    );

    expect(await schedule(tx)).toEqual(scheduled(40));
  });

  test("when a lease ends, also without a mail server", async ({ tx }) => {
    await aLoneMail(tx);
    await claim(tx, { lease: "50 seconds" });

    expect(await schedule(tx)).toEqual(scheduled(50));
    expect(await schedule(tx, false)).toEqual(scheduled(50));
  });

  test.for([false, null])("never for mails without a mail server: %s", async (withMail, { tx }) => {
    await aLoneMail(tx);

    expect(await schedule(tx, withMail)).toEqual(never);
  });

  test("under one key: the newest schedule counts", async ({ tx }) => {
    const mail = await aLoneMail(tx);
    await schedule(tx);
    await setDelivery(tx, mail, "next_attempt_at = now() + interval '30 seconds'");
    await tx.query("select app_private.schedule_dispatch()");

    expect(await wakeUps(tx)).toEqual(["notifications__dispatch:next"]);
  });
});

describe("what is to be told wakes the dispatch", () => {
  test("by one job for the transaction, however much it is", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await forgetWakeUps(tx);

    for (let count = 0; count < 3; count += 1) await aPausedMentor(tx, organization);

    const { rows } = await tx.query<{ key: string }>(
      "select 'notifications__dispatch:' || pg_current_xact_id() as key",
    );
    expect(await wakeUps(tx)).toEqual([rows[0]!.key]);
  });

  test("not if nothing is written, nor by what becomes of it", async ({ tx }) => {
    await aPausedMentor(tx, await anOrganization(tx));
    await forgetWakeUps(tx);

    await tx.query(
      "insert into app_public.notifications select * from app_public.notifications where false",
    );
    await resolve(tx);

    expect(await wakeUps(tx)).toEqual([]);
  });

  test("not if it is rolled back", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await forgetWakeUps(tx);

    await tx.query("savepoint attempt");
    await aPause(tx, mentor);
    expect(await wakeUps(tx)).toHaveLength(1);
    await tx.query("rollback to savepoint attempt");

    expect(await wakeUps(tx)).toEqual([]);
  });

  test("two at once do not wait for each other, and wake it twice", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async (sessions, observer) => {
      const [one, other] = sessions.map(({ client }) => client);
      const mentors = await transaction(observer, async () => {
        const organization = await anOrganization(observer);
        // The very first job of all makes its task known, for which others do wait.
        await aPausedMentor(observer, organization);
        return [await aMentor(observer, organization), await aMentor(observer, organization)];
      });
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
