import { apiPreset } from "./worker/api/preset.ts";
import { workerPreset } from "./worker/preset.ts";

/**
 * One preset for the command lines of graphile-worker and of Graphile. Our own processes take the half
 * that is theirs, so that a worker does not load PostGraphile.
 */
const preset: GraphileConfig.Preset = { extends: [workerPreset, apiPreset] };

export default preset;
