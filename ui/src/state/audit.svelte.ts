// The journal's story: newest first, a page at a time, and what verifying it said.
import { call, type ApiError, type AuditFilter, type AuditForm, type AuditRowView, type AuditVerdictView, type Code } from "../bridge";

export class Audit {
  /** The rows so far. */
  rows = $state.raw<readonly AuditRowView[]>([]);
  /** Which entries. */
  filter = $state<AuditFilter>("all");
  /** Whether there are more. */
  more = $state(false);
  /** Whether the till has answered once. */
  loaded = $state(false);
  /** What verifying said; none until somebody asked. */
  verdict = $state.raw<AuditVerdictView | null>(null);
  /** What is being done. */
  busy = $state<"verifying" | "saving" | null>(null);
  /** Where the last copy was put. */
  saved = $state<string | null>(null);
  /** Why the last thing asked for was not done. */
  problem = $state<Code | null>(null);

  #next: string | null = null;
  #turn = 0;

  /** Which entries to list, from the newest. */
  async choose(filter: AuditFilter): Promise<void> {
    this.filter = filter;
    await this.reload();
  }

  /** The first page anew. */
  async reload(): Promise<void> {
    await this.#load(null, () => []);
  }

  /** The next page. */
  async loadMore(): Promise<void> {
    if (this.#next !== null) await this.#load(this.#next, () => this.rows);
  }

  /** Checks the journal from its first entry on. */
  async verify(): Promise<void> {
    await this.#do("verifying", async () => {
      this.verdict = await call("verify_audit", {});
    });
  }

  /** Keeps a copy of it as a file. */
  async save(form: AuditForm): Promise<void> {
    await this.#do("saving", async () => {
      this.saved = (await call("export_audit", { form })).path;
    });
  }

  async #do(what: NonNullable<Audit["busy"]>, work: () => Promise<void>): Promise<void> {
    if (this.busy !== null) return;
    this.busy = what;
    this.problem = null;
    this.saved = null;
    try {
      await work();
    } catch (error) {
      this.problem = (error as ApiError).code;
    }
    this.busy = null;
  }

  async #load(before: string | null, held: () => readonly AuditRowView[]): Promise<void> {
    const turn = (this.#turn += 1);
    try {
      const page = await call("list_audit", { filter: this.filter, before });
      if (turn !== this.#turn) return;
      this.rows = [...held(), ...page.rows];
      this.#next = page.next;
      this.more = page.next !== null;
      this.problem = null;
      this.loaded = true;
    } catch (error) {
      if (turn === this.#turn) this.problem = (error as ApiError).code;
    }
  }
}

export const audit = new Audit();
