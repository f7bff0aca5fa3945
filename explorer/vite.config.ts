import { defineConfig, type Plugin } from "vite";

import { sources } from "./sources.ts";

/** Files that a page opened from disk may load: classic scripts, in order, the data after the app. */
function fromDisk(): Plugin {
  const data = ["data/site.js", "data/articles.js"];
  return {
    name: "from-disk",
    transformIndexHtml: {
      order: "post",
      handler: (html) =>
        html
          .replaceAll(" crossorigin", "")
          .replace('type="module"', "defer")
          .replace(
            "</head>",
            `${data.map((src) => `  <script defer src="./${src}"></script>\n  `).join("")}</head>`,
          ),
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [fromDisk(), sources()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../src/marsad/explore/app",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    target: "es2022",
    rollupOptions: {
      output: {
        format: "iife",
        entryFileNames: "app/explore.js",
        assetFileNames: ({ names }) =>
          names[0]?.endsWith(".woff2") ? "app/fonts/[name][extname]" : "app/explore[extname]",
      },
    },
  },
});
