/** A thread that helps one search after another: it loads the same world and joins in. */
import { parentPort } from "node:worker_threads";
import { help } from "../../verdict/check-crew.ts";
import { loadWorld } from "../../verdict/world.ts";
import { madeKernels } from "./made-kernels.ts";
import type { HelpMessage } from "./search-helpers.ts";

parentPort?.on("message", async ({ job, task, thread }: HelpMessage) => {
  const made = (await madeKernels([{ ...job, statesMax: undefined }])).get(job.kernel);
  if (made === undefined) return;
  const { test, memory } = job;
  help(loadWorld(test, made.kernel, made.machine, memory.reorderings), task, thread);
});
