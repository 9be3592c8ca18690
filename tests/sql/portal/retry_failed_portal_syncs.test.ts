import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  type Organization,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  aPerson,
  actAs,
  anOrganization,
  anOrganizationAdministrator,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, refusal } from "../../support/outcomes.ts";
import {
  LAST_DAY,
  NO_RECORD,
  aListing,
  askAgain,
  begin,
  claim,
  closeGate,
  fail,
  gateNow,
  listingNow,
  setListing,
} from "../../support/portal.ts";

const retry = async (tx: Database, organization: { id: string }, request_id?: string) => {
  const args = { organization_id: organization.id, request_id: request_id ?? null };
  return (await call(tx, "retry_failed_portal_syncs", args))["retry_failed_portal_syncs"];
};

/** A listing whose first attempt failed, and is not due. */
const aFailure = async (tx: Database, organization: Organization, errorClass: string) => {
  const mentor = await aMentor(tx, organization, { expiresOn: LAST_DAY });
  await fail(tx, (await claim(tx, [mentor]))!, errorClass);
  await setListing(tx, mentor, "next_attempt_at = now() + interval '1 day'");
  return mentor;
};

const PERSONS: Record<
  string,
  (tx: Database, organization: Organization) => Promise<string | null>
> = {
  "an operator": async () => null,
  "a coordinator": async (tx, organization) => aCoordinator(tx, await aMentor(tx, organization)),
  "an administrator of a chapter": (tx, organization) =>
    aChapterAdministrator(tx, organization, organization.chapterId),
  "an administrator of the organisation": anOrganizationAdministrator,
  "a mentor": async (tx, organization) => (await aMentor(tx, organization)).personId,
  "a coordinator of another organisation": async (tx) =>
    aCoordinator(tx, await aMentor(tx, await anOrganization(tx))),
  "a stranger": aPerson,
};
const ALLOWED = new Set(Object.keys(PERSONS).slice(0, 4));

describe("P5 failed syncs are retried by those who look after mentors", () => {
  test.for(Object.entries(PERSONS))("%s", async ([who, person], { tx }) => {
    const organization = await anOrganization(tx);
    await actAs(tx, await person(tx, organization));

    const refused = await refusal(tx, () => retry(tx, organization));

    expect(refused).toEqual(
      ALLOWED.has(who) ? undefined : expect.objectContaining({ code: "MNDEN" }),
    );
  });

  test("of an organisation that exists", async ({ tx }) => {
    expect(await refusal(tx, () => retry(tx, { id: randomUUID() }))).toMatchObject({
      code: "MNNOT",
    });
  });
});

describe("P5 a retry", () => {
  test("makes everything that failed due at once, and says how many", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const failed = [
      await aFailure(tx, organization, "conflict"),
      await aFailure(tx, organization, "permanent"),
    ];
    const missing = await aMentor(tx, organization, { expiresOn: LAST_DAY });
    await begin(tx, (await claim(tx, [missing]))!, NO_RECORD);
    await aListing(tx, organization);

    expect(await retry(tx, organization)).toBe(3);

    for (const { id } of [...failed, missing]) {
      expect(await listingNow(tx, id)).toMatchObject({
        condition: "pending",
        attempts: 0,
        wait: 0,
      });
    }
    expect(await retry(tx, organization)).toBe(0);
  });

  test("of one organisation leaves the others alone", async ({ tx }) => {
    const other = await aFailure(tx, await anOrganization(tx), "permanent");

    expect(await retry(tx, await anOrganization(tx))).toBe(0);

    expect(await listingNow(tx, other.id)).toMatchObject({ condition: "needs_attention" });
  });

  test("also reads a row again that a reconciliation has missed", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aListing(tx, organization);
    await setListing(
      tx,
      mentor,
      `condition = 'needs_attention', pending_since = now(), error_class = 'missing',
       error_message = 'The portal has no row.'`,
    );

    expect(await retry(tx, organization)).toBe(1);

    expect(await claim(tx)).toMatchObject({ mentor_id: mentor.id });
    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "pending" });
  });

  test("P3 shows nobody whom somebody hid", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const { record, ...mentor } = await aListing(tx, organization);
    await askAgain(tx, mentor);
    await begin(tx, (await claim(tx))!, { ...record, visible: false, revision: 'W/"101"' });
    const before = await listingNow(tx, mentor.id);

    expect(await retry(tx, organization)).toBe(0);

    expect(await listingNow(tx, mentor.id)).toEqual(before);
    expect(await claim(tx)).toBeUndefined();
  });

  test("P6 keeps the mark of a write that may arrive", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aFailure(tx, organization, "permanent");
    await setListing(tx, mentor, "write_inflight = true");

    await retry(tx, organization);

    expect((await claim(tx))!.remembered).toBeNull();
    expect(await listingNow(tx, mentor.id)).toMatchObject({ write_inflight: true });
  });

  test.for([
    { errorClass: "auth", wait: 0 },
    { errorClass: "config", wait: 0 },
    { errorClass: "transient", wait: 0 },
    { errorClass: "throttled", wait: 60 },
  ])("with the gate closed by $errorClass: $wait seconds", async ({ errorClass, wait }, { tx }) => {
    const organization = await anOrganization(tx);
    await closeGate(tx, errorClass);

    await retry(tx, organization);

    expect((await gateNow(tx)).wait).toBe(wait);
  });

  test("that is repeated under its request id changes nothing", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aFailure(tx, organization, "permanent");
    const id = randomUUID();
    expect(await retry(tx, organization, id)).toBe(1);
    await setListing(tx, mentor, "condition = 'needs_attention'");

    expect(await retry(tx, organization, id)).toBe(1);

    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "needs_attention" });
  });
});
