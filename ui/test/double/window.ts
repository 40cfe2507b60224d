// The whole window in a page, for tests that press, type and look.
import axe from "axe-core";
import { expect, vi } from "vitest";

export const settled = async () => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve));
};
export const find = (testid: string) => document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
export const text = (testid: string) => find(testid)?.textContent?.replace(/\s+/g, " ").trim();

export async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  await settled();
}

export async function click(testid: string): Promise<void> {
  const target = find(testid);
  if (!target) throw new Error(`there is no ${testid}`);
  target.click();
  await settled();
}

/** Chooses an option of a group of radio buttons. */
export async function pick(testid: string): Promise<void> {
  find(testid)?.querySelector("input")?.click();
  await settled();
}

export async function write(testid: string, value: string): Promise<void> {
  const field = find(testid) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
}

/** A fresh window: its state lives in modules, so they are loaded anew, and Svelte with them. */
export async function openWindow(): Promise<() => Promise<void>> {
  vi.resetModules();
  document.title = "Tillside";
  const { mount, unmount } = await import("svelte");
  const { default: App } = await import("../../src/App.svelte");
  const window = mount(App, { target: document.body });
  await settled();
  return () => unmount(window);
}

/** Holds that axe finds nothing. */
export async function clean(): Promise<void> {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    // Colours are looked at in a real browser (npm run rehearse): this page has no pixels.
    rules: { "color-contrast": { enabled: false } },
  });
  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
}
