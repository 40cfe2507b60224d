//! The embedded practice store: started with the till, on loopback, remembered beside the journal.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use payment::{
    Account, AccountId, AccountSettings, AmountUnit, Ask, System, Terminal, TerminalCode,
};
use practice::{
    Display, Front, LinkStatus, PagePress, PageView, Practice, Press, PressRefused, TerminalView,
};
use till::api::{
    ApiError, Code, PracticeDisplay, PracticePagePress, PracticePress, PracticeTerminalView,
};
use till::{PracticeControls, PracticePage, PracticeStore};
use tokio::net::TcpListener;

/// The name of its account with card machines; no live account can take it.
pub const PRACTICE_ACCOUNT: &str = "practice";

/// Where it remembers what it was doing.
const FILE: &str = "practice.json";

/// Which of the practice store's machines a cashier can pick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PracticeTerminals {
    /// Also those whose customer acts alone: for scripts, which have no hands.
    All,
    /// Those with buttons to press.
    WithPanel,
}

/// What becomes of what the store remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    /// It is in the file before an answer leaves.
    Kept,
    /// The file is read and left alone: another till may be writing it.
    Copied,
}

/// Starts the store of a folder and serves it until the process ends.
///
/// # Errors
/// When loopback cannot be listened on.
pub(crate) async fn start(
    folder: &Path,
    memory: Memory,
    terminals: PracticeTerminals,
    seed: u64,
) -> std::io::Result<(Practice, PracticeStore)> {
    let practice = open(&folder.join(FILE), memory, seed);
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener.local_addr()?;
    let served = practice.clone();
    tokio::spawn(async move {
        if let Err(error) = practice::serve(served, listener).await {
            tracing::error!(%error, "the practice store stopped");
        }
    });
    let store = PracticeStore {
        accounts: System::ALL
            .into_iter()
            .filter_map(|system| account(&practice, system, terminals, address))
            .collect(),
        controls: Arc::new(Hands(practice.clone())),
    };
    Ok((practice, store))
}

/// A store that cannot be read back is begun anew: nothing in it is real.
fn open(file: &Path, memory: Memory, seed: u64) -> Practice {
    let opened = match memory {
        Memory::Kept => Practice::open(file, seed, practice::system_clock()),
        Memory::Copied if !file.exists() => return Practice::with_system_clock(seed),
        Memory::Copied => Practice::load(file, practice::system_clock()),
    };
    opened.unwrap_or_else(|error| {
        tracing::warn!(error = %crate::session::chain(&error), "the practice store begins anew");
        Practice::with_system_clock(seed)
    })
}

/// The till's account at a system of the store; `None` for a system that the store does not speak.
fn account(
    practice: &Practice,
    system: System,
    which: PracticeTerminals,
    address: SocketAddr,
) -> Option<Account> {
    let word = system.description().word;
    let front = Front::ALL.into_iter().find(|front| front.system == word)?;
    let pages = || {
        let page = format!("http://{address}/");
        system.asks(Ask::Pages).then_some(page)
    };
    let settings = AccountSettings {
        homepage_url: pages(),
        redirect_url: pages(),
        public_key: system
            .asks(Ask::PublicKey)
            .then(|| providers::PRACTICE_PUBLIC_KEY.to_owned()),
        amount_unit: system.asks(Ask::AmountUnit).then_some(AmountUnit::Major),
        ..AccountSettings::default()
    };
    Some(Account {
        id: AccountId::new(front.account).expect("a fixed name that is allowed"),
        name: front.name.to_owned(),
        system,
        base_url: format!("http://{address}{}", front.path),
        currency: system.currency(),
        terminals: terminals(front.machines(practice), which),
        settings,
        practice: true,
    })
}

fn terminals(machines: Vec<TerminalView>, which: PracticeTerminals) -> Vec<Terminal> {
    machines
        .into_iter()
        .filter(|terminal| which == PracticeTerminals::All || terminal.script.is_none())
        .filter_map(|terminal| {
            let code = TerminalCode::new(&terminal.code).ok()?;
            Some(Terminal {
                code,
                label: terminal.label,
            })
        })
        .collect()
}

/// The customer's hands.
struct Hands(Practice);

impl Hands {
    /// The newest page of a key: a system that refuses a key twice has no second.
    fn find(&self, key: &str) -> Option<PageView> {
        let pages = self.0.pages();
        pages.into_iter().rev().find(|page| page.reference == key)
    }
}

impl PracticeControls for Hands {
    fn terminal(&self, code: &str) -> Option<PracticeTerminalView> {
        Front::ALL
            .into_iter()
            .flat_map(|front| front.machines(&self.0))
            .find(|terminal| terminal.code == code)
            .map(view)
    }

    fn press(&self, code: &str, press: PracticePress) -> Result<(), ApiError> {
        self.0.press(code, button(press)).map_err(|refused| {
            if refused == PressRefused::UnknownTerminal {
                ApiError::new(Code::TerminalUnknown)
            } else {
                ApiError::with(Code::PracticeRefused, refused)
            }
        })
    }

    fn page(&self, key: &str) -> Option<PracticePage> {
        self.find(key).map(|page| PracticePage {
            description: page.description.unwrap_or_default(),
            paid: page.status == LinkStatus::Paid,
            presses: page.allowed.into_iter().map(page_press).collect(),
        })
    }

    fn press_page(&self, key: &str, press: PracticePagePress) -> Result<(), ApiError> {
        let page = self
            .find(key)
            .ok_or_else(|| ApiError::new(Code::PracticeRefused))?;
        self.0
            .press_page(page.id, page_button(press))
            .map_err(|refused| ApiError::with(Code::PracticeRefused, refused))
    }
}

const fn page_button(press: PracticePagePress) -> PagePress {
    match press {
        PracticePagePress::Pay => PagePress::Pay,
        PracticePagePress::Decline => PagePress::Decline,
        PracticePagePress::WalkAway => PagePress::WalkAway,
    }
}

const fn page_press(press: PagePress) -> PracticePagePress {
    match press {
        PagePress::Pay => PracticePagePress::Pay,
        PagePress::Decline => PracticePagePress::Decline,
        PagePress::WalkAway => PracticePagePress::WalkAway,
    }
}

const fn button(press: PracticePress) -> Press {
    match press {
        PracticePress::Tap => Press::Tap,
        PracticePress::InsertPin => Press::InsertPin,
        PracticePress::InsertSign => Press::InsertSign,
        PracticePress::WrongPin => Press::WrongPin,
        PracticePress::Decline => Press::Decline,
        PracticePress::CancelOnTerminal => Press::CancelOnTerminal,
        PracticePress::WalkAway => Press::WalkAway,
        PracticePress::Unplug => Press::Unplug,
        PracticePress::PlugIn => Press::PlugIn,
        PracticePress::CutNetwork => Press::CutNetwork,
        PracticePress::RestoreNetwork => Press::RestoreNetwork,
    }
}

const fn press(press: Press) -> PracticePress {
    match press {
        Press::Tap => PracticePress::Tap,
        Press::InsertPin => PracticePress::InsertPin,
        Press::InsertSign => PracticePress::InsertSign,
        Press::WrongPin => PracticePress::WrongPin,
        Press::Decline => PracticePress::Decline,
        Press::CancelOnTerminal => PracticePress::CancelOnTerminal,
        Press::WalkAway => PracticePress::WalkAway,
        Press::Unplug => PracticePress::Unplug,
        Press::PlugIn => PracticePress::PlugIn,
        Press::CutNetwork => PracticePress::CutNetwork,
        Press::RestoreNetwork => PracticePress::RestoreNetwork,
    }
}

const fn display(shown: Display) -> PracticeDisplay {
    match shown {
        Display::Off => PracticeDisplay::Offline,
        Display::Ready => PracticeDisplay::Idle,
        Display::PleaseWait => PracticeDisplay::PleaseWait,
        Display::PresentCard => PracticeDisplay::PresentCard,
        Display::ReadingCard => PracticeDisplay::Reading,
        Display::WrongPin => PracticeDisplay::WrongPin,
        Display::Approved => PracticeDisplay::Approved,
        Display::Declined => PracticeDisplay::Declined,
        Display::Cancelled => PracticeDisplay::Cancelled,
    }
}

fn view(terminal: TerminalView) -> PracticeTerminalView {
    PracticeTerminalView {
        network_cut: terminal.allowed.contains(&Press::RestoreNetwork),
        code: terminal.code,
        label: terminal.label,
        display: display(terminal.message),
        amount: terminal.amount.map(till::api::MoneyView::from),
        presses: terminal.allowed.into_iter().map(press).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_has_an_account_at_every_system() {
        let practice = Practice::with_system_clock(1);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 4_711));
        for system in System::ALL {
            let made = account(&practice, system, PracticeTerminals::All, address);
            let made = made.unwrap_or_else(|| panic!("{system:?} is not practised"));
            let at_machines = system.channel() == payment::Channel::Terminal;
            assert_eq!(at_machines, !made.terminals.is_empty(), "{system:?}");
            // An account that lacks what its system asks for would be refused here.
            let connected = providers::connect(&made, None, providers::NetworkOptions::default());
            assert!(connected.is_ok(), "{system:?}: {:?}", connected.err());
        }
        assert_eq!(Front::ALL.len(), System::ALL.len());
        assert_eq!(Front::ALL[0].account, PRACTICE_ACCOUNT);
    }
}
