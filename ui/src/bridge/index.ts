// The only door to the till. Nothing else in the window names @tauri-apps.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { ApiError, Commands, Notice } from "./generated/api";

export type * from "./generated/api";

/** Every command of the till. */
export type Command = keyof Commands;

/** What a broken bridge is told as: nothing the cashier did, nothing that was charged. */
function misunderstood(cause: unknown): ApiError {
  return { code: "bad_request", message: "bad request", detail: String(cause) };
}

function isApiError(thrown: unknown): thrown is ApiError {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    typeof (thrown as Partial<ApiError>).code === "string"
  );
}

/** Asks somebody about what was refused; true where it may be asked for once more. */
let consider: (error: ApiError) => Promise<boolean> = () => Promise.resolve(false);

/** Tells who is asked when a command is refused for want of a PIN. */
export function whenRefused(handler: (error: ApiError) => Promise<boolean>): void {
  consider = handler;
}

/**
 * Asks the till. What needs somebody's approval waits for it here, whoever asked, and is sent once more
 * word for word when it was given. Rejects with an `ApiError` and with nothing else, so that whoever asks can branch
 * on its code.
 */
export async function call<Name extends Command>(
  name: Name,
  request: Commands[Name]["request"],
): Promise<Commands[Name]["view"]> {
  try {
    return await send(name, request);
  } catch (thrown) {
    const { code } = thrown as ApiError;
    const wantsPin = code === "needs_approval" || code === "nobody_signed_in";
    if (!wantsPin || !(await consider(thrown as ApiError))) throw thrown;
    return await send(name, request);
  }
}

async function send<Name extends Command>(
  name: Name,
  request: Commands[Name]["request"],
): Promise<Commands[Name]["view"]> {
  try {
    return await invoke<Commands[Name]["view"]>(name, { request });
  } catch (thrown) {
    throw isApiError(thrown) ? thrown : misunderstood(thrown);
  }
}

/**
 * Hears what the till pushes, in its order, until the returned function is called. Tauri subscribes
 * asynchronously: when the listener goes before that has happened, it is taken down on arrival.
 */
export function onNotice(handler: (notice: Notice) => void): () => void {
  let gone = false;
  let stop: (() => void) | null = null;
  listen<Notice>("notice", (event) => {
    if (!gone) handler(event.payload);
  }).then(
    (unlisten) => {
      if (gone) unlisten();
      else stop = unlisten;
    },
    // Without notices everything can still be asked for; the overview says what is wrong.
    () => undefined,
  );
  return () => {
    gone = true;
    stop?.();
    stop = null;
  };
}

/** Closes the window over open payments: the cashier was asked. */
export async function closeWindow(): Promise<void> {
  try {
    await invoke<void>("close_anyway");
  } catch (thrown) {
    throw isApiError(thrown) ? thrown : misunderstood(thrown);
  }
}
