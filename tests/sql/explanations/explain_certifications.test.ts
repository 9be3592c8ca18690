import { describe, expect } from "vitest";
import {
  TODAY,
  aCertification,
  aCertificationType,
  aMentor,
  addDays,
  anOrganization,
  insert,
  setClock,
  setOrganizationSettings,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { explain, sentence } from "../../support/explanations.ts";
import { runNight, startNight } from "../../support/nightly/runs.ts";
import { call } from "../../support/outcomes.ts";

const STANDARD = "The thresholds are 30, 14, 7 days, the standard ones.";
/** So many days left on a date; the certification of these stories expires on 2 June. */
const EXPIRES_ON = "2026-06-02";
const left = (days: number) => addDays(EXPIRES_ON, -days);

describe("N5 why no reminder:", () => {
  test("the first threshold is not reached", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: EXPIRES_ON });

    expect(await sentence(tx, mentor, left(41), "certification")).toBe(
      `not_done not_reached: 41 days left; the first threshold is 30 days, reached on 2026-05-03. ${STANDARD}`,
    );
  });

  test("the day before a threshold, on it, and the day after", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    for (const days of [31, 30, 29]) await runNight(tx, organization.id, left(days));
    await setClock(tx, left(29));

    expect(await sentence(tx, mentor, left(31), "certification")).toMatch(
      /^not_done not_reached: 31 days left/,
    );
    expect(await sentence(tx, mentor, left(30), "certification")).toBe(
      "done reminded: The reminder of the threshold of 30 days was decided by the night of this date.",
    );
    expect(await sentence(tx, mentor, left(29), "certification")).toBe(
      "not_done dealt_with: 29 days left. The threshold of 30 days was dealt with on 2026-05-03: a reminder was written. " +
        `The next one, of 14 days, is reached on 2026-05-19. ${STANDARD}`,
    );
    const [row] = await explain(tx, mentor, left(30), "certification");
    expect(row).toMatchObject({
      certification_id: mentor.certificationId,
      nightly_run_id: expect.any(String) as string,
      at: expect.any(Date) as Date,
    });
  });

  test("the last threshold is behind it", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await runNight(tx, organization.id, left(7));
    await setClock(tx, left(6));

    expect(await sentence(tx, mentor, left(6), "certification")).toMatch(
      /There is no further one\./,
    );
  });

  test("C5 it was missed and covered by a more urgent threshold", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await runNight(tx, organization.id, left(35));
    await runNight(tx, organization.id, left(5));
    await setClock(tx, left(5));

    expect(await sentence(tx, mentor, left(20), "certification")).toBe(
      "not_done later: The threshold of 30 days is reached, with 20 days left. " +
        `The threshold of 30 days was dealt with on 2026-05-28: it was missed and covered by the more urgent threshold of 7 days. ${STANDARD}`,
    );
    expect(await sentence(tx, mentor, left(5), "certification")).toBe(
      "done reminded: The reminder of the threshold of 7 days was decided by the night of this date; it covers the missed 30 and 14.",
    );
  });

  test("C11 an import seeded it silently", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    for (const threshold of [30, 14]) {
      await insert(tx, "app_public.certification_reminders", {
        mentor_id: mentor.id,
        certification_id: mentor.certificationId,
        expires_on: EXPIRES_ON,
        threshold_days: threshold,
        disposition: "seeded",
        decided_on: left(12),
      });
    }
    await setClock(tx, left(11));

    expect(await sentence(tx, mentor, left(12), "certification")).toBe(
      "not_done seeded: A silent import marked the thresholds of 30 and 14 days as done on this date.",
    );
    expect(await sentence(tx, mentor, left(11), "certification")).toMatch(
      /^not_done dealt_with: 11 days left\. The threshold of 14 days was dealt with on 2026-05-21: a silent import marked it as done\./,
    );
  });

  test("C4 revoked, and before that revoked later", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: EXPIRES_ON });
    await call(tx, "revoke_certification", {
      certification_id: mentor.certificationId,
      reason: "Private words",
    });

    expect(await sentence(tx, mentor, TODAY, "certification")).toBe(
      "not_done revoked: Revoked on 2026-03-15.",
    );
    expect(await sentence(tx, mentor, addDays(TODAY, -1), "certification")).toBe(
      `not_done not_reached: 80 days left; the first threshold is 30 days, reached on 2026-05-03. ${STANDARD} It was revoked later, on 2026-03-15.`,
    );
  });

  test("the mentor is retired", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), {
      expiresOn: addDays(TODAY, 5),
      status: "retired",
    });

    expect(await sentence(tx, mentor, TODAY, "certification")).toBe(
      "not_done retired: The mentor has been retired since 2026-03-15.",
    );
  });

  test("renewed; on the day before nobody knew", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 5) });
    await call(tx, "grant_certification", {
      mentor_id: mentor.id,
      certification_type_id: organization.typeId,
      valid_from: addDays(TODAY, 6),
      expires_on: addDays(TODAY, 500),
    });

    const [first, second] = (await sentence(tx, mentor, TODAY, "certification")).split("\n");
    expect(first).toBe("not_done renewed: Renewed: the next period begins on 2026-03-21.");
    expect(second).toMatch(/^not_done not_reached: 500 days left/);
    expect(await sentence(tx, mentor, addDays(TODAY, -1), "certification")).toBe(
      `not_done no_night: The threshold of 7 days is reached, with 6 days left. No night ran on this date. ${STANDARD} It was renewed later, on 2026-03-15.`,
    );
  });

  test("expired: the last grace day is still in time, the next is not", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings: { grace_days: 5 } });
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });

    expect(await sentence(tx, mentor, left(-5), "certification")).toMatch(/^planned due: /);
    expect(await sentence(tx, mentor, left(-6), "certification")).toBe(
      "not_done expired: It expired on 2026-06-02, and its 5 grace days are over; after that nobody is reminded.",
    );
    expect(await explain(tx, mentor, left(-95), "certification")).toHaveLength(1);
    expect(await explain(tx, mentor, left(-96), "certification")).toEqual([]);
  });

  test("no thresholds are set", async ({ tx }) => {
    const organization = await anOrganization(tx, {
      settings: { custom_thresholds_enabled: true, reminder_threshold_days: [] },
    });
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 5) });

    expect(await sentence(tx, mentor, TODAY, "certification")).toBe(
      "not_done no_thresholds: No thresholds are set, so nobody is reminded.",
    );
  });

  test("C3 it says whose thresholds hold", async ({ tx }) => {
    const organization = await anOrganization(tx, {
      settings: { custom_thresholds_enabled: true, reminder_threshold_days: [60, 20] },
    });
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 100) });
    const own = await aCertificationType(tx, organization, {
      thresholdDays: [10],
      isRequired: false,
    });
    await aCertification(tx, mentor, own, { expiresOn: addDays(TODAY, 200) });

    const [first, second] = (await sentence(tx, mentor, TODAY, "certification")).split("\n");
    expect(first).toMatch(/The thresholds are 60, 20 days, those of the organisation\.$/);
    expect(second).toMatch(/The thresholds are 10 days, those of the certification type\.$/);
  });

  test("the run of that date was taken over before it was done", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await startNight(tx, organization.id, left(30));
    await runNight(tx, organization.id, left(29));
    await setClock(tx, left(29));

    expect(await sentence(tx, mentor, left(30), "certification")).toBe(
      "not_done superseded: The threshold of 30 days is reached, with 30 days left. " +
        "The night decided it and did not do it: The run of 2026-05-04 took over before it was applied. " +
        `The threshold of 30 days was dealt with on 2026-05-04: a reminder was written. ${STANDARD}`,
    );
  });

  test("the thresholds were others when the night ran", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await runNight(tx, organization.id, left(50));
    await setClock(tx, left(49));
    await setOrganizationSettings(tx, organization, {
      custom_thresholds_enabled: true,
      reminder_threshold_days: [60],
    });

    expect(await sentence(tx, mentor, left(50), "certification")).toMatch(
      /^not_done facts_changed: .* That is so by what is known now; the night of this date knew something else\./,
    );
  });

  test("its dates have been corrected since; what was sent for the old ones stays", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: EXPIRES_ON });
    await runNight(tx, organization.id, left(30));
    await setClock(tx, left(20));
    await tx.query("update app_public.certifications set expires_on = '2026-12-01' where id = $1", [
      mentor.certificationId,
    ]);

    expect(await sentence(tx, mentor, left(30), "certification")).toBe(
      "done reminded: The reminder of the threshold of 30 days was decided by the night of this date. Its dates were corrected later, on 2026-05-13.",
    );
    expect(await sentence(tx, mentor, left(20), "certification")).toMatch(
      /^not_done not_reached: 202 days left/,
    );
  });
});

describe("N5 a reminder that is due", () => {
  test("today waits for the night, tomorrow it is planned", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: addDays(TODAY, 30) });

    expect(await sentence(tx, mentor, TODAY, "certification")).toBe(
      `waiting due: The threshold of 30 days is reached, with 30 days left. The night of this date has not done it yet. ${STANDARD}`,
    );
    expect(await sentence(tx, mentor, addDays(TODAY, 1), "certification")).toMatch(
      /^planned due: .* The night of this date does it, by what is known now\./,
    );
  });

  test("C11 waits with a night that waits for approval", async ({ tx }) => {
    const organization = await anOrganization(tx, {
      settings: { brake_minimum: 0, brake_share: 0 },
    });
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 30) });
    await runNight(tx, organization.id, TODAY);

    expect(await sentence(tx, mentor, TODAY, "certification")).toMatch(
      /^waiting not_applied_yet: .* The night has decided it and not done it yet\./,
    );
  });
});
