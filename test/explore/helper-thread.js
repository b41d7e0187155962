/** A thread that helps a search of the race, as a crew's thread does. It runs what was built. */
import { workerData } from "node:worker_threads";
import { pinIsLost, raceModel } from "../../dist/bench/race/model.js";
import { assist } from "../../dist/explore/parallel-search.js";

const { size, shared, thread, goal } = workerData;
const { model } = raceModel(size);
const isLost = pinIsLost(model, size);
assist(model, shared, thread, {
  onState: (row) => goal === "pin lost" && isLost(row),
  onFinal: () => goal === "final",
  report: () => `thread ${thread}`,
});
