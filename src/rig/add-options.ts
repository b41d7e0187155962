/** What every part of adding a rig takes: how to be stopped, and whom to tell. */

export interface AddOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told what is being done, a short line each time. */
  readonly onProgress?: ((message: string) => void) | undefined;
  /** Told what the rig will lack; else that, too, is progress. */
  readonly onNote?: ((message: string) => void) | undefined;
  /** A file that is only run again asks no mirror for anything. */
  readonly offline?: boolean;
}

/** Says what the rig will lack. */
export function note({ onNote, onProgress }: AddOptions, message: string): void {
  (onNote ?? onProgress)?.(message);
}
