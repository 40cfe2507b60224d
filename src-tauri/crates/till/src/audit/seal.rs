//! The head of the journal outside of it: signed by a key that only the keychain has, and remembered
//! there, so that a journal that was shortened or replaced is noticed although it is whole in itself.

use journal::{Hash, HeadKey, Journal};
use secrets::{Secret, Vault};

use crate::api::HeadMemory;
use crate::staff::new_key;
use crate::till::Till;

/// The name of the key that signs, in the keychain.
pub const HEAD_KEY: &str = "audit:key";

/// Holds a journal against what a keychain remembers of the one in this place, and names the entry. Writes
/// nothing: for whoever only looks.
#[must_use]
pub fn head_memory(journal: &Journal, vault: &dyn Vault) -> (HeadMemory, Option<u64>) {
    match vault.load(&head_name(journal)) {
        Ok(kept) => held_against(journal, kept.as_ref()),
        Err(_) => (HeadMemory::Unasked, None),
    }
}

fn held_against(journal: &Journal, kept: Option<&Secret>) -> (HeadMemory, Option<u64>) {
    let Some((seq, hash)) = kept.and_then(|kept| parse(kept.expose())) else {
        return (HeadMemory::Nothing, None);
    };
    match journal.hash_at(seq) {
        Ok(Some(found)) if found == hash => (HeadMemory::Agrees, Some(seq)),
        Ok(_) | Err(_) => (HeadMemory::Differs, Some(seq)),
    }
}

/// Two journals of one user have two names: by where they are and not by what is in them, or one that
/// was replaced would have a name of its own.
fn head_name(journal: &Journal) -> String {
    format!(
        "audit:head:{}",
        journal.place().as_deref().unwrap_or("memory")
    )
}

/// What the keychain remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recalled {
    pub memory: HeadMemory,
    /// The entry.
    pub seq: Option<u64>,
}

impl Till {
    /// The key that signs, made where there is none. `None`: no keychain gives one, and nothing is
    /// signed. That closes no shop.
    pub(crate) async fn head_key(&self) -> Option<HeadKey> {
        let kept = self.lines.kept(HEAD_KEY.to_owned()).await;
        let kept = match kept {
            Ok(Some(kept)) => Some(kept),
            Ok(None) => {
                let new = new_key()?;
                let stored = self.lines.keep(HEAD_KEY.to_owned(), new.clone()).await;
                stored.is_ok().then_some(new)
            }
            Err(_) => None,
        };
        HeadKey::from_hex(kept?.expose())
    }

    /// Holds the journal against what the keychain remembers of the one in this place.
    pub(crate) async fn recall(&self) -> Recalled {
        let journal = &self.board.journal;
        let (memory, seq) = match self.lines.kept(head_name(journal)).await {
            Ok(kept) => held_against(journal, kept.as_ref()),
            Err(_) => (HeadMemory::Unasked, None),
        };
        Recalled { memory, seq }
    }

    /// Has the keychain remember where the journal ends now. Whoever calls this has said what it
    /// remembered before.
    pub(crate) async fn remember(&self) {
        let Some((seq, hash)) = self.head() else {
            return;
        };
        let Ok(text) = Secret::new(&format!("{seq}:{hash}")) else {
            return;
        };
        if self
            .lines
            .keep(head_name(&self.board.journal), text)
            .await
            .is_err()
        {
            tracing::warn!("the keychain could not remember the end of the journal");
        }
    }

    /// The last entry and its hash.
    pub(crate) fn head(&self) -> Option<(u64, Hash)> {
        let seq = self.board.journal.last_seq().ok()?;
        let hash = self.board.journal.hash_at(seq).ok()??;
        Some((seq, hash))
    }
}

fn parse(text: &str) -> Option<(u64, Hash)> {
    let (seq, hash) = text.split_once(':')?;
    Some((seq.parse().ok()?, Hash::from_hex(hash)?))
}
