import { describe, expect, test } from "vitest";
import type { Fault, Simulator } from "../../../../worker/local/dataverse/simulator.ts";
import { aCaller, aSimulator, byKey, codeOf, login, loginForm, patch, receive } from "./client.ts";
import type { Caller } from "./client.ts";

/** A simulator with one hidden mentor, and somebody who is logged in. */
async function aScene(): Promise<{ simulator: Simulator; call: Caller }> {
  const simulator = await aSimulator();
  simulator.add("LP-1");
  const call = await aCaller(simulator);
  return { simulator, call };
}

/** What becomes of an attempt to show the mentor. */
async function show(call: Caller, ifMatch: string = "*", signal?: AbortSignal) {
  return await call(byKey("LP-1"), {
    ...patch({ hlf_synlig: true }, ifMatch),
    ...(signal && { signal }),
  });
}

/** Tries, and gives up as soon as the request has arrived. */
async function giveUp(simulator: Simulator, attempt: (signal: AbortSignal) => Promise<unknown>) {
  const client = new AbortController();
  const before = simulator.requests();
  const broken = breaks(attempt(client.signal));
  await expect.poll(() => simulator.requests()).toBe(before + 1);
  client.abort();
  await broken;
}

/** The connection broke, or the client has given up. */
async function breaks(attempt: Promise<unknown>): Promise<void> {
  await expect(attempt).rejects.toThrow(/fetch failed|terminated|abort/);
}

describe("which requests meet a fault", () => {
  const TROUBLE = { effect: "status", status: 418 } as const;

  test("those of its kind, as often as it says, and then all is well", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "read", times: 2, ...TROUBLE });

    const statuses = [
      (await call("contacts")).status,
      (await call(byKey("LP-1"))).status,
      (await call("WhoAmI")).status,
      (await call(byKey("LP-1"))).status,
      (await call(byKey("LP-1"))).status,
    ];

    expect(statuses).toEqual([200, 418, 200, 418, 200]);
    expect(simulator.journal.map(({ fault }) => fault)).toEqual([
      undefined,
      undefined,
      "status",
      undefined,
      "status",
      undefined,
    ]);
  });

  test("those about its mentor, by key or by id", async () => {
    const { simulator, call } = await aScene();
    const other = simulator.add("LP-2");
    simulator.inject({ on: "any", key: "LP-2", times: Infinity, ...TROUBLE });

    expect((await call(byKey("LP-1"))).status).toBe(200);
    expect((await call("contacts")).status).toBe(200);
    expect((await call(byKey("LP-2"))).status).toBe(418);
    expect((await call(`contacts(${other.id})`)).status).toBe(418);
  });

  test("those after so many have passed", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "any", skip: 2, ...TROUBLE });

    const statuses = [];
    for (let number = 0; number < 4; number += 1) statuses.push((await call("WhoAmI")).status);

    expect(statuses).toEqual([200, 200, 418, 200]);
  });

  test("a share of them, in the order of the given numbers", async () => {
    const { simulator, call } = await aScene();
    const numbers = [0.6, 0.4, 0.5];
    const random = () => numbers.shift()!;
    simulator.inject({ on: "any", probability: 0.5, times: Infinity, random, ...TROUBLE });

    const statuses = [];
    for (let number = 0; number < 3; number += 1) statuses.push((await call("WhoAmI")).status);

    expect(statuses).toEqual([200, 418, 200]);
  });

  test("the same share in each run, without given numbers", async () => {
    const runs = [];
    for (let run = 0; run < 2; run += 1) {
      const { simulator, call } = await aScene();
      simulator.inject({ on: "any", probability: 0.5, times: Infinity, ...TROUBLE });
      const statuses = [];
      for (let number = 0; number < 20; number += 1) statuses.push((await call("WhoAmI")).status);
      runs.push(statuses);
    }

    expect(runs[0]).toEqual(runs[1]);
    expect(new Set(runs[0])).toEqual(new Set([200, 418]));
  });

  test("none after healing", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "any", times: Infinity, ...TROUBLE });
    expect((await call("WhoAmI")).status).toBe(418);

    simulator.heal();

    expect((await call("WhoAmI")).status).toBe(200);
  });
});

describe("an answer that is a refusal, and applies nothing", () => {
  test.for<{
    fault: Fault;
    status: number;
    code?: string;
    headers?: Record<string, string | null>;
  }>([
    {
      fault: { on: "write", effect: "throttle", facet: "requests" },
      status: 429,
      code: "0x80072322",
      headers: { "Retry-After": "5" },
    },
    {
      fault: { on: "write", effect: "throttle", facet: "time", retryAfter: "abc" },
      status: 429,
      code: "0x80072321",
      headers: { "Retry-After": "abc" },
    },
    {
      fault: { on: "write", effect: "throttle", facet: "concurrency", retryAfter: null },
      status: 429,
      code: "0x80072326",
      headers: { "Retry-After": null },
    },
    { fault: { on: "write", effect: "unauthorized" }, status: 401 },
    { fault: { on: "write", effect: "forbidden" }, status: 403, code: "0x80040220" },
    {
      fault: { on: "write", effect: "server_error", status: 503 },
      status: 503,
      code: "0x80044151",
      headers: { "Retry-After": null },
    },
    {
      fault: { on: "write", effect: "server_error", status: 504, retryAfter: "9" },
      status: 504,
      code: "0x80044151",
      headers: { "Retry-After": "9" },
    },
    {
      fault: { on: "write", effect: "html", status: 502 },
      status: 502,
      headers: { "Content-Type": "text/html; charset=utf-8" },
    },
    {
      fault: { on: "write", effect: "redirect", location: "https://login.example.org/" },
      status: 302,
      headers: { Location: "https://login.example.org/" },
    },
    { fault: { on: "write", effect: "reject_row" }, status: 400, code: "0x80040265" },
    { fault: { on: "write", effect: "undeclared_property" }, status: 400, code: "0x80048d19" },
    { fault: { on: "write", effect: "gone" }, status: 404, code: "0x80060891" },
    { fault: { on: "write", effect: "precondition" }, status: 412, code: "0x80060882" },
    {
      fault: { on: "write", effect: "status", status: 409, code: "0x1", message: "No." },
      status: 409,
      code: "0x1",
    },
  ])("$fault.effect: $status", async ({ fault, status, code, headers = {} }) => {
    const { simulator, call } = await aScene();
    simulator.inject(fault);

    const answer = await show(call);

    expect(answer.status).toBe(status);
    expect(codeOf(answer)).toBe(code);
    for (const [name, value] of Object.entries(headers)) {
      expect(answer.headers.get(name), name).toBe(value);
    }
    expect(simulator.row("LP-1")?.visible).toBe(false);
    expect((await show(call)).status).toBe(204);
  });

  test("status: with a body, a type and headers of one's own", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({
      on: "any",
      effect: "status",
      status: 200,
      body: "hei",
      contentType: "text/plain",
      headers: { "X-Proxy": "1" },
    });

    const { status, text, headers } = await call("WhoAmI");

    expect({ status, text }).toEqual({ status: 200, text: "hei" });
    expect(headers.get("Content-Type")).toBe("text/plain");
    expect(headers.get("X-Proxy")).toBe("1");
  });
});

describe("no answer", () => {
  test("hang: none comes until the client gives up, and nothing is applied", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "hang" });

    await giveUp(simulator, (signal) => show(call, "*", signal));

    expect(simulator.row("LP-1")?.visible).toBe(false);
    expect(simulator.journal.at(-1)).toMatchObject({ kind: "write", status: 0, fault: "hang" });
  });

  test("hang: stopping cuts the connection", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "hang" });
    const attempt = breaks(show(call));
    await expect.poll(() => simulator.requests("write")).toBe(1);

    await simulator.stop();

    await attempt;
  });

  test("reset: nothing is applied", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "reset" });

    await breaks(show(call));

    expect(simulator.row("LP-1")?.visible).toBe(false);
    expect(simulator.journal.at(-1)).toMatchObject({ status: 0 });
  });

  test("apply_then_drop: it is applied, and the client does not know", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "apply_then_drop" });

    await breaks(show(call));

    expect(simulator.row("LP-1")?.visible).toBe(true);
    expect(simulator.history.at(-1)).toMatchObject({ by: "api", request: 2 });
    expect(simulator.journal.at(-1)).toMatchObject({ number: 2, status: 0 });
  });
});

describe("apply_late", () => {
  test("applies later what nobody waits for any more", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "apply_late", afterMs: 500 });

    await breaks(show(call, simulator.row("LP-1")!.etag));
    const visibleAtFirst = simulator.row("LP-1")?.visible;
    const late = await Promise.all(simulator.lateWrites);

    expect(visibleAtFirst).toBe(false);
    expect(late).toEqual([{ status: 204 }]);
    expect(simulator.row("LP-1")?.visible).toBe(true);
  });

  test("evaluates If-Match when it applies, not when it was asked", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "apply_late", afterMs: 500 });
    await breaks(show(call, simulator.row("LP-1")!.etag));

    simulator.edit("LP-1", { visibleUntil: "2026-11-22" });

    expect(await Promise.all(simulator.lateWrites)).toEqual([{ status: 412 }]);
    expect(simulator.row("LP-1")?.visible).toBe(false);
  });

  test("lets in whoever had a good token when asking", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "apply_late", afterMs: 500, answer: "hang" });
    await giveUp(simulator, (signal) => show(call, "*", signal));

    simulator.revokeTokens();

    expect(await Promise.all(simulator.lateWrites)).toEqual([{ status: 204 }]);
  });

  test("applies nothing once the simulator has stopped", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "apply_late", afterMs: 600_000 });
    await breaks(show(call));

    await simulator.stop();

    expect(await Promise.all(simulator.lateWrites)).toEqual([{ status: 0 }]);
    expect(simulator.row("LP-1")?.visible).toBe(false);
  });
});

describe("an answer that is not true", () => {
  test("lie: a success of which nothing is stored, under an ETag that no row ever has", async () => {
    const { simulator, call } = await aScene();
    const before = simulator.row("LP-1")!;
    simulator.inject({ on: "write", effect: "lie", times: 2 });

    const bare = await show(call);
    const whole = await call(
      byKey("LP-1"),
      patch({ hlf_synlig: true }, before.etag, { Prefer: "return=representation" }),
    );

    expect(bare.status).toBe(204);
    expect(whole.status).toBe(200);
    expect(whole.json).toMatchObject({ contactid: before.id, hlf_synlig: true });
    expect(simulator.row("LP-1")).toEqual(before);
    expect(simulator.history).toHaveLength(1);
    const lied = whole.json["@odata.etag"];
    expect([before.etag, simulator.edit("LP-1", {}).etag]).not.toContain(lied);
  });

  test("lie: what would be refused is refused", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "lie" });

    expect((await show(call, 'W/"1"')).status).toBe(412);
  });

  test("stale: rows and list show the state before the last change, with its ETag", async () => {
    const { simulator, call } = await aScene();
    const before = simulator.row("LP-1")!;
    const now = simulator.edit("LP-1", { visible: true });
    simulator.inject({ on: "any", effect: "stale", times: 2 });

    const row = await call(byKey("LP-1"));
    const list = await call("contacts");
    const fresh = await call(byKey("LP-1"));

    expect(row.json).toMatchObject({ "@odata.etag": before.etag, hlf_synlig: false });
    expect(row.headers.get("ETag")).toBe(before.etag);
    expect(list.json["value"]).toMatchObject([{ "@odata.etag": before.etag, hlf_synlig: false }]);
    expect(fresh.json).toMatchObject({ "@odata.etag": now.etag, hlf_synlig: true });
  });

  test("stale: for a while, it is so for every reader", async () => {
    const { simulator, call } = await aScene();
    simulator.edit("LP-1", { visible: true });
    const visible = async () => (await call(byKey("LP-1"))).json["hlf_synlig"];

    simulator.inject({ on: "read", effect: "stale", forMs: 600_000 });
    const during = [await visible(), await visible()];
    simulator.heal();
    simulator.inject({ on: "read", effect: "stale", forMs: 0 });

    expect(during).toEqual([false, false]);
    expect(await visible()).toBe(true);
  });
});

describe("an answer that does not arrive well", () => {
  test("truncate: it breaks off, though the write is applied", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "write", effect: "truncate" });

    await breaks(show(call));

    expect(simulator.row("LP-1")?.visible).toBe(true);
    await expect.poll(() => simulator.journal.at(-1)?.status).toBe(0);
  });

  test("slow_body: it comes byte by byte, whole in the end", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "whoami", effect: "slow_body", everyMs: 0 });
    simulator.inject({ on: "whoami", effect: "slow_body" });

    const { status, json } = await call("WhoAmI");
    const impatient = call("WhoAmI", { signal: AbortSignal.timeout(150) });

    expect(status).toBe(200);
    expect(json).toHaveProperty("OrganizationId");
    await expect(impatient).rejects.toThrow(/timeout/i);
  });

  test("huge_body: the answer, and spaces without end", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "whoami", effect: "huge_body", bytes: 3_000_000 });

    const { text, json } = await call("WhoAmI");

    expect(text.length).toBeGreaterThan(3_000_000);
    expect(json).toHaveProperty("OrganizationId");
  });

  test("huge_body: a client that has seen enough is not written to for ever", async () => {
    const { simulator } = await aScene();
    simulator.inject({ on: "whoami", effect: "huge_body", bytes: 1e12 });
    const headers = { Authorization: `Bearer ${await login(simulator)}` };

    const response = await fetch(`${simulator.url}/api/data/v9.2/WhoAmI`, { headers });
    await response.body?.cancel();

    await expect.poll(() => simulator.journal.at(-1)?.status).toBe(0);
  });

  test("empty_body: 200 and nothing", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "any", effect: "empty_body", times: 2 });

    const read = await call(byKey("LP-1"));
    const written = await show(call);

    expect(read).toMatchObject({ status: 200, text: "" });
    expect(written).toMatchObject({ status: 200, text: "" });
    expect(simulator.row("LP-1")?.visible).toBe(true);
  });

  test("bad_json: half of it", async () => {
    const { simulator, call } = await aScene();
    simulator.inject({ on: "read", effect: "bad_json" });

    const { status, text } = await call(byKey("LP-1"));

    expect(status).toBe(200);
    expect(text).toMatch(/^\{"@odata/);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  test("bom: a byte order mark comes first", async () => {
    const { simulator } = await aScene();
    simulator.inject({ on: "read", effect: "bom" });
    const headers = { Authorization: `Bearer ${await login(simulator)}` };

    const response = await fetch(`${simulator.url}/api/data/v9.2/${byKey("LP-1")}`, { headers });
    const bytes = Buffer.from(await response.arrayBuffer());

    expect(bytes.subarray(0, 4).toString("hex")).toBe("efbbbf7b");
  });
});

describe("at the login", () => {
  test.for<{ fault: Fault; status: number; error: string; retryAfter?: string }>([
    {
      fault: { on: "token", effect: "throttle", facet: "requests", retryAfter: "7" },
      status: 429,
      error: "temporarily_unavailable",
      retryAfter: "7",
    },
    {
      fault: { on: "token", effect: "server_error", status: 503 },
      status: 503,
      error: "temporarily_unavailable",
    },
    { fault: { on: "token", effect: "unauthorized" }, status: 401, error: "invalid_client" },
    { fault: { on: "token", effect: "forbidden" }, status: 400, error: "unauthorized_client" },
  ])("$fault.effect is worded as Entra does", async ({ fault, status, error, retryAfter }) => {
    const simulator = await aSimulator();
    simulator.inject(fault);
    const post = async () => {
      const body = loginForm(simulator);
      return await receive(await fetch(simulator.tokenEndpoint, { method: "POST", body }));
    };

    const refused = await post();
    const granted = await post();

    expect(refused.status).toBe(status);
    expect(refused.json).toMatchObject({ error, error_codes: [expect.any(Number)] });
    expect(refused.headers.get("Retry-After")).toBe(retryAfter ?? null);
    expect(granted.status).toBe(200);
  });

  test("html and hang are what they are anywhere", async () => {
    const simulator = await aSimulator();
    simulator.inject({ on: "token", effect: "html", status: 502 });
    simulator.inject({ on: "token", effect: "hang" });
    const init = { method: "POST", body: loginForm(simulator) };

    const page = await receive(await fetch(simulator.tokenEndpoint, init));

    expect(page).toMatchObject({ status: 502, text: expect.stringContaining("<h1>") });
    await giveUp(simulator, (signal) => fetch(simulator.tokenEndpoint, { ...init, signal }));
    expect(simulator.journal.at(-1)).toMatchObject({ kind: "token", status: 0 });
  });
});
