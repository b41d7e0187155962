/**
 * Objects that are freed with their last reference. Each one's owner drops its own; users who know an
 * object by a weak reference take one unless the count is zero, use the object and drop it again.
 */
const objects = 3;
const users = 7;

export const model = {
  objects: {
    object: { count: objects, fields: ["references", "freed"] },
    user: { count: users, fields: ["uses"] },
  },
  actors: [
    ...Array.from({ length: objects }, (_, i) => ({ path: "owner", arguments: [i] })),
    ...Array.from({ length: users }, (_, user) => ({
      path: "user",
      arguments: [user, user % objects],
    })),
  ],
  first: { "object.references": Array.from({ length: objects }, () => 1) },
  never: Array.from({ length: users }, (_, user) => ({
    cells: [`user.uses[${user}]`, `object.freed[${user % objects}]`],
    shows: (uses, freed) => uses === 1 && freed === 1,
  })),
};

export function* owner(i) {
  yield "drop the owner's reference";
  object.references[i]--;
  if (object.references[i] === 0) {
    yield "free the object";
    object.freed[i] = 1;
  }
}

export function* user(me, i) {
  while (true) {
    yield "load the count";
    const seen = object.references[i];
    if (seen === 0) return;
    yield "compare and exchange";
    if (object.references[i] === seen) {
      object.references[i] = seen + 1;
      break;
    }
  }
  yield "use the object";
  user.uses[me] = 1;
  yield "done with it";
  user.uses[me] = 0;
  yield "drop the reference";
  object.references[i]--;
  if (object.references[i] === 0) {
    yield "free the object";
    object.freed[i] = 1;
  }
}
