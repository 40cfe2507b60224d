// The arrows and the colours of the window, held by its sources.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "../src");
const LINES_LIMIT = 500;

const files = readdirSync(SOURCES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path: relative(SOURCES, path).replaceAll("\\", "/"), text: readFileSync(path, "utf8") };
  });

const outside = (folder: string) => files.filter((file) => !file.path.startsWith(folder));
const inside = (folder: string) => files.filter((file) => file.path.startsWith(folder));
const imports = (text: string) => [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, path]) => path ?? "");
const offenders = (among: typeof files, wrong: RegExp) => among.filter((file) => wrong.test(file.text)).map((file) => file.path);

describe("the sources", () => {
  it("are found", () => {
    expect(inside("components/").length).toBeGreaterThan(10);
    expect(inside("bridge/").length).toBeGreaterThan(1);
  });

  it("name Tauri in bridge/ only", () => {
    expect(offenders(outside("bridge/"), /@tauri-apps|__TAURI/)).toEqual([]);
  });

  it("keep components/ away from bridge/ and state/", () => {
    const wrong = inside("components/").flatMap((file) => imports(file.text).filter((path) => /(?:^|\/)(?:bridge|state|screens)(?:\/|$)/.test(path)));
    expect(wrong).toEqual([]);
  });

  it("keep colours in styles/", () => {
    const painted = outside("styles/").filter((file) => /\.(?:svelte|css|ts)$/.test(file.path));
    expect(offenders(painted, /#[0-9a-f]{3,8}\b(?!")|\b(?:rgba?|hsla?|oklch)\(/i)).toEqual([]);
  });

  it("keep type sizes in styles/", () => {
    expect(offenders(outside("styles/"), /font-size:\s*[\d.]+(?:px|rem|em)/)).toEqual([]);
    expect(offenders(outside("styles/"), /font:\s*[^;]*\d+px/)).toEqual([]);
  });

  it("write no style into the markup, which the page's security policy refuses", () => {
    const markup = files.filter((file) => file.path.endsWith(".svelte"));
    expect(offenders(markup, /\sstyle=|\sstyle:|\{@html|transition:\w+[=|\s>]|\s(?:in|out|animate):\w+/)).toEqual([]);
  });

  it("keep words in text/", () => {
    // A letter between tags that is not an expression is a word that nobody can translate.
    const spoken = [...inside("components/"), ...inside("screens/"), ...inside("App.svelte")].flatMap((file) => {
      const markup = file.text
        .replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, "")
        .replace(/\{(?:[^{}]|\{[^{}]*\})*\}/g, "");
      return [...markup.matchAll(/>([^<>{}]*\p{L}{2,}[^<>{}]*)</gu)].map(([, words]) => `${file.path}: ${words?.trim()}`);
    });
    expect(spoken.filter((words) => !/=>|onpress|=\s*$/.test(words))).toEqual([]);
  });

  it("do no sums with money", () => {
    expect(offenders(outside("bridge/"), /parseFloat|toFixed|\.minor\s*[-+*/]|[-+*/]\s*\w+\.minor/)).toEqual([]);
  });

  it("put no secret where it is kept or written down", () => {
    expect(offenders(files, /localStorage|sessionStorage|indexedDB|console\./)).toEqual([]);
  });

  it("stay short enough to read", () => {
    const written = outside("bridge/generated/").filter((file) => !file.path.endsWith(".json"));
    expect(written.filter((file) => file.text.split("\n").length > LINES_LIMIT).map((file) => file.path)).toEqual([]);
  });
});
