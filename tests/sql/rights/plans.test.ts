import { describe, expect } from "vitest";
import { type Database, TODAY, setClock } from "../../support/builders.ts";
import { become, test } from "../../support/rights.ts";
import { TABLES } from "./tables.cases.ts";

/*
 * How PostgreSQL asks the policies: functions once for each statement, rows of other tables by index.
 * A policy that is written otherwise still answers rightly, and makes a large chapter slow.
 */
interface Plan {
  "Node Type": string;
  "Parent Relationship"?: string;
  "Relation Name"?: string;
  Plans?: Plan[];
  [property: string]: unknown;
}

/** As a coordinator, whose way through the policies is the longest; in a table too small to scan. */
async function planOf(tx: Database, statement: string): Promise<Plan> {
  const { rows } = await tx.query(`explain (costs off, format json) ${statement}`);
  return rows[0]["QUERY PLAN"][0].Plan as Plan;
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** What is read, how, and below it what is read for each of its rows; without what versions differ in. */
function outlineOf(plan: Plan, depth = 0): string[] {
  const relation = plan["Relation Name"];
  const isIndexed = /Index|Bitmap/.test(plan["Node Type"]);
  const own =
    relation === undefined
      ? []
      : [`${"  ".repeat(depth)}${relation} ${isIndexed ? "by index" : "as a whole"}`];
  const children = (plan.Plans ?? []).flatMap((child) => {
    if (child["Parent Relationship"] === "InitPlan") return [];
    return outlineOf(child, depth + Number(child["Parent Relationship"] === "SubPlan"));
  });
  return [...own, ...children];
}

/** Everything that a node tests at its rows. */
function conditionsOf(plan: Plan): string[] {
  return nodesOf(plan).flatMap((node) =>
    Object.entries(node)
      .filter(([name]) => /Filter|Cond/.test(name))
      .map(([, condition]) => String(condition)),
  );
}

const planned = test.extend("reader", async ({ tx, world }) => {
  await setClock(tx, TODAY);
  await tx.query("set local enable_seqscan = off");
  await become(tx, world.requests.coordinator);
  return tx;
});

describe("X3 what a policy must know is found out once for each statement, of", () => {
  planned.for(Object.entries(TABLES))("%s", async ([table, { about }], { reader }) => {
    const plan = await planOf(reader, `select ${about} from app_public.${table}`);

    const nodes = nodesOf(plan);
    const asked = conditionsOf(plan).flatMap((text) => text.match(/app_\w+\.\w+\(/g) ?? []);
    expect(nodes.some((node) => node["Parent Relationship"] === "InitPlan")).toBe(true);
    // Said in the lints, with the reason.
    expect(asked.filter((call) => call !== "app_private.reads_mentor(")).toEqual([]);
    expect(conditionsOf(plan).filter((text) => /hashed/.test(text))).toEqual([]);
  });

  planned.for(Object.entries(TABLES))(
    "%s, and what must be looked up for a row is looked up by index",
    async ([table, { about }], { reader }) => {
      const plan = await planOf(reader, `select ${about} from app_public.${table}`);

      const scanned = outlineOf(plan).filter((line) => /^ .* as a whole$/.test(line));
      expect(scanned).toEqual([]);
    },
  );
});

const ID = "'00000000-0000-4000-8000-000000000000'";

/** Statements of the API, and their plans as they should be. */
const PLANS: [name: string, statement: string, outline: string[]][] = [
  [
    "a mentor by id",
    `select status from app_public.mentors where id = ${ID}`,
    ["mentors by index", "  coordinator_assignments by index"],
  ],
  [
    "a page of the mentors of a chapter",
    `select status from app_public.mentors where chapter_id = ${ID} order by id limit 50`,
    ["mentors by index", "  coordinator_assignments by index"],
  ],
  [
    "a mentor's certifications",
    `select expires_on from app_public.certifications where mentor_id = ${ID}`,
    ["certifications by index", "  mentors by index", "    coordinator_assignments by index"],
  ],
  [
    "a mentor's journal, newest first",
    `select event from app_public.mentor_journal where mentor_id = ${ID} order by version desc`,
    ["mentor_journal by index", "  mentors by index", "    coordinator_assignments by index"],
  ],
  [
    "a mentor's listing",
    `select condition from app_public.portal_listings where mentor_id = ${ID}`,
    ["portal_listings by index", "  mentors by index", "    coordinator_assignments by index"],
  ],
  [
    "the runs of an organisation",
    `select state from app_public.nightly_runs order by organization_id, run_on`,
    ["nightly_runs by index"],
  ],
];

describe("X3 the plan of", () => {
  planned.for(PLANS)("%s", async ([, statement, outline], { reader }) => {
    expect(outlineOf(await planOf(reader, statement))).toEqual(outline);
  });
});
