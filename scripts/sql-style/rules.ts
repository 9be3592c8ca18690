import { codeOf } from "./code.ts";

export interface Departure {
  line: number;
  /** What is wrong and what to write instead. */
  cure: string;
}

const WIDTH = 100;
/** A sentence or a pattern is not broken; only the code around it is measured. */
const LITERAL = /'(?:[^']|'')*'/g;
const PINNED = "set search_path = pg_catalog, pg_temp";

/** What docs and reviews would otherwise have to say again and again. */
export function checkSqlFile(
  folder: "migrations" | "sql",
  path: string,
  text: string,
): Departure[] {
  const code = codeOf(text);
  const departures = [...checkLines(text), ...checkCase(code)];
  if (folder === "sql") {
    departures.push(
      ...checkObjects(path, code),
      ...checkFunctions(code),
      ...checkRights(path, code),
    );
  }
  return departures.toSorted((a, b) => a.line - b.line);
}

function checkLines(text: string): Departure[] {
  const departures: Departure[] = [];
  for (const [index, content] of text.split("\n").entries()) {
    const line = index + 1;
    const width = Array.from(content.replaceAll(LITERAL, "''")).length;
    if (width > WIDTH) departures.push({ line, cure: `${width} columns; break it at ${WIDTH}` });
    if (content.includes("\t")) departures.push({ line, cure: "a tab; indent with two spaces" });
    if (/\s$/.test(content)) departures.push({ line, cure: "blanks at the end; remove them" });
  }
  if (text !== "" && !text.endsWith("\n")) {
    departures.push({ line: text.split("\n").length, cure: "end the file with a line break" });
  }
  return departures;
}

/** Words in capitals are keywords shouted, except the variables that PostgreSQL documents so. */
function checkCase(code: string): Departure[] {
  return [...code.matchAll(/(?<![:\w])[A-Z][A-Z_0-9]*(?!\w)/g)]
    .filter(([word]) => !/^(NEW|OLD|TG_\w+)$/.test(word))
    .map((match) => ({
      line: lineOf(code, match.index),
      cure: `write ${match[0]} in lower case; only NEW, OLD and TG_* are in capitals`,
    }));
}

interface Created {
  kind: string;
  name: string;
  index: number;
  isReplace: boolean;
}

const CREATE =
  /^[ ]*create\s+(?<replace>or\s+replace\s+)?(?:unique\s+|constraint\s+)?(?<kind>function|procedure|view|trigger|policy|table|index|type|domain|sequence|schema|materialized\s+view)\s+(?:if\s+not\s+exists\s+)?(?<name>[\w.]+)/gm;

function createdBy(code: string): Created[] {
  return [...code.matchAll(CREATE)].map((match) => ({
    kind: (match.groups?.["kind"] ?? "").replaceAll(/\s+/g, " "),
    name: match.groups?.["name"] ?? "",
    index: match.index,
    isReplace: match.groups?.["replace"] !== undefined,
  }));
}

/**
 * One function or view per file, named like it; with a trigger function, its triggers, and beside
 * them those of shared functions (tg__…) on the same table.
 */
function checkObjects(path: string, code: string): Departure[] {
  const departures: Departure[] = [];
  const created = createdBy(code);
  const main = created.filter(({ kind }) => ["function", "procedure", "view"].includes(kind));
  const fileName = path.replace(/^.*\//, "").replace(/\.sql$/, "");
  const [first, ...others] = main;

  if (first && bareName(first.name) !== fileName) {
    departures.push({
      line: lineOf(code, first.index),
      cure: `rename the file to ${bareName(first.name)}.sql, after the ${first.kind} it creates`,
    });
  }
  for (const { kind, name, index } of others) {
    departures.push({
      line: lineOf(code, index),
      cure: `a second object; move ${kind} ${name} to a file of its own`,
    });
  }
  for (const object of created) departures.push(...checkRepeatable(object, code));
  for (const match of code.matchAll(/execute\s+(?:function|procedure)\s+([\w.]+)/g)) {
    const isShared = bareName(match[1] ?? "").startsWith("tg__");
    if (
      first &&
      match[1] !== first.name &&
      !isShared &&
      created.some(({ kind }) => kind === "trigger")
    ) {
      departures.push({
        line: lineOf(code, match.index),
        cure: `a trigger of another function; move it to the file of ${match[1]}`,
      });
    }
  }
  return departures;
}

/** Everything in sql/ is run at every migration. */
function checkRepeatable({ kind, name, index, isReplace }: Created, code: string): Departure[] {
  const line = lineOf(code, index);
  const dropped = new RegExp(
    `drop\\s+${kind}\\s+if\\s+exists\\s+${name.replaceAll(".", "\\.")}\\b`,
  );
  if (isReplace || dropped.test(code.slice(0, index))) return [];
  if (["function", "procedure", "view", "trigger"].includes(kind)) {
    return [{ line, cure: `cannot run twice; write "create or replace ${kind}"` }];
  }
  if (kind === "policy") {
    return [
      { line, cure: `cannot run twice; write "drop policy if exists ${name} on …;" before it` },
    ];
  }
  return [{ line, cure: `a ${kind} has a past; create it in a migration` }];
}

const RIGHTS_FILE = /(?:^|\/)rights_(\w+)\.sql$/;
const VISITOR = "mentor_lifecycle_visitor";

/**
 * Rights stand beside what they are about: those of a table in one file, rights_<table>.sql, those of
 * a function in the function's own. What is granted, and to whom a policy applies, is said by name.
 */
function checkRights(path: string, code: string): Departure[] {
  const owner = RIGHTS_FILE.exec(path)?.[1] ?? path.replace(/^.*\//, "").replace(/\.sql$/, "");
  return [
    ...checkPlace(RIGHTS_FILE.test(path), owner, code),
    ...[...code.matchAll(/^[ ]*create\s+policy\s+(\w+)[^;]*/gm)]
      .filter(([policy]) => !/\sto\s+\w/.test(policy))
      .map((match) => ({
        line: lineOf(code, match.index),
        cure: `${match[1]} is for everybody; write "to ${VISITOR}"`,
      })),
    ...[...code.matchAll(/^[ ]*grant\s[^;]*\sto\s+([\w, ]+);/gm)]
      .filter(([, grantee]) => grantee !== VISITOR)
      .map((match) => ({
        line: lineOf(code, match.index),
        cure: `granted to ${match[1]}; clients are ${VISITOR} and nobody else`,
      })),
  ];
}

const ABOUT =
  /^[ ]*(?:create\s+policy\s+\w+\s+on|drop\s+policy\s+if\s+exists\s+\w+\s+on|alter\s+table|grant\s[^;]*?\son\s+(?:(?<kind>function|schema|table)\s+)?)\s*(?<name>[\w.]+)/gm;

function checkPlace(isRightsFile: boolean, owner: string, code: string): Departure[] {
  const about = [...code.matchAll(ABOUT)].map((match) => ({
    line: lineOf(code, match.index),
    isFunction: match.groups?.["kind"] === "function",
    name: match.groups?.["name"] ?? "",
  }));
  const departures = about
    .filter(({ name, isFunction }) => bareName(name) !== owner || isFunction === isRightsFile)
    // A view has no policies, and grants itself beside its text, as a function does.
    .filter(({ name }) => isRightsFile || !code.includes(` view ${name}\n`))
    .map(({ line, name, isFunction }) => ({
      line,
      cure: isFunction
        ? `move this into ${bareName(name)}.sql, beside the function`
        : `move this into rights_${bareName(name)}.sql`,
    }));
  const isTable = about.some(({ name }) => name.includes("."));
  if (isRightsFile && isTable && !/\sforce\s+row\s+level\s+security;/.test(code)) {
    const cure = `write "alter table … force row level security;" at the top`;
    departures.push({ line: 1, cure });
  }
  return departures;
}

function checkFunctions(code: string): Departure[] {
  return createdBy(code)
    .filter(({ kind }) => kind === "function")
    .flatMap(({ name, index }) => checkHeader(name, lineOf(code, index), headerAt(code, index)));
}

function checkHeader(name: string, line: number, header: string): Departure[] {
  const departures: Departure[] = [];
  if (!/\b(immutable|stable|volatile)\b/.test(header)) {
    departures.push({
      line,
      cure: `${name} does not say how volatile it is; write immutable, stable or volatile`,
    });
  }
  const setting = /\bset\s+search_path\s*(?:=|to)\s*([^\n]*)/.exec(header)?.[0].trim();
  const isInlinable = /\blanguage\s+sql\b/.test(header) && !/\bsecurity\s+definer\b/.test(header);
  if (setting === undefined && !isInlinable) {
    departures.push({
      line,
      cure: `${name} trusts the caller's search_path; write "${PINNED}"`,
    });
  }
  if (setting !== undefined && !setting.startsWith(PINNED)) {
    departures.push({ line, cure: `${name} says "${setting}"; write "${PINNED}"` });
  }
  return departures;
}

/** From "create" to where the body begins. */
function headerAt(code: string, index: number): string {
  const rest = code.slice(index);
  const end =
    /\bas\s+\$|\bas\s*$|^\s*return\b|\bbegin\s+atomic\b/m.exec(rest)?.index ?? rest.length;
  return rest.slice(0, end);
}

function bareName(name: string): string {
  return name.replace(/^.*\./, "");
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
