/** What every part of adding a rig takes: how to be stopped, and whom to tell. */

export interface AddOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told what is being done, a short line each time. */
  readonly onProgress?: ((message: string) => void) | undefined;
}
