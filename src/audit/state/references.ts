/** When the last reference to a file goes, what it holds goes: registrations end with their file. */
import type { Moment } from "../event.ts";
import type { OpenFile } from "./descriptors.ts";
import type { Registration } from "./pins.ts";
import type { World } from "./world.ts";

export function isHeld(world: World, file: OpenFile): boolean {
  if (file.tableReferences > 0) return true;
  for (const mm of world.mms) if (mm.space.holdsFile(file)) return true;
  return world.mailed.includes(file);
}

export function releaseFile(world: World, file: OpenFile, at: Moment): void {
  if (file.kind === "plain" || isHeld(world, file)) return;
  for (const registration of [...file.registrations]) {
    registration.holders.delete(file);
    if (registration.holders.size === 0) endRegistration(world, registration, at);
  }
  file.inFlight = 0;
  file.opaque.length = 0;
}

export function endRegistration(world: World, registration: Registration, at: Moment): void {
  registration.ended = at;
  registration.file.registrations.delete(registration);
  for (const holder of registration.holders) holder.registrations.delete(registration);
  for (const mm of world.mms) {
    if (mm.id !== registration.mm) continue;
    mm.registrations.delete(registration);
    mm.released = at;
  }
}
