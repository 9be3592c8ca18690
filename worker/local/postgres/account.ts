import { spawnSync } from "node:child_process";

/** The operating system's user that runs the server; undefined means: whoever runs us. */
export type Account = { name: string; uid: number; gid: number } | undefined;

/** PostgreSQL refuses to run as root, so root lends it another user. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const uid = numberFrom("-u", name);
    const gid = numberFrom("-g", name);
    if (uid && gid) return { name, uid, gid };
  }
  throw new Error(
    "PostgreSQL does not run as root, and this system has neither a user postgres nor a user nobody",
  );
}

function numberFrom(flag: string, name: string): number | undefined {
  const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

/** What spawn needs to become the account, in a folder that everybody may enter. */
export function asAccount(account: Account) {
  return { cwd: "/", ...(account && { uid: account.uid, gid: account.gid }) };
}

/** Tried rather than calculated from modes: access lists and mount options count as well. */
export function canEnter(account: Account, folder: string): boolean {
  if (account === undefined) return true;
  const { status } = spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], {
    ...asAccount(account),
    stdio: "ignore",
  });
  return status === 0;
}
