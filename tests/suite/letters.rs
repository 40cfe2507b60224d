//! Telling customers: a letter for each link that a person withdrew, handed over once, whatever becomes of
//! the mail server, the till or the race against the customer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use payment::{Handed, LetterLanguage, LetterRules, MailSecurity, State, System};
use practice::{PRACTICE_KEY, PagePress, Race};
use providers::Class;
use secrets::Secret;
use till::api::{
    AccountSettingsInput, BillingInput, ChooseLetterRulesRequest, Code, KeyInput, LetterFate,
    LetterRulesRequest, LetterView, PaymentRequest, SaveAccountRequest, TemplateInput,
    TestLettersRequest,
};
use till::{OutgoingLetter, Post};
use tillside_tests::world::{LINK_ACCOUNT, Mishap, link_sale};
use tokio::time::{Duration, Instant, sleep};

use crate::counter::{Counter, DIGITS, seconds};

mod password;

const PASSWORD: &str = "mail-canary-31c7";
const ANA: &str = "ana@example.com";

/// A mail server that answers as it was told to, and takes what it was not told about.
#[derive(Default)]
struct Scripted {
    answers: Mutex<VecDeque<Handed>>,
    /// What was handed over, with the password it came with.
    taken: Mutex<Vec<(OutgoingLetter, Option<String>)>>,
    /// It takes a letter and never says so.
    is_silent: Mutex<bool>,
}

#[async_trait]
impl Post for Scripted {
    async fn hand_over(
        &self,
        _: &LetterRules,
        password: Option<Secret>,
        letter: &OutgoingLetter,
    ) -> Handed {
        let password = password.map(|password| password.expose().to_owned());
        self.taken.lock().unwrap().push((letter.clone(), password));
        if *self.is_silent.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        let answer = self.answers.lock().unwrap().pop_front();
        answer.unwrap_or(Handed::Taken)
    }
}

impl Scripted {
    fn handed(&self) -> usize {
        self.taken.lock().unwrap().len()
    }

    fn will_say(&self, answers: &[Handed]) {
        self.answers.lock().unwrap().extend(answers.iter().cloned());
    }
}

struct Shop {
    counter: Counter,
    post: Arc<Scripted>,
    account: String,
}

fn rules() -> ChooseLetterRulesRequest {
    ChooseLetterRulesRequest {
        server: "mail.example.com".to_owned(),
        port: 587,
        security: MailSecurity::StartTls,
        user: "shop".to_owned(),
        password: Some(KeyInput::new(PASSWORD.to_owned())),
        from: "shop@example.com".to_owned(),
        shop: "Café Centro".to_owned(),
        language: LetterLanguage::Es,
        templates: Vec::new(),
    }
}

impl Shop {
    async fn open() -> Self {
        let shop = Self::without_mail().await;
        let till = shop.counter.till();
        till.choose_letter_rules(rules()).await.unwrap();
        shop
    }

    async fn without_mail() -> Self {
        let mut counter = Counter::open().await;
        let post = Arc::new(Scripted::default());
        counter.world.post = Some(Arc::<Scripted>::clone(&post));
        counter.restart().await;
        let pages = "https://shop.example.com".to_owned();
        let account = SaveAccountRequest {
            account: None,
            name: "Web".to_owned(),
            system: System::CompagoLink,
            settings: AccountSettingsInput {
                homepage_url: pages.clone(),
                redirect_url: pages,
                ..AccountSettingsInput::default()
            },
            base_url: "https://api.example.com".to_owned(),
            key: Some(KeyInput::new(PRACTICE_KEY.to_owned())),
            terminals: Vec::new(),
        };
        let account = counter.till().save_account(account).await.unwrap().id;
        Self {
            counter,
            post,
            account,
        }
    }

    /// A link for Ana, shown to her.
    async fn link(&self, order: &str) -> String {
        self.link_of(order, &self.account, ANA, None).await
    }

    async fn link_of(
        &self,
        order: &str,
        account: &str,
        email: &str,
        language: Option<LetterLanguage>,
    ) -> String {
        let mut request = link_sale(order, DIGITS, account);
        let link = request.link.as_mut().unwrap();
        link.language = language;
        link.billing = Some(BillingInput {
            first_name: "Ana".to_owned(),
            email: email.to_owned(),
            ..BillingInput::default()
        });
        let sale = self.counter.till().start_charge(request).await.unwrap().id;
        let is_shown = |view: &till::api::PaymentView| view.page.is_some();
        self.counter.until_it(&sale, "shown", is_shown).await;
        sale
    }

    async fn withdrawn(&self, order: &str) -> String {
        let sale = self.link(order).await;
        self.counter.cancel(&sale).await.unwrap();
        self.counter.until(&sale, State::Cancelled).await;
        sale
    }

    async fn letter(&self, sale: &str) -> Option<LetterView> {
        let payment = sale.to_owned();
        let request = PaymentRequest { payment };
        let till = self.counter.till();
        till.payment_letter(request).await.unwrap().letter
    }

    async fn fate(&self, sale: &str) -> LetterFate {
        let letter = self.letter(sale).await;
        letter.map_or(LetterFate::None, |letter| letter.fate)
    }

    async fn until_fate(&self, sale: &str, fate: LetterFate) {
        let began = Instant::now();
        loop {
            let now = self.fate(sale).await;
            if now == fate {
                return;
            }
            assert!(
                began.elapsed() < Duration::from_secs(6 * 3_600),
                "{now:?}, not {fate:?}"
            );
            seconds(1).await;
        }
    }

    async fn send(&self, sale: &str) -> Result<LetterFate, Code> {
        let payment = sale.to_owned();
        let till = self.counter.till();
        let sent = till.send_letter(PaymentRequest { payment }).await;
        sent.map(|view| view.letter.unwrap().fate)
            .map_err(|error| error.code)
    }
}

fn said(what: &str) -> String {
    what.to_owned()
}

#[tokio::test(start_paused = true)]
async fn who_was_sent_a_link_is_told_once_that_it_was_withdrawn() {
    let shop = Shop::open().await;
    let sale = shop.withdrawn("R-1").await;
    shop.until_fate(&sale, LetterFate::Queued).await;
    assert_eq!(shop.post.handed(), 0, "what may turn out paid is awaited");
    shop.until_fate(&sale, LetterFate::Sent).await;
    seconds(7_200).await;
    let taken = shop.post.taken.lock().unwrap();
    let [(letter, password)] = &taken[..] else {
        panic!("{} letters", taken.len());
    };
    assert_eq!(letter.to, ANA);
    assert_eq!(letter.subject, "Cancelamos tu liga de pago de R-1");
    for part in ["Hola, Ana:", "R-1", "350.50", "Café Centro"] {
        assert!(letter.text.contains(part), "{}", letter.text);
    }
    assert_eq!(password.as_deref(), Some(PASSWORD));
    // It is in the story of the shop, and the password is not.
    let mut copy = Vec::new();
    shop.counter.world.seats[0]
        .journal
        .export(&mut copy)
        .unwrap();
    let copy = String::from_utf8(copy).unwrap();
    assert!(copy.contains("Cancelamos") && !copy.contains(PASSWORD));
}

#[tokio::test(start_paused = true)]
async fn only_a_withdrawn_link_with_an_address_is_told_about() {
    let shop = Shop::open().await;
    let (real, practice) = (shop.account.as_str(), LINK_ACCOUNT);
    let nobody = shop.link_of("R-1", real, "", None).await;
    let not_real = shop.link_of("R-2", practice, ANA, None).await;
    let paid = shop.link("R-3").await;
    let page = shop.counter.view(&paid).await.page.unwrap().url;
    for sale in [&nobody, &not_real] {
        shop.counter.cancel(sale).await.unwrap();
        shop.counter.until(sale, State::Cancelled).await;
    }
    let links = shop.counter.world.practice.links().into_iter();
    let link = links.into_iter().find(|link| link.url == page).unwrap();
    let store = &shop.counter.world.practice;
    store.press_page(link.id, PagePress::Pay).unwrap();
    shop.counter.until(&paid, State::Paid).await;
    seconds(3_600).await;
    assert_eq!(shop.post.handed(), 0);
    assert_eq!(shop.letter(&nobody).await, None);
    assert_eq!(shop.letter(&paid).await, None);
    // Practice customers are not real; the words can be looked at all the same.
    assert_eq!(shop.fate(&not_real).await, LetterFate::None);
    assert!(shop.letter(&not_real).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn in_the_customers_language_and_the_shops_own_words() {
    let shop = Shop::open().await;
    let own = ChooseLetterRulesRequest {
        password: None,
        templates: vec![TemplateInput {
            language: LetterLanguage::En,
            subject: "About {order}".to_owned(),
            text: "{name}: {amount} is not due. {shop}".to_owned(),
        }],
        ..rules()
    };
    shop.counter.till().choose_letter_rules(own).await.unwrap();
    let english = Some(LetterLanguage::En);
    let sale = shop.link_of("R-1", &shop.account, ANA, english).await;
    shop.counter.cancel(&sale).await.unwrap();
    shop.until_fate(&sale, LetterFate::Sent).await;
    let taken = shop.post.taken.lock().unwrap();
    assert_eq!(taken[0].0.subject, "About R-1");
    assert_eq!(taken[0].0.text, "Ana: MX$350.50 is not due. Café Centro");
    assert_eq!(taken[0].1.as_deref(), Some(PASSWORD), "kept from before");
}

#[tokio::test(start_paused = true)]
async fn what_was_not_taken_is_tried_again_and_what_was_refused_is_not() {
    let shop = Shop::open().await;
    let not_yet = || Handed::NotYet {
        said: said("451 try later"),
    };
    let refused = Handed::Refused {
        said: said("550 no such user"),
    };
    shop.post.will_say(&[not_yet(), not_yet(), refused]);
    let sale = shop.withdrawn("R-1").await;
    shop.until_fate(&sale, LetterFate::Waiting).await;
    assert_eq!(shop.letter(&sale).await.unwrap().said, "451 try later");
    assert_eq!(shop.send(&sale).await, Err(Code::TooLate), "it goes on");
    shop.until_fate(&sale, LetterFate::Refused).await;
    assert_eq!(shop.letter(&sale).await.unwrap().said, "550 no such user");
    assert_eq!(shop.post.handed(), 3);
    seconds(24 * 3_600).await;
    assert_eq!(shop.post.handed(), 3, "a refusal is not asked again");
    // Somebody has mended the address at the server, and says so.
    assert_eq!(shop.send(&sale).await, Ok(LetterFate::Queued));
    shop.until_fate(&sale, LetterFate::Sent).await;
    let names = shop.post.taken.lock().unwrap();
    let names: Vec<&str> = names.iter().map(|(letter, _)| letter.id.as_str()).collect();
    assert_eq!(names, [sale.as_str(); 4], "always under one name");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_takes_it_is_given_up_and_told() {
    let shop = Shop::open().await;
    let not_yet = Handed::NotYet {
        said: said("no connection"),
    };
    shop.post.will_say(&vec![not_yet; 1_000]);
    let sale = shop.withdrawn("R-1").await;
    seconds(5 * 24 * 3_600).await;
    assert_eq!(shop.fate(&sale).await, LetterFate::GivenUp);
    let tries = shop.post.handed();
    assert!((50..100).contains(&tries), "{tries}");
    let till = shop.counter.till();
    let rules = till.letter_rules(LetterRulesRequest {}).await.unwrap();
    assert_eq!((rules.queued, rules.failed), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn what_may_have_left_is_sent_again_by_a_person_only() {
    // The line breaks after the letter left; and the till is killed at that very place.
    for is_killed in [false, true] {
        let mut shop = Shop::open().await;
        if is_killed {
            *shop.post.is_silent.lock().unwrap() = true;
        } else {
            shop.post.will_say(&[Handed::Doubtful {
                said: said("connection reset"),
            }]);
        }
        let sale = shop.withdrawn("R-1").await;
        seconds(60).await;
        if is_killed {
            assert_eq!(shop.fate(&sale).await, LetterFate::Sending);
            *shop.post.is_silent.lock().unwrap() = false;
            shop.counter.restart().await;
        }
        assert_eq!(shop.fate(&sale).await, LetterFate::Doubtful);
        seconds(24 * 3_600).await;
        shop.counter.restart().await;
        seconds(3_600).await;
        assert_eq!(shop.post.handed(), 1, "killed: {is_killed}");
        assert_eq!(shop.send(&sale).await, Ok(LetterFate::Queued));
        shop.until_fate(&sale, LetterFate::Sent).await;
        assert_eq!(shop.post.handed(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_till_that_is_killed_before_it_leaves_sends_it_after_the_start() {
    // Once before it is even queued, and once while it waits for its time.
    for after_ms in [0, 5_000] {
        let mut shop = Shop::open().await;
        let sale = shop.withdrawn("R-1").await;
        sleep(Duration::from_millis(after_ms)).await;
        shop.counter.restart().await;
        shop.until_fate(&sale, LetterFate::Sent).await;
        shop.counter.restart().await;
        seconds(3_600).await;
        assert_eq!(shop.post.handed(), 1, "killed after {after_ms} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_won_the_race_is_not_told_that_nothing_is_due() {
    let shop = Shop::open().await;
    let mut settings = shop.counter.world.practice.settings();
    settings.race = Race::ApprovalAfterCancel;
    settings.link_paying_ms = 6_000;
    shop.counter.world.practice.set_settings(settings);
    let sale = shop.link("R-1").await;
    let page = shop.counter.view(&sale).await.page.unwrap().url;
    let mut links = shop.counter.world.practice.links().into_iter();
    let link = links.find(|link| link.url == page).unwrap();
    let store = &shop.counter.world.practice;
    store.press_page(link.id, PagePress::Pay).unwrap();
    shop.counter.cancel(&sale).await.unwrap();
    shop.until_fate(&sale, LetterFate::Queued).await;
    shop.counter.until(&sale, State::Paid).await;
    shop.until_fate(&sale, LetterFate::Dropped).await;
    seconds(3_600).await;
    assert_eq!(shop.post.handed(), 0);
    assert_eq!(shop.send(&sale).await, Err(Code::TooLate));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_ended_without_a_persons_wish_is_told_to_nobody() {
    let mut shop = Shop::open().await;
    shop.counter
        .order_mishaps(&[(Class::Create, Mishap::AnswerLost)]);
    let mut request = link_sale("R-1", DIGITS, &shop.account);
    request.link.as_mut().unwrap().billing = Some(BillingInput {
        email: ANA.to_owned(),
        ..BillingInput::default()
    });
    let till = shop.counter.till();
    let sale = till.start_charge(request).await.unwrap().id;
    sleep(Duration::from_millis(50)).await;
    shop.counter.restart().await;
    seconds(3_600).await;
    let view = shop.counter.view(&sale).await;
    assert_eq!(
        view.state,
        State::Expired,
        "it was lost, found and left alone"
    );
    assert_eq!(shop.post.handed(), 0);
    assert_eq!(shop.fate(&sale).await, LetterFate::None);
}

#[tokio::test(start_paused = true)]
async fn without_a_server_the_words_are_there_to_be_copied() {
    let shop = Shop::without_mail().await;
    let sale = shop.withdrawn("R-1").await;
    seconds(3_600).await;
    let letter = shop.letter(&sale).await.unwrap();
    assert!(letter.text.contains("R-1"), "{}", letter.text);
    assert_eq!((letter.fate, letter.can_send), (LetterFate::None, false));
    assert_eq!(shop.send(&sale).await, Err(Code::MailMissing));
    // What was withdrawn before there was a server is told to nobody by itself, and can be.
    let till = shop.counter.till();
    till.choose_letter_rules(rules()).await.unwrap();
    seconds(3_600).await;
    assert_eq!(shop.post.handed(), 0);
    assert_eq!(shop.send(&sale).await, Ok(LetterFate::Queued));
    shop.until_fate(&sale, LetterFate::Sent).await;
    // Switched off again.
    let off = ChooseLetterRulesRequest {
        server: String::new(),
        ..rules()
    };
    till.choose_letter_rules(off).await.unwrap();
    let other = shop.withdrawn("R-2").await;
    seconds(3_600).await;
    assert_eq!(shop.fate(&other).await, LetterFate::None);
    assert_eq!(shop.post.handed(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_settings_can_be_tried() {
    let shop = Shop::open().await;
    let till = shop.counter.till();
    let to = |to: &str| TestLettersRequest { to: to.to_owned() };
    let tested = till.test_letters(to(ANA)).await.unwrap();
    assert!(tested.ok);
    shop.post.will_say(&[Handed::NotYet {
        said: said("no connection"),
    }]);
    let tested = till.test_letters(to(ANA)).await.unwrap();
    assert_eq!((tested.ok, tested.said.as_str()), (false, "no connection"));
    let error = till.test_letters(to("ana")).await.unwrap_err();
    assert_eq!(error.code, Code::MailAddress);
    let rules = till.letter_rules(LetterRulesRequest {}).await.unwrap();
    assert_eq!(rules.has_password, Some(true));
    assert!(!format!("{rules:?}").contains(PASSWORD));
}
