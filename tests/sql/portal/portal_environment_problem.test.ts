import { describe, expect } from "vitest";
import { type Database, aMentor, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { portalEventsOf } from "../../support/outcomes.ts";
import {
  LAST_DAY,
  aListing,
  begin,
  claim,
  closeGate,
  confirm,
  gateNow,
  listingNow,
  openAlerts,
  portalRecord,
  setGate,
  setListing,
} from "../../support/portal.ts";

const FIRST = "11111111-1111-4111-8111-111111111111";
const SECOND = "22222222-2222-4222-8222-222222222222";

/** What is wrong with the environment that a login reaches. */
const check = async (tx: Database, reached: string, configured: string | null = null) => {
  const { rows } = await tx.query<{ problem: string | null }>(
    "select app_private.record_portal_check($1, $2) as problem",
    [reached, configured],
  );
  return rows[0]!.problem;
};

describe("P7 the environment is the one that is known", () => {
  test("the first that is reached is remembered", async ({ tx }) => {
    expect(await check(tx, FIRST)).toBeNull();
    expect(await check(tx, FIRST)).toBeNull();

    expect(await gateNow(tx)).toMatchObject({ environment_id: FIRST, closed_class: null });
  });

  test("another one is refused, and everybody is kept from it", async ({ tx }) => {
    await check(tx, FIRST);
    await setGate(tx, "checked_at = '2026-03-01'");
    const { checked_at: before } = await gateNow(tx);

    expect(await check(tx, SECOND)).toBe(
      `The login reaches the environment ${SECOND}, expected is ${FIRST}.`,
    );

    const gate = await gateNow(tx);
    expect(gate).toMatchObject({
      environment_id: FIRST,
      closed_class: "config",
      closed_code: "environment_differs",
    });
    expect(gate["checked_at"]).toEqual(before);
    expect(await openAlerts(tx)).toMatchObject([{ kind: "portal_config_failed" }]);
  });

  test("also the very first, if the configuration names another", async ({ tx }) => {
    expect(await check(tx, FIRST, SECOND)).not.toBeNull();

    expect(await gateNow(tx)).toMatchObject({ environment_id: null, closed_class: "config" });
  });

  test("and the known one, once the configuration names another", async ({ tx }) => {
    await check(tx, FIRST);

    expect(await check(tx, FIRST, SECOND)).not.toBeNull();
  });
});

describe("P7 another environment that the configuration names", () => {
  test("is told everything; what the old one showed is forgotten, who was held is not", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    await check(tx, FIRST);
    const shown = await aListing(tx, organization);
    const held = await aListing(tx, organization);
    await setListing(
      tx,
      held,
      `condition = 'needs_attention', pending_since = now(), held_since = now(),
       error_class = 'held', error_message = 'Hidden.', write_inflight = true`,
    );

    expect(await check(tx, SECOND, SECOND)).toBeNull();

    expect(await gateNow(tx)).toMatchObject({ environment_id: SECOND });
    for (const { id } of [shown, held]) {
      expect(await listingNow(tx, id)).toMatchObject({
        condition: "pending",
        desired_visible: true,
        desired_version: 3,
        remote_id: null,
        observed_visible: null,
        observed_revision: null,
        observed_at: null,
        held_since: id === held.id ? expect.any(Date) : null,
        write_inflight: false,
        error_class: null,
      });
      expect((await portalEventsOf(tx, id)).at(-1)!.kind).toBe("listing.sync_requested");
    }
    expect((await claim(tx))!.remembered).toBeNull();
  });

  test("knows nothing of what is confirmed by the old one too late", async ({ tx }) => {
    await check(tx, FIRST);
    const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: LAST_DAY });
    const lease = (await claim(tx))!;
    const { version } = await begin(tx, lease, portalRecord({ visible: false }));

    await check(tx, SECOND, SECOND);

    expect(await confirm(tx, lease, version!, portalRecord())).toBe("lost");
    const hidden = portalRecord({ visible: false });
    expect(await begin(tx, (await claim(tx, [mentor]))!, hidden)).toMatchObject({
      decision: "write",
    });
  });

  test("is not told again by the next check", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));
    await check(tx, FIRST, FIRST);
    const before = await listingNow(tx, mentor.id);

    await check(tx, FIRST, FIRST);

    expect(await listingNow(tx, mentor.id)).toEqual(before);
  });

  test("the first of all forgets nothing", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));
    const before = await listingNow(tx, mentor.id);

    await check(tx, FIRST);

    expect(await listingNow(tx, mentor.id)).toEqual(before);
  });
});

test("P8 credentials given on the spot say nothing about the automated login", async ({ tx }) => {
  await check(tx, FIRST);
  await closeGate(tx, "auth", "now()");
  const before = await gateNow(tx);
  await tx.query("set local mentor_lifecycle.ignores_portal_gate = 'true'");

  expect(await check(tx, SECOND)).not.toBeNull();
  expect(await check(tx, FIRST)).toBeNull();

  expect(await gateNow(tx)).toEqual(before);
  expect(await openAlerts(tx)).toEqual([]);
});
