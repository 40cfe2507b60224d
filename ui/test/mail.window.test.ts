// The mail server in the settings: what the till refuses stands where it is to be mended.
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Commands } from "../src/bridge";
import { Webview } from "./double/tauri";
import { noLetters, ownOverview, refusal, typed } from "./double/views";
import { clean, click, find, openWindow, text, write } from "./double/window";

type Answers = { [Name in keyof Commands]?: (request: Commands[Name]["request"]) => unknown };

let answers: Answers;
let webview: Webview;
let close: () => Promise<void>;

const KEPT = { ...noLetters(), is_on: true, server: "mail.example.com", user: "shop", from: "shop@example.com", shop: "Café", has_password: true };

beforeEach(() => {
  answers = {
    overview: () => ownOverview(),
    type_amount: ({ digits }) => typed(digits),
    diagnose: () => ({ findings: [] }),
    letter_rules: () => KEPT,
    choose_letter_rules: ({ password }) => {
      if (password === null) throw refusal("mail_password_again");
      return KEPT;
    },
  };
  webview = new Webview((command, request) => {
    const answer = answers[command as keyof Commands] as ((request: unknown) => unknown) | undefined;
    if (!answer) throw refusal("bad_request");
    return answer(request);
  }).install();
});

afterEach(async () => {
  await close();
  document.body.replaceChildren();
});

it("asks for the password again, and why, where the server was changed", async () => {
  close = await openWindow();
  await click("nav-settings");
  await click("mail-edit");
  await write("mail-server", "mail.elsewhere.example");
  await click("mail-save");
  expect(text("mail-password-problem")).toContain("for another server, port or user");
  expect(find("mail-password")?.getAttribute("aria-invalid")).toBe("true");
  expect((find("mail-server") as HTMLInputElement).value).toBe("mail.elsewhere.example");
  await clean();
  await write("mail-password", "another-word");
  expect(text("mail-password-problem")).toBeUndefined();
  await click("mail-save");
  const [first, second] = webview.requests("choose_letter_rules") as { server: string; password: string | null }[];
  expect([first?.password, second?.password]).toEqual([null, "another-word"]);
  expect(second?.server).toBe("mail.elsewhere.example");
  expect(text("mail-save")).toBe("Saved");
});
