import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aMentor,
  aPause,
  actAs,
  addDays,
  anOrganization,
  setClock,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  call,
  mentorNow,
  openPausesOf,
  pausesOf,
  refusal,
  toldAbout,
  violationsOf,
} from "../../support/outcomes.ts";

const YESTERDAY = addDays(TODAY, -1);
const TOMORROW = addDays(TODAY, 1);

const pause = (tx: Database, mentor: Mentor, args: Record<string, unknown> = {}) =>
  call(tx, "pause_mentor", { mentor_id: mentor.id, reason: "Needs a rest", ...args });

const resume = (tx: Database, mentor: Mentor) =>
  call(tx, "resume_mentor", { mentor_id: mentor.id });

const renew = (tx: Database, mentor: Mentor, organization: Organization, validFrom = TODAY) =>
  call(tx, "grant_certification", {
    mentor_id: mentor.id,
    certification_type_id: organization.typeId,
    valid_from: validFrom,
    expires_on: addDays(TODAY, 730),
  });

const night = (tx: Database, organization: Organization, on = TODAY) =>
  call(tx, "run_nightly", { organization_id: organization.id, run_on: on });

/** Paused by a coordinator and, since last night, for a certification that expired the day before. */
async function aMentorPausedTwice(tx: Database) {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization, { status: "active", expiresOn: YESTERDAY });
  await pause(tx, mentor);
  await night(tx, organization);
  return { organization, mentor };
}

describe("S5 a pause has a cause", () => {
  test("self, if the mentor calls", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await actAs(tx, mentor.personId);

    await pause(tx, mentor, { expected_return_on: TOMORROW });

    expect(await pausesOf(tx, mentor.id)).toMatchObject([
      {
        cause: "self",
        reason: "Needs a rest",
        started_by: `person:${mentor.personId}`,
        expected_return_on: TOMORROW,
        end_cause: null,
      },
    ]);
  });

  test("coordinator, if an operator calls", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    await pause(tx, mentor);

    expect(await pausesOf(tx, mentor.id)).toMatchObject([{ cause: "coordinator" }]);
  });
});

describe("S5 a person's pause and one for certification are independent", () => {
  test("both are open after the night, and the mentor is told of each", async ({ tx }) => {
    const { mentor } = await aMentorPausedTwice(tx);

    expect((await openPausesOf(tx, mentor.id)).toSorted()).toEqual([
      "certification",
      "coordinator",
    ]);
    expect(await toldAbout(tx, mentor.id)).toEqual([
      "mentor_paused to coordinators",
      "mentor_paused to mentor",
      "mentor_paused to mentor",
    ]);
  });

  test("the renewal lifts its own, the mentor stays paused until a person resumes", async ({
    tx,
  }) => {
    const { organization, mentor } = await aMentorPausedTwice(tx);

    await renew(tx, mentor, organization);

    expect(await openPausesOf(tx, mentor.id)).toEqual(["coordinator"]);
    expect((await mentorNow(tx, mentor.id)).status).toBe("paused");
    expect(await toldAbout(tx, mentor.id)).toContain("mentor_still_paused to mentor");

    await resume(tx, mentor);

    expect(await openPausesOf(tx, mentor.id)).toEqual([]);
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
    expect(await toldAbout(tx, mentor.id)).toContain("mentor_resumed to mentor");
  });

  test("the person lifts theirs, the mentor stays paused until the renewal", async ({ tx }) => {
    const { organization, mentor } = await aMentorPausedTwice(tx);

    expect(await resume(tx, mentor)).toMatchObject({ status: "paused" });

    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);
    expect(await toldAbout(tx, mentor.id)).toContain("mentor_still_paused to mentor");

    await renew(tx, mentor, organization);

    expect(await openPausesOf(tx, mentor.id)).toEqual([]);
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
  });

  test("a mentor paused for certification may also be paused by a person, once", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      pauseCause: "certification",
    });

    await pause(tx, mentor);

    expect(await openPausesOf(tx, mentor.id)).toHaveLength(2);
    expect(await refusal(tx, () => pause(tx, mentor))).toMatchObject({ code: "MNAPA" });
  });

  test("a mentor may pause again after the pause was ended", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });

    await resume(tx, mentor);
    await pause(tx, mentor);

    expect(await openPausesOf(tx, mentor.id)).toEqual(["coordinator"]);
    expect(await pausesOf(tx, mentor.id)).toHaveLength(2);
  });
});

describe("S5 a planned return", () => {
  test.for([
    { on: YESTERDAY, code: "MNDAT" },
    { on: TODAY, code: "MNDAT" },
    { on: TOMORROW, code: undefined },
  ])("planned for $on gives $code", async ({ on, code }, { tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    const refused = await refusal(tx, () => pause(tx, mentor, { expected_return_on: on }));

    expect(refused?.code).toBe(code);
  });

  test("is not before tomorrow on the organisation's calendar, whatever the server's", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx, { timeZone: "Pacific/Auckland" });
    const mentor = await aMentor(tx, organization);
    await setClock(tx, "2026-03-15 23:00:00 UTC"); // Already noon of the 16th in Auckland.

    const attempt = (on: string) =>
      refusal(tx, () => pause(tx, mentor, { expected_return_on: on }));

    expect(await attempt("2026-03-16")).toMatchObject({ code: "MNDAT" });
    expect(await attempt("2026-03-17")).toBeUndefined();
  });

  test("is kept by the night of that day, not by the one before", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await pause(tx, mentor, { expected_return_on: addDays(TODAY, 2) });

    await night(tx, organization, TOMORROW);
    expect((await mentorNow(tx, mentor.id)).status).toBe("paused");

    await night(tx, organization, addDays(TODAY, 2));
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
    expect(await pausesOf(tx, mentor.id)).toMatchObject([
      { end_cause: "planned_return", ended_by: "nightly" },
    ]);
  });

  test("ends the person's pause but not the one for certification", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: TODAY });
    await pause(tx, mentor, { expected_return_on: TOMORROW });

    await night(tx, organization, TOMORROW);

    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);
    expect(await violationsOf(tx, organization.id, TOMORROW)).toEqual([]);
  });
});

describe("S6 a mentor resumes only with every required certification valid", () => {
  test("refused with MNCRT while only the pause for certification is open", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      pauseCause: "certification",
    });

    expect(await refusal(tx, () => resume(tx, mentor))).toMatchObject({ code: "MNCRT" });
  });

  test("refused with MNCRT on the day after expiry, before the night has looked", async ({
    tx,
  }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), {
      status: "paused",
      expiresOn: YESTERDAY,
    });

    expect(await refusal(tx, () => resume(tx, mentor))).toMatchObject({ code: "MNCRT" });
    expect(await openPausesOf(tx, mentor.id)).toEqual(["coordinator"]);
  });

  test("allowed on the last valid day", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), {
      status: "paused",
      expiresOn: TODAY,
    });

    expect(await resume(tx, mentor)).toMatchObject({ status: "active" });
  });

  test("not even by ending the pause with direct SQL", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      pauseCause: "certification",
    });

    const outcome = await refusal(tx, () =>
      tx.query(
        `update app_public.mentor_pauses as p
         set ended_at = app_private.clock(), ended_by = 'psql', end_cause = 'recertified'
         where p.mentor_id = $1`,
        [mentor.id],
      ),
    );

    expect(outcome).toMatchObject({ code: "MNCRT", table: "mentors" });
  });

  test("a renewal that begins tomorrow lifts the pause tomorrow night", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      pauseCause: "certification",
    });

    await renew(tx, mentor, organization, TOMORROW);
    expect(await openPausesOf(tx, mentor.id)).toEqual(["certification"]);

    await night(tx, organization, TOMORROW);
    expect(await openPausesOf(tx, mentor.id)).toEqual([]);
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
  });
});

describe("S5 pauses by direct SQL", () => {
  test("open and end like those of the commands", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);

    const id = await aPause(tx, mentor);
    expect((await mentorNow(tx, mentor.id)).status).toBe("paused");

    await tx.query(
      `update app_public.mentor_pauses as p
       set ended_at = app_private.clock(), ended_by = 'psql', end_cause = 'resumed'
       where p.id = $1`,
      [id],
    );
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
    await tx.query("set constraints all immediate");
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test.for([
    ["pending", "mentors"],
    ["retired", "mentor_pauses"],
  ] as const)("are refused for a %s mentor with MNTRA by %s", async ([status, table], { tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status });

    expect(await refusal(tx, () => aPause(tx, mentor))).toMatchObject({ code: "MNTRA", table });
  });
});
