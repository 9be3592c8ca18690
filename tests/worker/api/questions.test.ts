import { describe, expect } from "vitest";
import { test } from "../../support/api.ts";
import { aCrowd } from "../../support/roster.ts";
import {
  anOrganization,
  anOrganizationAdministrator,
  transaction,
} from "../../support/builders.ts";

/** An administrator of sixty mentors, by login. */
const crowded = test.extend("administrator", { scope: "file" }, async ({ pool }) => {
  const client = await pool.connect();
  try {
    return await transaction(client, async () => {
      const organization = await anOrganization(client, { locale: "en" });
      const id = await anOrganizationAdministrator(client, organization);
      await aCrowd(client, organization, 60);
      const { rows } = await client.query<{ auth_subject: string }>(
        "select p.auth_subject from app_public.people as p where p.id = $1",
        [id],
      );
      return rows[0]!.auth_subject;
    });
  } finally {
    client.release(true);
  }
});

interface Page {
  nodes: { mentorKey: string }[];
  edges: { cursor: string; node: { mentorKey: string } }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface Row {
  daysLeft: number;
  portalNotice: string;
  mentor: { timeline: { nodes: unknown[] } };
}

const PAGE = `
  query Page($orderBy: RosterOrder, $after: String) {
    roster(first: 25, orderBy: $orderBy, after: $after) {
      nodes { mentorKey }
      edges { cursor node { mentorKey } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;

describe("V1 the roster over HTTP", () => {
  crowded("is walked page by page, in every order", async ({ api, administrator }) => {
    for (const orderBy of ["NAME", "KEY", "NEXT_EXPIRY", "QUIETEST"]) {
      const keys: string[] = [];
      for (let after: string | null = null, pages = 1; ; pages += 1) {
        const answer = await api.ask(PAGE, { as: administrator, variables: { orderBy, after } });
        expect(answer.errors).toEqual([]);
        const { nodes, edges, pageInfo } = answer.data!["roster"] as Page;
        expect(edges.map((edge) => edge.node)).toEqual(nodes);
        expect(edges.at(-1)!.cursor).toBe(pageInfo.endCursor);
        keys.push(...nodes.map((node) => node.mentorKey));
        after = pageInfo.endCursor;
        expect(pageInfo.hasNextPage).toBe(pages < 3);
        if (!pageInfo.hasNextPage) break;
      }
      expect(new Set(keys).size).toBe(60);
      expect(keys).toHaveLength(60);
    }
  });

  test("shows a row with everything that belongs to the mentor", async ({ api, world }) => {
    const answer = await api.ask(
      `{
         roster(statuses: ["active"]) {
           nodes {
             mentorId mentorKey fullName chapter status version pauseCause expectedReturnOn
             nextExpiresOn daysLeft openAssignments quietestLastContactOn portalCondition portalNotice
             mentor { id timeline(first: 2) { nodes { at kind title actorKind } } }
           }
         }
         mentor(id: "${world.mentor.id}") { portalNotice rosterEntry { mentorId daysLeft } }
       }`,
      { as: world.coordinator },
    );

    expect(answer.errors).toEqual([]);
    const { nodes } = answer.data!["roster"] as { nodes: Row[] };
    const row = nodes[0]!;
    expect(row).toMatchObject({
      mentorId: world.mentor.id,
      status: "active",
      openAssignments: 0,
      mentor: { id: world.mentor.id },
    });
    expect(row.mentor.timeline.nodes).toHaveLength(2);
    expect(answer.data!["mentor"]).toMatchObject({
      portalNotice: row.portalNotice,
      rosterEntry: { mentorId: world.mentor.id, daysLeft: row.daysLeft },
    });
  });

  test("refuses a page that is too large, and a cursor that is none", async ({ api, world }) => {
    for (const args of ["first: 101", "first: 0", 'after: "x"']) {
      const answer = await api.ask(`{ roster(${args}) { nodes { mentorKey } } }`, {
        as: world.coordinator,
      });
      expect(answer.code).toBe("MNARG");
    }
  });

  test("is empty for nobody", async ({ api }) => {
    const { data } = await api.ask("{ roster { nodes { mentorKey } } }");

    expect(data).toEqual({ roster: { nodes: [] } });
  });
});

describe("V2 over HTTP", () => {
  test("the dashboard is the caller's own, and nobody else's", async ({ api, world }) => {
    const ask = "{ dashboard { organizationId activeMentors waitsForApproval nextRunAt } }";

    const { data } = await api.ask(ask, { as: world.coordinator });
    const { code } = await api.ask(ask);

    expect(data).toMatchObject({ dashboard: { organizationId: world.organization.id } });
    expect(code).toBe("MNDEN");
  });

  test("undelivered notifications have pages", async ({ api, world }) => {
    const { errors, data } = await api.ask(
      `{ undeliveredNotifications(first: 1) {
           nodes { state reason problem ageInHours } pageInfo { hasNextPage }
         } }`,
      { as: world.coordinator },
    );

    expect(errors).toEqual([]);
    expect(data).toMatchObject({ undeliveredNotifications: { pageInfo: { hasNextPage: false } } });
  });
});
