import { describe, expect } from "vitest";
import { type Database, TODAY, addDays } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { openAlerts } from "../../support/portal.ts";

/** The subject, the severity and the sentence of each warning that is open then. */
const warnings = async (tx: Database, expiresOn: string | null, today = TODAY) => {
  await tx.query("select app_private.warn_of_portal_expiry($1, $2)", [expiresOn, today]);
  return await openAlerts(tx);
};

describe("P7 the expiry of the credentials is announced", () => {
  test.for([
    { left: 61, subject: null },
    { left: 60, subject: "60", severity: "warning" },
    { left: 31, subject: "60", severity: "warning" },
    { left: 30, subject: "30", severity: "warning" },
    { left: 15, subject: "30", severity: "warning" },
    { left: 14, subject: "14", severity: "warning" },
    { left: 8, subject: "14", severity: "warning" },
    { left: 7, subject: "7", severity: "critical" },
    { left: 2, subject: "7", severity: "critical" },
    { left: 1, subject: "1", severity: "critical" },
    { left: 0, subject: "1", severity: "critical" },
    { left: -1, subject: "1", severity: "critical" },
  ])("$left days before: $subject", async ({ left, ...alert }, { tx }) => {
    const open = await warnings(tx, addDays(TODAY, left));

    expect(open).toEqual(
      alert.subject === null
        ? []
        : [expect.objectContaining({ kind: "portal_credentials_expire", ...alert })],
    );
  });

  test.for([
    { left: 0, message: "The credentials for the portal expire on 2026-03-15." },
    { left: -1, message: "The credentials for the portal expired on 2026-03-14." },
  ])("$left days before, in a sentence", async ({ left, message }, { tx }) => {
    expect(await warnings(tx, addDays(TODAY, left))).toMatchObject([{ message }]);
  });

  test("once for each threshold, the one before closed", async ({ tx }) => {
    const expiresOn = addDays(TODAY, 61);
    const heard: string[] = [];
    for (let day = 0; day <= 62; day += 1) {
      const open = await warnings(tx, expiresOn, addDays(TODAY, day));
      expect(open.length).toBeLessThanOrEqual(1);
      for (const { id } of open) if (!heard.includes(id)) heard.push(id);
    }

    const { rows } = await tx.query<{ subject: string }>(
      "select subject from app_public.alerts order by array_position($1::uuid[], id)",
      [heard],
    );
    // The last one says that they have expired.
    expect(rows.map(({ subject }) => subject)).toEqual(["60", "30", "14", "7", "1", "1"]);
  });

  test.for([
    { what: "renewed", expiresOn: addDays(TODAY, 365) },
    { what: "taken out of the configuration", expiresOn: null },
  ])("and is closed when they are $what", async ({ expiresOn }, { tx }) => {
    await warnings(tx, addDays(TODAY, 3));

    expect(await warnings(tx, expiresOn)).toEqual([]);
  });

  test("and says the right date, also if the threshold is the same", async ({ tx }) => {
    await warnings(tx, "2026-04-04");

    expect(await warnings(tx, "2026-04-05")).toMatchObject([
      { subject: "30", message: "The credentials for the portal expire on 2026-04-05." },
    ]);
  });

  test("and moves with another date", async ({ tx }) => {
    await warnings(tx, addDays(TODAY, 3));

    expect(await warnings(tx, addDays(TODAY, 20))).toMatchObject([{ subject: "30" }]);
  });
});
