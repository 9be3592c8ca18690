type Locale = "nb" | "nn" | "en";

/** A mentor of the demonstration; days count from today, negative ones lie in the past. */
interface DemonstrationMentor {
  name: string;
  chapter: string;
  /** Last valid day of the certification; null for one who has none yet. */
  expiresIn: number | null;
  consent?: boolean;
  /** First day of a renewal that has been granted already. */
  renewedIn?: number;
  /** Language of the mails; the association's own, nb, if not given. */
  locale?: Locale;
}

const OSLO = "Hørselslaget Oslo";
const BERGEN = "Hørselslaget Bergen";
const TROMSO = "Hørselslaget Tromsø";

/** Three who expired since the last night, and one for each thing that a night may decide. */
const STORIES: DemonstrationMentor[] = [
  { name: "Ingrid Solbakken", chapter: OSLO, expiresIn: -1 },
  { name: "Torbjørn Hagen", chapter: BERGEN, expiresIn: -1, locale: "nn" },
  { name: "Ragnhild Nilsen", chapter: TROMSO, expiresIn: -2, consent: false, locale: "en" },
  { name: "Arne Kristoffersen", chapter: OSLO, expiresIn: 30 },
  { name: "Solveig Dahl", chapter: OSLO, expiresIn: 14 },
  { name: "Magne Bakken", chapter: BERGEN, expiresIn: 7, locale: "nn" },
  { name: "Åse Lunde", chapter: TROMSO, expiresIn: 0, locale: "en" },
  { name: "Gunnar Moen", chapter: BERGEN, expiresIn: -1, renewedIn: 0 },
  { name: "Berit Strand", chapter: TROMSO, expiresIn: 200 },
  { name: "Odd Fjellheim", chapter: OSLO, expiresIn: 90 },
  { name: "Turid Myhre", chapter: BERGEN, expiresIn: 400 },
  { name: "Kjell Sandvik", chapter: TROMSO, expiresIn: null },
  { name: "Marit Eide", chapter: OSLO, expiresIn: -60 },
];

const GIVEN = [
  ["Anne", "Bjørn", "Cecilie", "Dag", "Eli", "Finn", "Grete", "Halvor", "Inger"],
  ["Jan", "Kari", "Leif", "Mona", "Nils", "Oddny", "Per", "Randi", "Svein"],
  ["Tone", "Ulf", "Vigdis", "Yngve", "Øyvind", "Åshild", "Astrid", "Birger", "Sigrun"],
].flat();
const FAMILY = ["Aasen", "Berge", "Foss", "Haugen", "Johansen", "Larsen", "Nygård", "Rønning"];

const CHAPTERS = [OSLO, BERGEN, TROMSO];
const LOCALES: Locale[] = ["nb", "nn", "en"];

/** The others are certified for a long time. */
const QUIET: DemonstrationMentor[] = GIVEN.map((given, index) => ({
  name: `${given} ${FAMILY[index % FAMILY.length]}`,
  chapter: CHAPTERS[index % 3] ?? OSLO,
  expiresIn: 60 + 11 * index,
  consent: index % 5 !== 0,
  locale: LOCALES[index % 3] ?? "nb",
}));

const COORDINATORS: Record<string, string> = {
  [OSLO]: "hanne.coordinator@example.org",
  [BERGEN]: "lars.coordinator@example.org",
  [TROMSO]: "sunniva.coordinator@example.org",
};

/** Whom the association's website shows before it is told anything: all of the stories. */
export const LISTED_BEFORE = STORIES.map((_, index) => keyOf(index));

/** The people file: three coordinators, of whom one administers the organisation. */
export function peopleCsv(): string {
  return [
    "email,full_name,phone,locale,auth_subject,roles",
    `${COORDINATORS[OSLO]},Hanne Vik,,nb,demo-hanne,organization_administrator|coordinator`,
    `${COORDINATORS[BERGEN]},Lars Tveit,,nn,demo-lars,coordinator|chapter_administrator:${BERGEN}`,
    `${COORDINATORS[TROMSO]},Sunniva Holm,,en,demo-sunniva,coordinator`,
    "",
  ].join("\n");
}

/** The mentors file, with dates counted from today (yyyy-mm-dd). */
export function mentorsCsv(today: string): string {
  const lines = [...STORIES, ...QUIET].flatMap((mentor, index) => {
    const email = `${addressOf(mentor.name)}.${index + 1}@example.org`;
    const person = [
      keyOf(index),
      email,
      mentor.name,
      "",
      mentor.locale ?? "",
      mentor.chapter,
      String(mentor.consent ?? true),
      COORDINATORS[mentor.chapter],
    ].join(",");
    if (mentor.expiresIn === null) return [`${person},,,`];
    const first = certification(today, mentor.expiresIn - 729, mentor.expiresIn);
    if (mentor.renewedIn === undefined) return [`${person},${first}`];
    const renewal = certification(today, mentor.renewedIn, mentor.renewedIn + 729);
    return [`${person},${first}`, `${person},${renewal}`];
  });
  return `${[
    "mentor_key,email,full_name,phone,locale,chapter,portal_consent,coordinator_emails," +
      "certification_type,valid_from,expires_on",
    ...lines,
  ].join("\n")}\n`;
}

const IN_ADDRESSES: Record<string, string> = { æ: "ae", ø: "o", å: "a" };

/** Åse Lunde: ase.lunde */
function addressOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[æøå]/g, (letter) => IN_ADDRESSES[letter] ?? letter)
    .replaceAll(/[^a-z]+/g, ".");
}

interface DemonstrationAssignment {
  mentor: string;
  /** Day of the last contact, counted from today. */
  contactIn: number;
}

/**
 * The standard settings follow up after 45 and 60 days; what was due when the files came, ten days
 * ago, has been dealt with then. Most concern mentors who are reminded tonight anyhow: the brake
 * stops a night that tells more than ten.
 */
const ASSIGNMENTS: DemonstrationAssignment[] = [
  // The first step, to a mentor of each language.
  { mentor: "M014", contactIn: -45 },
  { mentor: "M006", contactIn: -48 },
  { mentor: "M007", contactIn: -54 },
  // The second step, to a coordinator of each language.
  { mentor: "M005", contactIn: -60 },
  { mentor: "M006", contactIn: -65 },
  { mentor: "M007", contactIn: -69 },
  // Nothing: a recent contact, a mentor who is paused, one who is paused tonight, closed.
  { mentor: "M014", contactIn: -12 },
  { mentor: "M010", contactIn: -50 },
  { mentor: "M001", contactIn: -50 },
  { mentor: "M015", contactIn: -50 },
  // The mentor returns tonight.
  { mentor: "M009", contactIn: -50 },
  // Due tomorrow.
  { mentor: "M016", contactIn: -44 },
];

/** The assignment that was closed after the files had come. */
export const CLOSED_ASSIGNMENT = "A010";

/** The assignments file, with dates counted from today (yyyy-mm-dd). */
export function assignmentsCsv(today: string): string {
  const lines = ASSIGNMENTS.map(({ mentor, contactIn }, index) =>
    [
      `A${String(index + 1).padStart(3, "0")}`,
      mentor,
      `C-${1001 + index}`,
      addDays(today, contactIn - 30),
      addDays(today, contactIn),
    ].join(","),
  );
  return `${["assignment_key,mentor_key,client_reference,opened_on,last_contact_on", ...lines].join("\n")}\n`;
}

function keyOf(index: number): string {
  return `M${String(index + 1).padStart(3, "0")}`;
}

function certification(today: string, from: number, until: number): string {
  return `Likeperson,${addDays(today, from)},${addDays(today, until)}`;
}

/** The day so many days later, yyyy-mm-dd; earlier with a negative number. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
