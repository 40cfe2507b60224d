// A till that answers from a table, for tests of one state at a time.
import type { Commands } from "../../src/bridge/generated/api";
import { Webview } from "./tauri";
import { ownOverview, payment, pesos, refusal, typed } from "./views";

/** What each command answers, or a promise of it. */
export type Answers = { [Name in keyof Commands]?: (request: Commands[Name]["request"]) => unknown };

/** Installs a till with an account of its own; a command that has no answer is a bad request. */
export function rehearse(): { answers: Answers; webview: Webview } {
  const answers: Answers = {
    overview: () => ownOverview(),
    type_amount: ({ digits }) => typed(digits),
    start_charge: ({ order, digits }) => payment({ order, amount: pesos(digits) }),
  };
  const webview = new Webview((command, request) => {
    const answer = answers[command as keyof Commands] as ((request: unknown) => unknown) | undefined;
    if (!answer) throw refusal("bad_request");
    return answer(request);
  }).install();
  return { answers, webview };
}
