import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT, UnsecuredJWT, exportJWK, exportSPKI, generateKeyPair } from "jose";
import type { CryptoKey, JWK, JWTHeaderParameters } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { identifyBy } from "../../../worker/api/caller.ts";
import type { Identified } from "../../../worker/api/caller.ts";
import type { TokenConfig } from "../../../worker/api/config.ts";
import { AUDIENCE, ISSUER, SECRET, aToken, apiConfig } from "../../support/api.ts";

const TOKENS = apiConfig("postgres://nobody").tokens;
const now = () => Math.floor(Date.now() / 1000);

interface TokenParts {
  header?: Partial<JWTHeaderParameters>;
  claims?: Record<string, unknown>;
  key?: Uint8Array | CryptoKey;
}

/** A good token of a subject, but for what is given; a claim that is undefined is left out. */
async function sign({ header, claims, key = SECRET }: TokenParts = {}): Promise<string> {
  const payload = { iss: ISSUER, aud: AUDIENCE, sub: "kari", exp: now() + 60, ...claims };
  return await new SignJWT(payload).setProtectedHeader({ alg: "HS256", ...header }).sign(key);
}

async function identify(token: string, tokens: TokenConfig = TOKENS): Promise<Identified> {
  return await identifyBy(tokens)(`Bearer ${token}`);
}

/** The token with other bytes in its header. */
function withHeader(token: string, header: object): string {
  return [
    Buffer.from(JSON.stringify(header)).toString("base64url"),
    ...token.split(".").slice(1),
  ].join(".");
}

describe("X3: a good token names a subject", () => {
  test("and nothing else: whatever else it claims is not heard", async () => {
    const exp = now() + 60;
    const token = await sign({
      claims: { exp, role: "postgres", person_id: "1", organization: "demo", scope: "admin" },
    });

    expect(await identify(token)).toEqual({
      caller: { subject: "kari", isService: false, expiresAt: (exp + 30) * 1000 },
    });
  });

  test("or a service, by its claim or by the configuration", async () => {
    const serviceSubjects = new Set(["scheduler"]);

    const byClaim = await identify(await sign({ claims: { service: true } }));
    const byName = await identify(await sign({ claims: { sub: "scheduler" } }), {
      ...TOKENS,
      serviceSubjects,
    });
    const byWord = await identify(await sign({ claims: { service: "true" } }));

    expect([byClaim, byName, byWord].map(({ caller }) => caller?.isService)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("of the claim that the configuration names", async () => {
    const tokens = { ...TOKENS, subjectClaim: "oid" };

    expect(
      (await identify(await sign({ claims: { oid: "kari-oid" } }), tokens)).caller,
    ).toMatchObject({ subject: "kari-oid" });
    expect((await identify(await sign(), tokens)).refusal?.reason).toBe("bad_claim");
  });

  test.for(["JWT", "at+jwt", "application/at+JWT", undefined])("of type %s", async (typ) => {
    expect(
      (await identify(await sign({ header: typ === undefined ? {} : { typ } }))).caller,
    ).toBeDefined();
  });

  test("and without one it is nobody", async () => {
    const identify = identifyBy(TOKENS);

    for (const nothing of [undefined, ""]) {
      expect((await identify(nothing)).caller?.subject).toBeUndefined();
    }
  });

  test("30 seconds after it has ended still, for clocks that differ", async () => {
    expect((await identify(await sign({ claims: { exp: now() - 25 } }))).caller).toBeDefined();
    expect((await identify(await sign({ claims: { nbf: now() + 25 } }))).caller).toBeDefined();
  });

  test.for([
    "'; drop table app_public.mentors; --",
    "kari' or '1'='1",
    "$1",
    "{kari}",
    "Kåre Ødegård",
    "auth0|5f7c8ec7c33c6c004bbafe82",
  ])("even if it looks like SQL: %s is only a text", async (sub) => {
    expect((await identify(await sign({ claims: { sub } }))).caller?.subject).toBe(sub);
  });
});

describe("X3: a bad token is refused, with a reason for the log", () => {
  test.for<[name: string, parts: TokenParts, reason: string]>([
    ["of another audience", { claims: { aud: "somebody-else" } }, "wrong_audience"],
    ["of other audiences", { claims: { aud: ["a", "b"] } }, "wrong_audience"],
    ["without an audience", { claims: { aud: undefined } }, "wrong_audience"],
    ["of another issuer", { claims: { iss: "https://evil.example.org/" } }, "wrong_issuer"],
    ["of an issuer that only begins like ours", { claims: { iss: `${ISSUER}x` } }, "wrong_issuer"],
    ["that has expired", { claims: { exp: now() - 31 } }, "expired"],
    ["that never expires", { claims: { exp: undefined } }, "bad_claim"],
    ["whose end is a text", { claims: { exp: "tomorrow" } }, "bad_claim"],
    ["of the future", { claims: { nbf: now() + 3600 } }, "not_yet_valid"],
    ["issued in the future", { claims: { iat: now() + 3600 } }, "not_yet_valid"],
    ["of nobody", { claims: { sub: undefined } }, "bad_claim"],
    ["of a blank", { claims: { sub: "  " } }, "no_subject"],
    ["of a number", { claims: { sub: 42 } }, "no_subject"],
    ["of a list", { claims: { sub: ["kari"] } }, "no_subject"],
    ["of a text with a zero", { claims: { sub: "kari\u0000" } }, "no_subject"],
    ["of a text of 256 letters", { claims: { sub: "k".repeat(256) } }, "no_subject"],
    ["to log out with", { header: { typ: "logout+jwt" } }, "wrong_type"],
    ["to prove a possession with", { header: { typ: "dpop+jwt" } }, "wrong_type"],
    ["by another secret", { key: new TextEncoder().encode("x".repeat(32)) }, "bad_signature"],
    [
      "by another algorithm",
      { header: { alg: "HS512" }, key: new Uint8Array(64) },
      "bad_algorithm",
    ],
  ])("%s", async ([, parts, reason]) => {
    const { refusal } = await identify(await sign(parts));

    expect(refusal).toMatchObject({ status: 401, reason });
    expect(refusal?.sentence).toMatch(/^[A-Z].*\.$/);
    expect(refusal?.sentence).not.toContain("kari");
  });

  test.for(["none", "None", "nOnE", "NONE"])("of algorithm %s", async (alg) => {
    const unsecured = new UnsecuredJWT({})
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setSubject("kari")
      .setExpirationTime("1m")
      .encode();

    for (const token of [
      withHeader(unsecured, { alg }),
      withHeader(await sign(), { alg }),
      `${unsecured}AAAA`,
    ]) {
      expect((await identify(token)).refusal?.status).toBe(401);
    }
  });

  test("larger than 8 kB", async () => {
    const token = await sign({ claims: { padding: "x".repeat(16_000) } });

    expect((await identify(token)).refusal?.reason).toBe("too_large");
  });

  test.for([
    "Bearer",
    "Bearer ",
    "Basic a2FyaTprYXJp",
    "Bearer a b",
    "Bearer a.b",
    "Bearer a.b.c",
    "Bearer ..",
    "kari",
    "Bearer 💥",
  ])("that is none: %s", async (authorization) => {
    expect((await identifyBy(TOKENS)(authorization)).refusal?.status).toBe(401);
  });
});

/** A login service with keys that can be changed, and how often it was asked. */
async function loginService() {
  const service = { keys: [] as JWK[], asked: 0, status: 200, url: new URL("http://127.0.0.1") };
  const server = createServer((_, response) => {
    service.asked += 1;
    response.writeHead(service.status, { "content-type": "application/json" });
    response.end(JSON.stringify({ keys: service.keys }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  service.url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`);
  return service;
}

async function aKey(kid: string, alg = "ES256") {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { publicKey, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

async function signBy(kid: string, key: CryptoKey): Promise<string> {
  return await sign({ header: { alg: "ES256", kid }, key });
}

describe("X3: with the keys of a login service", () => {
  test.for(["RS256", "PS256", "ES256", "EdDSA"])("%s is accepted", async (alg) => {
    const service = await loginService();
    const { privateKey, jwk } = await aKey("first", alg);
    service.keys = [jwk];
    const tokens: TokenConfig = { ...TOKENS, keys: { kind: "jwks", url: service.url } };

    const token = await sign({ header: { alg, kid: "first" }, key: privateKey });

    expect((await identify(token, tokens)).caller?.subject).toBe("kari");
  });

  test("the public key is no secret: HS256 signed with it is refused", async () => {
    const service = await loginService();
    const { publicKey, jwk } = await aKey("first", "RS256");
    service.keys = [jwk];
    const tokens: TokenConfig = { ...TOKENS, keys: { kind: "jwks", url: service.url } };
    const pem = new TextEncoder().encode(await exportSPKI(publicKey));

    const token = await sign({ header: { alg: "HS256", kid: "first" }, key: pem });

    expect((await identify(token, tokens)).refusal).toMatchObject({
      status: 401,
      reason: "bad_algorithm",
    });
  });

  test.for(["stranger", "../../etc/passwd", "' or 1=1 --", undefined])(
    "a key that it does not publish is refused: %s",
    async (kid) => {
      const service = await loginService();
      service.keys = [(await aKey("first")).jwk, (await aKey("second")).jwk];
      const { privateKey } = await aKey("stranger");
      const tokens: TokenConfig = { ...TOKENS, keys: { kind: "jwks", url: service.url } };

      const token = await sign({
        header: { alg: "ES256", ...(kid !== undefined && { kid }) },
        key: privateKey,
      });

      expect((await identify(token, tokens)).refusal).toMatchObject({
        status: 401,
        reason: "unknown_key",
      });
    },
  );

  test("a key in the token itself is not looked at", async () => {
    const service = await loginService();
    const [ours, theirs] = [await aKey("first"), await aKey("first")];
    service.keys = [ours.jwk];
    const tokens: TokenConfig = { ...TOKENS, keys: { kind: "jwks", url: service.url } };

    const header = { alg: "ES256", kid: "first", jwk: theirs.jwk, jku: "http://127.0.0.1:1/keys" };
    const token = await sign({ header, key: theirs.privateKey });

    expect((await identify(token, tokens)).refusal?.reason).toBe("bad_signature");
  });

  test("keys rotate: the old one is good while it is published, and not a fetch longer", async () => {
    const service = await loginService();
    const [old, next] = [await aKey("old"), await aKey("next")];
    service.keys = [old.jwk, next.jwk];
    const tokens: TokenConfig = { ...TOKENS, keys: { kind: "jwks", url: service.url } };
    const identify = identifyBy(tokens);
    const both = [await signBy("old", old.privateKey), await signBy("next", next.privateKey)];
    for (const token of both) expect((await identify(`Bearer ${token}`)).caller).toBeDefined();
    expect(service.asked).toBe(1);

    service.keys = [next.jwk];
    const later = identifyBy(tokens);

    expect((await later(`Bearer ${both[0]}`)).refusal?.reason).toBe("unknown_key");
    expect((await later(`Bearer ${both[1]}`)).caller).toBeDefined();
  });

  test("a service that does not answer is no verdict on the token", async () => {
    const service = await loginService();
    service.status = 500;
    const { privateKey } = await aKey("first");
    const tokens: TokenConfig = { ...TOKENS, keys: { kind: "jwks", url: service.url } };

    const token = await sign({ header: { alg: "ES256", kid: "first" }, key: privateKey });

    expect((await identify(token, tokens)).refusal).toMatchObject({
      status: 503,
      reason: "no_keys",
    });
  });
});

test("the token of the tests is a good one", async () => {
  expect((await identify(await aToken("kari"))).caller?.subject).toBe("kari");
});
