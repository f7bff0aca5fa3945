/** What a built app was made from: `built.json`, by which a test without Node tells a stale app. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Plugin } from "vite";

const RECORD = "built.json";

/** The sha256 of every file below a folder by its path there, `node_modules` and hidden folders aside. */
function digests(folder: string, below = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules" && !entry.name.startsWith("."))
        Object.assign(found, digests(folder, path));
    } else if (path !== RECORD) {
      found[path] = createHash("sha256")
        .update(readFileSync(join(folder, path)))
        .digest("hex");
    }
  }
  return found;
}

const sorted = (of: Record<string, string>) =>
  Object.fromEntries(Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1)));

/** Writes beside the built files which sources they are of, and what they are themselves. */
export function sources(): Plugin {
  let root = "";
  let out = "";
  return {
    name: "sources",
    apply: "build",
    configResolved(config) {
      root = config.root;
      out = resolve(config.root, config.build.outDir);
    },
    closeBundle: {
      order: "post",
      sequential: true,
      handler() {
        const record = { sources: sorted(digests(root)), files: sorted(digests(out)) };
        writeFileSync(join(out, RECORD), `${JSON.stringify(record, null, 1)}\n`);
      },
    },
  };
}
