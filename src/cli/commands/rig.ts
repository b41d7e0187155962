/** `pinfold rig add|list|remove`: the real kernels that run tests. */
import type { Command } from "commander";
import type { Dispatch } from "../dispatch.ts";
import type { GlobalOptions } from "../session.ts";

/** Adds the command and its own commands to the program. */
export function addRigCommands(program: Command, dispatch: Dispatch): void {
  const rig = program
    .command("rig")
    .summary("add, list and remove real kernels")
    .description(
      "Real kernels that run tests under QEMU. They are kept in the cache and work offline.",
    );
  rig
    .command("add")
    .summary("fetch a kernel, or take one that you name")
    .description(
      "Fetches a Debian kernel from this machine's own mirror, or takes a .deb or a kernel image.",
    )
    .argument(
      "<kernel...>",
      "debian:5.10, debian:6.1, debian:6.1-cloud, debian:6.1-rt ..., a .deb, a bzImage or vmlinux",
    )
    .action((names: string[], _own: object, command: Command) =>
      dispatch(command, async (options: GlobalOptions, session) => {
        const { addRigs } = await import("../rig/manage-rigs.ts");
        return addRigs(names, options, session);
      }),
    );
  rig
    .command("list")
    .summary("list the kernels that were added")
    .action((_own: object, command: Command) =>
      dispatch(command, async (options: GlobalOptions, session) => {
        const { showRigs } = await import("../rig/manage-rigs.ts");
        return showRigs(options, session);
      }),
    );
  rig
    .command("remove")
    .summary("remove kernels from the cache")
    .argument("<kernel...>", "names as `pinfold rig list` prints them")
    .action((names: string[], _own: object, command: Command) =>
      dispatch(command, async (options: GlobalOptions, session) => {
        const { dropRigs } = await import("../rig/manage-rigs.ts");
        return dropRigs(names, options, session);
      }),
    );
}
