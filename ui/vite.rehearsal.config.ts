// The window in a browser, with a rehearsed till in place of the real one: `npm run rehearse`, then
// http://127.0.0.1:1421/?scene=charge (scenes are in test/rehearsal/scenes.ts). Never shipped.
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: folder("test/rehearsal"),
  plugins: [svelte({ configFile: folder("svelte.config.js") })],
  clearScreen: false,
  server: {
    host: "127.0.0.1",
    port: 1421,
    strictPort: true,
    fs: { allow: [folder(".")] },
  },
});
