use http::StatusCode;
use practice::{CustomerMode, LINK_AMOUNT_ENDINGS, LinkDecline, System};
use serde_json::Value;

use crate::support::{Bench, LINKS, PAYMENTS, get};

/// The rows of the README's table of what the last digits of an amount do on a page: the ending
/// and the sentence.
fn rows() -> Vec<(String, String)> {
    let readme = include_str!("../../README.md");
    let (_, section) = readme.split_once("## Who opens a payment page").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let lines = section.lines().filter(|line| line.starts_with("| "));
    let cells = lines.skip(1).map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let ending = cells.next().unwrap().trim_matches('`').to_owned();
        (ending, cells.next().unwrap().to_owned())
    });
    cells.collect()
}

/// One link or payment as its wire shows it.
struct Shop {
    bench: Bench,
    system: System,
    id: String,
}

impl Shop {
    async fn open(system: System, amount: &str, link_decline: LinkDecline) -> Self {
        let bench = Bench::with(|settings| {
            settings.customer = CustomerMode::Auto;
            settings.link_decline = link_decline;
        });
        let id = match system {
            System::One2Pays => bench.payment_of("order-1", amount).await,
            System::CompagoLink | System::CompagoIntent | System::LeanRails | System::Dojo => {
                bench.link_of("order-1", amount).await
            }
        };
        if system == System::One2Pays {
            // Until the page is ready; every time in the table counts from there.
            bench.advance(500);
        }
        Self { bench, system, id }
    }

    fn bank_ms(&self) -> u64 {
        if self.system == System::One2Pays {
            2000
        } else {
            1200
        }
    }

    async fn object(&self) -> Value {
        if self.system == System::One2Pays {
            let path = format!("{PAYMENTS}/{}", self.id);
            self.bench.signed("GET", &path, "").await.json()["data"].clone()
        } else {
            self.bench
                .send(get(&format!("{LINKS}/{}", self.id)))
                .await
                .json()
        }
    }

    async fn assert_word(&self, compago: &str, one2pays: &str) {
        let expected = if self.system == System::One2Pays {
            one2pays
        } else {
            compago
        };
        assert_eq!(self.object().await["status"], expected, "{:?}", self.system);
        let is_paid = ["CONFIRMED", "succeeded"].contains(&expected);
        assert_eq!(
            self.bench.charged().len(),
            usize::from(is_paid),
            "{:?}",
            self.system
        );
    }

    async fn assert_expires_unpaid(&self) {
        self.assert_word("PENDING", "requires_action").await;
        self.bench.advance(3 * 86_400_000);
        self.assert_word("PENDING", "expired").await;
        if self.system != System::One2Pays {
            assert_eq!(self.object().await["expired"], true);
        }
    }

    async fn cancel(&self) -> StatusCode {
        let answer = match self.system {
            System::One2Pays => self.bench.cancel_payment(&self.id).await,
            System::CompagoLink | System::CompagoIntent | System::LeanRails | System::Dojo => {
                self.bench.cancel_link(&self.id).await
            }
        };
        answer.status
    }

    /// Nothing happens before, and the bank has said yes at that time.
    async fn assert_pays_after(&self, ms: u64) {
        self.bench.advance(ms - 1);
        self.assert_word("PENDING", "requires_action").await;
        self.bench.advance(self.bank_ms());
        self.assert_word("PENDING", "processing").await;
        self.bench.advance(1);
        self.assert_word("CONFIRMED", "succeeded").await;
    }

    /// Plays what the README says in a sentence.
    async fn play(&self, sentence: &str) {
        let bench = &self.bench;
        let lives_on = self.system != System::One2Pays;
        match sentence {
            "pays after 2 s" => self.assert_pays_after(2000).await,
            "pays after 60 s" => self.assert_pays_after(60_000).await,
            "the bank declines after 2 s; the customer leaves" => {
                bench.advance(2000 + self.bank_ms() - 1);
                self.assert_word("PENDING", "processing").await;
                bench.advance(1);
                self.assert_word("PENDING", "payment_failed").await;
                bench.advance(86_400_000);
                self.assert_word("PENDING", "payment_failed").await;
            }
            "the bank declines; another try pays, where the link lives on" => {
                bench.advance(2000 + self.bank_ms());
                self.assert_word("PENDING", "payment_failed").await;
                if lives_on {
                    self.assert_pays_after(2000).await;
                } else {
                    bench.advance(86_400_000);
                    self.assert_word("", "payment_failed").await;
                }
            }
            "closes the page: nothing happens until the link expires"
            | "never opens the link: nothing happens until it expires" => {
                bench.advance(600_000);
                self.assert_expires_unpaid().await;
            }
            "pays when a cancel arrives, and the cancel is refused" => {
                bench.advance(600_000);
                self.assert_word("PENDING", "requires_action").await;
                assert_eq!(self.cancel().await, StatusCode::BAD_REQUEST);
                self.assert_word("CONFIRMED", "succeeded").await;
            }
            "pays when a cancel arrives, and is not charged" => {
                bench.advance(600_000);
                assert_eq!(self.cancel().await, StatusCode::OK);
                bench.advance(86_400_000);
                self.assert_word("CANCELLED", "canceled").await;
            }
            "pays when a cancel arrives: cancelled, a moment later paid" => {
                bench.advance(600_000);
                assert_eq!(self.cancel().await, StatusCode::OK);
                self.assert_word("CANCELLED", "canceled").await;
                bench.advance(1);
                self.assert_word("CONFIRMED", "succeeded").await;
            }
            other => panic!("no test plays {other:?}"),
        }
        bench.practice.check().unwrap();
    }
}

#[tokio::test]
async fn every_row_of_the_table_is_true_of_both_systems() {
    let rows = rows();
    assert_eq!(rows.len(), LINK_AMOUNT_ENDINGS.len() + 1);
    for (ending, sentence) in rows {
        let amounts = if ending == "any other" {
            vec![
                "20.00".to_owned(),
                "20.09".to_owned(),
                "1".to_owned(),
                "3.99".to_owned(),
            ]
        } else {
            vec![
                format!("20{ending}"),
                format!("0{ending}"),
                format!("12345{ending}"),
            ]
        };
        for amount in amounts {
            for system in [System::CompagoLink, System::One2Pays] {
                let shop = Shop::open(system, &amount, LinkDecline::StaysPending).await;
                shop.play(&sentence).await;
            }
        }
    }
}

#[tokio::test]
async fn a_declined_link_that_is_cancelled_has_no_other_try() {
    for amount in ["20.01", "20.04"] {
        let shop = Shop::open(System::CompagoLink, amount, LinkDecline::Cancelled).await;
        shop.bench.advance(86_400_000);
        shop.assert_word("CANCELLED", "").await;
    }
}
