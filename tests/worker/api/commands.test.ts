import { describe, expect, onTestFinished } from "vitest";
import type pg from "pg";
import { randomUUID } from "node:crypto";
import { PAUSE, apiWorld, startTestApi, test, visitorUrl } from "../../support/api.ts";
import type { ApiWorld } from "../../support/api.ts";
import {
  aCertification,
  aCertificationType,
  aMentor,
  transaction,
} from "../../support/builders.ts";
import type { Mentor } from "../../support/builders.ts";
import { startProxy } from "../../support/proxy.ts";

const RESUME = `
  mutation Resume($mentorId: UUID!, $expectedVersion: Int, $requestId: UUID) {
    resumeMentor(
      input: { mentorId: $mentorId, expectedVersion: $expectedVersion, requestId: $requestId }
    ) {
      mentor { id status version }
    }
  }`;
const RETIRE = `
  mutation Retire($mentorId: UUID!, $expectedVersion: Int) {
    retireMentor(input: { mentorId: $mentorId, reason: "Moved", expectedVersion: $expectedVersion }) {
      mentor { id status version }
    }
  }`;

interface MentorNow {
  status: string;
  version: number;
  journal: number[];
}

async function mentorNow(pool: pg.Pool, id: string): Promise<MentorNow> {
  const { rows } = await pool.query<MentorNow>(
    `select m.status, m.version,
       array(select j.version from app_public.mentor_journal as j
             where j.mentor_id = m.id order by j.version) as journal
     from app_public.mentors as m
     where m.id = $1`,
    [id],
  );
  return rows[0]!;
}

/** What may never be true, on the organisation's own day. */
async function problems(pool: pg.Pool, { organization }: ApiWorld): Promise<unknown[]> {
  const { rows } = await pool.query(
    "select * from app_private.invariant_violations($1, app_private.local_date($1))",
    [organization.id],
  );
  return rows;
}

function upTo(version: number): number[] {
  return Array.from({ length: version }, (_, index) => index + 1);
}

/** Somebody else's change meanwhile, which has nothing to do with being available. */
async function changeConsent(pool: pg.Pool, { id }: Mentor): Promise<void> {
  await pool.query(
    "update app_public.mentors set portal_consent = not portal_consent where id = $1",
    [id],
  );
}

describe("S1: a command over HTTP", () => {
  test("answers with its result, named after its type", async ({ api, world, pool }) => {
    const { version } = await mentorNow(pool, world.mentor.id);

    const answer = await api.ask(PAUSE, {
      as: world.coordinator,
      variables: { mentorId: world.mentor.id, reason: "Needs a rest", expectedVersion: version },
    });

    expect(answer).toMatchObject({
      status: 200,
      errors: [],
      data: {
        pauseMentor: { mentor: { id: world.mentor.id, status: "paused", version: version + 1 } },
      },
    });
  });

  test("twice at once, by the mentor and by the coordinator, is done once; a hundred times", async ({
    api,
    world,
    pool,
  }) => {
    const learnt = new Set<unknown>();
    for (let round = 0; round < 100; round += 1) {
      const { version } = await mentorNow(pool, world.mentor.id);
      const variables = {
        mentorId: world.mentor.id,
        reason: "Needs a rest",
        ...(round % 2 === 0 && { expectedVersion: version }),
      };

      const answers = await Promise.all([
        api.ask(PAUSE, { as: world.self, variables }),
        api.ask(PAUSE, { as: world.coordinator, variables }),
      ]);

      const [loser, ...others] = answers.filter(({ errors }) => errors.length > 0);
      expect(others).toEqual([]);
      expect(loser?.code).toBe(round % 2 === 0 ? "MNVER" : "MNAPA");
      expect(loser?.errors[0]?.message).toMatch(
        /^The mentor (has changed since you read it|is already paused)/,
      );
      learnt.add(loser?.code);
      const resumed = await api.ask(RESUME, {
        as: world.coordinator,
        variables: { mentorId: world.mentor.id },
      });
      expect(resumed.errors).toEqual([]);
    }

    const { status, version, journal } = await mentorNow(pool, world.mentor.id);
    expect(learnt).toEqual(new Set(["MNVER", "MNAPA"]));
    expect(status).toBe("active");
    expect(journal).toEqual(upTo(version));
    expect(await problems(pool, world)).toEqual([]);
  });

  test("is refused with code, detail and hint for whoever may not", async ({
    api,
    world,
    pool,
  }) => {
    const other = await aWorldApart(pool, world);

    const answers = await Promise.all(
      [undefined, "nobody-knows-me", other].map(
        async (as) =>
          await api.ask(PAUSE, { as, variables: { mentorId: world.mentor.id, reason: "x" } }),
      ),
    );

    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, code: "MNDEN", data: { pauseMentor: null } });
      expect(answer.errors[0]?.message).toMatch(/^[A-Z]/);
      expect(answer.errors[0]?.extensions["hint"]).toEqual(expect.any(String));
    }
    expect((await mentorNow(pool, world.mentor.id)).status).toBe("active");
  });
});

/** Somebody enters another certification of the mentor. */
async function certify(pool: pg.Pool, { organization, mentor }: ApiWorld): Promise<void> {
  const client = await pool.connect();
  try {
    await transaction(client, async () => {
      const typeId = await aCertificationType(client, organization, { isRequired: false });
      await aCertification(client, mentor, typeId);
    });
  } finally {
    client.release();
  }
}

/** The subject of somebody of the same organisation who looks after nobody. */
async function aWorldApart(pool: pg.Pool, { organization }: ApiWorld): Promise<string> {
  const client = await pool.connect();
  try {
    return await transaction(client, async () => {
      const mentor = await aMentor(client, organization, { expiresOn: "2199-12-31" });
      const { rows } = await client.query<{ auth_subject: string }>(
        "select auth_subject from app_public.people where id = $1",
        [mentor.personId],
      );
      return rows[0]!.auth_subject;
    });
  } finally {
    client.release();
  }
}

describe("S4: a caller whose version is outdated", () => {
  test("is served while the intent still holds", async ({ api, world, pool }) => {
    const { version } = await mentorNow(pool, world.mentor.id);
    await certify(pool, world);
    await changeConsent(pool, world.mentor);
    expect((await mentorNow(pool, world.mentor.id)).version).toBeGreaterThan(version);

    const paused = await api.ask(PAUSE, {
      as: world.coordinator,
      variables: { mentorId: world.mentor.id, reason: "Needs a rest", expectedVersion: version },
    });

    expect(paused).toMatchObject({
      errors: [],
      data: { pauseMentor: { mentor: { status: "paused" } } },
    });
  });

  test("learns that somebody has paused the mentor meanwhile", async ({ api, world, pool }) => {
    const { version } = await mentorNow(pool, world.mentor.id);
    const variables = { mentorId: world.mentor.id, reason: "x", expectedVersion: version };
    await api.ask(PAUSE, { as: world.self, variables });

    const late = await api.ask(PAUSE, { as: world.coordinator, variables });

    expect(late).toMatchObject({ code: "MNVER", data: { pauseMentor: null } });
  });

  test("ends no other pause than the one that was read", async ({ api, world, pool }) => {
    const mentorId = world.mentor.id;
    const by = { as: world.coordinator };
    await api.ask(PAUSE, { ...by, variables: { mentorId, reason: "The first" } });
    const { version } = await mentorNow(pool, mentorId);
    await api.ask(RESUME, { ...by, variables: { mentorId } });
    await api.ask(PAUSE, { ...by, variables: { mentorId, reason: "Another" } });

    const late = await api.ask(RESUME, {
      ...by,
      variables: { mentorId, expectedVersion: version },
    });

    expect(late.code).toBe("MNVER");
    expect((await mentorNow(pool, mentorId)).status).toBe("paused");
  });

  test("retires nobody on an outdated picture", async ({ api, world, pool }) => {
    const { version } = await mentorNow(pool, world.mentor.id);
    await changeConsent(pool, world.mentor);

    const late = await api.ask(RETIRE, {
      as: world.coordinator,
      variables: { mentorId: world.mentor.id, expectedVersion: version },
    });

    expect(late.code).toBe("MNVER");
  });

  test("with a version that there never was, is refused", async ({ api, world, pool }) => {
    const { version } = await mentorNow(pool, world.mentor.id);

    for (const expectedVersion of [0, -1, version + 1, 2_147_483_647]) {
      const answer = await api.ask(PAUSE, {
        as: world.coordinator,
        variables: { mentorId: world.mentor.id, reason: "x", expectedVersion },
      });
      expect(answer.code).toBe("MNVER");
    }
  });
});

describe("S1: a request id", () => {
  test("gives the first answer again, also where the answer to the commit was lost", async ({
    databaseUrl,
    world,
    pool,
  }) => {
    const proxy = await startProxy(await visitorUrl(databaseUrl));
    const api = await startTestApi(databaseUrl, { databaseUrl: proxy.url });
    onTestFinished(() => api.stop());
    const { version } = await mentorNow(pool, world.mentor.id);
    const variables = {
      mentorId: world.mentor.id,
      reason: "Needs a rest",
      expectedVersion: version,
      requestId: randomUUID(),
    };
    proxy.loseNextCommit();

    const lost = await api.ask(PAUSE, { as: world.coordinator, variables });
    const repeated = await api.ask(PAUSE, { as: world.coordinator, variables });
    const again = await api.ask(PAUSE, { as: world.coordinator, variables });

    expect(proxy.lost).toBe(1);
    expect(lost).toMatchObject({ code: "UNAVAILABLE", data: { pauseMentor: null } });
    expect(lost.errors[0]?.extensions["hint"]).toMatch(/same requestId/);
    const first = { mentor: { id: world.mentor.id, status: "paused", version: version + 1 } };
    expect(repeated).toMatchObject({ errors: [], data: { pauseMentor: first } });
    expect(again.data).toEqual(repeated.data);
    expect((await mentorNow(pool, world.mentor.id)).journal).toEqual(upTo(version + 1));
  });

  test("is recognised although the version was looked up again (S4)", async ({
    api,
    world,
    pool,
  }) => {
    const { version } = await mentorNow(pool, world.mentor.id);
    await changeConsent(pool, world.mentor);
    const variables = {
      mentorId: world.mentor.id,
      reason: "Needs a rest",
      expectedVersion: version,
      requestId: randomUUID(),
    };

    const first = await api.ask(PAUSE, { as: world.coordinator, variables });
    const second = await api.ask(PAUSE, { as: world.coordinator, variables });

    expect(first).toMatchObject({
      errors: [],
      data: { pauseMentor: { mentor: { status: "paused" } } },
    });
    expect(second.data).toEqual(first.data);
  });

  test("twice at once changes once and gives both the same", async ({ api, world, pool }) => {
    const { version } = await mentorNow(pool, world.mentor.id);
    const variables = { mentorId: world.mentor.id, reason: "x", requestId: randomUUID() };

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.ask(PAUSE, { as: world.coordinator, variables })),
    );

    for (const { errors, data } of answers) {
      expect(errors).toEqual([]);
      expect(data).toEqual(answers[0]?.data);
    }
    expect((await mentorNow(pool, world.mentor.id)).version).toBe(version + 1);
  });

  test("with other arguments is refused, and so is somebody else's", async ({ api, world }) => {
    const variables = { mentorId: world.mentor.id, reason: "x", requestId: randomUUID() };
    await api.ask(PAUSE, { as: world.coordinator, variables });

    const other = await api.ask(PAUSE, {
      as: world.coordinator,
      variables: { ...variables, reason: "y" },
    });
    const stolen = await api.ask(PAUSE, { as: world.self, variables });

    expect([other.code, stolen.code]).toEqual(["MNREQ", "MNREQ"]);
  });
});

describe("X3: a subject of several organisations", () => {
  test("is nobody until X-Organization says for which one it asks", async ({
    api,
    pool,
    world,
  }) => {
    const elsewhere = await apiWorld(pool);
    await pool.query("update app_public.people set auth_subject = $1 where auth_subject = $2", [
      world.coordinator,
      elsewhere.coordinator,
    ]);
    const ask = async (headers: Record<string, string>) =>
      await api.ask("{ currentPersonId mentors { nodes { id } } }", {
        as: world.coordinator,
        headers,
      });

    const unnamed = await ask({});
    const here = await ask({ "x-organization": world.organization.slug });
    const there = await ask({ "x-organization": elsewhere.organization.slug });
    const nowhere = await ask({ "x-organization": "no-such-organisation" });
    const nonsense = await ask({ "x-organization": "'; drop table app_public.mentors; --" });

    const nothing = { currentPersonId: null, mentors: { nodes: [] } };
    expect(unnamed.data).toEqual(nothing);
    expect(here.data).toEqual({
      currentPersonId: world.coordinatorId,
      mentors: { nodes: [{ id: world.mentor.id }] },
    });
    expect(there.data).toEqual({
      currentPersonId: elsewhere.coordinatorId,
      mentors: { nodes: [{ id: elsewhere.mentor.id }] },
    });
    expect(nowhere.data).toEqual(nothing);
    expect(nonsense).toMatchObject({ status: 400, code: "INVALID_ARGUMENT" });
  });
});
