import { describe, expect } from "vitest";
import {
  aCoordinator,
  aMentor,
  anAssignment,
  anOrganization,
  setClock,
} from "../../support/builders.ts";
import type { Assignment, Mentor, Organization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  claim,
  claimAll,
  deliveriesAbout,
  mailsAbout,
  record,
  resolve,
  setDelivery,
  statesAbout,
  writeInbox,
} from "../../support/deliveries.ts";
import { explain } from "../../support/explanations.ts";
import { runNight } from "../../support/nightly/runs.ts";
import type { PoolClient } from "pg";

/*
 * A follow-up whose cause goes before anybody is told is superseded (N4). If the cause comes back
 * while the silence lasts, somebody has to notice it all the same.
 */
const CONTACT = "2026-04-01";
const STEP_2 = "2026-05-31";
const NEXT_NIGHT = "2026-06-01";
const NIGHT_AFTER = "2026-06-02";

interface Story {
  organization: Organization;
  mentor: Mentor;
  assignment: Assignment;
}

/** The night has decided to tell the coordinator that an assignment is silent. */
async function aDecidedFollowUp(tx: PoolClient): Promise<Story> {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization, { expiresOn: "2029-12-31" });
  await aCoordinator(tx, mentor, { from: "2026-01-01" });
  const assignment = await anAssignment(tx, mentor, {
    openedOn: "2026-01-01",
    enteredContactOn: CONTACT,
  });
  await setClock(tx, STEP_2);
  expect(await runNight(tx, organization.id, STEP_2)).toMatchObject({ followed_up_count: 1 });
  return { organization, mentor, assignment };
}

async function pause(tx: PoolClient, { mentor }: Story) {
  await tx.query("select app_public.pause_mentor($1, 'Needs a rest')", [mentor.id]);
}

async function resume(tx: PoolClient, { mentor }: Story) {
  await tx.query("select app_public.resume_mentor($1)", [mentor.id]);
}

async function followedUpOn(tx: PoolClient, { organization }: Story, day: string) {
  await setClock(tx, day);
  return (await runNight(tx, organization.id, day)).followed_up_count;
}

const QUIET = "assignment_quiet to coordinators";

async function quietState(tx: PoolClient, { mentor }: Story) {
  return (await statesAbout(tx, mentor)).filter((state) => state.startsWith(QUIET));
}

async function sendAll(tx: PoolClient) {
  for (const claimed of await claimAll(tx)) await record(tx, claimed, "sent");
}

describe("F1 a silence that nobody was told of, because its cause had gone for a while", () => {
  test.for([
    { name: "the mentor paused and came back", leave: pause, comeBack: resume },
    {
      name: "a contact was registered by mistake and taken back",
      leave: async (tx: PoolClient, { assignment }: Story) => {
        await tx.query("select app_public.register_activity($1)", [assignment.id]);
      },
      comeBack: async (tx: PoolClient, { mentor }: Story) => {
        await tx.query(
          "select app_public.remove_activity(a.id) from app_public.activities as a where a.mentor_id = $1",
          [mentor.id],
        );
      },
    },
    {
      name: "the assignment was closed and opened again",
      leave: async (tx: PoolClient, { assignment }: Story) => {
        await tx.query("select app_public.close_assignment($1)", [assignment.id]);
      },
      comeBack: async (tx: PoolClient, { assignment }: Story) => {
        await tx.query("update app_public.assignments set closed_on = null where id = $1", [
          assignment.id,
        ]);
      },
    },
  ])("is told by the next night, once: $name", async ({ leave, comeBack }, { tx }) => {
    const story = await aDecidedFollowUp(tx);
    await leave(tx, story);
    await resolve(tx);
    expect(await quietState(tx, story)).toEqual([`${QUIET}: superseded`]);
    await comeBack(tx, story);

    expect(await followedUpOn(tx, story, NEXT_NIGHT)).toBe(1);
    await resolve(tx);
    await sendAll(tx);

    expect(await quietState(tx, story)).toEqual([`${QUIET}: dispatched`]);
    expect(await followedUpOn(tx, story, NIGHT_AFTER)).toBe(0);
    await resolve(tx);
    expect(await claim(tx)).toBeUndefined();
  });

  test("also when the mail was waiting already; the inbox is not written twice", async ({ tx }) => {
    const story = await aDecidedFollowUp(tx);
    await resolve(tx);
    await writeInbox(tx);
    await pause(tx, story);
    await sendAll(tx);
    await resume(tx, story);
    expect(await quietState(tx, story)).toEqual([`${QUIET}: superseded`]);

    expect(await followedUpOn(tx, story, NEXT_NIGHT)).toBe(1);
    await resolve(tx);
    await writeInbox(tx);
    await sendAll(tx);

    const told = (await deliveriesAbout(tx, story.mentor)).filter(
      ({ recipient_role, state }) => recipient_role === "coordinator" && state === "sent",
    );
    const { rows } = await tx.query(
      "select id from app_public.notifications where kind = 'assignment_quiet'",
    );
    expect(
      told
        .filter(({ notification_id }) => notification_id === rows[0].id)
        .map(({ channel }) => channel),
    ).toEqual(["email", "in_app"]);
  });

  test("is not told while the cause is gone, nor if it was told before or may have been", async ({
    tx,
  }) => {
    const story = await aDecidedFollowUp(tx);
    await resolve(tx);
    const [mail] = await mailsAbout(tx, story.mentor);
    await setDelivery(
      tx,
      mail!,
      "state = 'unknown', may_have_arrived = true, next_attempt_at = now()",
    );
    await pause(tx, story);
    await sendAll(tx);
    expect(await followedUpOn(tx, story, NEXT_NIGHT)).toBe(0);
    await resume(tx, story);

    expect(await quietState(tx, story)).toEqual([`${QUIET}: dispatched`]);
    expect(await followedUpOn(tx, story, NIGHT_AFTER)).toBe(0);
  });

  test("N5 is said to wait for the night", async ({ tx }) => {
    const story = await aDecidedFollowUp(tx);
    await pause(tx, story);
    await resolve(tx);
    await resume(tx, story);
    await setClock(tx, NEXT_NIGHT);

    const rows = await explain(tx, story.mentor, NEXT_NIGHT);

    expect(rows.find(({ topic }) => topic === "assignment")).toMatchObject({
      verdict: "waiting",
      code: "due",
    });
  });
});
