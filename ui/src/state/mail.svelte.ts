// Settings: the mail server, and the words of messages to customers.
import { call, type ApiError, type Code, type LetterLanguage, type LetterRulesView, type LetterTestView, type MailSecurity, type TemplateView } from "../bridge";

/** The settings as typed in. */
export type MailDraft = {
  server: string;
  port: string;
  security: MailSecurity;
  user: string;
  password: string;
  from: string;
  shop: string;
  language: LetterLanguage;
  templates: TemplateView[];
};

/** Ports that fit what the bridge takes. Anything else goes as 0, which no server has. */
const PORT = /^\s*\d{1,4}\s*$|^\s*[1-5]\d{4}\s*$|^\s*6[0-4]\d{3}\s*$/;

export class MailSettings {
  /** As the till told them last. */
  view = $state.raw<LetterRulesView | null>(null);
  draft = $state<MailDraft | null>(null);
  /** Why the last thing was not done. */
  problem = $state<Code | null>(null);
  busy = $state(false);
  /** They were saved as they stand. */
  saved = $state(false);
  /** What the last test message came to. */
  tested = $state.raw<LetterTestView | null>(null);

  async load(): Promise<void> {
    try {
      this.view = await call("letter_rules", {});
    } catch {
      // The till's own trouble is told elsewhere.
    }
  }

  /** Opens the form. A keychain may take its time to say whether there is a password. */
  async edit(): Promise<void> {
    if (this.view === null) await this.load();
    const view = this.view;
    if (view === null) return;
    const { server, port, security, user, from, shop, language } = view;
    const templates = view.templates.map((template) => ({ ...template }));
    this.draft = { server, port: String(port), security, user, password: "", from, shop, language, templates };
    this.problem = null;
    this.saved = false;
    this.tested = null;
  }

  leave(): void {
    this.draft = null;
    this.problem = null;
  }

  touch(): void {
    this.saved = false;
    this.problem = null;
  }

  async save(): Promise<void> {
    const draft = this.draft;
    if (!draft) return;
    const { password, port, templates, ...rest } = draft;
    // What was typed does not stay in the page, whatever comes of it.
    draft.password = "";
    const request = {
      ...rest,
      port: PORT.test(port) ? Number(port) : 0,
      password: password === "" ? null : password,
      templates: templates.map((template) => ({ ...template })),
    };
    await this.#do(async () => {
      this.view = await call("choose_letter_rules", request);
      this.saved = true;
    });
  }

  async test(to: string): Promise<void> {
    this.tested = null;
    await this.#do(async () => {
      this.tested = await call("test_letters", { to });
    });
  }

  async #do(send: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      await send();
    } catch (error) {
      this.problem = (error as ApiError).code;
    } finally {
      this.busy = false;
    }
  }
}

export const mail = new MailSettings();
