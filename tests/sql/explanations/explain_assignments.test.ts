import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  TODAY,
  aMentor,
  aPause,
  addDays,
  anOrganization,
  insert,
  setClock,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { explain, sentence } from "../../support/explanations.ts";
import { anAssignment } from "../../support/nightly/assignments.ts";
import { runNight } from "../../support/nightly/runs.ts";

/** The standard settings: the first step after 45 days, the second after 60. */
const CONTACT = "2026-03-01";
const silent = (days: number) => addDays(CONTACT, days);

async function aQuietMentor(tx: Database): Promise<{ mentor: Mentor; assignmentId: string }> {
  const mentor = await aMentor(tx, await anOrganization(tx));
  const { id } = await anAssignment(tx, mentor, { key: "A-1", contactOn: CONTACT });
  return { mentor, assignmentId: id };
}

async function nights(tx: Database, mentor: Mentor, ...days: number[]): Promise<void> {
  for (const day of days) await runNight(tx, mentor.organizationId, silent(day));
  await setClock(tx, silent(Math.max(...days)));
}

describe("F1, N5 why no follow-up:", () => {
  test("the silence is too short", async ({ tx }) => {
    const { mentor, assignmentId } = await aQuietMentor(tx);

    expect(await sentence(tx, mentor, TODAY, "assignment")).toBe(
      "not_done not_reached: The last contact was on 2026-03-01, 14 days before; the first step is due after 45 days, on 2026-04-15.",
    );
    expect(await explain(tx, mentor, TODAY, "assignment")).toMatchObject([
      { subject: 'follow-up of "A-1"', assignment_id: assignmentId },
    ]);
  });

  test("the day before a step, on it, and the day after; then the last one", async ({ tx }) => {
    const { mentor } = await aQuietMentor(tx);
    await nights(tx, mentor, 44, 45, 46, 60, 61);
    const on = async (days: number) => await sentence(tx, mentor, silent(days), "assignment");

    expect(await on(44)).toMatch(/^not_done not_reached: .* 44 days before/);
    expect(await on(45)).toBe(
      'done followed_up: The last contact on assignment "A-1" was on 2026-03-01, 45 days ago; step 1 is due. The night of this date decided to tell the mentor.',
    );
    expect(await on(46)).toBe(
      "not_done dealt_with: The last contact was on 2026-03-01, 46 days before. Step 1 was dealt with on 2026-04-15: a reminder was written. The next step is due after 60 days, on 2026-04-30.",
    );
    expect(await on(60)).toMatch(
      /^done followed_up: .* step 2 is due\. The night of this date decided to tell the coordinators\.$/,
    );
    expect(await on(61)).toMatch(
      /Step 2 was dealt with on 2026-04-30: a reminder was written\. It is the last step\.$/,
    );
  });

  test("C5 a step was missed and covered by a later one", async ({ tx }) => {
    const { mentor } = await aQuietMentor(tx);
    await nights(tx, mentor, 40, 70);

    expect(await sentence(tx, mentor, silent(50), "assignment")).toBe(
      'not_done later: The last contact on assignment "A-1" was on 2026-03-01, 50 days ago; step 1 is due. Step 1 was dealt with on 2026-05-10: it was missed and covered by step 2.',
    );
    expect(await sentence(tx, mentor, silent(70), "assignment")).toMatch(
      /step 2 is due, which covers the missed step 1\. The night/,
    );
  });

  test("C11 an import seeded it silently", async ({ tx }) => {
    const { mentor, assignmentId } = await aQuietMentor(tx);
    await insert(tx, "app_public.follow_up_reminders", {
      assignment_id: assignmentId,
      mentor_id: mentor.id,
      last_contact_on: CONTACT,
      step: 1,
      silent_days: 50,
      disposition: "seeded",
      decided_on: silent(50),
    });
    await setClock(tx, silent(51));

    expect(await sentence(tx, mentor, silent(50), "assignment")).toBe(
      "not_done seeded: A silent import marked step 1 as done on this date.",
    );
    expect(await sentence(tx, mentor, silent(51), "assignment")).toMatch(
      /^not_done dealt_with: .* a silent import marked it as done\. The next step is due after 60 days/,
    );
  });

  test("the assignment is closed: from the day on, for ninety days", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await anAssignment(tx, mentor, { contactOn: CONTACT, closedOn: TODAY });

    expect(await sentence(tx, mentor, addDays(TODAY, -1), "assignment")).toMatch(
      /^not_done not_reached: .* It closes on 2026-03-15\.$/,
    );
    expect(await sentence(tx, mentor, TODAY, "assignment")).toBe(
      "not_done closed: The assignment was closed on 2026-03-15.",
    );
    expect(await explain(tx, mentor, addDays(TODAY, 90), "assignment")).toHaveLength(1);
    expect(await explain(tx, mentor, addDays(TODAY, 91), "assignment")).toEqual([]);
  });

  test("follow-up is switched off", async ({ tx }) => {
    const mentor = await aMentor(
      tx,
      await anOrganization(tx, { settings: { follow_up_steps: [] } }),
    );
    await anAssignment(tx, mentor, { contactOn: "2025-01-01" });

    expect(await sentence(tx, mentor, TODAY, "assignment")).toBe(
      "not_done switched_off: Follow-up is switched off: the organisation has set no steps.",
    );
  });

  test("the mentor is paused; who returns or expires tonight is judged by the night", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const paused = await aMentor(tx, organization, {
      status: "paused",
      expectedReturnOn: addDays(TODAY, 2),
    });
    const expiring = await aMentor(tx, organization, { expiresOn: TODAY });
    await anAssignment(tx, paused, { key: "A-1", contactOn: "2025-12-01" });
    await anAssignment(tx, expiring, { key: "A-2", contactOn: "2025-12-01" });
    const on = async (mentor: Mentor, days: number) =>
      await sentence(tx, mentor, addDays(TODAY, days), "assignment");

    expect(await on(paused, 1)).toBe(
      "not_done paused: The mentor has been paused since 2026-03-15.",
    );
    expect(await on(paused, 2)).toMatch(/^planned due: .* step 2 is due\./);
    expect(await on(expiring, 0)).toMatch(/^waiting due: /);
    expect(await on(expiring, 1)).toBe(
      "not_done paused: The mentor will be paused after the night of this date.",
    );
  });

  test("the mentor was paused then, whatever is so today", async ({ tx }) => {
    const { mentor } = await aQuietMentor(tx);
    await setClock(tx, silent(45));
    await aPause(tx, mentor);
    await setClock(tx, silent(50));

    expect(await sentence(tx, mentor, silent(46), "assignment")).toBe(
      "not_done paused: The mentor has been paused since 2026-04-15.",
    );
  });

  test("F2 a contact was registered, and on the day nobody knew of it", async ({ tx }) => {
    const { mentor, assignmentId } = await aQuietMentor(tx);
    await nights(tx, mentor, 45, 50);
    const activity = await insert<{ id: string }>(tx, "app_public.activities", {
      organization_id: mentor.organizationId,
      mentor_id: mentor.id,
      kind: "direct",
      occurred_on: silent(44),
      registered_by: "database:test",
      registered_at: `${silent(48)} 12:00:00 Europe/Oslo`,
    });
    await insert(tx, "app_public.activity_assignments", {
      activity_id: activity.id,
      assignment_id: assignmentId,
      mentor_id: mentor.id,
    });
    await tx.query(
      "update app_public.assignments set last_contact_on = $2 where id = $1 and last_contact_on <> $2",
      [assignmentId, silent(44)],
    );
    const since =
      "What was known then has changed: the last contact known today was on 2026-04-14, registered on 2026-04-18.";

    expect(await sentence(tx, mentor, silent(45), "assignment")).toMatch(
      new RegExp(`^done followed_up: .* tell the mentor\\. ${since}$`),
    );
    expect(await sentence(tx, mentor, silent(47), "assignment")).toMatch(
      new RegExp(
        `^not_done dealt_with: The last contact was on 2026-03-01, 47 days before\\. .* ${since}$`,
      ),
    );
    expect(await sentence(tx, mentor, silent(48), "assignment")).toBe(
      "not_done not_reached: The last contact was on 2026-04-14, 4 days before; the first step is due after 45 days, on 2026-05-29.",
    );
  });
});

test("F1, N5 a follow-up that is due today waits for the night, tomorrow it is planned", async ({
  tx,
}) => {
  const mentor = await aMentor(tx, await anOrganization(tx));
  await anAssignment(tx, mentor, { contactOn: addDays(TODAY, -45) });

  expect(await sentence(tx, mentor, addDays(TODAY, -1), "assignment")).toMatch(
    /^not_done not_reached/,
  );
  expect(await sentence(tx, mentor, TODAY, "assignment")).toMatch(
    /^waiting due: .* 45 days ago; step 1 is due\. The night of this date has not done it yet\.$/,
  );
  expect(await sentence(tx, mentor, addDays(TODAY, 1), "assignment")).toMatch(/^planned due: /);
});
