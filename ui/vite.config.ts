import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // Tests mount components, which the server build of Svelte does not.
  ...(process.env["VITEST"] ? { resolve: { conditions: ["browser"] } } : {}),
  clearScreen: false,
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // WebKitGTK 2.42, Safari 17, WebView2: every webview that Tauri 2 meets today.
    target: ["safari17", "chrome120"],
    // The page's security policy has no place for data: scripts or styles; everything is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "happy-dom",
    include: ["test/**/*.test.ts"],
    restoreMocks: true,
    // The first test of a file also compiles the window, beside whatever else a build machine does.
    testTimeout: 30_000,
  },
});
