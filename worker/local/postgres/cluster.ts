import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { asAccount } from "./account.ts";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";

/** The major version of the embedded programs, which is what they write into PG_VERSION. */
const MAJOR_VERSION = "18";

/**
 * Makes the data of a new cluster, or checks those that are there, and answers with the password of
 * its superuser. The data are made aside and renamed, so that an interrupted start leaves none.
 */
export async function prepareCluster(
  folder: string,
  binaries: Binaries,
  account: Account,
): Promise<string> {
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  if (existsSync(data)) {
    const version = readFileSync(join(data, "PG_VERSION"), "utf8").trim();
    if (version !== MAJOR_VERSION) {
      throw new Error(
        `The data in ${folder} were written by PostgreSQL ${version}, this is PostgreSQL ${MAJOR_VERSION}; ` +
          `export them with the old version, or move the folder away to start afresh`,
      );
    }
    return readFileSync(passwordFile, "utf8").trim();
  }
  const password = randomBytes(24).toString("base64url");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  await initialise(folder, password, binaries, account);
  renameSync(join(folder, "data.new"), data);
  return password;
}

async function initialise(
  folder: string,
  password: string,
  binaries: Binaries,
  account: Account,
): Promise<void> {
  const data = join(folder, "data.new");
  const handover = join(folder, "password.new");
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(handover, `${password}\n`, { mode: 0o600 });
  if (account) {
    chownSync(data, account.uid, account.gid);
    chownSync(handover, account.uid, account.gid);
  }
  try {
    await promisify(execFile)(
      binaries.initdb,
      [
        `--pgdata=${data}`,
        "--username=postgres",
        `--pwfile=${handover}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        // Built in, so that sorting does not depend on what the machine has installed.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
      ],
      { ...asAccount(account), env: serverEnvironment() },
    );
  } catch (error) {
    const words = (error as { stderr?: string }).stderr?.trim().split("\n").slice(-3).join(" ");
    throw new Error(`initdb failed in ${folder}: ${words || (error as Error).message}`, {
      cause: error,
    });
  } finally {
    rmSync(handover, { force: true });
  }
}

/** The environment without PGDATA, PGPORT and their like, which the programs would obey. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const mine = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(mine), LC_ALL: "C" };
}
