import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import { type Database, aMentor, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  LAST_DAY,
  aListing,
  begin,
  claim,
  closeGate,
  confirm,
  fail,
  gateNow,
  listingNow,
  openAlerts,
  portalRecord,
  setGate,
  setListing,
} from "../../support/portal.ts";

const close = (tx: Database, errorClass: string, retryAfter: string | null = null) =>
  tx.query("select app_private.close_portal_gate($1, '0x1', 'It failed.', $2)", [
    errorClass,
    retryAfter,
  ]);

/** So many failures in a row before this one. */
const closeAfter = async (
  tx: Database,
  failures: number,
  errorClass: string,
  retryAfter: string | null = null,
) => {
  await setGate(tx, `failures = ${failures}`);
  await close(tx, errorClass, retryAfter);
};

const login = (tx: Database) =>
  tx.query("select app_private.record_portal_check($1)", ["11111111-1111-4111-8111-111111111111"]);

const kinds = async (tx: Database) => (await openAlerts(tx)).map(({ kind }) => kind);

describe("P6 the portal asks us to wait", () => {
  test.for([
    { asked: "7 seconds", wait: 7 },
    { asked: "15 minutes", wait: 900 },
    { asked: "15 minutes 1 second", wait: 900 },
    { asked: "1 hour", wait: 900 },
  ])("$asked: $wait seconds", async ({ asked, wait }, { tx }) => {
    await close(tx, "throttled", asked);

    expect(await gateNow(tx)).toMatchObject({ closed_class: "throttled", wait });
    expect(await openAlerts(tx)).toEqual([]);
  });

  test.for([
    { failures: 0, wait: 5 },
    { failures: 1, wait: 10 },
    { failures: 6, wait: 320 },
    { failures: 99, wait: 320 },
  ])("without saying how long, $failures times before: $wait seconds", async (one, { tx }) => {
    await closeAfter(tx, one.failures, "throttled");

    expect((await gateNow(tx)).wait).toBe(one.wait);
  });

  test("the longest wait counts, and since when stays known", async ({ tx }) => {
    await close(tx, "throttled", "60 seconds");
    await setGate(tx, "closed_since = now() - interval '1 hour'");
    const { closed_since: since } = await gateNow(tx);

    await close(tx, "throttled", "7 seconds");

    expect(await gateNow(tx)).toMatchObject({ wait: 60, closed_since: since });
  });
});

describe("P6 a wait that the portal asked for", () => {
  test("outlasts another failure and whoever forces a sync", async ({ tx }) => {
    await close(tx, "throttled", "10 minutes");
    await close(tx, "auth");

    await tx.query("select app_private.hasten_portal_gate()");

    expect(await gateNow(tx)).toMatchObject({ closed_class: "auth", wait: 600 });
  });
});

describe("P6 five failures in a row look like an outage", () => {
  test.for([
    { failures: 3, closed_class: null, wait: null },
    { failures: 4, closed_class: "transient", wait: 15 },
    { failures: 5, closed_class: "transient", wait: 30 },
    { failures: 6, closed_class: "transient", wait: 60 },
    { failures: 8, closed_class: "transient", wait: 240 },
    { failures: 9, closed_class: "transient", wait: 300 },
    { failures: 99, closed_class: "transient", wait: 300 },
  ])("$failures before: $closed_class, $wait seconds", async (one, { tx }) => {
    const { failures, ...gate } = one;
    await closeAfter(tx, failures, "transient");

    expect(await gateNow(tx)).toMatchObject({ ...gate, failures: failures + 1 });
  });

  test("of different listings; any answer in between begins the count anew", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const failNext = async () => {
      const mentor = await aMentor(tx, organization, { expiresOn: LAST_DAY });
      await fail(tx, (await claim(tx, [mentor]))!, "transient");
    };
    for (let count = 0; count < 4; count += 1) await failNext();
    const answered = await aMentor(tx, organization, { expiresOn: LAST_DAY });
    await begin(tx, (await claim(tx, [answered]))!, portalRecord({ visible: false }));

    await failNext();
    expect(await gateNow(tx)).toMatchObject({ failures: 1, closed_class: null });
    for (let count = 0; count < 4; count += 1) await failNext();

    expect(await gateNow(tx)).toMatchObject({ failures: 5, closed_class: "transient" });
  });

  test.for([
    { asked: "40 seconds", wait: 40 },
    { asked: "1 second", wait: 15 },
    { asked: "1 hour", wait: 900 },
  ])("a server that asks for $asked: $wait seconds", async ({ asked, wait }, { tx }) => {
    await closeAfter(tx, 4, "transient", asked);

    expect((await gateNow(tx)).wait).toBe(wait);
  });
});

describe("P7 a refused login or wrong settings", () => {
  test.for(["auth", "config"])(
    "%s alerts at the first failure, once",
    async (errorClass, { tx }) => {
      await close(tx, errorClass);
      await close(tx, errorClass);

      expect(await gateNow(tx)).toMatchObject({ closed_class: errorClass, wait: 60 });
      expect(await openAlerts(tx)).toMatchObject([
        {
          kind: `portal_${errorClass}_failed`,
          severity: "critical",
          message: "It failed.",
          organization_id: null,
        },
      ]);
    },
  );
});

describe("P6 a success while the gate is closed proves nothing", () => {
  test.for(["throttled", "transient", "auth", "config"])("%s stays", async (errorClass, { tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: LAST_DAY });
    const lease = (await claim(tx))!;
    await closeGate(tx, errorClass);
    const before = await gateNow(tx);

    await begin(tx, lease, portalRecord({ visible: false }));
    await confirm(tx, lease, 2, portalRecord());
    await login(tx);

    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "synced" });
    const { checked_at: _at, environment_id: _id, ...gate } = await gateNow(tx);
    expect(before).toMatchObject(gate);
  });
});

/** One waits to be told, and is being tried. */
const halfOpen = async (tx: Database, errorClass: string) => {
  const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: LAST_DAY });
  await closeGate(tx, errorClass, "now()");
  return { mentor, lease: (await claim(tx))! };
};

describe("P6 the gate opens again", () => {
  const OPEN = { closed_class: null, closed_since: null, closed_until: null, failures: 0 };

  test.for(["throttled", "transient"])("%s: by any answer", async (errorClass, { tx }) => {
    const { lease } = await halfOpen(tx, errorClass);

    await begin(tx, lease, portalRecord({ visible: false }));

    const gate = await gateNow(tx);
    expect(gate).toMatchObject(OPEN);
    expect(gate["recovered_at"]).not.toBeNull();
  });

  test.for(["throttled", "transient"])(
    "%s: but not by what was remembered",
    async (errorClass, { tx }) => {
      const { lease } = await halfOpen(tx, errorClass);

      await begin(tx, lease, portalRecord({ visible: false }), { isRemembered: true });

      expect(await gateNow(tx)).toMatchObject({ closed_class: errorClass });
    },
  );

  test.for(["auth", "config"])(
    "%s: not by a read or a login while something waits",
    async (errorClass, { tx }) => {
      await close(tx, errorClass);
      const { lease } = await halfOpen(tx, errorClass);

      await begin(tx, lease, portalRecord({ visible: false }));
      await login(tx);

      expect(await gateNow(tx)).toMatchObject({ closed_class: errorClass });
      expect(await kinds(tx)).toEqual([`portal_${errorClass}_failed`]);
    },
  );

  test.for(["auth", "config"])(
    "%s: by a write, and its alert closes",
    async (errorClass, { tx }) => {
      await close(tx, errorClass);
      const { lease } = await halfOpen(tx, errorClass);

      await begin(tx, lease, portalRecord({ visible: false }));
      await confirm(tx, lease, 2, portalRecord());

      expect(await gateNow(tx)).toMatchObject(OPEN);
      expect(await kinds(tx)).toEqual([]);
    },
  );

  test.for(["auth", "config"])("%s: by a login when nothing waits", async (errorClass, { tx }) => {
    const organization = await anOrganization(tx);
    await aListing(tx, organization);
    const looked = await aMentor(tx, organization);
    await setListing(tx, looked, "condition = 'needs_attention'");
    await close(tx, errorClass);
    await closeGate(tx, errorClass, "now()");

    await login(tx);

    expect(await gateNow(tx)).toMatchObject(OPEN);
    expect(await kinds(tx)).toEqual([]);
  });

  test("and stays closed for longer if the try fails", async ({ tx }) => {
    const { lease } = await halfOpen(tx, "transient");

    await fail(tx, lease, "transient");

    expect(await gateNow(tx)).toMatchObject({ closed_class: "transient", failures: 6, wait: 30 });
    expect(await claim(tx)).toBeUndefined();
  });

  test("a success when it was open does not slow anybody down", async ({ tx }) => {
    await aMentor(tx, await anOrganization(tx), { expiresOn: LAST_DAY });
    await setGate(tx, "failures = 3");

    await begin(tx, (await claim(tx))!, portalRecord({ visible: false }));

    expect(await gateNow(tx)).toMatchObject({ failures: 0, recovered_at: null });
  });
});

const putOff = async (tx: Database, errorClass: string) => {
  const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: LAST_DAY });
  await fail(tx, (await claim(tx, [mentor]))!, errorClass);
  await setListing(tx, mentor, "next_attempt_at = now() + interval '10 minutes'");
  return mentor;
};

const recoverFrom = async (tx: Database, errorClass: string) => {
  await closeGate(tx, errorClass, "now()");
  await tx.query("select app_private.open_portal_gate('write')");
};

describe("P6 what an outage had put off", () => {
  test("is tried as soon as the portal is back", async ({ tx }) => {
    const mentor = await putOff(tx, "transient");

    await recoverFrom(tx, "transient");

    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "retrying", wait: 0 });
    expect(await claim(tx)).toMatchObject({ mentor_id: mentor.id });
  });

  test("but nothing that failed for a reason of its own", async ({ tx }) => {
    const mentor = await putOff(tx, "conflict");

    await recoverFrom(tx, "transient");

    expect(await listingNow(tx, mentor.id)).toMatchObject({ wait: 600 });
  });

  test("and not after a wait that was asked for", async ({ tx }) => {
    const mentor = await putOff(tx, "transient");

    await recoverFrom(tx, "throttled");

    expect(await listingNow(tx, mentor.id)).toMatchObject({ wait: 600 });
  });
});

describe("P8 who has broken the glass", () => {
  test("neither closes nor opens the gate of the others", async ({ tx }) => {
    await closeGate(tx, "auth", "now()");
    await setGate(tx, "failures = 4");
    const before = await gateNow(tx);
    await tx.query("set local mentor_lifecycle.ignores_portal_gate = 'true'");

    await close(tx, "throttled", "10 minutes");
    await tx.query("select app_private.open_portal_gate('write')");

    expect(await gateNow(tx)).toEqual(before);
  });
});

test("P7 a login is dated", async ({ tx }) => {
  await tx.query("select app_private.record_portal_check($1)", [randomUUID()]);

  expect((await gateNow(tx))["checked_at"]).not.toBeNull();
});
