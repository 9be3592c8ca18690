import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { aToken, post, startTestApi, test } from "../../support/api.ts";

/** Lists in lists: organisation, mentors, their notifications, and what was delivered of them. */
const NESTED = (first: string) => `
  query Nested${first.includes("$n") ? "($n: Int)" : ""} {
    organizations${first} { nodes {
      mentors${first} { nodes {
        notifications${first} { nodes { id } }
      } }
    } }
  }`;

const SUBSCRIPTION = `subscription {
  rosterChanged(organizationId: "3f2c8a52-6f0e-4a55-9d9f-6f9a3f1d6c11") { isMore } }`;

/** Up and down the same relation. */
function ladder(depth: number): string {
  let inner = "id";
  for (let step = 0; step < depth; step += 1) {
    inner = step % 2 === depth % 2 ? `mentor { ${inner} }` : `portalListing { ${inner} }`;
  }
  return `{ mentors(first: 1) { nodes { ${inner} } } }`;
}

const aliases = (count: number) =>
  `{ ${Array.from({ length: count }, (_, index) => `a${index}: currentPersonId`).join(" ")} }`;

/** Fragments that double what they hold, so many times. */
function laughs(times: number): string {
  const fragments = Array.from(
    { length: times },
    (_, index) => `fragment f${index} on Mentor { ...f${index + 1} ...f${index + 1} }`,
  );
  return `{ mentors { nodes { ...f0 } } } ${fragments.join(" ")} fragment f${times} on Mentor { id }`;
}

describe("X3: a document that asks for too much is refused before anything is done", () => {
  test.for<[name: string, document: string, says: RegExp]>([
    ["too deep", ladder(10), /nested deeper than 12/],
    [
      "too deep in a fragment",
      `query { mentors { nodes { ...f } } } fragment f on Mentor { ${"person { organization { ".repeat(7)} id ${"} }".repeat(7)} }`,
      /nested deeper|Cannot query/,
    ],
    ["too many aliases", aliases(31), /at most 30 aliases/],
    ["a hundred thousand fields in a few words", laughs(17), /at most 500 fields/],
    ["pages in pages in pages", NESTED(""), /more than 10000 rows/],
    ["pages whose size nobody knows yet", NESTED("(first: $n)"), /more than 10000 rows/],
    [
      "many values in few rows",
      `{ mentors(first: 100) { nodes { assignments(first: 100) { nodes { ${"id openedOn ".repeat(5)} } } } } }`,
      /more than 50000 values/,
    ],
    [
      "pages in a list that has none",
      `mutation { registerActivities(input: { activities: [] }) { activities {
         mentor { assignments(first: 101) { nodes { id } } portalListing { mentor { assignments { nodes { id } } } } } } } }`,
      /more than 10000 rows/,
    ],
    [
      "more than ten commands",
      `mutation { ${Array.from({ length: 11 }, (_, i) => `a${i}: markAsRead(input: { deliveryId: "3f2c8a52-6f0e-4a55-9d9f-6f9a3f1d6c11" }) { clientMutationId }`).join(" ")} }`,
      /at most 10 commands/,
    ],
    [
      "commands in a fragment",
      `mutation { ...f } fragment f on Mutation { a: markAsRead(input: { deliveryId: "3f2c8a52-6f0e-4a55-9d9f-6f9a3f1d6c11" }) { clientMutationId } }`,
      /at most 10 commands/,
    ],
    ["too many words", `{ ${"currentPersonId ".repeat(3_000)} }`, /token/i],
    [
      "a fragment that holds itself",
      "{ mentors { nodes { ...f } } } fragment f on Mentor { person { organization { mentors { nodes { ...f } } } } }",
      /./,
    ],
    [
      "two fragments that hold each other",
      "{ mentors { nodes { ...f } } } fragment f on Mentor { ...g } fragment g on Mentor { ...f }",
      /Cannot spread fragment/,
    ],
    ["nothing that is GraphQL", "{ mentors { nodes { id }", /Syntax Error/],
    ["the schema", "{ __schema { types { name } } }", /introspection/i],
    ["a type of it", '{ __type(name: "Mentor") { name } }', /introspection/i],
  ])("%s", async ([, document, says], { api, world }) => {
    const begun = performance.now();

    const { status, code, data, errors } = await api.ask(document, { as: world.administrator });

    expect(status).toBe(400);
    expect(code).toMatch(/^(TOO_COMPLEX|INVALID_REQUEST)$/);
    expect(data).toBeUndefined();
    expect(errors[0]?.message).toMatch(says);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test("and does not hint at what there is", async ({ api, world }) => {
    const { errors } = await api.ask("{ mentorz { nodes { idd } } }", { as: world.administrator });

    expect(errors.map(({ message }) => message).join()).toMatch(/Cannot query field/);
    expect(errors.map(({ message }) => message).join()).not.toMatch(/Did you mean|mentors/);
  });

  test("but what a dashboard asks is not", async ({ api, world }) => {
    const answers = await Promise.all(
      [
        ladder(8),
        aliases(30),
        NESTED("(first: 10)"),
        "{ mentors(first: 100) { nodes { id assignments { nodes { id lastContactOn } } } } }",
        `{ mentors(first: 100) { nodes { id mentorKey status version
             assignments { nodes { id openedOn closedOn lastContactOn clientReference } } } } }`,
      ].map((document) => api.ask(document, { as: world.administrator })),
    );

    for (const { errors } of answers) expect(errors).toEqual([]);
  });
});

describe("X3: bodies", () => {
  test("above 100 kB are refused, and the server goes on", async ({ api, world }) => {
    const large = await api.ask(`{ currentPersonId } # ${"x".repeat(100_000)}`, { as: world.self });

    expect([large.status, large.code]).toEqual([413, "INVALID_REQUEST"]);
    expect((await api.ask("{ currentPersonId }", { as: world.self })).errors).toEqual([]);
  });

  test.for<[name: string, body: unknown]>([
    ["a list of requests", [{ query: "{ currentPersonId }" }]],
    ["no JSON", "{"],
    ["null", "null"],
    ["a number as query", { query: 1 }],
    ["variables that are none", { query: "{ currentPersonId }", variables: "x" }],
    ["no query", {}],
  ])("that are none are refused: %s", async ([, body], { api }) => {
    const { status, code, errors } = await post(api.url, body);

    expect(status).toBe(400);
    expect(code).toBe("INVALID_REQUEST");
    expect(errors[0]?.message).toMatch(/^\w/);
  });

  test.for<[name: string, query: string, variables: Record<string, unknown>]>([
    [
      "a value of another type",
      "query ($s: String) { roster(search: $s) { nodes { mentorId } } }",
      { s: 1 },
    ],
    ["no value", "query ($id: UUID!) { mentor(id: $id) { id } }", {}],
    ["a value that cannot be read", '{ mentor(id: "x") { id } }', {}],
    ["two operations", "query A { currentPersonId } query B { currentPersonId }", {}],
    ["a subscription, which would stay", SUBSCRIPTION, {}],
  ])(
    "whose document cannot be answered say so with a code: %s",
    async ([, query, variables], { api }) => {
      const { code, data, errors } = await post(api.url, { query, variables });

      expect({ code, data }).toEqual({ code: "INVALID_REQUEST", data: undefined });
      expect(errors[0]?.message).toMatch(/^[A-Z]/);
    },
  );

  test("in an encoding are refused, and the type is read however it is written", async ({
    api,
  }) => {
    const zipped = await post(
      api.url,
      { query: "{ currentPersonId }" },
      { "content-encoding": "gzip" },
    );
    const plain = await post(
      api.url,
      { query: "{ currentPersonId }" },
      { "content-type": "Application/JSON ; charset=utf-8", "content-encoding": "identity" },
    );

    expect([zipped.status, zipped.code]).toEqual([415, "INVALID_REQUEST"]);
    expect(plain.data).toEqual({ currentPersonId: null });
  });

  test.for([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/graphql",
  ])("of type %s are refused, as any page may send them", async (type, { api }) => {
    const { status } = await post(
      api.url,
      { query: "{ currentPersonId }" },
      { "content-type": type },
    );

    expect(status).toBe(415);
  });

  test("a thousand different documents at once are answered, one like the other", async ({
    api,
    world,
  }) => {
    const token = `Bearer ${await aToken(world.administrator)}`;
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        post(
          api.url,
          {
            query: `query Q${index} { a${index}: mentors(first: ${(index % 100) + 1}) { nodes { id } } }`,
          },
          { authorization: token },
        ),
      ),
    );

    for (const [index, { data, errors }] of answers.entries()) {
      expect(errors).toEqual([]);
      expect(data).toEqual({ [`a${index}`]: { nodes: [{ id: world.mentor.id }] } });
    }
    expect((await api.ask("{ currentPersonId }", { as: world.self })).status).toBe(200);
  });
});

describe("X3: with trusted documents", () => {
  const QUERY = "query Who { currentPersonId }";

  test("only those are answered, by their name or their hash", async ({ databaseUrl, world }) => {
    const folder = await mkdtemp(join(tmpdir(), "documents-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "who.graphql"), QUERY);
    const api = await startTestApi(databaseUrl, { trustedDocuments: folder });
    onTestFinished(() => api.stop());
    const headers = { authorization: `Bearer ${await aToken(world.coordinator)}` };
    const sha256Hash = createHash("sha256").update(QUERY).digest("hex");

    const known = await Promise.all([
      post(api.url, { documentId: "who" }, headers),
      post(api.url, { id: "who", query: "{ mentors { nodes { id } } }" }, headers),
      post(api.url, { extensions: { persistedQuery: { version: 1, sha256Hash } } }, headers),
    ]);
    const unknown = await Promise.all([
      post(api.url, { query: QUERY }, headers),
      post(api.url, { documentId: "who.graphql" }, headers),
      post(api.url, { documentId: "../who" }, headers),
      post(api.url, { documentId: "__proto__" }, headers),
      post(api.url, { documentId: ["who"] }, headers),
    ]);

    for (const { data } of known) expect(data).toEqual({ currentPersonId: world.coordinatorId });
    for (const { status, code } of unknown) {
      expect({ status, code }).toEqual({ status: 400, code: "UNKNOWN_DOCUMENT" });
    }
  });
});
