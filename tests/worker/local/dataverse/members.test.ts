import { describe, expect, onTestFinished } from "vitest";
import { keepMembers } from "../../../../worker/local/dataverse/members.ts";
import type { MembersOptions } from "../../../../worker/local/dataverse/members.ts";
import { test } from "../../../support/dataverse.ts";
import type { PortalStage } from "../../../support/dataverse.ts";
import { enrol } from "../../../support/portal/mentors.ts";
import { listingOf, outcomesOf } from "../../../support/portal/rows.ts";

async function withMembers(portal: PortalStage, options: MembersOptions = {}): Promise<void> {
  const members = await keepMembers(portal.pool, portal.simulator, options);
  onTestFinished(() => members.stop());
}

/** Long enough for a few looks. */
const SOON = { timeout: 50_000 };

describe("the stand-in for the membership system", () => {
  test("gives a hidden row to each mentor who has none, before anything else", async ({
    portal,
  }) => {
    const { simulator } = portal;
    await enrol(portal.pool, portal.association, ["NEW", "OLD"]);
    simulator.add("OLD", { visible: true, visibleUntil: "2150-01-01", version: 7 });
    const old = simulator.row("OLD");

    await withMembers(portal);

    expect(simulator.row("NEW")).toMatchObject({ visible: false, version: null });
    expect(simulator.row("OLD")).toEqual(old);
    expect(simulator.rows()).toHaveLength(2);
  });

  test("lets a website be older than this system", async ({ portal }) => {
    await enrol(portal.pool, portal.association, ["NEW", "OLD"]);
    const { slug } = portal.association;

    await withMembers(portal, {
      startsVisible: ({ organization, key }) => organization === slug && key === "OLD",
    });

    expect(portal.simulator.isPubliclyVisible("OLD")).toBe(true);
    expect(portal.simulator.isPubliclyVisible("NEW")).toBe(false);
  });

  test("notices a mentor who comes later, and gives back a row that was removed", async ({
    portal,
  }) => {
    await withMembers(portal, { startsVisible: () => true });

    await enrol(portal.pool, portal.association, ["LATER"]);
    await expect.poll(() => portal.simulator.row("LATER"), SOON).toMatchObject({ visible: false });

    portal.simulator.remove("LATER");
    await expect.poll(() => portal.simulator.row("LATER"), SOON).toMatchObject({ visible: false });
  });

  test("has the sync look again, once, where the worker was faster", async ({ portal }) => {
    await withMembers(portal);
    const [mentor] = await enrol(portal.pool, portal.association, ["LATER"]);
    await portal.drain({ mentorIds: [mentor!.id] });
    expect(await outcomesOf(portal.pool, mentor!)).toContain("missing");

    const condition = async () => (await listingOf(portal.pool, mentor!)).condition;
    await expect.poll(condition, SOON).toBe("pending");
    await portal.drain();

    expect(portal.simulator.isPubliclyVisible("LATER")).toBe(true);
    const { rows } = await portal.pool.query(
      `select e.kind, e.reason from app_public.portal_events as e
       where e.mentor_id = $1 and e.kind = 'listing.sync_requested'`,
      [mentor!.id],
    );
    expect(rows).toEqual([{ kind: "listing.sync_requested", reason: "forced" }]);
  });

  test("goes on when the database has not answered for a while", async ({ portal }) => {
    await withMembers(portal);
    await portal.pool.query("alter table app_public.mentors rename to mentors_away");
    await portal.pool.query("select pg_sleep(1.2)");
    await portal.pool.query("alter table app_public.mentors_away rename to mentors");

    await enrol(portal.pool, portal.association, ["LATER"]);

    await expect.poll(() => portal.simulator.row("LATER"), SOON).toMatchObject({ visible: false });
  });
});
