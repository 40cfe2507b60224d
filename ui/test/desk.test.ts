// The state behind the counter over the real bridge: the till itself, the list of payments, settings.
import { beforeEach, describe, expect, it } from "vitest";
import type { Ask, Code } from "../src/bridge";
import { PaymentList } from "../src/state/payments.svelte";
import { fieldOf, Settings, type Draft } from "../src/state/settings.svelte";
import { Till } from "../src/state/till.svelte";
import { later, type Webview } from "./double/tauri";
import { rehearse, type Answers } from "./double/till";
import { NO_SETTINGS, overview, ownOverview, paid, payment, refusal, ROMA, row } from "./double/views";

let answers: Answers;
let webview: Webview;

beforeEach(() => {
  ({ answers, webview } = rehearse());
});

describe("the till", () => {
  it("asks again where an overview was pushed meanwhile", async () => {
    const till = new Till();
    let asked = 0;
    answers.overview = () => {
      asked += 1;
      if (asked === 1) till.take(ownOverview({ suggested_order: "R-2" }));
      return ownOverview({ suggested_order: asked === 1 ? "R-1" : "R-3" });
    };
    await till.refresh();
    expect(till.overview?.suggested_order).toBe("R-3");
  });

  it("remembers what the keychain said when it is not asked", async () => {
    const till = new Till();
    await till.refresh();
    till.take(ownOverview({ accounts: [{ ...ROMA, has_key: null }] }));
    expect(till.overview?.accounts[0]?.has_key).toBe(true);
    answers.overview = () => ownOverview({ accounts: [{ ...ROMA, has_key: null }] });
    await till.refresh();
    expect(till.overview?.accounts[0]?.has_key).toBeNull();
  });

  it("says why it cannot open, and opens later", async () => {
    const till = new Till();
    answers.overview = () => Promise.reject(refusal("journal_in_use"));
    await till.open();
    expect(till.fault).toBe("journal_in_use");
    answers.overview = () => ownOverview();
    await till.open();
    expect(till.fault).toBeNull();
    expect(till.overview).not.toBeNull();
  });

  it.each([
    ["a fresh machine", { cashier: "" }, 0, true],
    ["somebody named", { cashier: "Ana" }, 0, false],
    ["something charged", { cashier: "" }, 1, false],
    ["an account of its own", { cashier: "", only_practice: false }, 0, false],
  ])("welcomes: %s", async (_, more, rows, welcomed) => {
    const till = new Till();
    answers.overview = () => overview(more);
    answers.list_payments = () => ({ rows: Array.from({ length: rows }, () => row(paid())), next: null });
    await till.open();
    expect(till.isFirstRun).toBe(welcomed);
  });
});

describe("the list of payments", () => {
  const page = (ids: string[], next: string | null) => ({ rows: ids.map((id) => row(payment({ id }))), next });

  it("goes on from the page before, once at a time", async () => {
    const list = new PaymentList();
    answers.list_payments = ({ before }) => (before === null ? page(["a", "b"], "b") : page(["c"], null));
    await list.reload();
    await Promise.all([list.loadMore(), list.loadMore()]);
    expect(list.rows.map((one) => one.id)).toEqual(["a", "b", "c"]);
    expect(list.more).toBe(false);
    expect(webview.requests("list_payments")).toEqual([
      { filter: "all", search: "", before: null },
      { filter: "all", search: "", before: "b" },
    ]);
  });

  it("drops the answer to an earlier search", async () => {
    const list = new PaymentList();
    const slow = later<unknown>();
    answers.list_payments = ({ search }) => (search === "R" ? slow.promise : page(["b"], null));
    const first = list.find("R");
    await list.find("R-2");
    slow.keep(page(["a"], null));
    await first;
    expect(list.rows.map((one) => one.id)).toEqual(["b"]);
  });

  it("keeps the pages read when it is refreshed", async () => {
    const list = new PaymentList();
    answers.list_payments = ({ before }) => (before === null ? page(["a", "b"], "b") : page(["c"], "c"));
    await list.reload();
    await list.loadMore();
    answers.list_payments = () => page(["new", "a"], "a");
    await list.refresh();
    expect(list.rows.map((one) => one.id)).toEqual(["new", "a", "b", "c"]);
    answers.list_payments = ({ before }) => page([`after ${before}`], null);
    await list.loadMore();
    expect(list.rows.at(-1)?.id).toBe("after c");
  });
});

describe("settings", () => {
  async function open(): Promise<{ till: Till; settings: Settings }> {
    const till = new Till();
    await till.refresh();
    return { till, settings: new Settings(till) };
  }

  it("sends a key once and forgets it, whatever the answer", async () => {
    const { settings } = await open();
    settings.beginOf("compago");
    const draft = settings.draft;
    if (!draft) throw new Error("there is no draft");
    Object.assign(draft, { name: "Roma", key: "hush" });
    settings.touch();
    answers.save_account = () => Promise.reject(refusal("keychain_locked"));
    expect(await settings.save()).toBe(false);
    expect(settings.problem).toEqual({ code: "keychain_locked", field: "key" });
    expect(settings.draft?.key).toBe("");
    answers.save_account = () => ROMA;
    expect(await settings.save()).toBe(true);
    expect(webview.requests("save_account")).toMatchObject([{ key: "hush" }, { key: null }]);
  });

  it("sends the secret of the webhooks once the account is there, and forgets it", async () => {
    const { settings } = await open();
    settings.beginOf("dojo");
    expect(settings.asks("dojo", "webhook_secret")).toBe(true);
    expect(settings.asks("compago", "webhook_secret")).toBe(false);
    const write = () => {
      if (settings.draft) settings.draft.webhook_secret = "hush";
      settings.touch();
    };
    write();
    answers.save_account = () => Promise.reject(refusal("key_missing"));
    expect(await settings.save()).toBe(false);
    expect(webview.requests("keep_webhook_secret")).toEqual([]);
    expect(settings.draft?.webhook_secret).toBe("");
    write();
    answers.save_account = () => ROMA;
    answers.keep_webhook_secret = () => Promise.reject(refusal("keychain_locked"));
    expect(await settings.save()).toBe(false);
    expect(settings.problem).toEqual({ code: "keychain_locked", field: "webhook_secret" });
    expect(settings.draft?.webhook_secret).toBe("");
    write();
    answers.keep_webhook_secret = () => ROMA;
    expect(await settings.save()).toBe(true);
    expect(webview.requests("keep_webhook_secret").at(-1)).toEqual({ account: "roma", secret: "hush" });
    // The account that was made is changed and not made again.
    expect(webview.requests("save_account").at(-1)).toMatchObject({ account: "roma" });
    expect(settings.draft?.webhook_secret).toBe("");
  });

  it("saves before it tests what is not saved", async () => {
    const { settings } = await open();
    settings.beginOf("compago");
    answers.save_account = () => ROMA;
    answers.test_account = () => ({ ok: true, problem: null, took_ms: 84 });
    await settings.test();
    expect(webview.requests("test_account")).toEqual([{ account: "roma" }]);
    await settings.test();
    expect(webview.requests("save_account").length).toBe(1);
    expect(settings.result?.ok).toBe(true);
  });

  it("does not test what could not be saved", async () => {
    const { settings } = await open();
    settings.beginOf("compago");
    answers.save_account = () => Promise.reject(refusal("address_not_secure"));
    await settings.test();
    expect(webview.requests("test_account")).toEqual([]);
    expect(settings.problem?.field).toBe("base_url");
  });

  it("keeps what is written while it saves", async () => {
    const { settings } = await open();
    settings.edit(ROMA);
    const answer = later<unknown>();
    answers.save_account = () => answer.promise;
    const saving = settings.save();
    if (settings.draft) settings.draft.name = "Roma Sur";
    settings.touch();
    answer.keep(ROMA);
    await saving;
    expect(settings.draft?.name).toBe("Roma Sur");
    expect(settings.changed).toBe(true);
    expect(settings.saved).toBe(false);
  });

  it("removes an account and closes its form", async () => {
    const { till, settings } = await open();
    settings.edit(ROMA);
    answers.remove_account = () => overview();
    await settings.remove();
    expect(settings.draft).toBeNull();
    expect(till.overview?.accounts.length).toBe(1);
  });

  it("puts a problem beside its field", () => {
    const terminals = [{ code: "", label: "" }];
    const draft: Draft = { account: null, system: "compago", name: "Roma", base_url: "", key: "", webhook_secret: "", terminals, settings: NO_SETTINGS };
    expect(fieldOf("name_empty", { ...draft, name: " " }, ["terminals"])).toBe("name");
    expect(fieldOf("name_empty", draft, ["terminals"])).toBe("terminals");
    expect(fieldOf("name_bad_characters", { ...draft, terminals: [{ code: "T 1", label: "" }] }, ["terminals"])).toBe("terminals");
    expect(fieldOf("name_bad_characters", { ...draft, terminals: [{ code: "T1", label: "" }] }, ["terminals"])).toBe("name");
    expect(fieldOf("terminal_twice", draft, ["terminals"])).toBe("terminals");
    expect(fieldOf("address_too_much", draft, ["terminals"])).toBe("base_url");
    expect(fieldOf("journal_full", draft, ["terminals"])).toBe("form");
  });

  it("puts a problem beside the address or the key it is about", () => {
    const pages = { ...NO_SETTINGS, homepage_url: "https://a.example", redirect_url: "https://a.example/thanks" };
    const draft: Draft = { account: null, system: "compago_link", name: "Web", base_url: "https://api.example", key: "", webhook_secret: "", terminals: [], settings: pages };
    const at = (code: Code, settings: Partial<typeof pages>, more: Partial<Draft> = {}, asks: Ask[] = ["pages"]) =>
      fieldOf(code, { ...draft, ...more, settings: { ...pages, ...settings } }, asks);
    expect(at("address_invalid", { homepage_url: "a page" })).toBe("homepage_url");
    expect(at("address_invalid", { redirect_url: "ftp://a.example" })).toBe("redirect_url");
    expect(at("address_not_secure", { redirect_url: "http://a.example" })).toBe("redirect_url");
    expect(at("address_too_much", { homepage_url: "https://a.example?b" })).toBe("homepage_url");
    expect(at("address_not_secure", { redirect_url: "http://a.example" }, { base_url: "http://api.example" })).toBe("base_url");
    expect(at("pages_missing", { homepage_url: " " })).toBe("homepage_url");
    expect(at("pages_missing", { redirect_url: "" })).toBe("redirect_url");
    expect(at("public_key_missing", {}, { system: "one2_pays" }, ["public_key", "amount_unit"])).toBe("public_key");
    expect(at("amount_unit_missing", {}, { system: "one2_pays" }, ["public_key", "amount_unit"])).toBe("amount_unit");
    expect(at("address_invalid", {}, { system: "one2_pays", base_url: "" }, ["public_key", "amount_unit"])).toBe("base_url");
  });
});
