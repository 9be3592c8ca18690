import { constants, createHash, verify, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createCredentials } from "../../../worker/dynamics/credentials.ts";
import type { CredentialsOptions } from "../../../worker/dynamics/credentials.ts";
import { DynamicsError } from "../../../worker/dynamics/errors.ts";
import { startSimulator } from "../../../worker/local/dataverse/simulator.ts";
import type { Simulator } from "../../../worker/local/dataverse/simulator.ts";
import { aCertificate, aFile } from "./certificates.ts";
import {
  anEntra,
  CLIENT_ID,
  configOf,
  failureOf,
  giveToken,
  refuseToken,
  sendJson,
  SHORT_MS,
  TOKEN,
  variables,
} from "./servers.ts";
import type { Script } from "./servers.ts";

const DATAVERSE = "https://association.api.crm4.dynamics.com";

async function aSimulator(): Promise<Simulator> {
  const simulator = await startSimulator();
  onTestFinished(() => simulator.stop());
  return simulator;
}

function credentialsAt(simulator: Simulator, changes: Record<string, string> = {}) {
  return createCredentials(configOf({ ...simulator.environment(), ...changes }));
}

async function withScript(
  script: Script,
  changes: Record<string, string> = {},
  options: CredentialsOptions = {},
) {
  const entra = await anEntra(script);
  const config = configOf({ ...variables(DATAVERSE, entra.origin), ...changes });
  return { entra, credentials: createCredentials(config, options) };
}

/** Answers in turn; the last one answers the rest. */
function inTurn(...scripts: Script[]): Script {
  return (request, response, number) =>
    scripts[Math.min(number, scripts.length) - 1]!(request, response, number);
}

/** Tokens that can be told apart. */
const numbered: Script = (request, response, number) =>
  giveToken({ access_token: `token-${number}` })(request, response, number);

/** A body that never ends, byte by byte. */
const trickle: Script = (_, response) => {
  response.writeHead(200, { "Content-Type": "application/json" });
  const drip = setInterval(() => response.write(" "), 20);
  response.on("close", () => clearInterval(drip));
};

function stopClock() {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-22T10:00:00Z") });
  onTestFinished(() => void vi.useRealTimers());
  return { advance: (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000) };
}

describe("P7: a login that Entra refuses is of class auth, with Entra's number", () => {
  test.for([
    [
      "wrong secret",
      { DYNAMICS_CLIENT_SECRET: "wrong" },
      401,
      "AADSTS7000215",
      /DYNAMICS_CLIENT_SECRET/,
    ],
    [
      "app not in tenant",
      { DYNAMICS_CLIENT_ID: "99999999-aaaa-4aaa-8aaa-999999999999" },
      400,
      "AADSTS700016",
      /DYNAMICS_CLIENT_ID/,
    ],
  ] as const)("%s", async ([, changes, status, code, cure]) => {
    const simulator = await aSimulator();

    const error = await failureOf(credentialsAt(simulator, changes).token());

    expect(error).toBeInstanceOf(DynamicsError);
    expect(error).toMatchObject({ errorClass: "auth", status, code });
    expect((error as Error).message).toMatch(cure);
  });

  test("expired secret on a cold start", async () => {
    const simulator = await aSimulator();
    const credentials = credentialsAt(simulator);
    simulator.expireSecret();

    const error = await failureOf(credentials.token());

    expect(error).toMatchObject({ errorClass: "auth", status: 401, code: "AADSTS7000222" });
    expect((error as Error).message).toMatch(/expired; create a new one .*DYNAMICS_CLIENT_SECRET/);
  });

  test.for([
    [400, "invalid_request", 90002],
    [400, "invalid_resource", 500011],
    [400, "invalid_scope", 70011],
    [401, "invalid_client", 700027],
    [400, "unauthorized_client", 7000112],
    [400, "a_code_of_tomorrow", 123],
  ] as const)("%i %s %i", async ([status, error, code]) => {
    const { credentials } = await withScript(refuseToken(status, error, code));

    expect(await failureOf(credentials.token())).toMatchObject({
      errorClass: "auth",
      status,
      code: `AADSTS${code}`,
    });
  });

  test.for([
    ["in the list alone", { error_codes: [50034] }, "AADSTS50034"],
    ["in the description alone", { error_description: "AADSTS50034: Words." }, "AADSTS50034"],
    ["nowhere", {}, undefined],
    ["in an answer that is no JSON", "<h1>AADSTS50034</h1>", undefined],
  ] as const)("the number is %s", async ([, body, code]) => {
    const { credentials } = await withScript((_, response) => sendJson(response, 400, body));

    expect(await failureOf(credentials.token())).toMatchObject({
      errorClass: "auth",
      status: 400,
      code,
    });
  });

  test("clock skew: an assertion outside its time, signed with the certificate", async () => {
    const { key, cert } = aCertificate();
    const { credentials, entra } = await withScript(
      inTurn(refuseToken(401, "invalid_client", 700024), giveToken()),
      certificateIn(key + cert),
    );

    const error = await failureOf(credentials.token());

    expect(error).toMatchObject({ errorClass: "auth", code: "AADSTS700024" });
    expect((error as Error).message).toMatch(/clock/);
    expect(await credentials.token()).toBe(TOKEN);
    expectSignature(new URLSearchParams(entra.received[0]?.body), cert);
  });
});

function certificateIn(content: string): Record<string, string> {
  return { DYNAMICS_CLIENT_SECRET: "", DYNAMICS_CLIENT_CERTIFICATE_FILE: aFile(content) };
}

const parsed = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());

/** By the standard for such assertions, with the certificate's public half. */
function expectSignature(form: URLSearchParams, cert: string): void {
  const certificate = new X509Certificate(cert);
  const assertion = form.get("client_assertion") ?? "";
  const [header = "", payload = "", signature = ""] = assertion.split(".");

  expect(form.get("client_secret")).toBeNull();
  expect(form.get("client_assertion_type")).toBe(
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  );
  expect(parsed(header)).toMatchObject({
    alg: "PS256",
    "x5t#S256": createHash("sha256").update(certificate.raw).digest("base64url"),
    x5c: [certificate.raw.toString("base64")],
  });
  expect(parsed(payload)).toMatchObject({ iss: CLIENT_ID, sub: CLIENT_ID });
  const publicKey = {
    key: certificate.publicKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: 32,
  };
  const signed = Buffer.from(`${header}.${payload}`);
  expect(verify("sha256", signed, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
}

describe("P7: an outage of Entra's is not the login's fault, and is over when Entra says so", () => {
  test("the token endpoint hangs: there is a deadline", async () => {
    const { credentials } = await withScript(() => {}, {}, { deadlineMs: SHORT_MS });

    const start = performance.now();
    const error = await failureOf(credentials.token());

    expect(error).toMatchObject({ errorClass: "transient" });
    expect(performance.now() - start).toBeLessThan(SHORT_MS * 8);
  });

  test("a body that trickles does not reset the deadline", async () => {
    const { credentials } = await withScript(trickle, {}, { deadlineMs: SHORT_MS });

    expect(await failureOf(credentials.token())).toMatchObject({ errorClass: "transient" });
  });

  test.for([
    {
      name: "429 with Retry-After",
      script: refuseToken(429, "temporarily_unavailable", 90055, { "Retry-After": "7" }),
      is: { errorClass: "throttled", status: 429, retryAfterSeconds: 7 },
    },
    {
      name: "429 without",
      script: refuseToken(429, "temporarily_unavailable", 90055),
      is: { errorClass: "throttled", status: 429, retryAfterSeconds: undefined },
    },
    {
      name: "503 without",
      script: refuseToken(503, "temporarily_unavailable", 90033),
      is: { errorClass: "transient", status: 503, retryAfterSeconds: undefined },
    },
    {
      name: "408",
      script: refuseToken(408, "timeout", 1),
      is: { errorClass: "transient", status: 408 },
    },
    {
      name: "HTML 502",
      script: ((_, response) => {
        response.writeHead(502, { "Content-Type": "text/html" }).end("<h1>Bad gateway</h1>");
      }) satisfies Script,
      is: { errorClass: "transient", status: 502, code: undefined },
    },
    {
      name: "HTML 200",
      script: ((_, response) => {
        response.writeHead(200, { "Content-Type": "text/html" }).end("<h1>Welcome</h1>");
      }) satisfies Script,
      is: { errorClass: "transient" },
    },
    {
      name: "200 without a token",
      script: giveToken({ access_token: "" }),
      is: { errorClass: "transient" },
    },
    {
      name: "a token that is no bearer's",
      script: giveToken({ token_type: "pop" }),
      is: { errorClass: "transient" },
    },
    {
      name: "a connection that breaks",
      script: ((_, response) => void response.destroy()) satisfies Script,
      is: { errorClass: "transient" },
    },
  ])("7 $name; the next call goes to the network again, at once", async ({ script, is }) => {
    const { credentials, entra } = await withScript(inTurn(script, giveToken()));

    expect(await failureOf(credentials.token())).toMatchObject(is);
    expect(await credentials.token()).toBe(TOKEN);
    expect(entra.received).toHaveLength(2);
  });
});

describe("tokens are shared and kept", () => {
  test("twenty cold calls at once are one request, and so is a later one", async () => {
    const simulator = await aSimulator();
    const credentials = credentialsAt(simulator);

    const tokens = await Promise.all(Array.from({ length: 20 }, () => credentials.token()));
    tokens.push(await credentials.token());

    expect(new Set(tokens).size).toBe(1);
    expect(simulator.requests("token")).toBe(1);
  });

  test("twenty cold calls that fail are one request, and all are told", async () => {
    const { credentials, entra } = await withScript(refuseToken(401, "invalid_client", 7000222));

    const calls = Array.from({ length: 20 }, () => failureOf(credentials.token()));

    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ code: "AADSTS7000222" });
    }
    expect(entra.received).toHaveLength(1);
  });

  test("a fresh token is not one that was asked for before", async () => {
    const { credentials, entra } = await withScript(numbered);

    const tokens = await Promise.all([
      credentials.token(),
      credentials.token({ fresh: true }),
      credentials.token({ fresh: true }),
      credentials.token(),
    ]);

    expect(tokens).toEqual(["token-1", "token-2", "token-2", "token-2"]);
    expect(await credentials.token()).toBe("token-2");
    expect(entra.received).toHaveLength(2);
  });

  test("an older answer that comes later does not take a fresh token's place", async () => {
    const { credentials } = await withScript((request, response, number) => {
      setTimeout(() => numbered(request, response, number), number === 1 ? 100 : 0);
    });

    const tokens = await Promise.all([credentials.token(), credentials.token({ fresh: true })]);

    expect(tokens).toEqual(["token-1", "token-2"]);
    expect(await credentials.token()).toBe("token-2");
  });

  test("asks for the environment's own scope, without the API's host", async () => {
    const { credentials, entra } = await withScript(giveToken());

    await credentials.token();

    expect(Object.fromEntries(new URLSearchParams(entra.received[0]?.body))).toMatchObject({
      grant_type: "client_credentials",
      client_id: CLIENT_ID,
      scope: "https://association.crm4.dynamics.com/.default",
    });
  });

  test("a token is renewed five minutes before it ends, not sooner", async () => {
    const clock = stopClock();
    const { credentials } = await withScript(numbered);

    await credentials.token();
    clock.advance(3599 - 301);
    expect(await credentials.token()).toBe("token-1");
    clock.advance(2);
    expect(await credentials.token()).toBe("token-2");
  });

  test("a token that may be renewed early serves on while Entra is down", async () => {
    const clock = stopClock();
    const early = giveToken({ access_token: "token-1", expires_in: 86_400, refresh_in: 43_200 });
    const down = refuseToken(503, "temporarily_unavailable", 90033);
    const { credentials, entra } = await withScript(inTurn(early, down, numbered));

    await credentials.token();
    clock.advance(43_201);
    expect(await credentials.token()).toBe("token-1");
    clock.advance(30);
    expect(await credentials.token()).toBe("token-1");
    expect(entra.received).toHaveLength(2);
    clock.advance(31);
    expect(await credentials.token()).toBe("token-3");
  });

  test("a secret that has expired is noticed while a cached token still works", async () => {
    const simulator = await aSimulator();
    const credentials = credentialsAt(simulator);
    const cached = await credentials.token();
    simulator.expireSecret();

    const error = await failureOf(credentials.token({ fresh: true }));

    expect(error).toMatchObject({ errorClass: "auth", code: "AADSTS7000222" });
    expect(await credentials.token()).toBe(cached);
  });
});

describe("P7: credentials are rotated without a restart", () => {
  test("a second secret in the file, then the first one ends", async () => {
    const simulator = await aSimulator();
    const path = aFile("simulated-secret-1\n");
    const secretFile = { DYNAMICS_CLIENT_SECRET: "", DYNAMICS_CLIENT_SECRET_FILE: path };
    const credentials = credentialsAt(simulator, secretFile);
    await credentials.token();

    writeFileSync(path, `${simulator.rotateSecret()}\r\n2027-03-31\r\n`);
    simulator.expireSecret();

    expect(await credentials.token({ fresh: true })).toMatch(/./);
    expect(credentials.expiresOn()).toBe("2027-03-31");
  });

  test("a new certificate in the file signs the next assertion", async () => {
    const [first, second] = [
      aCertificate({ to: "2027-01-31" }),
      aCertificate({ to: "2028-02-29" }),
    ];
    const variables = certificateIn(first.key + first.cert);
    const { credentials, entra } = await withScript(giveToken(), variables);
    await credentials.token();
    expect(credentials.expiresOn()).toBe("2027-01-31");

    // The certificate that belongs to the key counts, wherever in the chain it stands.
    writeFileSync(
      variables["DYNAMICS_CLIENT_CERTIFICATE_FILE"]!,
      `\uFEFF${first.cert}${second.cert}${second.key}`,
    );
    await credentials.token({ fresh: true });

    expect(credentials.expiresOn()).toBe("2028-02-29");
    const form = new URLSearchParams(entra.received[1]?.body);
    const [header = ""] = form.get("client_assertion")?.split(".") ?? [];
    const chain = [second, first].map(({ cert }) => new X509Certificate(cert).raw);
    expect(parsed(header)).toMatchObject({
      "x5t#S256": createHash("sha256").update(chain[0]!).digest("base64url"),
      x5c: chain.map((raw) => raw.toString("base64")),
    });
  });

  test("a file that is empty at the moment is a refused login, until it is whole again", async () => {
    const simulator = await aSimulator();
    const path = aFile("simulated-secret-1");
    const credentials = credentialsAt(simulator, {
      DYNAMICS_CLIENT_SECRET: "",
      DYNAMICS_CLIENT_SECRET_FILE: path,
      DYNAMICS_SECRET_EXPIRES_ON: "2027-01-31",
    });

    writeFileSync(path, "");
    const error = await failureOf(credentials.token());
    expect(error).toMatchObject({ errorClass: "auth" });
    expect((error as Error).message).toMatch(/^DYNAMICS_CLIENT_SECRET_FILE must name a file/);
    expect(credentials.expiresOn()).toBeUndefined();

    writeFileSync(path, "simulated-secret-1");
    expect(await credentials.token()).toMatch(/./);
    expect(credentials.expiresOn()).toBe("2027-01-31");
  });

  test("the last day of a secret in a variable is said by another variable, or not at all", async () => {
    const simulator = await aSimulator();

    expect(credentialsAt(simulator).expiresOn()).toBeUndefined();
    expect(credentialsAt(simulator, { DYNAMICS_SECRET_EXPIRES_ON: "2027-01-31" }).expiresOn()).toBe(
      "2027-01-31",
    );
  });
});

describe("a caller that gives up", () => {
  test("gets its own reason, and the others their token", async () => {
    const { credentials, entra } = await withScript((request, response, number) => {
      setTimeout(() => giveToken()(request, response, number), 50);
    });
    const reason = new Error("shutting down");
    const abort = new AbortController();

    const given = failureOf(credentials.token({ signal: abort.signal }));
    const others = credentials.token();
    abort.abort(reason);

    expect(await given).toBe(reason);
    expect(await others).toBe(TOKEN);
    expect(await failureOf(credentials.token({ signal: abort.signal }))).toBe(reason);
    expect(entra.received).toHaveLength(1);
  });

  test("alone leaves no unhandled failure behind", async () => {
    const { credentials, entra } = await withScript((request, response, number) => {
      setTimeout(() => refuseToken(401, "invalid_client", 7000222)(request, response, number), 20);
    });
    const abort = new AbortController();

    const given = failureOf(credentials.token({ signal: abort.signal }));
    abort.abort();
    await given;

    await vi.waitFor(() => expect(entra.received).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
});
