import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kinds } from "../worker/import/kinds.ts";
import type { Kind } from "../worker/import/kinds.ts";

/**
 * Writes the example files beside this one: node examples/generate.ts
 *
 * The same names and dates at every run, because the seed and the day are fixed. Names are first and
 * last names combined at random; whoever bears one of them is not meant.
 */
const SEED = 20_261_201;
/** The day on which the roster is meant to be read. */
const TODAY = "2026-12-01";
const MENTORS = 600;
const CERTIFICATION_TYPE = "Likepersonkurs";

const CHAPTERS = ["Oslo og Akershus", "Vestland", "Troms og Finnmark"] as const;

const FIRST_NAMES = (
  "Anne Arne Astrid Berit Bjørn Dag Eirik Elin Erik Eva Frode Geir Grete Guro Hanne Harald Heidi Helge " +
  "Håkon Ida Inger Ingrid Ivar Jan Jorunn Kari Kjell Kåre Lars Leif Lise Liv Magne Marit Nils Odd Ola " +
  "Oddny Per Ragnhild Reidun Rolf Rune Sigrid Sissel Solveig Stein Svein Synnøve Terje Tone Tor Torill " +
  "Trond Trygve Turid Unni Vidar Wenche Øystein Øyvind Åge Åse Åshild"
).split(" ");

const LAST_NAMES = (
  "Aas Amundsen Andersen Aune Bakke Bakken Berg Berge Bjørnstad Brekke Bråten Dahl Dalen Eide Engen " +
  "Fjeld Fossum Hagen Haugen Hauge Hegge Hovland Husby Johansen Kleven Knutsen Kvamme Lie Lunde Løken " +
  "Moe Myhre Myklebust Nes Nilsen Nordby Næss Olsen Rønning Sandvik Skaar Solberg Solheim Strand " +
  "Strømme Sæther Sørlie Tangen Tveit Ulvestad Vik Viken Ødegård Østby Åsen"
).split(" ");

/** mulberry32: small, fixed, good enough to shuffle names. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomNumbers(SEED);

function between(least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

function pick<Item>(items: readonly Item[]): Item {
  const item = items[between(0, items.length - 1)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}

function day(offset: number): string {
  const date = new Date(`${TODAY}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + offset);
  return date.toISOString().slice(0, 10);
}

const COURSE_DAYS = 3 * 365;

interface Person {
  name: string;
  email: string;
}

/** Norway assigns no number that begins with 000. */
function telephone(): string {
  return `+47 000 ${between(10, 99)} ${between(100, 999)}`;
}

const taken = new Set<string>();

function person(domain: string): Person {
  for (;;) {
    const [first, last] = [pick(FIRST_NAMES), pick(LAST_NAMES)];
    const local = `${first}.${last}`
      .toLowerCase()
      .replaceAll("æ", "ae")
      .replaceAll("ø", "o")
      .replaceAll("å", "a");
    const email = `${local}@${domain}`;
    if (taken.has(local)) continue;
    taken.add(local);
    return { name: `${first} ${last}`, email };
  }
}

const coordinators = CHAPTERS.map((chapter) => ({
  chapter,
  people: [person("example.org"), person("example.org")],
}));
const chapterAdministrators = CHAPTERS.map((chapter) => {
  const { name, email } = person("example.org");
  return { chapter, name, email };
});
const administrators = [person("example.org"), person("example.org")];

/** How many days from TODAY the current certification expires, for each part of the roster. */
const PARTS: { share: number; expires: () => number; renewed?: boolean }[] = [
  { share: 0.05, expires: () => between(-120, -1) },
  { share: 0.02, expires: () => between(0, 7) },
  { share: 0.02, expires: () => between(8, 14) },
  { share: 0.04, expires: () => between(15, 30) },
  { share: 0.05, expires: () => between(5, 60), renewed: true },
  { share: 0.77, expires: () => between(31, COURSE_DAYS - 10) },
];

type Row = Record<string, string>;

const roster: Row[] = [];
const certified: string[] = [];
for (let number = 1; number <= MENTORS; number += 1) {
  const { name, email } = person("example.no");
  const { chapter, people } = pick(coordinators);
  const mentor: Row = {
    mentor_key: `L-${String(number).padStart(4, "0")}`,
    email,
    full_name: name,
    phone: random() < 0.7 ? telephone() : "",
    locale: pick(["nb", "nb", "nb", "nb", "nn", "en", ""]),
    chapter,
    portal_consent: random() < 0.9 ? "ja" : "nei",
    coordinator_emails:
      random() < 0.15 ? people.map((one) => one.email).join("|") : pick(people).email,
  };
  let position = random();
  const part = PARTS.find(({ share }) => (position -= share) < 0);
  if (!part) {
    roster.push(mentor);
    continue;
  }
  certified.push(mentor["mentor_key"] ?? "");
  const expires = part.expires();
  const period = (end: number) => ({
    certification_type: CERTIFICATION_TYPE,
    valid_from: day(end - COURSE_DAYS),
    expires_on: day(end),
  });
  roster.push({ ...mentor, ...period(expires) });
  if (part.renewed === true) {
    // The course was taken a few weeks before the old certificate ends.
    const from = expires - between(1, 40);
    roster.push({
      ...mentor,
      certification_type: CERTIFICATION_TYPE,
      valid_from: day(from),
      expires_on: day(from + COURSE_DAYS),
    });
  }
}

const people: Row[] = [
  ...administrators.map(({ name, email }) => ({
    email,
    full_name: name,
    locale: "nb",
    roles: "organization_administrator",
  })),
  ...chapterAdministrators.map(({ name, email, chapter }) => ({
    email,
    full_name: name,
    locale: "nb",
    roles: `chapter_administrator:${chapter}`,
  })),
  ...coordinators.flatMap(({ people }) =>
    people.map(({ name, email }) => ({
      email,
      full_name: name,
      phone: telephone(),
      locale: pick(["nb", "nb", "nn"]),
      roles: "coordinator",
    })),
  ),
];
for (const row of people) row["auth_subject"] = `example|${row["email"]?.split("@")[0]}`;

const assignments: Row[] = Array.from({ length: 400 }, (_, index) => {
  const opened = between(-200, -20);
  return {
    assignment_key: `O-${String(index + 1).padStart(4, "0")}`,
    mentor_key: pick(certified),
    client_reference: `K-${between(10_000, 99_999)}`,
    opened_on: day(opened),
    last_contact_on: random() < 0.2 ? "" : day(between(opened, -15)),
  };
});

async function write(name: string, kind: Kind, rows: Row[]): Promise<void> {
  const lines = rows.map((row) => kinds[kind].map((column) => row[column] ?? "").join(";"));
  const text = [kinds[kind].join(";"), ...lines, ""].join("\n");
  await writeFile(join(import.meta.dirname, name), text);
}

await write("people.csv", "people", people);
await write("roster.csv", "mentors", roster);
await write("assignments.csv", "assignments", assignments);
