import type { PoolClient } from "pg";
import { describe, expect } from "vitest";
import { aMentor, addDays, anOrganization, setClock } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { ledger, runNight, startNight } from "../../support/nightly/runs.ts";
import { mentorNow, refusal, violationsOf } from "../../support/outcomes.ts";

/** The dates that the schedule finds due for an organisation at an instant. */
async function dueAt(tx: PoolClient, organizationId: string, instant: string): Promise<string[]> {
  const { rows } = await tx.query<{ run_on: string }>(
    `select r.run_on
     from app_private.record_due_nightly_runs($2) as r
     where r.organization_id = $1`,
    [organizationId, instant],
  );
  return rows.map(({ run_on }) => run_on);
}

describe("C1: a night is due from its hour on, by the organisation's own clock", () => {
  test.for([
    { timeZone: "Europe/Oslo", before: "2026-06-30T22:59:59Z", from: "2026-06-30T23:00:00Z" },
    {
      timeZone: "Pacific/Kiritimati",
      before: "2026-06-30T10:59:59Z",
      from: "2026-06-30T11:00:00Z",
    },
    { timeZone: "Pacific/Pago_Pago", before: "2026-07-01T11:59:59Z", from: "2026-07-01T12:00:00Z" },
  ])("in $timeZone", async ({ timeZone, before, from }, { tx }) => {
    const organization = await anOrganization(tx, { timeZone, settings: { nightly_at: "01:00" } });

    expect(await dueAt(tx, organization.id, before)).toEqual([]);
    expect(await dueAt(tx, organization.id, from)).toEqual(["2026-07-01"]);
  });

  test("C5: it stays due until it has ended, and is recorded once", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const at = "2026-07-01T02:00:00Z";
    expect(await dueAt(tx, organization.id, at)).toEqual(["2026-07-01"]);
    expect(await dueAt(tx, organization.id, at)).toEqual(["2026-07-01"]);

    const run = await startNight(tx, organization.id, "2026-07-01");
    expect(await dueAt(tx, organization.id, at), "running, perhaps dead").toEqual(["2026-07-01"]);
    await tx.query("select app_private.fail_nightly_run($1, $2, 'Broke off')", [
      run.id,
      run.attempt,
    ]);
    expect(await dueAt(tx, organization.id, at), "failed").toEqual(["2026-07-01"]);
    await runNight(tx, organization.id, "2026-07-01");
    expect(await dueAt(tx, organization.id, at), "succeeded").toEqual([]);

    expect(await ledger(tx, organization.id)).toMatchObject([{ state: "succeeded", attempt: 2 }]);
  });

  test("C11: a run that waits for approval is not started again by the schedule", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx, {
      settings: { brake_minimum: 0, brake_share: 0 },
    });
    await aMentor(tx, organization, { expiresOn: "2026-06-30" });
    await runNight(tx, organization.id, "2026-07-01");

    expect(await dueAt(tx, organization.id, "2026-07-01T02:00:00Z")).toEqual([]);
  });

  test("C5: a date to come that was run by hand keeps no night before it from running", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-07-05" });
    await runNight(tx, organization.id, "2026-07-10");
    expect((await mentorNow(tx, mentor.id)).status).toBe("paused");

    for (const today of ["2026-07-01", "2026-07-02"]) {
      await setClock(tx, `${today} 04:00:00 Europe/Oslo`);
      expect(await dueAt(tx, organization.id, `${today}T02:00:00Z`)).toEqual([today]);
      expect(await runNight(tx, organization.id, today)).toMatchObject({ state: "succeeded" });
      expect(await dueAt(tx, organization.id, `${today}T02:00:00Z`), "again").toEqual([]);
    }

    expect((await mentorNow(tx, mentor.id)).status, "certified until 5 July").toBe("active");
    expect(await violationsOf(tx, organization.id, "2026-07-02")).toEqual([]);
  });

  test.for([
    { what: "waits for approval", settings: { brake_share: 0, brake_minimum: 0 } },
    { what: "broke off", settings: {} },
  ])("C5: nor does one that $what", async ({ what, settings }, { tx }) => {
    const organization = await anOrganization(tx, { settings });
    await aMentor(tx, organization, { expiresOn: "2026-09-01" });
    const start = what === "broke off" ? startNight : runNight;
    const ahead = await start(tx, organization.id, "2026-08-20");
    await setClock(tx, "2026-07-01 04:00:00 Europe/Oslo");

    const today = await runNight(tx, organization.id, "2026-07-01");

    expect(today).toMatchObject({ state: "succeeded" });
    expect(await ledger(tx, organization.id)).toContainEqual(
      expect.objectContaining({ id: ahead.id, state: "planned" }),
    );
  });

  test("C5: a date that is a typing mistake is refused", async ({ tx }) => {
    const organization = await anOrganization(tx);

    expect(await refusal(tx, () => runNight(tx, organization.id, "9999-12-31"))).toMatchObject({
      code: "MNDAT",
    });
  });

  test("C5: a night whose hour lies before midnight is still owed after it", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings: { nightly_at: "23:30" } });
    expect(await dueAt(tx, organization.id, "2026-07-01T07:00:00Z"), "no night yet").toEqual([]);
    await runNight(tx, organization.id, "2026-06-30");

    expect(await dueAt(tx, organization.id, "2026-07-01T21:29:59Z"), "23:29").toEqual([]);
    expect(await dueAt(tx, organization.id, "2026-07-01T22:10:00Z"), "00:10").toEqual([
      "2026-07-01",
    ]);
    await setClock(tx, "2026-07-02 00:10:00 Europe/Oslo");
    await runNight(tx, organization.id, "2026-07-01");
    expect(await dueAt(tx, organization.id, "2026-07-02T07:00:00Z"), "09:00").toEqual([]);
  });

  test("a date merely recorded ahead keeps nothing from running", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await dueAt(tx, organization.id, "2026-07-10T02:00:00Z");

    expect(await dueAt(tx, organization.id, "2026-07-01T02:00:00Z")).toEqual(["2026-07-01"]);
    expect(await runNight(tx, organization.id, "2026-07-01")).toMatchObject({ state: "succeeded" });
  });
});

describe("C5, C9: the nights on which Oslo's clocks change, with the run at 02:30", () => {
  const NIGHTS = 5;
  const settings = { nightly_at: "02:30" };

  test("29 March: 02:30 does not exist, and the run is due at three", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings });

    expect(await dueAt(tx, organization.id, "2026-03-29T00:59:59Z")).toEqual([]);
    expect(await dueAt(tx, organization.id, "2026-03-29T01:00:00Z")).toEqual(["2026-03-29"]);
  });

  test("25 October: 02:30 comes twice, and the run once", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings });
    expect(await dueAt(tx, organization.id, "2026-10-25T00:29:59Z")).toEqual([]);
    expect(await dueAt(tx, organization.id, "2026-10-25T00:30:00Z")).toEqual(["2026-10-25"]);
    await runNight(tx, organization.id, "2026-10-25");

    for (const again of ["01:00:00", "01:29:59", "01:30:00", "02:00:00"]) {
      expect(await dueAt(tx, organization.id, `2026-10-25T${again}Z`), again).toEqual([]);
    }
    expect(await ledger(tx, organization.id)).toMatchObject([{ attempt: 1 }]);
  });

  test.for([
    { name: "March", first: "2026-03-27" },
    { name: "October", first: "2026-10-23" },
    { name: "New Year", first: "2026-12-30" },
    { name: "a leap day", first: "2028-02-27" },
  ])("$name: a tick every quarter of an hour runs each date once", async ({ first }, { tx }) => {
    const organization = await anOrganization(tx, { settings });
    const started: string[] = [];

    for (let quarter = 0; quarter < NIGHTS * 96; quarter += 1) {
      const at = new Date(Date.parse(`${first}T00:00:00Z`) + quarter * 900_000).toISOString();
      for (const day of await dueAt(tx, organization.id, at)) {
        await setClock(tx, at);
        started.push((await runNight(tx, organization.id, day)).run_on);
      }
    }

    const expected = Array.from({ length: NIGHTS }, (_, n) => addDays(first, n));
    expect(started).toEqual(expected);
    expect(await violationsOf(tx, organization.id, expected.at(-1) ?? first)).toEqual([]);
  });
});
