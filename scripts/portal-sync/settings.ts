import { text } from "node:stream/consumers";
import { readDynamicsConfig } from "../../worker/dynamics/config.ts";
import type { DynamicsConfig } from "../../worker/dynamics/config.ts";
import { openQuestions } from "./terminal.ts";
import type { Questions } from "./terminal.ts";

/*
 * Where the command has the portal's settings from. What is given on the spot is kept in this
 * process's memory alone: it is neither put into the environment nor stored or shown.
 */

type Settings = Record<string, string>;

const PROOFS = [
  "DYNAMICS_CLIENT_SECRET",
  "DYNAMICS_CLIENT_SECRET_FILE",
  "DYNAMICS_CLIENT_CERTIFICATE_FILE",
];

/** What has to be known, and how it is asked for. */
const REQUIRED: Settings = {
  DYNAMICS_URL: "address of the environment",
  DYNAMICS_TENANT_ID: "directory (tenant) id",
  DYNAMICS_CLIENT_ID: "application (client) id",
  DYNAMICS_ENTITY_SET: "the listing's table, plural",
  DYNAMICS_ID_COLUMN: "its primary key",
  DYNAMICS_KEY_COLUMN: "column with the mentor's key",
  DYNAMICS_VISIBLE_COLUMN: "column that says whether the mentor is shown",
  DYNAMICS_VISIBLE_UNTIL_COLUMN: "column with the last day",
};

/** Asked for with the others, and may be left empty. */
const OPTIONAL: Settings = {
  DYNAMICS_VERSION_COLUMN: "column with the version; Enter if there is none",
};

const ALSO_KNOWN = [
  "DYNAMICS_TOKEN_ENDPOINT",
  "DYNAMICS_SECRET_EXPIRES_ON",
  "DYNAMICS_ORGANIZATION_ID",
];
const KNOWN = new Set([
  ...PROOFS,
  ...Object.keys(REQUIRED),
  ...Object.keys(OPTIONAL),
  ...ALSO_KNOWN,
]);

export interface Gathered {
  config: DynamicsConfig;
  /** The credentials are those of the environment, and there may be others. */
  hasOldCredentials: boolean;
}

/** The portal's configuration, from the environment and from whoever is there to be asked. */
export async function gatherConfig(
  variables: NodeJS.ProcessEnv,
  { asksCredentials }: { asksCredentials: boolean },
): Promise<Gathered> {
  const settings = portalSettings(variables);
  const isComplete = missingFrom(settings).length === 0 && !asksCredentials;
  const all = isComplete ? settings : await completed(settings, asksCredentials);
  return { config: configOf(all), hasOldCredentials: hasProof(settings) && !asksCredentials };
}

async function completed(settings: Settings, asksCredentials: boolean): Promise<Settings> {
  if (!process.stdin.isTTY) {
    return addLines(settings, await text(process.stdin), asksCredentials);
  }
  const questions = openQuestions();
  try {
    return await addAnswers(settings, questions, asksCredentials);
  } finally {
    questions.close();
  }
}

function portalSettings(variables: NodeJS.ProcessEnv): Settings {
  const given = Object.entries(variables).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    return name.startsWith("DYNAMICS_") && value !== undefined && value !== "";
  });
  return Object.fromEntries(given);
}

function missingFrom(settings: Settings): string[] {
  const missing = Object.keys(REQUIRED).filter((name) => settings[name] === undefined);
  return hasProof(settings) ? missing : [...missing, "DYNAMICS_CLIENT_SECRET"];
}

function hasProof(settings: Settings): boolean {
  return PROOFS.some((name) => settings[name] !== undefined);
}

function configOf(settings: Settings): DynamicsConfig {
  const { config, problems = [] } = readDynamicsConfig(settings);
  if (config !== undefined) return config;
  throw new Error(`${problems.join("; ")}.`);
}

/** Settings whose credentials have made way for others; a last day was that of the old secret. */
function withoutProof(settings: Settings): Settings {
  const gone = new Set([...PROOFS, "DYNAMICS_SECRET_EXPIRES_ON"]);
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !gone.has(name)));
}

function addLines(settings: Settings, lines: string, goBefore: boolean): Settings {
  const given = parseLines(lines);
  if (goBefore) {
    if (!hasProof(given)) {
      throw new Error(
        "--ask-credentials expects a line DYNAMICS_CLIENT_SECRET=… on standard input.",
      );
    }
    return complete({ ...withoutProof(settings), ...given });
  }
  const changed = Object.keys(given).filter(
    (name) => (settings[name] ?? given[name]) !== given[name],
  );
  if (changed.length > 0) {
    throw new Error(
      `${changed.join(", ")} on standard input differs from the environment; ` +
        "with --ask-credentials standard input goes before it.",
    );
  }
  return complete({ ...settings, ...given });
}

function complete(settings: Settings): Settings {
  const missing = missingFrom(settings);
  if (missing.length === 0) return settings;
  throw new Error(
    `${missing.join(", ")} missing: give each as a line NAME=value on standard input, ` +
      "or run the command on a terminal, which asks.",
  );
}

/** A value is taken as it stands, but for quotes around it. No line is ever quoted in an error. */
function parseLines(lines: string): Settings {
  const settings: Settings = {};
  for (const [index, line] of lines.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const [, name, value = ""] = /^\s*([A-Z][A-Z0-9_]*)\s*=(.*)$/.exec(line) ?? [];
    if (name === undefined) {
      throw new Error(`Line ${index + 1} of standard input is not NAME=value.`);
    }
    if (!name.startsWith("DYNAMICS_")) continue;
    if (!KNOWN.has(name)) throw new Error(`There is no setting ${name}; .env.example lists all.`);
    const bare = /^(["'])(.*)\1$/.exec(value.trim())?.[2] ?? value.trim();
    if (bare !== "") settings[name] = bare;
  }
  return settings;
}

async function addAnswers(
  settings: Settings,
  questions: Questions,
  asksCredentials: boolean,
): Promise<Settings> {
  const answers = { ...settings };
  const asked = missingFrom(settings).filter((name) => name in REQUIRED);
  for (const name of asked) answers[name] = await askFor(name, REQUIRED[name]!, questions);
  for (const [name, meaning] of Object.entries(OPTIONAL)) {
    if (asked.length === 0 || answers[name] !== undefined) continue;
    const answer = await askFor(name, meaning, questions, { isOptional: true });
    if (answer !== "") answers[name] = answer;
  }
  if (!asksCredentials && hasProof(answers)) return answers;
  for (const name of ["DYNAMICS_TENANT_ID", "DYNAMICS_CLIENT_ID"]) {
    if (!asksCredentials || asked.includes(name)) continue;
    const meaning = `${REQUIRED[name]}; Enter for ${answers[name]}`;
    answers[name] =
      (await askFor(name, meaning, questions, { isOptional: true })) || answers[name]!;
  }
  return { ...withoutProof(answers), ...(await askForProof(questions)) };
}

/** A secret; or, as nobody can type a certificate, the file that holds one. */
async function askForProof(questions: Questions): Promise<Settings> {
  const meaning = "client secret, not shown; Enter for a certificate";
  const secret = await questions.ask(`DYNAMICS_CLIENT_SECRET (${meaning}): `, { hidden: true });
  if (secret !== "") return { DYNAMICS_CLIENT_SECRET: secret };
  const name = "DYNAMICS_CLIENT_CERTIFICATE_FILE";
  return { [name]: await askFor(name, "PEM file with key and certificate", questions) };
}

/** Asks until the answer is one. */
async function askFor(
  name: string,
  meaning: string,
  questions: Questions,
  { isOptional = false } = {},
): Promise<string> {
  for (;;) {
    const answer = await questions.ask(`${name} (${meaning}): `);
    if (answer === "" && isOptional) return "";
    const problem = problemOf(name, answer);
    if (problem === undefined) return answer;
    process.stderr.write(`${problem}.\n`);
  }
}

function problemOf(name: string, answer: string): string | undefined {
  if (answer === "") return `${name} is needed`;
  // Without an address nothing would be checked.
  const others = { DYNAMICS_URL: "https://association.crm4.dynamics.com" };
  const { problems = [] } = readDynamicsConfig({ ...others, [name]: answer });
  return problems.find((problem) => problem.startsWith(`${name} `));
}
