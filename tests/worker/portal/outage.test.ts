import { describe, expect } from "vitest";
import { test } from "../../support/dataverse.ts";
import type { PortalStage } from "../../support/dataverse.ts";
import { gateOf, listings, sabotage } from "../../support/portal/rows.ts";

const CHANGES = 300;

/** Half of the changes are hides. The shows are older, and would come first by age. */
async function withManyChanges(portal: PortalStage): Promise<void> {
  const toHide = await portal.visible(CHANGES / 2, { prefix: "HIDE" });
  await portal.enrol(CHANGES / 2, { prefix: "SHOW" });
  await portal.pause(...toHide);
}

function breakDown(portal: PortalStage): void {
  portal.simulator.inject({ on: "any", effect: "server_error", status: 503, times: Infinity });
}

describe("P6: a portal that is out of order for eight hours, with 300 changes waiting", () => {
  test("is asked once each time the gate may be tried, and then told hides first", async ({
    portal,
  }) => {
    const { simulator, pool } = portal;
    await withManyChanges(portal);
    breakDown(portal);
    const before = simulator.requests();

    await portal.drain();
    // Five failures in a row close the gate; four may be under way by then.
    const untilClosed = simulator.requests() - before;
    expect(untilClosed).toBeGreaterThanOrEqual(5);
    expect(untilClosed).toBeLessThanOrEqual(8);
    expect(await gateOf(pool)).toMatchObject({ closed_class: "transient", allowance: 0 });

    // The wait grows to five minutes, which is about a hundred times in eight hours.
    const waits: number[] = [];
    for (let probe = 0; probe < 10; probe += 1) {
      const { length } = simulator.journal;
      await portal.passGateTime();
      await portal.drain();
      expect(simulator.journal).toHaveLength(length + 1);
      waits.push((await gateOf(pool)).closed_for ?? 0);
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(300);
    expect(Math.min(...waits.slice(6))).toBeGreaterThan(290);

    simulator.heal();
    await portal.passGateTime();
    portal.meter.most = 0;
    const { length } = simulator.journal;
    await portal.drain();
    const { allowance } = await gateOf(pool);

    expect(await portal.disagreements()).toEqual([]);
    expect(await portal.wronglyShown()).toEqual([]);
    expect(portal.meter.most).toBeLessThanOrEqual(allowance);
    const requests = simulator.journal.slice(length);
    expect(requests.length).toBeLessThanOrEqual(2 * CHANGES + 10);
    const writes = requests.filter(({ kind }) => kind === "write").map(({ key }) => key ?? "");
    expect(writes).toHaveLength(CHANGES);
    const firstShow = writes.findIndex((key) => key.startsWith("SHOW"));
    // Only those that are under way at once may overtake each other.
    expect(firstShow).toBeGreaterThanOrEqual(CHANGES / 2 - allowance);
  });

  test("counts against no listing more than it was tried", async ({ portal }) => {
    await portal.pause(...(await portal.visible(30)));
    breakDown(portal);

    await portal.drain();

    const attempts = (await listings(portal.pool)).map((listing) => listing.attempts);
    expect(attempts.filter((count) => count === 0).length).toBeGreaterThanOrEqual(22);
    expect(Math.max(...attempts)).toBe(1);
  });

  test("control: without the breaker everything falls on it at once", async ({ portal }) => {
    await portal.pause(...(await portal.visible(30)));
    await sabotage(
      portal.pool,
      "app_private.close_portal_gate",
      "if error_class = 'transient' and v_failures < 5 then",
      "if error_class = 'transient' then",
    );
    breakDown(portal);
    const before = portal.simulator.requests();

    await portal.drain();

    expect(portal.simulator.requests() - before).toBeGreaterThanOrEqual(30);
  });
});
