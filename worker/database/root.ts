import { resolve } from "node:path";

/** The project's folder, found from this file and not from the working directory. */
export const projectRoot = resolve(import.meta.dirname, "../..");

export const migrationsFolder = resolve(projectRoot, "migrations");
export const sqlFolder = resolve(projectRoot, "sql");
