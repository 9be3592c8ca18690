import { describe, expect } from "vitest";
import {
  TODAY,
  aCertification,
  aMentor,
  aPause,
  addDays,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, mentorNow, openPausesOf, pausesOf, violationsOf } from "../../support/outcomes.ts";

describe("S1 retiring", () => {
  test("ends every open pause", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      pauseCause: "certification",
    });
    await aPause(tx, mentor);

    await call(tx, "retire_mentor", { mentor_id: mentor.id, reason: "Moves abroad" });

    expect(await pausesOf(tx, mentor.id)).toMatchObject([
      { end_cause: "retired" },
      { end_cause: "retired" },
    ]);
    await tx.query("set constraints all immediate");
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("by direct SQL as well", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });

    await tx.query("update app_public.mentors set status = 'retired' where id = $1", [mentor.id]);

    expect(await openPausesOf(tx, mentor.id)).toEqual([]);
  });
});

describe("S1 enrolling again", () => {
  test("leads to active while the certification is valid", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), {
      status: "retired",
      expiresOn: TODAY,
    });

    expect(await call(tx, "reenroll_mentor", { mentor_id: mentor.id })).toMatchObject({
      status: "active",
    });
  });

  test("leads to pending if it has expired, and a new one makes active", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "retired",
      expiresOn: addDays(TODAY, -1),
    });

    expect(await call(tx, "reenroll_mentor", { mentor_id: mentor.id })).toMatchObject({
      status: "pending",
    });
    await aCertification(tx, mentor, organization.typeId, { validFrom: TODAY });

    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
  });
});
