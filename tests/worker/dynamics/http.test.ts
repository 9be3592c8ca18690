import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDynamicsClient } from "../../../worker/dynamics/client.ts";
import { aCertificate } from "./certificates.ts";
import {
  anEntra,
  aRow,
  aScriptedDataverse,
  aServer,
  aSimulatedDataverse,
  configOf,
  failureOf,
  sendJson,
  SHORT_MS,
  variables,
} from "./servers.ts";
import type { Script } from "./servers.ts";

/** What reading a row fails with, if Dataverse answers like this. */
async function readFailure(script: Script) {
  const { client } = await aScriptedDataverse(script);
  return await failureOf(client.read("LP-1"));
}

/** What the login and reading a row fail with, if Dataverse is at another address. */
async function failureAt(url: string) {
  const config = configOf(variables("http://127.0.0.1:1", (await anEntra()).origin));
  return await failureOf(createDynamicsClient({ ...config, url }).whoAmI());
}

describe("P6: throttling carries how long to wait", () => {
  test.for([
    ["requests", "0x80072322"],
    ["time", "0x80072321"],
    ["concurrency", "0x80072326"],
  ] as const)("the limit on %s", async ([facet, code]) => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.inject({ on: "read", effect: "throttle", facet, retryAfter: "12" });

    expect(await failureOf(client.read("LP-1"))).toMatchObject({
      errorClass: "throttled",
      status: 429,
      code,
      retryAfterSeconds: 12,
    });
    expect(simulator.requests("read")).toBe(1);
  });

  test.for([
    ["missing", null, undefined],
    ["abc", "abc", undefined],
    ["negative", "-5", undefined],
    ["an hour, of which a quarter is taken", "3600", 900],
  ] as const)("Retry-After is %s", async ([, retryAfter, seconds]) => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.inject({ on: "read", effect: "throttle", facet: "requests", retryAfter });

    const error = await failureOf(client.read("LP-1"));

    expect(error).toMatchObject({ errorClass: "throttled", retryAfterSeconds: seconds });
  });

  test("Retry-After is a date", async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();

    const error = await readFailure((_, response) =>
      sendJson(response, 429, "", { "Retry-After": date }),
    );

    const { retryAfterSeconds } = error as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThan(50);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  });
});

describe("P6: what fails on the way is transient", () => {
  test.for([500, 502, 503, 504, 408] as const)("status %i", async (status) => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.inject({ on: "read", effect: "server_error", status, retryAfter: "3" });

    expect(await failureOf(client.read("LP-1"))).toMatchObject({
      errorClass: "transient",
      status,
      retryAfterSeconds: 3,
    });
  });

  test("a connection that is refused", async () => {
    const { origin, stop } = await aServer(() => {});
    await stop();

    expect(await failureAt(origin)).toMatchObject({
      errorClass: "transient",
      code: "ECONNREFUSED",
      status: undefined,
    });
  });

  test("a host that DNS does not know", async () => {
    const error = await failureAt("https://association.invalid");

    expect(error).toMatchObject({ errorClass: "transient" });
    expect((error as Error).message).toContain("DYNAMICS_URL");
  });

  test.for(["reset", "truncate", "empty_body", "bad_json", "slow_body", "hang"] as const)(
    "broken on the way: %s",
    async (effect) => {
      const { client, simulator } = await aSimulatedDataverse({ deadlineMs: SHORT_MS });
      simulator.add("LP-1");
      simulator.inject({ on: "read", effect });

      const error = await failureOf(client.read("LP-1"));

      expect(error).toMatchObject({ name: "DynamicsError", errorClass: "transient" });
    },
  );

  test("headers that trickle in for ever", async () => {
    const server = createServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => socket.write("X-Drip: 1\r\n"), 20);
      socket.on("close", () => clearInterval(drip)).on("error", () => {});
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = configOf(variables(url, (await anEntra()).origin));

    const start = performance.now();
    const error = await failureOf(createDynamicsClient(config, { deadlineMs: SHORT_MS }).whoAmI());

    expect(error).toMatchObject({ errorClass: "transient" });
    expect(performance.now() - start).toBeLessThan(SHORT_MS * 8);
  });

  test("a body without an end is read up to the limit", async () => {
    let sent = 0;

    const error = await readFailure((_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      const pour = () => {
        while (!response.destroyed && response.write(" ".repeat(65_536))) sent += 65_536;
      };
      response.on("drain", pour);
      pour();
    });

    expect(error).toMatchObject({ errorClass: "transient" });
    expect((error as Error).message).toMatch(/more than 1048576 bytes/);
    expect(sent).toBeLessThan(20_000_000);
  });

  test("a small answer that unpacks to a large one", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, " "));

    const error = await readFailure((_, response) => {
      response.writeHead(200, {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
      });
      response.end(bomb);
    });

    expect(error).toMatchObject({ errorClass: "transient" });
    expect((error as Error).message).toMatch(/more than 1048576 bytes/);
  });

  test("a page of a list may be larger than a row", async () => {
    const value = Array.from({ length: 5000 }, (_, number) =>
      aRow({ hlf_likepersonnr: `LP-${number}` }),
    );
    const { client } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, { value }),
    );

    const [page] = await Array.fromAsync(client.list());

    expect(page).toHaveLength(5000);
  });

  test("a page of HTML with 200", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    const { id, etag } = simulator.add("LP-1");
    simulator.inject({ on: "any", effect: "html", status: 200, skip: 1, times: 4 });

    const calls = [
      () => client.read("LP-1"),
      () => client.write(id, etag, { visible: false, visibleUntil: null, version: 1 }),
      () => client.whoAmI(),
      () => Array.fromAsync(client.list()),
    ];

    for (const call of calls) {
      expect(await failureOf(call())).toMatchObject({ errorClass: "transient", status: 200 });
    }
  });

  test.for(["null", "[]", "{}", '"text"', "\xff\xfe"])("%j with 200", async (body) => {
    const error = await readFailure((_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(Buffer.from(body, "latin1"));
    });

    expect(error).toMatchObject({ errorClass: "transient" });
  });
});

test("a letter that is not UTF-8 is not replaced by another", async () => {
  const error = await readFailure((_, response) => {
    const row = JSON.stringify(aRow({ hlf_likepersonnr: "Åse" }));
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end(Buffer.from(row, "latin1"));
  });

  expect(error).toMatchObject({ errorClass: "transient" });
});

describe("P6: errors in forms that Dataverse also has", () => {
  test.for([
    ["an unknown code", { error: { code: "0x8000abcd", message: "?" } }, "0x8000abcd"],
    ["an empty code", { error: { code: "", message: "?" } }, undefined],
    ["a code that is a name", { error: { code: "kari@example.org" } }, undefined],
    ["the older form", { Message: "?" }, undefined],
    ["an empty body", "", undefined],
    ["HTML", "<h1>Bad request</h1>", undefined],
  ] as const)("%s", async ([, body, code]) => {
    const error = await readFailure((_, response) => sendJson(response, 400, body));

    expect(error).toMatchObject({ errorClass: "permanent", status: 400, code });
    expect((error as Error).message).not.toMatch(/kari|\?|<h1>/);
  });

  test("what support asks for is kept", async () => {
    const withId = await readFailure((_, response) =>
      sendJson(response, 500, "", { REQ_ID: "0f8fad5b-d9cb-469f-a165-70867728950e" }),
    );
    const without = await readFailure((_, response) => sendJson(response, 500, ""));

    expect(withId).toMatchObject({ requestId: "0f8fad5b-d9cb-469f-a165-70867728950e" });
    expect(without).toMatchObject({ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});

describe("P6: answers in forms that are in order", () => {
  test("gzip", async () => {
    const { client } = await aScriptedDataverse((_, response) => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": "gzip" });
      response.end(gzipSync(JSON.stringify(aRow())));
    });

    expect(await client.read("LP-1")).toMatchObject({ version: 7 });
  });

  test("chunks that cut a letter in two", async () => {
    const body = Buffer.from(JSON.stringify(aRow({ hlf_likepersonnr: "Åse" })));
    const cut = body.indexOf("Å") + 1;
    const { client } = await aScriptedDataverse((_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.write(body.subarray(0, cut));
      setTimeout(() => response.end(body.subarray(cut)), 30);
    });

    expect(await client.read("Åse")).toMatchObject({ key: "Åse" });
  });

  test("a byte order mark", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.add("LP-1");
    simulator.inject({ on: "read", effect: "bom" });

    expect(await client.read("LP-1")).toMatchObject({ key: "LP-1" });
  });
});

describe("the token goes to the configured host only", () => {
  test.for([301, 302, 303, 307, 308])("a redirect with %i is not followed", async (status) => {
    const elsewhere = await aServer((_, response) => sendJson(response, 200, aRow()));

    const error = await readFailure((_, response) => {
      response.writeHead(status, { Location: `${elsewhere.origin}/login` }).end();
    });

    expect(error).toMatchObject({ errorClass: "transient" });
    expect((error as Error).message).toMatch(/redirect/);
    expect(elsewhere.received).toEqual([]);
  });

  test.for(["http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "/login"])(
    "a redirect to %s is not followed",
    async (location) => {
      const { client, simulator } = await aSimulatedDataverse({ deadlineMs: SHORT_MS * 4 });
      simulator.inject({ on: "read", effect: "redirect", location });

      expect(await failureOf(client.read("LP-1"))).toMatchObject({
        errorClass: "transient",
        message: expect.stringMatching(/redirect/),
      });
      expect(simulator.requests()).toBe(2);
    },
  );

  test("a redirect of the login is not followed either", async () => {
    const elsewhere = await aServer((_, response) => sendJson(response, 200, {}));
    const entra = await anEntra((_, response) => {
      response.writeHead(307, { Location: elsewhere.origin }).end();
    });
    const client = createDynamicsClient(configOf(variables(elsewhere.origin, entra.origin)));

    expect(await failureOf(client.whoAmI())).toMatchObject({ errorClass: "transient" });
    expect(elsewhere.received).toEqual([]);
  });
});

describe("TLS: a host that cannot prove who it is never gets the token", () => {
  /** Made faster than one for RSA. */
  const newKey = "ec -pkeyopt ec_paramgen_curve:P-256";
  const good = { from: "2020-01-01", to: "2046-01-01" };
  test.for([
    { name: "a certificate of nobody's", host: "localhost", dates: good, trusted: false },
    { name: "a certificate for another host", host: "127.0.0.1", dates: good, trusted: true },
    {
      name: "an expired certificate",
      host: "localhost",
      dates: { from: "2020-01-01", to: "2021-01-01" },
      trusted: true,
    },
    {
      name: "a certificate of the future",
      host: "localhost",
      dates: { from: "2045-01-01", to: "2046-01-01" },
      trusted: true,
    },
  ])("$name", async ({ host, dates, trusted }) => {
    const tls = aCertificate({ ...dates, newKey });
    if (trusted) trust(tls.cert);
    const server = await aServer((_, response) => sendJson(response, 200, {}), tls);

    const error = await failureAt(`https://${host}:${server.port}`);

    expect(error).toMatchObject({ errorClass: "config" });
    expect((error as Error).message).toMatch(/^The certificate of Dataverse .*DYNAMICS_URL/);
    expect(server.received).toEqual([]);
  });

  test("a sound one does", async () => {
    const tls = aCertificate({ ...good, newKey });
    trust(tls.cert);
    const server = await aServer((_, response) => sendJson(response, 403, ""), tls);

    expect(await failureAt(`https://localhost:${server.port}`)).toMatchObject({ status: 403 });
    expect(server.received).toHaveLength(1);
  });

  test("plain http where https was said", async () => {
    const server = await aServer((_, response) => sendJson(response, 200, {}));

    expect(await failureAt(`https://127.0.0.1:${server.port}`)).toMatchObject({
      errorClass: "config",
    });
  });
});

/** For the length of a test. */
function trust(cert: string): void {
  const before = getCACertificates("default");
  setDefaultCACertificates([cert]);
  onTestFinished(() => setDefaultCACertificates(before));
}
