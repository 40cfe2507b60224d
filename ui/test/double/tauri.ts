// A stand-in for what Tauri puts into a webview, so that the real bridge can be tried without one:
// commands go to a function, events come from `emit`.
import type { Notice } from "../../src/bridge/generated/api";

type Answer = (command: string, request: unknown) => unknown;

/** A webview whose till is a function. */
export class Webview {
  readonly asked: { command: string; request: unknown }[] = [];
  /** How many listeners there are. */
  listening = 0;
  /** Holds subscriptions back until it resolves. */
  subscribed: Promise<void> = Promise.resolve();

  readonly #callbacks = new Map<number, (payload: unknown) => void>();
  readonly #listeners = new Map<number, number>();
  #last = 0;
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  /** Puts itself where Tauri's own script looks. */
  install(): this {
    const unregister = (_event: string, id: number) => void this.#listeners.delete(id);
    Object.assign(window, {
      __TAURI_INTERNALS__: {
        invoke: (command: string, body: unknown) => this.#invoke(command, body),
        transformCallback: (callback: (payload: unknown) => void) => {
          this.#last += 1;
          this.#callbacks.set(this.#last, callback);
          return this.#last;
        },
        unregisterCallback: (id: number) => void this.#callbacks.delete(id),
      },
      __TAURI_EVENT_PLUGIN_INTERNALS__: { unregisterListener: unregister },
    });
    return this;
  }

  /** Pushes a notice. */
  emit(notice: Notice): void {
    for (const [id, callback] of this.#listeners) {
      this.#callbacks.get(callback)?.({ event: "notice", id, payload: structuredClone(notice) });
    }
  }

  /** What a command was asked with, in order. */
  requests(command: string): unknown[] {
    return this.asked.filter((one) => one.command === command).map((one) => one.request);
  }

  async #invoke(command: string, body: unknown): Promise<unknown> {
    if (command === "plugin:event|listen") return this.#listen((body as { handler: number }).handler);
    if (command === "plugin:event|unlisten") {
      this.listening -= 1;
      this.#listeners.delete((body as { eventId: number }).eventId);
      return null;
    }
    const { request } = (body ?? {}) as { request?: unknown };
    this.asked.push({ command, request });
    return this.#answer(command, request);
  }

  async #listen(handler: number): Promise<number> {
    await this.subscribed;
    this.listening += 1;
    this.#listeners.set(handler, handler);
    return handler;
  }
}

/** A promise to be kept or broken from outside. */
export function later<T>(): { promise: Promise<T>; keep: (value: T) => void; break: (reason: unknown) => void } {
  let keep!: (value: T) => void;
  let fail!: (reason: unknown) => void;
  const promise = new Promise<T>((resolve, reject) => {
    keep = resolve;
    fail = reject;
  });
  return { promise, keep, break: fail };
}
