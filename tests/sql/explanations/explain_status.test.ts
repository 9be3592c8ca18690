import { describe, expect } from "vitest";
import { TODAY, aMentor, addDays, anOrganization, setClock } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { sentence, sentences } from "../../support/explanations.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { call } from "../../support/outcomes.ts";

const PRIVATE = "Surgery on both ears";

describe("N5 the status on a date", () => {
  test("is unknown before the mentor was entered", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { validFrom: "2025-03-15" });

    expect(await sentence(tx, mentor, "2025-03-14", "status")).toBe(
      "fact not_entered: The mentor was not known yet: entered on 2025-03-15.",
    );
    expect(await sentence(tx, mentor, "2025-03-15", "status")).toMatch(
      /^fact active: Active since 2025-03-15: /,
    );
  });

  test("pending, for want of a certification", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "pending" });

    expect(await sentence(tx, mentor, TODAY, "status")).toMatch(
      /^fact pending: Pending since 2025-03-15: enrolled, by database:.*\. Required certification "Course.*" was never granted\.$/,
    );
  });

  test("active, paused by a person with a planned return, and active again", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await call(tx, "pause_mentor", {
      mentor_id: mentor.id,
      reason: PRIVATE,
      expected_return_on: addDays(TODAY, 10),
    });
    await runNight(tx, organization.id, addDays(TODAY, 10));
    await setClock(tx, addDays(TODAY, 11));
    const status = async (days: number) =>
      await sentences(tx, mentor, addDays(TODAY, days), "status");

    expect(await status(-1)).toEqual([
      expect.stringMatching(/^fact active: Active since 2025-03-15/),
    ]);
    const pause =
      "fact paused_by_person: Somebody who looks after the mentor set the pause on 2026-03-15, with a planned return on 2026-03-25. It ended on 2026-03-25: planned return.";
    expect(await status(0)).toEqual([
      expect.stringMatching(
        /^fact paused: Paused since 2026-03-15: a person paused the mentor, by database:/,
      ),
      pause,
    ]);
    expect(await status(10)).toEqual([
      "fact active: Active since 2026-03-25: the day of the planned return had come, by nightly.",
      pause,
    ]);
    expect(await status(11)).toHaveLength(1);
  });

  test("paused by the night for certification, and by the mentor: two pauses", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, -1) });
    await runNight(tx, organization.id, TODAY);
    await tx.query("select set_config('mentor_lifecycle.person_id', $1, true)", [mentor.personId]);
    await call(tx, "pause_mentor", { mentor_id: mentor.id, reason: PRIVATE });

    expect(await sentences(tx, mentor, TODAY, "status")).toEqual([
      "fact paused: Paused since 2026-03-15: paused for certification, by nightly.",
      expect.stringMatching(
        /^fact paused_for_certification: Paused for certification on 2026-03-15: Required certification "Course.*" expired on 2026-03-14\.$/,
      ),
      "fact paused_by_person: The mentor paused on 2026-03-15, without a planned return.",
    ]);
  });

  test("retired and re-enrolled", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await call(tx, "retire_mentor", { mentor_id: mentor.id, reason: PRIVATE });
    await setClock(tx, addDays(TODAY, 3));
    await call(tx, "reenroll_mentor", { mentor_id: mentor.id });

    expect(await sentence(tx, mentor, TODAY, "status")).toMatch(
      /^fact retired: Retired since 2026-03-15: retired, by /,
    );
    expect(await sentence(tx, mentor, addDays(TODAY, 3), "status")).toMatch(
      /^fact (pending|active): (Pending|Active) since 2026-03-18: /,
    );
  });
});

describe("N5 the website", () => {
  test("shows whom it should, and says why not the others", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const silent = await aMentor(tx, organization, { portalConsent: false });
    const listing = async (who: { id: string }, on: string) =>
      (await sentences(tx, who, on, "listing"))[0];
    await call(tx, "pause_mentor", { mentor_id: mentor.id, reason: PRIVATE });

    expect(await listing(mentor, addDays(TODAY, -1))).toBe(
      "fact to_be_listed: To be shown on the website until 2027-03-15.",
    );
    expect(await listing(mentor, TODAY)).toBe(
      "fact not_to_be_listed: Not to be shown on the website: the mentor is paused.",
    );
    expect(await listing(silent, TODAY)).toBe(
      "fact not_to_be_listed: Not to be shown on the website: the mentor has not agreed to it.",
    );
  });

  test("P4 of today also says what Dynamics is known to show", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    expect((await sentences(tx, mentor, TODAY, "listing"))[1]).toMatch(
      /^waiting pending: Dynamics sync pending since /,
    );
    expect(await sentences(tx, mentor, addDays(TODAY, -1), "listing")).toHaveLength(1);
  });
});
