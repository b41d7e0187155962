/**
 * What a kernel package holds for a rig: the image, the modules that guests may ask for (with all
 * they depend on, decompressed) and the names of what is built in.
 */
import { type DebFiles, readDeb } from "./deb.ts";
import { decompress } from "./decompress.ts";
import { dependencyNames, loadOrder, moduleName, readModinfo, wantedModules } from "./modules.ts";
import { done, failed, type RigResult } from "./problem.ts";

export interface UnpackedModule {
  readonly name: string;
  readonly depends: readonly string[];
  readonly bytes: Uint8Array;
}

export interface UnpackedKernel {
  readonly release: string;
  readonly image: Uint8Array;
  readonly modules: readonly UnpackedModule[];
  readonly builtin: readonly string[];
}

const imagePath = /^boot\/vmlinu[xz]-(.+)$|^usr\/lib\/(?:modules|linux)\/([^/]+)\/vmlinuz$/;
const modulePath = /\.ko(\.(xz|gz|zst))?$/;
/** Drivers of devices that no guest here has. They are most of a package's size. */
const foreignDrivers =
  /\/kernel\/(sound|drivers\/(gpu|media|staging|scsi|iio|input|hwmon|usb|platform|mtd|net\/(ethernet|wireless|wan|usb)))\//;

/** Reads the packages of one kernel. */
export async function unpackKernel(
  packages: readonly Uint8Array[],
): Promise<RigResult<UnpackedKernel>> {
  const files = new Map<string, Uint8Array>();
  for (const bytes of packages) {
    const deb: RigResult<DebFiles> = await readDeb(bytes, wanted);
    if (!deb.ok) return deb;
    for (const [path, content] of deb.value.files) files.set(path, content);
  }
  const image = [...files].find(([path]) => imagePath.test(path));
  if (image === undefined) {
    return failed(
      "badPackage",
      "The package holds no vmlinuz (a meta-package, perhaps, or another package's part).",
      "Name the package with the image: linux-image-VERSION or linux-binary-VERSION.",
    );
  }
  const modules = await neededModules(files);
  if (!modules.ok) return modules;
  const match = imagePath.exec(image[0]);
  return done({
    release: match?.[1] ?? match?.[2] ?? "",
    image: image[1],
    modules: modules.value,
    builtin: builtinNames(files),
  });
}

function wanted(path: string): boolean {
  if (imagePath.test(path) || path.endsWith("/modules.builtin")) return true;
  return wantedModulePath(path);
}

/** Whether a file may be one of the modules that guests ask for. */
export function wantedModulePath(path: string): boolean {
  return modulePath.test(path) && !foreignDrivers.test(path);
}

/** Decompresses only the modules in the closure; their `depends=` decides it. */
export async function neededModules(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<RigResult<readonly UnpackedModule[]>> {
  const packed = new Map<string, Uint8Array>();
  for (const [path, bytes] of files) if (modulePath.test(path)) packed.set(moduleName(path), bytes);
  const read = new Map<string, UnpackedModule>();
  const waiting: string[] = [...wantedModules];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const bytes = packed.get(name);
    if (bytes === undefined || read.has(name)) continue;
    const plain = await decompress(bytes);
    if (!plain.ok) return plain;
    const depends = dependencyNames(readModinfo(plain.value)?.get("depends"));
    read.set(name, { name, depends, bytes: plain.value });
    waiting.push(...depends);
  }
  const order = loadOrder(wantedModules, (name) => read.get(name)?.depends);
  return done(order.map((name) => read.get(name) as UnpackedModule));
}

function builtinNames(files: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const list = [...files].find(([path]) => path.endsWith("/modules.builtin"))?.[1];
  const names = new TextDecoder().decode(list).split("\n").map(moduleName);
  return wantedModules.filter((name) => names.includes(name));
}
