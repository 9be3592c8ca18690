import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import {
  type Database,
  TODAY,
  aChapter,
  aChapterAdministrator,
  aCoordinator,
  aPerson,
  actAs,
  addDays,
  anOrganization,
  anOrganizationAdministrator,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, portalEventsOf, refusal } from "../../support/outcomes.ts";
import {
  aListing,
  askAgain,
  begin,
  claim,
  closeGate,
  gateNow,
  listingNow,
} from "../../support/portal.ts";

const force = (tx: Database, mentor: { id: string }, request_id: string | null = null) =>
  call(tx, "force_portal_sync", { mentor_id: mentor.id, request_id });

const story = async (tx: Database) => {
  const organization = await anOrganization(tx);
  return { organization, mentor: await aListing(tx, organization) };
};

type Story = Awaited<ReturnType<typeof story>>;

/** Who calls, in relation to the mentor. */
const PERSONS: Record<string, (tx: Database, story: Story) => Promise<string | null>> = {
  "an operator": async () => null,
  "a coordinator": (tx, { mentor }) => aCoordinator(tx, mentor),
  "an administrator of the chapter": (tx, { organization }) =>
    aChapterAdministrator(tx, organization, organization.chapterId),
  "an administrator of the organisation": (tx, { organization }) =>
    anOrganizationAdministrator(tx, organization),
  "the mentor": async (_tx, { mentor }) => mentor.personId,
  "a coordinator until yesterday": (tx, { mentor }) =>
    aCoordinator(tx, mentor, { until: TODAY, from: addDays(TODAY, -9) }),
  "an administrator of another chapter": async (tx, { organization }) =>
    aChapterAdministrator(tx, organization, await aChapter(tx, organization)),
  "an administrator of another organisation": async (tx) =>
    anOrganizationAdministrator(tx, await anOrganization(tx)),
  "a stranger": (tx, { organization }) => aPerson(tx, organization),
};
const KEEPERS = new Set(Object.keys(PERSONS).slice(0, 4));

describe("P5 a sync is forced by those who look after the mentor", () => {
  test.for(Object.entries(PERSONS))("%s", async ([who, person], { tx }) => {
    const told = await story(tx);
    await actAs(tx, await person(tx, told));

    const refused = await refusal(tx, () => force(tx, told.mentor));

    expect(refused).toEqual(
      KEEPERS.has(who) ? undefined : expect.objectContaining({ code: "MNDEN" }),
    );
  });

  test("of a mentor who exists", async ({ tx }) => {
    expect(await refusal(tx, () => force(tx, { id: randomUUID() }))).toMatchObject({
      code: "MNNOT",
    });
  });

  test("P3 not by mentors who are their own coordinator", async ({ tx }) => {
    const { mentor } = await story(tx);
    await actAs(tx, await aCoordinator(tx, mentor, { personId: mentor.personId }));

    expect(await refusal(tx, () => force(tx, mentor))).toMatchObject({ code: "MNDEN" });
  });
});

describe("P5 a forced sync", () => {
  test("tells the same wish again, with an event that says who asked", async ({ tx }) => {
    const { mentor } = await story(tx);
    const personId = await aCoordinator(tx, mentor);
    await actAs(tx, personId);

    expect(await force(tx, mentor)).toMatchObject({
      mentor_id: mentor.id,
      condition: "pending",
      desired_version: 3,
      synced_version: 2,
      desired_visible: true,
    });

    expect((await portalEventsOf(tx, mentor.id)).at(-1)).toMatchObject({
      kind: "listing.sync_requested",
      desired_version: 3,
      reason: "forced",
      actor: `person:${personId}`,
    });
  });

  test("reads the portal's row again", async ({ tx }) => {
    const { mentor } = await story(tx);

    await force(tx, mentor);

    expect(await claim(tx)).toMatchObject({ mentor_id: mentor.id, remembered: null });
  });

  test("lends its reason to nothing else in the transaction", async ({ tx }) => {
    const { mentor } = await story(tx);

    await force(tx, mentor);
    await askAgain(tx, mentor);

    expect((await portalEventsOf(tx, mentor.id)).at(-1)).toMatchObject({ reason: null });
  });

  test("P3 shows again whom somebody hid", async ({ tx }) => {
    const { mentor } = await story(tx);
    const hidden = { ...mentor.record, visible: false, revision: 'W/"101"' };
    await askAgain(tx, mentor);
    expect(await begin(tx, (await claim(tx))!, hidden)).toMatchObject({ decision: "held" });

    await force(tx, mentor);

    expect(await listingNow(tx, mentor.id)).toMatchObject({ held_since: null, error_class: null });
    expect(await begin(tx, (await claim(tx))!, hidden)).toMatchObject({ decision: "write" });
  });

  test("P3 also if nobody but the coordinator has seen it yet", async ({ tx }) => {
    const { mentor } = await story(tx);

    await force(tx, mentor);

    const hidden = { ...mentor.record, visible: false, revision: 'W/"101"' };
    expect(await begin(tx, (await claim(tx))!, hidden)).toMatchObject({ decision: "write" });
  });

  test.for(["auth", "config", "transient"])(
    "lets one listing be tried at once, although %s",
    async (errorClass, { tx }) => {
      const { mentor } = await story(tx);
      await closeGate(tx, errorClass);

      await force(tx, mentor);

      expect(await gateNow(tx)).toMatchObject({ closed_class: errorClass, wait: 0 });
      expect(await claim(tx)).toMatchObject({ mentor_id: mentor.id });
    },
  );

  test("P6 but waits as long as the portal has asked for", async ({ tx }) => {
    const { mentor } = await story(tx);
    await closeGate(tx, "throttled");

    await force(tx, mentor);

    expect(await gateNow(tx)).toMatchObject({ closed_class: "throttled", wait: 60 });
    expect(await claim(tx)).toBeUndefined();
  });
});

describe("P5 a request id", () => {
  test("makes a repetition harmless", async ({ tx }) => {
    const { mentor } = await story(tx);
    const id = randomUUID();

    const first = await force(tx, mentor, id);

    expect(await force(tx, mentor, id)).toEqual(first);
    expect(await listingNow(tx, mentor.id)).toMatchObject({ desired_version: 3 });
  });

  test("is of one mentor, and of one caller", async ({ tx }) => {
    const { organization, mentor } = await story(tx);
    const other = await aListing(tx, organization);
    const id = randomUUID();
    await force(tx, mentor, id);

    expect(await refusal(tx, () => force(tx, other, id))).toMatchObject({ code: "MNREQ" });
    await actAs(tx, await aCoordinator(tx, mentor));
    expect(await refusal(tx, () => force(tx, mentor, id))).toMatchObject({ code: "MNREQ" });
  });
});
