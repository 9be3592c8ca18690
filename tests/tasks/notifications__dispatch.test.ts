import type pg from "pg";
import { describe, expect } from "vitest";
import run from "../../tasks/nightly__run.ts";
import tick from "../../tasks/nightly__tick.ts";
import dispatch from "../../tasks/notifications__dispatch.ts";
import { openDispatcher } from "../../worker/notifications/dispatcher.ts";
import { aCoordinator, transaction } from "../support/builders.ts";
import { freshDatabase } from "../support/database.ts";
import { mailConfig, test } from "../support/mail.ts";
import type { MailTools } from "../support/mail.ts";
import {
  addJob,
  anOrganizationWithWork,
  inTheNight,
  runDueJobs,
} from "../support/nightly/stage.ts";

/** Given by hand, so that they know the mail server of this test. */
const TASKS = { nightly__tick: tick, nightly__run: run, notifications__dispatch: dispatch };

/** The mail server of the tasks that this test runs; none without an address. */
async function withMail(smtpUrl: string | undefined, work: () => Promise<void>): Promise<void> {
  const dispatcher = openDispatcher(smtpUrl === undefined ? undefined : mailConfig(smtpUrl));
  try {
    await work();
  } finally {
    await dispatcher.close();
    openDispatcher(undefined);
  }
}

/** A night that is due and of which nothing was told yet; what happened before it has been told. */
async function aNight(
  tools: MailTools,
  smtpUrl: string | undefined,
  work: (url: string, client: pg.Client) => Promise<void>,
): Promise<void> {
  const database = await freshDatabase();
  const { url } = database;
  try {
    await inTheNight(url, async (client) => {
      const organization = await anOrganizationWithWork(client);
      await transaction(client, async () => {
        const { rows } = await client.query<{ id: string }>(
          "select m.id from app_public.mentors as m where m.mentor_key = 'lapsed'",
        );
        await aCoordinator(client, { id: rows[0]!.id, organizationId: organization.id });
      });
      const before = await tools.aCatcher();
      await withMail(before.smtpUrl, () => runDueJobs(url, { notifications__dispatch: dispatch }));
      expect(before.messages).toHaveLength(1);
      await withMail(smtpUrl, () => work(url, client));
    });
  } finally {
    await database.drop();
  }
}

/** How the deliveries of the night stand. */
async function states(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query<{ channel: string; state: string; count: number }>(
    `select d.channel, d.state, count(*)::integer as count
     from app_public.notification_deliveries as d
     join app_public.notifications as n on n.id = d.notification_id
     where n.nightly_run_id is not null
     group by d.channel, d.state
     order by d.channel, d.state`,
  );
  return rows.map(({ channel, state, count }) => `${channel} ${state} ${count}`);
}

/** Jobs that look for messages, and whether they wait for a later time. */
async function waiting(client: pg.Client): Promise<unknown[]> {
  const { rows } = await client.query(
    `select j.key, j.run_at > now() as is_later, j.last_error
     from graphile_worker.jobs as j
     where j.task_identifier = 'notifications__dispatch'`,
  );
  return rows;
}

describe("N1, N5: a night", () => {
  test("is told by mail and in the inbox, and told once", async ({ tools }) => {
    const catcher = await tools.aCatcher();
    await aNight(tools, catcher.smtpUrl, async (url, client) => {
      await addJob(client, "nightly__tick");
      await runDueJobs(url, TASKS);

      expect(catcher.messages.map(({ subject }) => subject).toSorted()).toEqual([
        "Du er satt på pause som likeperson",
        "Du er tilbake som likeperson",
        "Kari Nordmann er satt på pause som likeperson",
        "Sertifiseringen din gjelder til og med 31. juli 2026",
      ]);
      expect(await states(client)).toEqual(["email sent 4", "in_app sent 4"]);
      expect(await waiting(client)).toEqual([]);

      await addJob(client, "nightly__tick");
      await addJob(client, "notifications__dispatch", "junk");
      await runDueJobs(url, TASKS);
      expect(catcher.messages).toHaveLength(4);
    });
  });

  test("waits without a mail server, but for the inbox", async ({ tools }) => {
    await aNight(tools, undefined, async (url, client) => {
      await addJob(client, "nightly__tick");
      await runDueJobs(url, TASKS);

      expect(await states(client)).toEqual(["email queued 4", "in_app sent 4"]);
      expect(await waiting(client)).toEqual([]);
    });
  });

  test("a mail server that asks to wait is asked again later, by a job that waits", async ({
    tools,
  }) => {
    const catcher = await tools.aCatcher();
    const greylist = { effect: "reply", stage: "rcpt", code: 451, message: "4.7.1 Later" } as const;
    catcher.inject({ ...greylist, times: Infinity });
    await aNight(tools, catcher.smtpUrl, async (url, client) => {
      await addJob(client, "nightly__tick");
      await runDueJobs(url, TASKS);

      expect(await states(client)).toEqual(["email retrying 4", "in_app sent 4"]);
      expect(await waiting(client)).toEqual([
        { key: "notifications__dispatch:next", is_later: true, last_error: null },
      ]);
    });
  });
});
