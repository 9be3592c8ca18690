import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildSchema, getNamedType, isInputObjectType, isObjectType } from "postgraphile/graphql";
import type { GraphQLField, GraphQLSchema } from "postgraphile/graphql";
import { beforeAll, describe, expect } from "vitest";
import { projectRoot } from "../../../worker/database/root.ts";
import { test } from "../../support/api.ts";
import { aMentor, aPause, aPerson, transaction } from "../../support/builders.ts";

let schema: GraphQLSchema;
beforeAll(async () => {
  schema = buildSchema(await readFile(join(projectRoot, "data/schema.graphql"), "utf8"));
});

/**
 * Every command that clients may call, and who may. A new one fails until somebody has decided:
 * "looks after" are the mentor's coordinators and administrators, "office" all of an organisation's,
 * "administrator" the organisation's only.
 */
const COMMANDS: Record<string, string> = {
  acknowledgeAlert: "office",
  approveNightlyRun: "administrator",
  closeAssignment: "mentor, looks after",
  correctLastContact: "administrators of chapter and organisation",
  forcePortalSync: "looks after",
  grantCertification: "looks after",
  markAsRead: "recipient",
  openAssignment: "mentor, looks after",
  pauseMentor: "mentor, looks after",
  reconcilePortal: "administrator",
  reenrollMentor: "looks after",
  registerActivities: "mentor, looks after",
  registerActivity: "mentor, looks after",
  removeActivity: "mentor, looks after",
  resumeMentor: "mentor, looks after",
  retireMentor: "mentor, looks after",
  retryFailedPortalSyncs: "office",
  retryUndeliveredNotifications: "office",
  revokeCertification: "looks after",
  runNightly: "office, service",
  updateOrganizationSettings: "administrator",
};

/** A value of any type that a command takes: enough to be let in, or not. */
const VALUES: Record<string, string> = {
  UUID: '"3f2c8a52-6f0e-4a55-9d9f-6f9a3f1d6c11"',
  Date: '"2026-03-15"',
  String: '"x"',
  Int: "1",
  Boolean: "true",
};

function commands(): GraphQLField<unknown, unknown>[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {});
}

/** A call with what a command cannot do without. */
function callOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const input = getNamedType(args[0]!.type);
  if (!isInputObjectType(input)) throw new Error(`${name} takes no input`);
  const values = Object.values(input.getFields())
    .filter((field) => String(field.type).endsWith("!"))
    .map((field) => {
      const named = getNamedType(field.type).name;
      const value = String(field.type).startsWith("[") ? "[]" : VALUES[named];
      return `${field.name}: ${value ?? "missing"}`;
    });
  const payload = getNamedType(type);
  if (!isObjectType(payload)) throw new Error(`${name} has no payload`);
  const result = Object.values(payload.getFields()).find(
    (field) => field.name !== "clientMutationId",
  );
  const isObject = result !== undefined && isObjectType(getNamedType(result.type));
  const selection = `${result?.name ?? "clientMutationId"} ${isObject ? "{ __typename }" : ""}`;
  return `mutation { ${name}(input: { ${values.join(", ")} }) { ${selection} } }`;
}

describe("X3: commands", () => {
  test("are those that somebody has decided on, and no others", () => {
    expect(commands().map(({ name }) => name)).toEqual(Object.keys(COMMANDS));
  });

  test("take a requestId, and answer with their result under the name of its type", () => {
    for (const { name, args, type } of commands()) {
      const input = getNamedType(args[0]!.type);
      const payload = getNamedType(type);
      if (!isInputObjectType(input) || !isObjectType(payload)) throw new Error(name);
      expect(Object.keys(input.getFields()), name).toContain("requestId");
      const results = Object.values(payload.getFields()).filter(
        (field) => field.name !== "clientMutationId",
      );
      // The worker answers later.
      if (name === "reconcilePortal") continue;
      expect(results, name).toHaveLength(1);
      const result = getNamedType(results[0]!.type);
      const one = isObjectType(result)
        ? result.name.replace(/^./, (letter) => letter.toLowerCase())
        : "result";
      const isList = String(results[0]!.type).startsWith("[");
      expect(results[0]?.name, name).toBe(isList ? one.replace(/y$/, "ies") : one);
    }
  });

  test.for([
    { who: "nobody", as: undefined },
    { who: "a stranger", as: "stranger" },
  ])("refuse $who, each of them, with MNDEN", async ({ as }, { api }) => {
    for (const command of commands()) {
      const { code } = await api.ask(callOf(command), { as });
      expect({ command: command.name, code }).toEqual({ command: command.name, code: "MNDEN" });
    }
  });

  test("refuse a service, each of them but the night (C9)", async ({ api, world }) => {
    const service = { as: "scheduler", claims: { service: true } };
    for (const command of commands()) {
      if (command.name === "runNightly") continue;
      const { code } = await api.ask(callOf(command), service);
      expect({ command: command.name, code }).toEqual({ command: command.name, code: "MNDEN" });
    }

    const night = await api.ask(
      `mutation ($id: UUID!) {
         runNightly(input: { organizationId: $id }) { nightlyRun { state runOn } }
       }`,
      { ...service, variables: { id: world.organization.id } },
    );
    const looked = await api.ask(
      "{ mentors { nodes { id } } organizations { nodes { id } } }",
      service,
    );

    expect(night.errors).toEqual([]);
    expect(looked.data).toEqual({ mentors: { nodes: [] }, organizations: { nodes: [] } });
  });
});

describe("X3: questions", () => {
  test("give nobody and a stranger nothing, whatever is asked", async ({ api }) => {
    const lists = Object.values(schema.getQueryType()!.getFields()).filter(
      ({ type, args }) =>
        String(getNamedType(type)).endsWith("Connection") &&
        args.every(({ type }) => !String(type).endsWith("!")),
    );
    // What the words of the system mean is no secret.
    const open = new Set(["errorCodes", "mentorStatuses", "mentorStatusTransitions"]);

    for (const { name } of lists) {
      for (const as of [undefined, "stranger"]) {
        const { data, errors } = await api.ask(`{ ${name} { nodes { __typename } } }`, { as });
        expect(errors, name).toEqual([]);
        if (!open.has(name)) expect(data?.[name], name).toEqual({ nodes: [] });
      }
    }
  });

  test("show no login, and addresses by computed fields", () => {
    const columns = Object.keys(fieldsOf("Person"));

    expect(columns).not.toContain("authSubject");
    expect(columns).toEqual(expect.arrayContaining(["email", "phone", "fullName"]));
  });

  test("are asked by nothing that nobody may read: such a look-up is refused to everybody", async ({
    tx,
  }) => {
    const { rows } = await tx.query<{ name: string }>(
      `select distinct a.attname as name
       from pg_attribute as a
       join pg_class as c on c.oid = a.attrelid
       where c.relnamespace = 'app_public'::regnamespace
         and c.relkind = 'r'
         and a.attnum > 0
         and not a.attisdropped
         and has_any_column_privilege('mentor_lifecycle_visitor', c.oid, 'select')
         and not has_column_privilege('mentor_lifecycle_visitor', c.oid, a.attnum, 'select')`,
    );
    const hidden = rows.map(({ name }) => name.replaceAll(/_./g, ([, x]) => x!.toUpperCase()));
    expect(hidden).toEqual(expect.arrayContaining(["authSubject", "dedupeKey", "messageId"]));

    const asked = Object.values(fieldsOf("Query")).flatMap(({ name, args }) =>
      args.filter((arg) => hidden.includes(arg.name)).map((arg) => `${name}(${arg.name})`),
    );

    expect(asked).toEqual([]);
  });

  test("have no second id and no node", () => {
    const by = fieldsOf("Query")["mentor"]?.args.map(
      ({ name, type }) => `${name}: ${String(type)}`,
    );

    expect(schema.getType("Node")).toBeUndefined();
    expect(by).toEqual(["id: UUID!"]);
    expect(String(fieldsOf("Mentor")["id"]?.type)).toBe("UUID!");
  });
});

function fieldsOf(name: string) {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object`);
  return type.getFields();
}

/** Paths through the schema to each list, up to three lists deep, as (path, document). */
function* listPaths(): Generator<{ path: string; document: (size: string) => string }> {
  const root = schema.getQueryType()!;
  for (const field of Object.values(root.getFields())) {
    const node = nodeOf(field);
    if (node === undefined || field.args.some(({ type }) => String(type).endsWith("!"))) continue;
    yield {
      path: field.name,
      document: (size) => `{ ${field.name}(${size}) { nodes { __typename } } }`,
    };
    for (const inner of Object.values(node.getFields())) {
      if (nodeOf(inner) === undefined) continue;
      yield {
        path: `${field.name}.${inner.name}`,
        document: (size) =>
          `{ ${field.name}(first: 1) { nodes { ${inner.name}(${size}) { nodes { __typename } } } } }`,
      };
    }
  }
}

function nodeOf({ type }: GraphQLField<unknown, unknown>) {
  const connection = getNamedType(type);
  if (!isObjectType(connection) || !connection.name.endsWith("Connection")) return undefined;
  const node = getNamedType(connection.getFields()["nodes"]!.type);
  return isObjectType(node) ? node : undefined;
}

interface Page {
  totalCount: number;
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; startCursor: string; endCursor: string };
}

describe("V1: pages", () => {
  test("have at most 100 rows, wherever the list stands", async ({ api, world }) => {
    const paths = [...listPaths()];
    expect(paths.length).toBeGreaterThan(60);
    const refused: Record<string, unknown> = {};
    for (const { path, document } of paths) {
      const { errors } = await api.ask(document("first: 101"), { as: world.administrator });
      const [{ message, extensions } = { message: "", extensions: {} as Record<string, unknown> }] =
        errors;
      const code = String(extensions["code"]);
      if (!/^(INVALID_ARGUMENT|MNARG)$/.test(code) || !message.includes("at most 100 rows")) {
        refused[path] = errors;
      }
    }

    expect(refused).toEqual({});
  });

  test("of every size that is none are refused, also as a variable", async ({ api, world }) => {
    const ask = async (variables: object, name = "first") =>
      await api.ask(`query ($n: Int) { mentors(${name}: $n) { nodes { id } } }`, {
        as: world.administrator,
        variables: { ...variables },
      });

    for (const n of [101, 2_147_483_647, -1]) {
      expect((await ask({ n })).code, String(n)).toBe("INVALID_ARGUMENT");
      expect((await ask({ n }, "last")).code, String(n)).toBe("INVALID_ARGUMENT");
    }
    for (const variables of [{}, { n: null }, { n: 100 }]) {
      expect((await ask(variables)).errors).toEqual([]);
    }
  });

  test("have 25 rows if nothing is said, and lead on by cursor, in both directions", async ({
    api,
    world,
    pool,
  }) => {
    const client = await pool.connect();
    await transaction(client, async () => {
      for (let count = 0; count < 60; count += 1) {
        await aMentor(client, world.organization, { expiresOn: "2199-12-31" });
      }
      await aPerson(client, world.organization);
      await aPause(client, world.mentor);
    }).finally(() => client.release());
    const PAGE = `
      query Page($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
        mentors(first: $first, after: $after, last: $last, before: $before) {
          totalCount
          nodes { id }
          pageInfo { hasNextPage endCursor startCursor }
        }
      }`;
    const ask = async (variables: object) => {
      const { data, errors } = await api.ask(PAGE, {
        as: world.administrator,
        variables: { ...variables },
      });
      expect(errors).toEqual([]);
      const { nodes, pageInfo, totalCount } = data!["mentors"] as Page;
      return { ids: nodes.map(({ id }) => id), pageInfo, totalCount };
    };

    const first = await ask({});
    const second = await ask({ after: first.pageInfo.endCursor });
    const third = await ask({ after: second.pageInfo.endCursor });
    const back = await ask({ last: 25, before: third.pageInfo.startCursor });

    expect([first, second, third].map(({ ids }) => ids.length)).toEqual([25, 25, 11]);
    expect(new Set([first, second, third].flatMap(({ ids }) => ids)).size).toBe(61);
    expect(third.pageInfo.hasNextPage).toBe(false);
    expect(first.totalCount).toBe(61);
    expect(back.ids).toEqual(second.ids);
  });
});
