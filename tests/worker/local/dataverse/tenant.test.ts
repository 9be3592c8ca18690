import { describe, expect, test } from "vitest";
import { aCaller, aSimulator, codeOf, login, loginForm, receive } from "./client.ts";
import type { Simulator } from "../../../../worker/local/dataverse/simulator.ts";

async function post(
  simulator: Simulator,
  body: URLSearchParams | string,
  endpoint = simulator.tokenEndpoint,
) {
  return await receive(await fetch(endpoint, { method: "POST", body }));
}

describe("the login", () => {
  test("gives a bearer token, and ignores fields that it does not know", async () => {
    const simulator = await aSimulator({ tokenLifeSeconds: 600 });

    const form = loginForm(simulator, { "x-client-SKU": "a library" });
    const { status, json } = await post(simulator, form);

    expect(status).toBe(200);
    expect(json).toEqual({
      token_type: "Bearer",
      expires_in: 600,
      ext_expires_in: 600,
      access_token: expect.stringMatching(/./),
    });
  });

  test.for([
    { what: "a wrong secret", form: { client_secret: "?" }, is: [401, "invalid_client", 7000215] },
    { what: "no secret", form: { client_secret: null }, is: [401, "invalid_client", 7000218] },
    { what: "another app", form: { client_id: "?" }, is: [400, "unauthorized_client", 700016] },
    { what: "no app", form: { client_id: null }, is: [400, "invalid_request", 900144] },
    { what: "no scope", form: { scope: "" }, is: [400, "invalid_request", 900144] },
    { what: "a broken scope", form: { scope: "openid" }, is: [400, "invalid_scope", 70011] },
    {
      what: "another environment's scope",
      form: { scope: "https://other.example.org/.default" },
      is: [400, "invalid_resource", 500011],
    },
    {
      what: "another grant",
      form: { grant_type: "password" },
      is: [400, "unsupported_grant_type", 70003],
    },
  ] as const)("refuses $what", async ({ form, is: [expected, error, code] }) => {
    const simulator = await aSimulator();

    const { status, json } = await post(simulator, loginForm(simulator, form));

    expect(status).toBe(expected);
    expect(json).toEqual({
      error,
      error_description: expect.stringMatching(
        new RegExp(
          `^AADSTS${code}: .*\\r\\nTrace ID: .*\\r\\nCorrelation ID: .*\\r\\nTimestamp: .*Z$`,
        ),
      ),
      error_codes: [code],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
      trace_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      error_uri: `https://login.microsoftonline.com/error?code=${code}`,
    });
  });

  test("refuses a tenant that it does not know", async () => {
    const simulator = await aSimulator();
    const endpoint = `${simulator.url}/another/oauth2/v2.0/token`;

    const { status, json } = await post(simulator, loginForm(simulator), endpoint);

    expect(status).toBe(400);
    expect(json).toMatchObject({ error: "invalid_request", error_codes: [90002] });
  });

  test("reads a form and nothing else", async () => {
    const simulator = await aSimulator();

    const { status } = await post(simulator, loginForm(simulator).toString());

    expect(status).toBe(400);
  });
});

describe("secrets", () => {
  test("an expired one is refused, its tokens go on, and a second one takes its place", async () => {
    const simulator = await aSimulator();
    const before = loginForm(simulator);
    const call = await aCaller(simulator);
    const secret = simulator.rotateSecret();
    expect((await post(simulator, before)).status, "two are good at a time").toBe(200);

    simulator.expireSecret();

    expect(await post(simulator, before)).toMatchObject({
      status: 401,
      json: { error: "invalid_client", error_codes: [7000222] },
    });
    expect((await call("WhoAmI")).status).toBe(200);
    expect(simulator.environment()).toMatchObject({ DYNAMICS_CLIENT_SECRET: secret });
    expect((await post(simulator, loginForm(simulator))).status).toBe(200);
  });

  test("healing brings expired ones back", async () => {
    const simulator = await aSimulator();
    simulator.expireSecret();

    simulator.heal();

    expect((await post(simulator, loginForm(simulator))).status).toBe(200);
  });
});

describe("tokens", () => {
  test.for([
    { what: "none", headers: {} },
    { what: "a made-up one", headers: { Authorization: "Bearer made-up" } },
    { what: "a password", headers: { Authorization: "Basic bWU6bWU=" } },
  ])("$what is answered with 401, no body, and where to log in", async ({ headers }) => {
    const simulator = await aSimulator();

    const { status, text, headers: received } = await refused(simulator, { ...headers });

    expect({ status, text }).toEqual({ status: 401, text: "" });
    expect(received.get("WWW-Authenticate")).toMatch(
      /^Bearer authorization_uri=https:\/\/login\.microsoftonline\.com\/.*, resource_id=http/,
    );
  });

  test("one that is too old is refused", async () => {
    const simulator = await aSimulator({ tokenLifeSeconds: 0 });
    const token = await login(simulator);

    const { status } = await refused(simulator, { Authorization: `Bearer ${token}` });

    expect(status).toBe(401);
  });

  test("revoked ones are refused, a new one is not, and healing forgets it", async () => {
    const simulator = await aSimulator();
    const old = await aCaller(simulator);

    simulator.revokeTokens();

    expect((await old("WhoAmI")).status).toBe(401);
    const renewed = await aCaller(simulator);
    expect((await renewed("WhoAmI")).status).toBe(200);
    simulator.heal();
    expect((await old("WhoAmI")).status).toBe(200);
  });
});

describe("the application user", () => {
  test.for([
    { state: "not_a_member", code: "0x80072560", whoAmI: 403 },
    { state: "disabled", code: "0x80040225", whoAmI: 403 },
    { state: "missing_role", code: "0x80040220", whoAmI: 200 },
  ] as const)("that is $state gets 403 $code", async ({ state, code, whoAmI }) => {
    const simulator = await aSimulator();
    const call = await aCaller(simulator);

    simulator.setApplicationUser(state);

    const answer = await call("contacts");
    expect(answer.status).toBe(403);
    expect(codeOf(answer)).toBe(code);
    expect((await call("WhoAmI")).status).toBe(whoAmI);
    simulator.heal();
    expect((await call("contacts")).status).toBe(200);
  });

  test("without its role may neither read nor write, each by its privilege", async () => {
    const simulator = await aSimulator();
    const { etag } = simulator.add("LP-1");
    const call = await aCaller(simulator);
    simulator.setApplicationUser("missing_role");

    const read = await call("contacts(hlf_likepersonnr='LP-1')");
    const write = await call("contacts(hlf_likepersonnr='LP-1')", {
      method: "PATCH",
      body: { hlf_synlig: true },
      headers: { "If-Match": etag },
    });

    expect(read.text).toContain("prvReadContact");
    expect(write.text).toContain("prvWriteContact");
    expect(simulator.row("LP-1")).toMatchObject({ visible: false, etag });
  });
});

async function refused(simulator: Simulator, headers: Record<string, string>) {
  const response = await fetch(`${simulator.url}/api/data/v9.2/WhoAmI`, { headers });
  return await receive(response);
}
