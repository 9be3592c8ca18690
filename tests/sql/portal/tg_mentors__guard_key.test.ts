import { describe, expect } from "vitest";
import { type Database, aMentor, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { portalEventsOf, refusal } from "../../support/outcomes.ts";
import {
  aListing,
  askAgain,
  claim,
  closeGate,
  listingNow,
  setListing,
} from "../../support/portal.ts";

const rename = (tx: Database, mentor: { id: string }, key = "M-other") =>
  tx.query("update app_public.mentors set mentor_key = $2 where id = $1", [mentor.id, key]);

const refusalOf = (tx: Database, mentor: { id: string }) => refusal(tx, () => rename(tx, mentor));

describe("P6 the key stays while the portal may show the mentor under it", () => {
  test("visible, as was confirmed", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));

    expect(await refusalOf(tx, mentor)).toMatchObject({ code: "MNKEY", table: "mentors" });
  });

  test.for([
    { what: "a write is under way", set: "write_inflight = true" },
    {
      what: "a worker is at it",
      set: "lease_token = gen_random_uuid(), lease_until = now() - interval '1 day'",
    },
    { what: "the hide is not confirmed", set: "desired_version = desired_version + 1" },
    {
      what: "a person has to look at it",
      set: "condition = 'needs_attention', pending_since = now()",
    },
  ])("hidden, and $what", async ({ set }, { tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx), { status: "paused" });
    await setListing(tx, mentor, set);

    expect(await refusalOf(tx, mentor)).toMatchObject({ code: "MNKEY" });
  });

  test("never read, and a worker is reading it", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await claim(tx);

    expect(await refusalOf(tx, mentor)).toMatchObject({ code: "MNKEY" });
  });
});

describe("P6 the key may change", () => {
  test("once the hide is confirmed; what was seen under the old one is forgotten, a hold is not", async ({
    tx,
  }) => {
    const mentor = await aListing(tx, await anOrganization(tx), { status: "paused" });
    await setListing(tx, mentor, "held_since = now()");
    const { desired_version: before } = await listingNow(tx, mentor.id);

    await rename(tx, mentor);

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "pending",
      desired_version: before + 1,
      desired_visible: false,
      remote_id: null,
      observed_visible: null,
      observed_until: null,
      observed_version: null,
      observed_revision: null,
      observed_at: null,
      held_since: expect.any(Date),
    });
    expect((await portalEventsOf(tx, mentor.id)).at(-1)!.kind).toBe("listing.sync_requested");
    expect(await claim(tx)).toMatchObject({ portal_key: "M-other", remembered: null });
  });

  test("before the portal was ever asked", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await closeGate(tx, "auth");

    expect(await refusalOf(tx, mentor)).toBeUndefined();
  });

  test("to itself, which changes nothing", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));
    await askAgain(tx, mentor);
    const before = await listingNow(tx, mentor.id);

    await rename(tx, mentor, mentor.mentorKey);

    expect(await listingNow(tx, mentor.id)).toEqual(before);
  });
});
