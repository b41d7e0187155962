/** A thread that helps one search: builds the same model, and joins in once there is a search. */
import { parentPort, workerData } from "node:worker_threads";
import { assist } from "../src/explore/parallel-search.ts";
import type { SharedSearch } from "../src/explore/shared-search.ts";
import { type Recipe, searchableOf } from "./models.ts";

export interface HelperData {
  readonly recipe: Recipe;
  readonly thread: number;
}

const { recipe, thread } = workerData as HelperData;
const { model, goal } = await searchableOf(recipe);
parentPort!.once("message", (shared: SharedSearch) =>
  assist(model, shared, thread, { onState: goal }),
);
