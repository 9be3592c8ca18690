import fc from "fast-check";
import { expect } from "vitest";
import {
  type Assignment,
  type Database,
  TODAY,
  aMentor,
  addDays,
  anActivity,
  anAssignment,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, lastContactOf, violationsOf } from "../../support/outcomes.ts";

/** Days before TODAY; the assignment was opened on the greatest. */
const FIRST = 30;

/** What somebody does; `which` is one of the activities there are, if there are any. */
type Deed =
  | { do: "register" | "correct" | "enter"; ago: number }
  | { do: "move"; which: number; ago: number }
  | { do: "remove" | "put back" | "delete"; which: number };

const ago = fc.integer({ min: 0, max: FIRST });
const which = fc.nat({ max: 5 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("register" as const), ago }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("correct" as const), ago }) },
  fc.record({ do: fc.constant("enter" as const), ago }),
  fc.record({ do: fc.constant("move" as const), which, ago }),
  fc.record({ do: fc.constantFrom("remove", "put back", "delete"), which }),
);

interface Known {
  id: string;
  ago: number;
  isRemoved: boolean;
  isCorrectedAway: boolean;
}

const on = (days: number) => addDays(TODAY, -days);

/** Plays the deeds in the database, and keeps in mind what ought to count. */
async function play(tx: Database, assignment: Assignment, deeds: Deed[]): Promise<number> {
  let activities: Known[] = [];
  let entered = FIRST;
  let corrected: { ago: number; entered: number } | undefined;

  for (const step of deeds) {
    const chosen = "which" in step ? activities[step.which % activities.length] : undefined;
    if (step.do === "register") {
      const id = await anActivity(tx, [assignment], { occurredOn: on(step.ago) });
      activities.push({ id, ago: step.ago, isRemoved: false, isCorrectedAway: false });
    } else if (step.do === "correct") {
      await call(tx, "correct_last_contact", {
        assignment_id: assignment.id,
        last_contact_on: on(step.ago),
        reason: "Another client",
      });
      corrected = { ago: step.ago, entered };
      for (const activity of activities) activity.isCorrectedAway = true;
    } else if (step.do === "enter") {
      entered = Math.min(entered, step.ago);
      await tx.query("update app_public.assignments set entered_contact_on = $2 where id = $1", [
        assignment.id,
        on(entered),
      ]);
    } else if (chosen !== undefined) {
      const { id } = chosen;
      if (step.do === "move") {
        await tx.query("update app_public.activities set occurred_on = $2 where id = $1", [
          id,
          on(step.ago),
        ]);
        if (chosen.ago !== step.ago) chosen.isCorrectedAway = false;
        chosen.ago = step.ago;
      } else if (step.do === "remove") {
        await call(tx, "remove_activity", { activity_id: id });
        chosen.isRemoved = true;
      } else if (step.do === "put back") {
        await tx.query(
          "update app_public.activities set removed_at = null, removed_by = null where id = $1",
          [id],
        );
        chosen.isRemoved = false;
      } else {
        await tx.query("delete from app_public.activities where id = $1", [id]);
        activities = activities.filter((activity) => activity !== chosen);
      }
    }
  }
  const base =
    corrected === undefined || entered < corrected.entered
      ? Math.min(entered, corrected?.ago ?? entered)
      : corrected.ago;
  const counting = activities.filter(
    ({ isRemoved, isCorrectedAway }) => !isRemoved && !isCorrectedAway,
  );
  return Math.min(base, ...counting.map((activity) => activity.ago));
}

test("F2 F3 after any story the last contact is what a careful reader would say", async ({
  tx,
}) => {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization);
  await tx.query("savepoint story");

  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 1, maxLength: 14 }), async (deeds) => {
      const assignment = await anAssignment(tx, mentor, { openedOn: addDays(TODAY, -FIRST) });
      await anAssignment(tx, mentor);

      const expected = await play(tx, assignment, deeds);

      expect(await lastContactOf(tx, assignment)).toBe(addDays(TODAY, -expected));
      expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
      await tx.query("rollback to savepoint story");
    }),
    { numRuns: 150, endOnFailure: true },
  );
});
