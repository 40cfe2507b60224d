// The bridge over a webview that is not there: what goes out, what comes back, who listens.
import { beforeEach, describe, expect, it } from "vitest";
import { call, closeWindow, onNotice, type Notice } from "../src/bridge";
import { later, Webview } from "./double/tauri";
import { overview, refusal } from "./double/views";

const CLOSE: Notice = { kind: "close_asked", open: 1 };
const settled = () => new Promise((resolve) => setTimeout(resolve));

let answer: (command: string, request: unknown) => unknown;
let webview: Webview;

beforeEach(() => {
  answer = () => overview();
  webview = new Webview((command, request) => answer(command, request)).install();
});

describe("call", () => {
  it("sends the request under the name the till reads it by", async () => {
    await call("type_amount", { digits: "350", account: "roma" });
    expect(webview.asked).toEqual([{ command: "type_amount", request: { digits: "350", account: "roma" } }]);
  });

  it("hands the till's refusal on as it is", async () => {
    answer = () => Promise.reject(refusal("order_open", "0193"));
    await expect(call("overview", {})).rejects.toEqual(refusal("order_open", "0193"));
  });

  it.each([["a word"], [new Error("the channel is gone")], [undefined], [null], [{ code: 7 }]])(
    "makes %s a bad request",
    async (thrown) => {
      answer = () => Promise.reject(thrown as Error);
      await expect(call("overview", {})).rejects.toMatchObject({ code: "bad_request", detail: String(thrown) });
    },
  );

  it("closes the window by its own command", async () => {
    await closeWindow();
    expect(webview.asked.map((one) => one.command)).toEqual(["close_anyway"]);
  });
});

describe("notices", () => {
  it("come in order and stop when told", async () => {
    const heard: Notice[] = [];
    const stop = onNotice((notice) => heard.push(notice));
    await settled();
    webview.emit(CLOSE);
    webview.emit({ kind: "overview", view: overview() });
    expect(heard.map((notice) => notice.kind)).toEqual(["close_asked", "overview"]);
    stop();
    await settled();
    webview.emit(CLOSE);
    expect(heard.length).toBe(2);
    expect(webview.listening).toBe(0);
  });

  it("leave no listener behind when it goes before it has come", async () => {
    const gate = later<void>();
    webview.subscribed = gate.promise;
    const heard: Notice[] = [];
    const stop = onNotice((notice) => heard.push(notice));
    stop();
    gate.keep();
    await settled();
    webview.emit(CLOSE);
    expect(heard).toEqual([]);
    expect(webview.listening).toBe(0);
  });
});
