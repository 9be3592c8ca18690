import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import type { Database } from "../../support/builders.ts";
import { test } from "../../support/database.ts";

const TODAY = "2026-03-15";
const YESTERDAY = "2026-03-14";
const LATER = "2026-06-30";

/** Wanted visible until LATER in version 7, of which version 6 was confirmed. */
const SHOW = {
  desired_visible: true,
  desired_until: LATER,
  desired_version: 7,
  synced_version: 6,
  observed_visible: true,
  observed_until: LATER,
  observed_version: 6,
  observed_revision: 'W/"100"',
  held_since: null,
  write_inflight: false,
};
const HIDE = { ...SHOW, desired_visible: false, desired_until: null };
const HELD = { ...SHOW, held_since: "2026-03-01", observed_visible: false };
/** Nothing is known of the portal yet. */
const UNREAD = {
  observed_visible: null,
  observed_until: null,
  observed_version: null,
  observed_revision: null,
};

const VISIBLE = { visible: true, visible_until: LATER, version: 6, revision: 'W/"101"' };
const HIDDEN = { ...VISIBLE, visible: false, visible_until: null };
/** As in an environment without a column for versions. */
const UNVERSIONED = { version: null };

interface Case {
  what: string;
  listing: Record<string, unknown>;
  remote: Record<string, unknown> | null;
  decision: "write" | "unchanged" | "absent" | "missing" | "held";
}

async function decide(tx: Database, { listing, remote }: Case): Promise<string> {
  const { rows } = await tx.query<{ decision: string }>(
    `select app_private.portal_decision(
       jsonb_populate_record(null::app_public.portal_listings, $1),
       jsonb_populate_record(null::app_private.portal_record, $2),
       $3
     ) as decision`,
    [listing, remote && { remote_id: randomUUID(), ...remote }, TODAY],
  );
  return rows[0]!.decision;
}

function decides(cases: Case[]): void {
  test.for(cases)("$decision: $what", async (one, { tx }) => {
    expect(await decide(tx, one)).toBe(one.decision);
  });
}

describe("P6 what is so already is not written", () => {
  decides([
    { what: "shown as wanted", listing: SHOW, remote: VISIBLE, decision: "unchanged" },
    { what: "hidden as wanted", listing: HIDE, remote: HIDDEN, decision: "unchanged" },
    {
      what: "hidden as wanted, with some last day",
      listing: HIDE,
      remote: { ...HIDDEN, visible_until: YESTERDAY },
      decision: "unchanged",
    },
    {
      what: "shown without an end as wanted",
      listing: { ...SHOW, desired_until: null },
      remote: { ...VISIBLE, visible_until: null },
      decision: "unchanged",
    },
    {
      what: "the first read of a portal that shows it",
      listing: { ...SHOW, ...UNREAD },
      remote: VISIBLE,
      decision: "unchanged",
    },
    {
      what: "shown without a column for versions",
      listing: { ...SHOW, observed_version: null },
      remote: { ...VISIBLE, ...UNVERSIONED },
      decision: "unchanged",
    },
    { what: "to be hidden and shown", listing: HIDE, remote: VISIBLE, decision: "write" },
    {
      what: "to be hidden and shown until a day that has passed",
      listing: HIDE,
      remote: { ...VISIBLE, visible_until: YESTERDAY },
      decision: "write",
    },
    {
      what: "to be shown until another day",
      listing: { ...SHOW, desired_until: "2026-07-31" },
      remote: VISIBLE,
      decision: "write",
    },
    {
      what: "to be shown without an end",
      listing: { ...SHOW, desired_until: null },
      remote: VISIBLE,
      decision: "write",
    },
  ]);
});

describe("P6 unless a write of ours may still arrive, or the row is an old one", () => {
  const INFLIGHT = { write_inflight: true };
  decides([
    { what: "shown", listing: { ...SHOW, ...INFLIGHT }, remote: VISIBLE, decision: "write" },
    { what: "hidden", listing: { ...HIDE, ...INFLIGHT }, remote: HIDDEN, decision: "write" },
    {
      what: "an older version",
      listing: HIDE,
      remote: { ...HIDDEN, version: 5 },
      decision: "write",
    },
    {
      what: "the same version under an older ETag",
      listing: HIDE,
      remote: { ...HIDDEN, revision: 'W/"99"' },
      decision: "write",
    },
    {
      what: "an older ETag, without versions",
      listing: { ...HIDE, observed_version: null },
      remote: { ...HIDDEN, ...UNVERSIONED, revision: 'W/"99"' },
      decision: "write",
    },
    {
      what: "an ETag with fewer digits is the older one",
      listing: { ...HIDE, observed_version: null, observed_revision: 'W/"1000"' },
      remote: { ...HIDDEN, ...UNVERSIONED, revision: 'W/"999"' },
      decision: "write",
    },
    {
      what: "an ETag that is no number says nothing of age",
      listing: { ...HIDE, observed_version: null, observed_revision: "opaque" },
      remote: { ...HIDDEN, ...UNVERSIONED, revision: "other" },
      decision: "unchanged",
    },
  ]);
});

describe("P3 whom somebody hid is not shown again", () => {
  decides([
    { what: "hidden since we showed it", listing: SHOW, remote: HIDDEN, decision: "held" },
    {
      what: "hidden in the confirmed version, while a write of ours may still arrive",
      listing: { ...SHOW, write_inflight: true },
      remote: HIDDEN,
      decision: "held",
    },
    {
      what: "the same without a column for versions",
      listing: { ...SHOW, observed_version: null },
      remote: { ...HIDDEN, ...UNVERSIONED },
      decision: "held",
    },
    {
      what: "given a last day in the past",
      listing: SHOW,
      remote: { ...VISIBLE, visible_until: YESTERDAY },
      decision: "held",
    },
    {
      what: "our very version, and hidden",
      listing: SHOW,
      remote: { ...HIDDEN, version: 7 },
      decision: "held",
    },
    {
      what: "our very version and hidden, also while a write may arrive",
      listing: { ...SHOW, write_inflight: true },
      remote: { ...HIDDEN, version: 7 },
      decision: "held",
    },
    { what: "still hidden", listing: HELD, remote: HIDDEN, decision: "held" },
    {
      what: "still hidden, and a write of ours may arrive",
      listing: { ...HELD, write_inflight: true },
      remote: { ...HIDDEN, version: null },
      decision: "held",
    },
    {
      what: "held and shown until a day that has passed",
      listing: HELD,
      remote: { ...VISIBLE, visible_until: YESTERDAY },
      decision: "held",
    },
    {
      what: "held, and to be hidden",
      listing: { ...HELD, ...HIDE },
      remote: HIDDEN,
      decision: "unchanged",
    },
    {
      what: "held once, and now to be hidden",
      listing: { ...HIDE, held_since: "2026-03-01" },
      remote: VISIBLE,
      decision: "write",
    },
    {
      what: "held, and shown again by somebody",
      listing: HELD,
      remote: VISIBLE,
      decision: "unchanged",
    },
    {
      what: "held, and shown again until another day",
      listing: HELD,
      remote: { ...VISIBLE, visible_until: "2026-05-01" },
      decision: "write",
    },
  ]);
});

describe("P3 what we hid ourselves, or never showed, is shown", () => {
  decides([
    {
      what: "we hid it, and the wish is to show again",
      listing: { ...SHOW, observed_visible: false, observed_until: null },
      remote: HIDDEN,
      decision: "write",
    },
    {
      what: "the first read of a portal that hides it",
      listing: { ...SHOW, ...UNREAD },
      remote: { ...HIDDEN, ...UNVERSIONED },
      decision: "write",
    },
    {
      what: "a write of ours may have hidden it, and no version tells",
      listing: { ...SHOW, write_inflight: true },
      remote: { ...HIDDEN, ...UNVERSIONED },
      decision: "write",
    },
    {
      what: "a write of ours has hidden it, in a version between",
      listing: { ...SHOW, desired_version: 8, write_inflight: true },
      remote: { ...HIDDEN, version: 7 },
      decision: "write",
    },
    {
      what: "an environment that was restored, by its version",
      listing: SHOW,
      remote: { ...HIDDEN, version: 5 },
      decision: "write",
    },
    {
      what: "an environment that was restored, by its ETag",
      listing: { ...SHOW, observed_version: null },
      remote: { ...HIDDEN, ...UNVERSIONED, revision: 'W/"99"' },
      decision: "write",
    },
    {
      what: "our own last day has passed before it was prolonged",
      listing: { ...SHOW, observed_until: YESTERDAY },
      remote: { ...VISIBLE, visible_until: YESTERDAY },
      decision: "write",
    },
    {
      what: "visible until today is visible",
      listing: SHOW,
      remote: { ...VISIBLE, visible_until: TODAY },
      decision: "write",
    },
  ]);
});

describe("P6 a row that is not there", () => {
  decides([
    { what: "shows nobody", listing: HIDE, remote: null, decision: "absent" },
    {
      what: "and nothing can arrive at it",
      listing: { ...HIDE, write_inflight: true },
      remote: null,
      decision: "absent",
    },
    { what: "cannot show anybody", listing: SHOW, remote: null, decision: "missing" },
    { what: "and is not held", listing: HELD, remote: null, decision: "missing" },
  ]);
});
