import fc from "fast-check";
import { expect, vi } from "vitest";
import { addDays, setClock } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { claim, record, resolve, writeInbox } from "../../support/deliveries.ts";
import { explain } from "../../support/explanations.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { WORLD_BEGINS, enterWorld, worldArbitrary } from "../../support/nightly/world.ts";

const SEED = 20_261_126;

// Many worlds; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 });

/*
 * Twenty worlds, some nights of each, everything told as it comes. Afterwards explain_mentor is
 * asked about every mentor and every day, and has to name each mail that was handed over, with
 * its end, on the day on which it was decided, and none that was not.
 */
test("N5 every mail that was sent or refused is explained so, and no other, whatever the world", async ({
  tx,
}) => {
  let mails = 0;
  await fc.assert(
    fc.asyncProperty(
      worldArbitrary,
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 3 }),
      async (world, steps) => {
        await tx.query("savepoint world");
        try {
          const organizationId = await enterWorld(tx, world);
          const days: string[] = [];
          const sent: string[] = [];
          let day = WORLD_BEGINS;
          for (const step of steps) {
            day = addDays(day, step);
            days.push(day);
            await setClock(tx, day);
            await runNight(tx, organizationId, day);
            while ((await resolve(tx)) > 0);
            await writeInbox(tx);
            for (let one = await claim(tx); one; one = await claim(tx)) {
              const isSent = sent.length % 4 !== 3;
              await record(tx, one, isSent ? "sent" : "rejected", "550");
              sent.push(`${one.delivery_id} ${isSent ? "done" : "failed"}`);
            }
          }
          await setClock(tx, day);
          const { rows: mentors } = await tx.query<{ id: string }>(
            "select id from app_public.mentors where organization_id = $1 order by mentor_key",
            [organizationId],
          );
          const { rows: emails } = await tx.query<{ id: string }>(
            "select id from app_public.notification_deliveries where organization_id = $1 and channel = 'email'",
            [organizationId],
          );
          const isMail = new Set(emails.map(({ id }) => id));
          const { rows: began } = await tx.query<{ day: string }>(
            `select distinct app_private.decided_on(n)::text as day
             from app_public.notifications as n where n.organization_id = $1`,
            [organizationId],
          );
          const explained: string[] = [];
          for (const mentor of mentors) {
            for (const { day: on } of began) {
              for (const row of await explain(tx, mentor, on)) {
                if (row.topic !== "delivery" || !isMail.has(row.delivery_id!)) continue;
                explained.push(`${row.delivery_id} ${row.verdict}`);
              }
            }
          }
          // A message stands on each day that it concerns, always with the same end.
          expect([...new Set(explained)].toSorted()).toEqual(sent.toSorted());
          mails += sent.length;
        } finally {
          await tx.query("rollback to savepoint world");
        }
      },
    ),
    { seed: SEED, numRuns: 20, endOnFailure: true },
  );
  expect(mails).toBeGreaterThan(40);
});
