/** A queue that hands out its least member first: the files of a `-ff` set by the time of their lines. */
export class LeastFirst<T> {
  readonly #members: T[];
  readonly #before: (a: T, b: T) => boolean;

  constructor(members: Iterable<T>, before: (a: T, b: T) => boolean) {
    this.#before = before;
    this.#members = [];
    for (const member of members) this.add(member);
  }

  get least(): T | undefined {
    return this.#members[0];
  }

  add(member: T): void {
    const members = this.#members;
    let at = members.length;
    members.push(member);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (!this.#before(member, members[parent] as T)) break;
      members[at] = members[parent] as T;
      at = parent;
    }
    members[at] = member;
  }

  /** Puts the least member where it belongs after it has changed, or takes it out. */
  settle(keep: boolean): void {
    const members = this.#members;
    const moved = keep ? members[0] : members.pop();
    if (moved === undefined || members.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= members.length) break;
      const other = child + 1;
      if (other < members.length && this.#before(members[other] as T, members[child] as T))
        child = other;
      if (!this.#before(members[child] as T, moved)) break;
      members[at] = members[child] as T;
      at = child;
    }
    members[at] = moved;
  }
}
