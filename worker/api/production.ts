/*
 * Graphile's libraries check themselves at every step unless they are told that this is production;
 * they look when they are loaded, so this comes before them.
 */
process.env["GRAPHILE_ENV"] ??= "production";
