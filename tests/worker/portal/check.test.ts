import { writeFileSync } from "node:fs";
import { describe, expect } from "vitest";
import { createDynamicsClient } from "../../../worker/dynamics/client.ts";
import type { DynamicsClient } from "../../../worker/dynamics/client.ts";
import { checkPortal } from "../../../worker/portal/check.ts";
import { Portal } from "../../../worker/portal/portal.ts";
import { start } from "../../support/command.ts";
import { configOf, test as base } from "../../support/dataverse.ts";
import type { PortalStage } from "../../support/dataverse.ts";
import { alerts, gateOf, listingOf, listings } from "../../support/portal/rows.ts";
import { aFile } from "../dynamics/certificates.ts";

/** One at a time is enough for most of what is told here. */
const test = base.override("parallelism", 1);

const ANOTHER = "99999999-9999-4999-8999-999999999999";

/** A client whose secret is in a file, and the way to put another one there. */
function withSecretFile(portal: PortalStage): {
  client: DynamicsClient;
  rotate: (secret: string) => void;
} {
  const { DYNAMICS_CLIENT_SECRET: secret = "", ...rest } = portal.simulator.environment();
  const path = aFile(`${secret}\n`);
  const config = configOf({ ...rest, DYNAMICS_CLIENT_SECRET_FILE: path });
  return {
    client: createDynamicsClient(config),
    rotate: (next) => writeFileSync(path, `${next}\n`),
  };
}

describe("P7: a login that reaches another environment", () => {
  test("than the configured one is refused before anything is written", async ({ portal }) => {
    await portal.enrol(3);
    const process = new Portal(portal.config({ DYNAMICS_ORGANIZATION_ID: ANOTHER }));

    await expect(process.sync(portal.pool, {})).rejects.toThrow(
      `The login reaches the environment 66666666-ffff-4fff-8fff-666666666666, expected is ${ANOTHER}.`,
    );

    expect(portal.simulator.requests("read")).toBe(0);
    expect(portal.simulator.requests("write")).toBe(0);
    expect(await gateOf(portal.pool)).toMatchObject({
      closed_class: "config",
      closed_code: "environment_differs",
    });
    expect(await alerts(portal.pool)).toMatchObject([
      { kind: "portal_config_failed", is_open: true },
    ]);
  });

  test("than the one known so far is refused as well", async ({ portal, aPortal }) => {
    const [mentor] = await portal.visible(1);
    await checkPortal(portal.pool, portal.client);
    const { simulator: copy } = await aPortal({ simulator: { organizationId: ANOTHER } });
    copy.add(mentor!.key, { visible: true });
    const process = new Portal(configOf(copy.environment()));
    await portal.pause(mentor!);

    await expect(process.sync(portal.pool, {})).rejects.toThrow(`environment ${ANOTHER}`);

    expect(copy.row(mentor!.key)).toMatchObject({ visible: true, modifiedBy: "human" });
  });

  test("ends a worker with a sentence and status 1", async ({ portal }) => {
    const [mentor] = await portal.enrol(1);
    const worker = start("worker/main.ts", [], {
      ...portal.simulator.environment(),
      DYNAMICS_ORGANIZATION_ID: ANOTHER,
      DATABASE_URL: portal.url,
    });

    const { status, stderr } = await worker.ended;

    expect(status).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`worker: The login reaches the environment .* expected is ${ANOTHER}\\. Correct`),
    );
    expect(portal.simulator.requests("write")).toBe(0);
    expect(await listingOf(portal.pool, mentor!)).toMatchObject({ condition: "pending" });
  });
});

describe("P7: a secret that has expired while its last token still works", () => {
  test("is found by the daily check, before any listing fails", async ({ portal }) => {
    const { simulator, pool, client } = portal;
    const mentors = await portal.visible(2);
    simulator.expireSecret();
    await portal.pause(mentors[0]!);
    expect(await portal.drain()).toMatchObject({ written: 1 });
    expect(await checkPortal(pool, client)).toEqual({ state: "passed" });
    expect(await alerts(pool)).toEqual([]);

    const result = await checkPortal(pool, client, { fresh: true });

    expect(result).toMatchObject({ state: "failed", error: { errorClass: "auth" } });
    expect(await alerts(pool)).toMatchObject([
      {
        kind: "portal_auth_failed",
        severity: "critical",
        message: expect.stringContaining("AADSTS7000222"),
        is_open: true,
      },
    ]);
    for (const listing of await listings(pool))
      expect(listing).toMatchObject({ error_class: null });
  });

  test("stays announced although the token goes on working", async ({ portal }) => {
    const { simulator, pool, client } = portal;
    const [mentor] = await portal.visible(1);
    simulator.expireSecret();
    await checkPortal(pool, client, { fresh: true });

    await portal.passGateTime();
    await checkPortal(pool, client);
    await portal.pause(mentor!);
    await portal.settle();

    expect(simulator.isPubliclyVisible(mentor!.key)).toBe(false);
    expect(await alerts(pool)).toMatchObject([{ kind: "portal_auth_failed", is_open: true }]);
  });

  test("is no longer announced once a new one was accepted", async ({ portal }) => {
    const { simulator, pool } = portal;
    const { client, rotate } = withSecretFile(portal);
    simulator.expireSecret();
    await checkPortal(pool, client, { fresh: true });

    rotate(simulator.rotateSecret());
    await portal.passGateTime();
    await checkPortal(pool, client);

    expect(await alerts(pool)).toMatchObject([{ kind: "portal_auth_failed", is_open: false }]);
    expect(await gateOf(pool)).toMatchObject({ closed_class: null });
  });
});

describe("P7: rotation", () => {
  test("heals a worker that has no token any more, without a restart", async ({ portal }) => {
    const { simulator, pool } = portal;
    const [mentor] = await portal.visible(1);
    const { client, rotate } = withSecretFile(portal);
    const by = { pool, client };
    simulator.expireSecret();
    simulator.revokeTokens();
    await portal.pause(mentor!);
    await portal.drain({ by });
    expect(await gateOf(pool)).toMatchObject({
      closed_class: "auth",
      closed_code: "AADSTS7000222",
    });

    rotate(simulator.rotateSecret());
    await portal.settle(by);

    expect(simulator.isPubliclyVisible(mentor!.key)).toBe(false);
    expect(await gateOf(pool)).toMatchObject({ closed_class: null });
  });
});

describe("P7: a login that is refused", () => {
  test("costs one new token and one more try, then the gate and the alert", async ({ portal }) => {
    const { simulator, pool } = portal;
    const [mentor] = await portal.visible(1);
    simulator.inject({ on: "write", effect: "unauthorized", times: Infinity });
    await portal.pause(mentor!);
    const before = { tokens: simulator.requests("token"), writes: simulator.requests("write") };

    await portal.drain();
    await portal.drain();
    await portal.drain();

    expect(simulator.requests("token") - before.tokens).toBe(1);
    expect(simulator.requests("write") - before.writes).toBe(2);
    expect(await gateOf(pool)).toMatchObject({ closed_class: "auth", allowance: 0 });
    expect(await listingOf(pool, mentor!)).toMatchObject({ condition: "pending", attempts: 0 });
    expect(await alerts(pool)).toMatchObject([
      { kind: "portal_auth_failed", severity: "critical", is_open: true },
    ]);
  });

  base("brings no storm of logins, however much waits", async ({ portal }) => {
    const { simulator } = portal;
    await portal.pause(...(await portal.visible(30)));
    simulator.expireSecret();
    simulator.revokeTokens();
    const before = simulator.requests("token");

    await portal.drain();
    await portal.drain();

    // One for each listing that may be under way at once.
    expect(simulator.requests("token") - before).toBeLessThanOrEqual(4);
  });

  test("by revoked tokens alone heals itself at once", async ({ portal }) => {
    const { simulator, pool } = portal;
    const [mentor] = await portal.visible(1);
    simulator.revokeTokens();
    await portal.pause(mentor!);

    expect(await portal.drain()).toMatchObject({ written: 1 });

    expect(simulator.isPubliclyVisible(mentor!.key)).toBe(false);
    expect(await alerts(pool)).toEqual([]);
  });

  test.for(["disabled", "missing_role", "not_a_member"] as const)(
    "because the application user is %s, alerts, and goes on when it is not",
    async (state, { portal }) => {
      const { simulator, pool } = portal;
      const mentors = await portal.visible(8);
      await portal.pause(...mentors.slice(0, 4));
      await portal.drain();
      simulator.setApplicationUser(state);
      await portal.pause(...mentors.slice(4));

      await portal.drain();
      expect(await gateOf(pool)).toMatchObject({ closed_class: "auth" });
      expect(await alerts(pool)).toMatchObject([{ kind: "portal_auth_failed", is_open: true }]);
      for (const listing of await listings(pool)) expect(listing).toMatchObject({ attempts: 0 });

      simulator.setApplicationUser("enabled");
      await portal.settle();
      expect(await portal.disagreements()).toEqual([]);
      expect(await alerts(pool)).toMatchObject([{ kind: "portal_auth_failed", is_open: false }]);
    },
  );
});
