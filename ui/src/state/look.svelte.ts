// Language and theme on the page, as set or as the system has them.
import { speech, tongueFor, type Tongue } from "../text/speak.svelte";
import { till } from "./till.svelte";

const DARK = "(prefers-color-scheme: dark)";

/** Puts language and theme on the page and keeps them there. To be called while a component is set up. */
export function keepLook(page: HTMLElement): void {
  const system = window.matchMedia(DARK);
  let systemIsDark = $state(system.matches);
  $effect(() => {
    const follow = () => {
      systemIsDark = system.matches;
    };
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  });
  $effect.pre(() => {
    const theme = till.overview?.theme ?? "system";
    page.dataset["theme"] = theme === "system" ? (systemIsDark ? "dark" : "light") : theme;
  });
  $effect.pre(() => {
    const language = till.overview?.language ?? "system";
    const tongue: Tongue = language === "system" ? tongueFor(navigator.languages) : language;
    speech.tongue = tongue;
    page.lang = tongue;
  });
}
