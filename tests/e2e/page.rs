//! What a cashier does, as verbs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::window::Window;

impl Window {
    /// The till is ready to sell.
    pub(crate) async fn ready(&self) {
        self.find("amount-figure").await;
        self.find("terminal-PRACTICE-1").await;
    }

    /// Asks the till over the page's own bridge.
    pub(crate) async fn ask(&self, command: &str, request: Value) -> Value {
        self.run_async(
            "const done = arguments[arguments.length - 1]; \
             window.__TAURI_INTERNALS__.invoke(arguments[0], {request: arguments[1]})\
             .then(view => done({ok: view}), error => done({error}));",
            vec![json!(command), request],
        )
        .await
    }

    /// Types an order. The till may propose one in the moment in which the box is emptied: then once more.
    async fn fill_order(&self, order: &str) {
        let typed = "return document.querySelector('[data-testid=order]').value;";
        for _ in 0..20 {
            self.fill("order", order).await;
            if self.run(typed, vec![]).await == json!(order) {
                return;
            }
        }
        panic!("the order is not {order}");
    }

    /// Types an order and an amount (none: what stands there), picks a terminal, presses Enter.
    pub(crate) async fn charge(&self, digits: &str, order: &str, terminal: &str) {
        self.fill_order(order).await;
        self.click(&format!("terminal-{terminal}")).await;
        if !digits.is_empty() {
            self.keys(digits).await;
            self.figure_has(digits).await;
        }
        self.keys("\u{E007}").await;
        self.find("state-band").await;
    }

    /// The same by a link of this account, as the form stands.
    pub(crate) async fn link(&self, digits: &str, order: &str, account: &str) {
        self.fill_order(order).await;
        self.click("terminal-PRACTICE-1").await;
        self.keys(digits).await;
        self.figure_has(digits).await;
        self.click(&format!("link-{account}")).await;
        self.find("link-form").await;
    }

    /// The figure shows the digits typed, whatever stands between them.
    pub(crate) async fn figure_has(&self, digits: &str) {
        for _ in 0..200 {
            let shown: String = self
                .text("amount-figure")
                .await
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            if shown.trim_start_matches('0') == digits.trim_start_matches('0') {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!(
            "the figure shows {} and not {digits}",
            self.text("amount-figure").await
        );
    }

    /// Uses the practice terminal as its customer.
    pub(crate) async fn press(&self, press: &str) {
        self.click(&format!("press-{press}")).await;
    }

    /// Chooses in a list of choices.
    pub(crate) async fn fill_choice(&self, id: &str, words: &str) {
        self.find(id).await;
        let choose = "const list = document.querySelector(`[data-testid='${arguments[0]}']`); \
             list.value = arguments[1]; list.dispatchEvent(new Event('change', {bubbles: true}));";
        self.run(choose, vec![json!(id), json!(words)]).await;
    }

    /// The id of the payment shown.
    pub(crate) async fn open_payments(&self) -> Vec<Value> {
        let overview = self.ask("overview", json!({})).await;
        overview["ok"]["open"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    }
}
