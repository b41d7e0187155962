/** A thread that helps one search: builds the same model and joins in. */
import { workerData } from "node:worker_threads";
import { assist } from "../src/explore/parallel-search.ts";
import type { SharedSearch } from "../src/explore/shared-search.ts";
import { type Recipe, searchableOf } from "./models.ts";

export interface HelperData {
  readonly recipe: Recipe;
  readonly shared: SharedSearch;
  readonly thread: number;
}

const { recipe, shared, thread } = workerData as HelperData;
const { model, goal } = await searchableOf(recipe);
assist(model, shared, thread, { onState: goal });
