import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  type MentorOverrides,
  TODAY,
  aMentor,
  actAs,
  addDays,
  anActivity,
  anAssignment,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, refusal } from "../../support/outcomes.ts";

const theMentor = async (tx: Database, overrides: MentorOverrides = {}) =>
  await aMentor(tx, await anOrganization(tx), overrides);
const open = (tx: Database, mentor: { id: string }, args: Record<string, unknown> = {}) =>
  call(tx, "open_assignment", {
    mentor_id: mentor.id,
    assignment_key: "A-1",
    client_reference: "C-1",
    ...args,
  });
const close = (tx: Database, { id }: { id: string }, closed_on?: string) =>
  call(tx, "close_assignment", {
    assignment_id: id,
    ...(closed_on !== undefined && { closed_on }),
  });

describe("an assignment is opened", () => {
  test("today, which is its first contact", async ({ tx }) => {
    const mentor = await theMentor(tx);
    await actAs(tx, mentor.personId);

    expect(await open(tx, mentor)).toMatchObject({
      organization_id: mentor.organizationId,
      mentor_id: mentor.id,
      assignment_key: "A-1",
      client_reference: "C-1",
      opened_on: TODAY,
      closed_on: null,
      entered_contact_on: TODAY,
      last_contact_on: TODAY,
    });
  });

  test("once for a request", async ({ tx }) => {
    const mentor = await theMentor(tx);
    const request_id = randomUUID();

    const first = await open(tx, mentor, { opened_on: addDays(TODAY, -3), request_id });

    expect(await open(tx, mentor, { opened_on: addDays(TODAY, -3), request_id })).toEqual(first);
    expect(await refusal(tx, () => open(tx, mentor, { request_id }))).toMatchObject({
      code: "MNREQ",
    });
  });

  test.for(["pending", "active", "paused"] as const)(
    "of a mentor who is %s",
    async (status, { tx }) => {
      const mentor = await theMentor(tx, { status });

      expect(await open(tx, mentor)).toMatchObject({ mentor_id: mentor.id });
    },
  );

  test("not of a mentor who has retired: MNTRA", async ({ tx }) => {
    const mentor = await theMentor(tx, { status: "retired" });

    expect(await refusal(tx, () => open(tx, mentor))).toMatchObject({ code: "MNTRA" });
  });

  test.for([addDays(TODAY, 1), "1899-12-31"])("not on %s: MNDAT", async (opened_on, { tx }) => {
    const mentor = await theMentor(tx);

    expect(await refusal(tx, () => open(tx, mentor, { opened_on }))).toMatchObject({
      code: "MNDAT",
    });
  });

  test("not of a mentor who is unknown: MNNOT", async ({ tx }) => {
    expect(await refusal(tx, () => open(tx, { id: randomUUID() }))).toMatchObject({
      code: "MNNOT",
    });
  });

  test("not twice with one key", async ({ tx }) => {
    const mentor = await theMentor(tx);
    await open(tx, mentor);

    expect(await refusal(tx, () => open(tx, mentor))).toMatchObject({
      constraint: "assignments_key_is_unique",
    });
  });
});

describe("an assignment is closed", () => {
  test("today, and on another day when that is corrected", async ({ tx }) => {
    const assignment = await anAssignment(tx, await theMentor(tx));

    expect(await close(tx, assignment)).toMatchObject({ id: assignment.id, closed_on: TODAY });
    expect(await close(tx, assignment, addDays(TODAY, -3))).toMatchObject({
      closed_on: addDays(TODAY, -3),
    });
    expect(await close(tx, assignment, addDays(TODAY, -2))).toMatchObject({
      closed_on: addDays(TODAY, -2),
    });
  });

  test("on the day of its last contact, but not before: MNDAT", async ({ tx }) => {
    const assignment = await anAssignment(tx, await theMentor(tx));
    await anActivity(tx, [assignment], { occurredOn: addDays(TODAY, -3) });

    const attempt = () => close(tx, assignment, addDays(TODAY, -4));

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDAT" });
    expect(await close(tx, assignment, addDays(TODAY, -3))).toMatchObject({
      closed_on: addDays(TODAY, -3),
    });
  });

  test("before an activity that was taken back or corrected away", async ({ tx }) => {
    const mentor = await theMentor(tx);
    const assignment = await anAssignment(tx, mentor);
    const other = await anAssignment(tx, mentor);
    const activityId = await anActivity(tx, [assignment, other]);

    await call(tx, "correct_last_contact", {
      assignment_id: other.id,
      last_contact_on: addDays(TODAY, -9),
      reason: "Another client",
    });
    expect(await close(tx, other, addDays(TODAY, -9))).toMatchObject({ id: other.id });

    await call(tx, "remove_activity", { activity_id: activityId });
    expect(await close(tx, assignment, addDays(TODAY, -9))).toMatchObject({ id: assignment.id });
  });

  test.for([
    ["after today", addDays(TODAY, 1)],
    ["before its first day", addDays(TODAY, -31)],
  ] as const)("not %s: MNDAT", async ([, closedOn], { tx }) => {
    const assignment = await anAssignment(tx, await theMentor(tx));

    expect(await refusal(tx, () => close(tx, assignment, closedOn))).toMatchObject({
      code: "MNDAT",
    });
  });

  test("not if it is unknown: MNNOT", async ({ tx }) => {
    expect(await refusal(tx, () => close(tx, { id: randomUUID() }))).toMatchObject({
      code: "MNNOT",
    });
  });
});
