import { describe, expect } from "vitest";
import { test } from "../../support/dataverse.ts";
import type { Hand, PortalStage } from "../../support/dataverse.ts";
import { alerts, gateOf, listingOf, listings, sabotage } from "../../support/portal/rows.ts";

/** Three workers at once, of which each has connections and a login of its own. */
async function drainAll(portal: PortalStage, workers: Hand[]): Promise<void> {
  await Promise.all(workers.map((by) => portal.drain({ by })));
}

function threeWorkers(portal: PortalStage): Hand[] {
  return [portal.aHand(), portal.aHand(), portal.aHand()];
}

describe("P6: a portal that asks to wait (429)", () => {
  test("is left in peace by all workers, and no listing is blamed", async ({ portal }) => {
    const { simulator, pool } = portal;
    const workers = threeWorkers(portal);
    await portal.pause(...(await portal.visible(12)));
    simulator.inject({
      on: "any",
      effect: "throttle",
      facet: "requests",
      retryAfter: "120",
      times: Infinity,
    });
    await drainAll(portal, workers);
    const gate = await gateOf(pool);
    expect(gate).toMatchObject({ closed_class: "throttled", allowance: 0 });
    expect(gate.closed_for).toBeGreaterThan(60);
    expect(gate.closed_for).toBeLessThanOrEqual(120);
    const requests = simulator.requests();

    await drainAll(portal, workers);
    await drainAll(portal, workers);

    expect(simulator.requests()).toBe(requests);
    for (const listing of await listings(pool)) {
      expect(listing).toMatchObject({ condition: "pending", attempts: 0, lease_token: null });
    }
  });

  test("is told slowly at first when the wait is over", async ({ portal }) => {
    const { simulator, pool } = portal;
    const workers = threeWorkers(portal);
    await portal.pause(...(await portal.visible(40)));
    simulator.inject({ on: "any", effect: "throttle", facet: "time", retryAfter: "120" });
    await portal.drain();
    await portal.passGateTime();
    expect(await gateOf(pool)).toMatchObject({ closed_class: "throttled", allowance: 1 });
    portal.meter.most = 0;

    await drainAll(portal, workers);

    const { closed_class, allowance } = await gateOf(pool);
    expect(closed_class).toBeNull();
    expect(portal.meter.most).toBeLessThanOrEqual(allowance);
    expect(await portal.disagreements()).toEqual([]);
  });

  test.for([
    { seconds: 0, places: 2 },
    { seconds: 4, places: 2 },
    { seconds: 6, places: 3 },
    { seconds: 11, places: 4 },
    { seconds: 3600, places: 4 },
  ])("lets $places through $seconds seconds after", async ({ seconds, places }, { tx }) => {
    await tx.query(
      `update app_private.portal_gate set recovered_at = now() - make_interval(secs => $1)`,
      [seconds],
    );
    const { rows } = await tx.query(
      "select app_private.portal_allowance(g) as allowance from app_private.portal_gate as g",
    );
    expect(rows).toEqual([{ allowance: places }]);
  });

  test("control: without the gate all workers go on asking", async ({ portal }) => {
    const { simulator } = portal;
    await sabotage(
      portal.pool,
      "app_private.portal_allowance",
      "when gate.closed_until > now() then 0",
      "when gate.closed_until > now() then gate.parallelism",
    );
    const workers = threeWorkers(portal);
    await portal.pause(...(await portal.visible(12)));
    const faults = { on: "any", effect: "throttle", facet: "requests", times: 40 } as const;
    simulator.inject({ ...faults, retryAfter: "120" });
    const before = simulator.requests();

    await drainAll(portal, workers);

    expect(simulator.requests() - before).toBeGreaterThan(12 * 2);
  });
});

describe("P6: one row that the portal never stores", () => {
  test("does not hold up the others", async ({ portal }) => {
    const { simulator, pool } = portal;
    const [poison, ...others] = await portal.visible(10);
    simulator.inject({
      on: "any",
      key: poison!.key,
      effect: "server_error",
      status: 500,
      times: Infinity,
    });

    await portal.pause(poison!, ...others);
    await portal.drain();

    expect(await portal.disagreements()).toEqual([`${poison!.key} should be hidden, is visible`]);
    expect(await listingOf(pool, poison!)).toMatchObject({
      condition: "retrying",
      attempts: 1,
      error_class: "transient",
    });
    expect(await gateOf(pool)).toMatchObject({ closed_class: null });
  });

  test("may close the gate when it is alone, and the next change opens it", async ({ portal }) => {
    const { simulator, pool } = portal;
    const [poison, other] = await portal.visible(2);
    simulator.inject({
      on: "any",
      key: poison!.key,
      effect: "server_error",
      status: 500,
      times: Infinity,
    });
    await portal.pause(poison!);
    for (let n = 0; n < 6; n += 1) {
      await portal.passTime();
      await portal.drain();
    }
    expect(await gateOf(pool)).toMatchObject({ closed_class: "transient", allowance: 0 });

    await portal.pause(other!);
    await portal.passGateTime();
    await portal.drain();

    expect(simulator.isPubliclyVisible(other!.key)).toBe(false);
    expect(await gateOf(pool)).toMatchObject({ closed_class: null });
  });
});

describe("P4, X3: a plug-in of the environment that refuses one mentor", () => {
  test("puts that one before a person, with a reason that names nobody", async ({ portal }) => {
    const { simulator, pool } = portal;
    const [refused, ...others] = await portal.visible(5);
    simulator.inject({
      on: "write",
      key: refused!.key,
      effect: "status",
      status: 400,
      code: "0x80040265",
      message: 'Member "Kari Nordmann" (kari@example.org, +47 22 33 44 55) has an open case.',
    });

    await portal.pause(refused!, ...others);
    await portal.drain();
    await portal.settle();

    const listing = await listingOf(pool, refused!);
    expect(listing).toMatchObject({
      condition: "needs_attention",
      error_class: "permanent",
      error_code: "0x80040265",
    });
    expect(listing.error_message).toMatch(/plug-in.*has an open case/);
    expect(listing.error_message).not.toMatch(/Kari|Nordmann|example|22 33/);
    expect(await portal.disagreements()).toHaveLength(1);
    expect(await gateOf(pool)).toMatchObject({ closed_class: null });
  });
});

describe("P6, P7: a column that the environment does not have", () => {
  test("stops everything once, with one alert, and nobody is given up", async ({ portal }) => {
    const { simulator, pool } = portal;
    await portal.pause(...(await portal.visible(20)));
    simulator.inject({ on: "write", effect: "undeclared_property", times: Infinity });
    const before = simulator.requests("write");

    await portal.drain();
    await portal.drain();

    expect(simulator.requests("write") - before).toBeLessThanOrEqual(4);
    expect(await gateOf(pool)).toMatchObject({ closed_class: "config", allowance: 0 });
    for (const listing of await listings(pool)) {
      expect(listing).toMatchObject({ condition: "pending", attempts: 0 });
    }
    expect(await alerts(pool)).toMatchObject([
      { kind: "portal_config_failed", severity: "critical", is_open: true },
    ]);
  });

  test("and goes on by itself when the column is there", async ({ portal }) => {
    const { simulator, pool } = portal;
    await portal.pause(...(await portal.visible(20)));
    simulator.inject({ on: "write", effect: "undeclared_property", times: Infinity });
    await portal.drain();

    simulator.heal();
    await portal.settle();

    expect(await portal.disagreements()).toEqual([]);
    expect(await alerts(pool)).toMatchObject([{ kind: "portal_config_failed", is_open: false }]);
  });
});
