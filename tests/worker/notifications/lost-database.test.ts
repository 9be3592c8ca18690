import { describe, expect } from "vitest";
import { createPool, withClient } from "../../../worker/database/pool.ts";
import { untilBlockedBy } from "../../support/nightly/stage.ts";
import { test } from "../../support/notifications.ts";
import { startProxy } from "../../support/proxy.ts";

/*
 * The mail server has said that it took the mail; now it is to be put on record. Whoever knows that
 * a mail has arrived must not send it again because the database was away for a moment.
 */
describe("N3: the database is lost while it is told that a mail was taken", () => {
  test("the connection is ended: it is told over another, and nobody gets a copy", async ({
    mail,
  }) => {
    await mail.paused(1);
    const { promise: met, resolve } = Promise.withResolvers<void>();
    mail.catcher.inject({ effect: "slow", stage: "data", delayMs: 300, onMet: resolve });

    const dispatching = mail.dispatch();
    await met;
    await withClient(mail.url, async (client) => {
      await client.query(
        "begin; select from app_public.notification_deliveries where channel = 'email' for update",
      );
      const pid = await untilBlockedBy(client);
      await client.query("select pg_terminate_backend($1)", [pid]);
      await client.query("rollback");
    });

    expect(await dispatching).toMatchObject({ sent: 1 });
    await mail.passTime();
    await mail.dispatch();
    expect(mail.arrived()).toHaveLength(1);
    expect(await mail.emails()).toMatchObject([{ state: "sent", attempts: 1 }]);
  });

  test("it is away for a second with five mails under way: each arrives once", async ({ mail }) => {
    await mail.paused(5);
    const proxy = await startProxy(mail.url);
    const pool = createPool(proxy.url, { applicationName: "mentor-lifecycle-tests" });
    try {
      let taken = 0;
      const { promise: allTaken, resolve } = Promise.withResolvers<void>();
      mail.catcher.inject({
        effect: "slow",
        stage: "data",
        delayMs: 500,
        times: 5,
        onMet: () => {
          taken += 1;
          if (taken === 5) resolve();
        },
      });
      const dispatching = mail.dispatcher.dispatch(pool);
      await allTaken;
      proxy.close();
      setTimeout(() => proxy.open(), 1500);

      await dispatching.catch(() => {});
      await mail.passTime();
      await mail.dispatch();

      const ids = mail.arrived();
      expect(new Set(ids).size).toBe(5);
      expect(ids).toHaveLength(5);
      expect((await mail.emails()).map(({ state }) => state)).toEqual(Array(5).fill("sent"));
    } finally {
      proxy.open();
      await pool.end();
    }
  });
});
