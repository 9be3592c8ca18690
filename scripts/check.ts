import { parseArgs } from "node:util";
import { $ } from "zx";
import { projectRoot } from "../worker/database/root.ts";
import { runCommand } from "./run-command.ts";

const USAGE = `Usage: npm run check

Everything that must hold before a change is merged, one after the other; ends at the first that
does not, with the command that shows it again.`;

const CHECKS = [
  ["npm", "run", "typecheck"],
  ["npm", "run", "lint"],
  ["npm", "run", "format:check"],
  ["npm", "run", "lint:sql"],
  ["npm", "run", "generate", "--", "--check"],
  ["npm", "test"],
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: "boolean" } } });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const run = $({ cwd: projectRoot, stdio: "inherit", nothrow: true });
  for (const check of CHECKS) {
    const { exitCode } = await run`${check}`;
    if (exitCode !== 0) throw new Error(`failed; to see it again: ${check.join(" ")}`);
  }
}

await runCommand("check", main);
