import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aMentor,
  aPerson,
  actAs,
  addDays,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, journalOf, pausesOf, refusal, toldAbout } from "../../support/outcomes.ts";

interface Case {
  name: string;
  status: "active" | "paused" | "retired";
  args: (mentor: Mentor, organization: Organization) => Record<string, unknown>;
  /** An argument that makes it another command. */
  other: Record<string, unknown>;
}

const CASES: Case[] = [
  {
    name: "pause_mentor",
    status: "active",
    args: ({ id }) => ({ mentor_id: id, reason: "Rest" }),
    other: { reason: "Another reason" },
  },
  {
    name: "resume_mentor",
    status: "paused",
    args: ({ id }) => ({ mentor_id: id }),
    other: { expected_version: 3 },
  },
  {
    name: "retire_mentor",
    status: "active",
    args: ({ id }) => ({ mentor_id: id, reason: "Rest" }),
    other: { reason: "Another reason" },
  },
  {
    name: "reenroll_mentor",
    status: "retired",
    args: ({ id }) => ({ mentor_id: id }),
    other: { expected_version: 4 },
  },
  {
    name: "grant_certification",
    status: "active",
    args: ({ id }, { typeId }) => ({
      mentor_id: id,
      certification_type_id: typeId,
      valid_from: addDays(TODAY, 1),
      expires_on: addDays(TODAY, 900),
    }),
    other: { expires_on: addDays(TODAY, 901) },
  },
  {
    name: "revoke_certification",
    status: "active",
    args: ({ certificationId }) => ({ certification_id: certificationId, reason: "Forged" }),
    other: { reason: "Another reason" },
  },
  {
    name: "run_nightly",
    status: "active",
    args: (_mentor, { id }) => ({ organization_id: id, run_on: TODAY }),
    other: { run_on: addDays(TODAY, 1) },
  },
  {
    name: "update_organization_settings",
    status: "active",
    args: (_mentor, { id }) => ({ organization_id: id, grace_days: 3 }),
    other: { grace_days: 4 },
  },
];

const everything = async (tx: Database, mentor: Mentor) => ({
  journal: await journalOf(tx, mentor.id),
  pauses: await pausesOf(tx, mentor.id),
  told: await toldAbout(tx, mentor.id),
});

describe("S1 a request that is repeated", () => {
  test.for(CASES)(
    "$name gives the first answer and changes nothing",
    async ({ name, status, args }, { tx }) => {
      const organization = await anOrganization(tx);
      const mentor = await aMentor(tx, organization, { status });
      const request = { ...args(mentor, organization), request_id: randomUUID() };

      const first = await call(tx, name, request);
      const after = await everything(tx, mentor);
      const second = await call(tx, name, request);

      expect(second).toEqual(first);
      expect(await everything(tx, mentor)).toEqual(after);
    },
  );

  test.for(CASES)(
    "$name with other arguments is refused with MNREQ",
    async ({ name, status, args, other }, { tx }) => {
      const organization = await anOrganization(tx);
      const mentor = await aMentor(tx, organization, { status });
      const request = { ...args(mentor, organization), request_id: randomUUID() };
      await call(tx, name, request);
      const after = await everything(tx, mentor);

      const attempt = () => call(tx, name, { ...request, ...other });

      expect(await refusal(tx, attempt)).toMatchObject({ code: "MNREQ" });
      expect(await everything(tx, mentor)).toEqual(after);
    },
  );

  test("is refused for another command with MNREQ", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const request = { mentor_id: mentor.id, reason: "Rest", request_id: randomUUID() };
    await call(tx, "pause_mentor", request);

    const attempt = () => call(tx, "retire_mentor", request);

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNREQ" });
  });

  test("gives the first answer also when the mentor has moved on", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const request = { mentor_id: mentor.id, reason: "Rest", request_id: randomUUID() };
    const first = await call(tx, "pause_mentor", request);
    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    expect(await call(tx, "pause_mentor", request)).toEqual(first);
  });

  test("may be tried again after it was refused", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });
    const request = { mentor_id: mentor.id, reason: "Rest", request_id: randomUUID() };
    const pause = () => call(tx, "pause_mentor", request);
    expect(await refusal(tx, pause)).toMatchObject({ code: "MNAPA" });

    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    expect(await pause()).toMatchObject({ status: "paused" });
  });

  test("tells a stranger who has got hold of its id nothing: MNREQ", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const request = { mentor_id: mentor.id, reason: "Rest", request_id: randomUUID() };
    await call(tx, "pause_mentor", request);
    await actAs(tx, await aPerson(tx, organization));

    const attempt = () => call(tx, "pause_mentor", request);

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNREQ" });
  });
});
