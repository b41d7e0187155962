import { describe, expect, it } from "vitest";
import { debianMirror, readDeb822Sources, readOneLineSources } from "../../src/rig/sources.ts";

const deb822 = `Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://disabled.example/debian
Suites: sid
Components: main
`;

describe("apt's sources", () => {
  it("give the mirror in the deb822 form", () => {
    const mirror = debianMirror(readDeb822Sources(deb822));
    expect(mirror?.archive.uri).toBe("http://mirror.example/debian");
    expect(mirror?.archive.options.get("Signed-By")).toContain("debian-archive-keyring");
    expect(mirror?.security.uri).toBe("http://security.example/debian-security");
  });

  it("give the mirror in the one-line form, and the security twin by custom", () => {
    const sources = readOneLineSources(
      "deb [arch=amd64 signed-by=/k.gpg] https://elsewhere.example/apt nodistro main\n" +
        "# deb http://commented.example/debian sid main\n" +
        "deb [ signed-by=/k.gpg trusted=yes ] http://mirror.example/debian/ trixie main contrib # here\n",
    );
    expect(sources.map((source) => source.uri)).toEqual([
      "https://elsewhere.example/apt",
      "http://mirror.example/debian/",
    ]);
    const mirror = debianMirror(sources);
    expect(mirror?.archive.options).toEqual(
      new Map([
        ["Signed-By", "/k.gpg"],
        ["Trusted", "yes"],
      ]),
    );
    expect(mirror?.archive.components).toEqual(["main", "contrib"]);
    expect(mirror?.security.uri).toBe("http://mirror.example/debian-security");
  });

  it("of another distribution give none", () => {
    const sources = readOneLineSources("deb http://mirror.example/ubuntu noble main\n");
    expect(debianMirror(sources)).toBeUndefined();
  });
});
