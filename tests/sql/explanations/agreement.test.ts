import fc from "fast-check";
import { expect, vi } from "vitest";
import { addDays } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { explain } from "../../support/explanations.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { WORLD_BEGINS, enterWorld, worldArbitrary } from "../../support/nightly/world.ts";

const SEED = 20_261_125;

// Many worlds; a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000 });

interface PlannedRow {
  mentor_id: string;
  subject_id: string;
}

/*
 * explain_mentor names the first condition that does not hold, so it has to know all of them. Here
 * they are held against the night's own decision, of which it is not to know one too many or too few.
 */
test("N5 what is called due is what the night decides, in any world, before and after nights", async ({
  tx,
}) => {
  let due = 0;
  await fc.assert(
    fc.asyncProperty(
      worldArbitrary,
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
      async (world, steps) => {
        await tx.query("savepoint world");
        try {
          const organizationId = await enterWorld(tx, world);
          const { rows: mentors } = await tx.query<{ id: string }>(
            "select id from app_public.mentors where organization_id = $1 order by mentor_key",
            [organizationId],
          );
          let day = WORLD_BEGINS;
          for (const step of steps) {
            day = addDays(day, step);
            const { rows: planned } = await tx.query<PlannedRow>(
              `select d.mentor_id, coalesce(d.assignment_id, d.certification_id) as subject_id
               from app_public.nightly_plan($1, $2) as d
               where d.action in ('remind', 'follow_up')`,
              [organizationId, day],
            );
            const called: string[] = [];
            for (const mentor of mentors) {
              const rows = await explain(tx, mentor, day);
              for (const row of rows) {
                if (row.code !== "due") continue;
                expect(row.verdict).toBe("planned");
                called.push(`${mentor.id} ${row.assignment_id ?? row.certification_id}`);
              }
              const codes = rows.map(({ code }) => code);
              expect(codes).not.toContain("facts_changed");
              expect(codes).not.toContain("no_night");
            }

            expect(called.toSorted()).toEqual(
              planned.map((row) => `${row.mentor_id} ${row.subject_id}`).toSorted(),
            );
            due += called.length;
            await runNight(tx, organizationId, day);
          }
        } finally {
          await tx.query("rollback to savepoint world");
        }
      },
    ),
    { seed: SEED, numRuns: 25 },
  );
  // Worlds in which nothing is due would agree with anything.
  expect(due).toBeGreaterThan(60);
});
