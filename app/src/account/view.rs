//! The account's pages.

mod farewell;
mod profile;
mod sessions;
mod tokens;

use leptos::prelude::*;

use crate::{
    chrome::{self, Chrome, Place},
    ui::tabs::{TabLink, Tabs},
};

pub use farewell::page as farewell_page;
pub use profile::page as account_page;
pub use sessions::page as sessions_page;
pub use tokens::page as tokens_page;

/// A part of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Profile,
    Sessions,
    Tokens,
}

impl Part {
    const ALL: [Self; 3] = [Self::Profile, Self::Sessions, Self::Tokens];

    const fn label(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Sessions => "Sessions",
            Self::Tokens => "Access tokens",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/account",
            Self::Sessions => "/account/sessions",
            Self::Tokens => "/account/tokens",
        }
    }

    /// Its name in title and crumbs.
    const fn title(self) -> &'static str {
        match self {
            Self::Profile => "Account",
            other => other.label(),
        }
    }
}

/// A part in its frame: the heading and the way to the others.
fn part<V: IntoView + 'static>(chrome: &Chrome, part: Part, content: impl FnOnce() -> V) -> String {
    chrome::page(chrome, Place::Account, part.title(), || {
        let link = |one: Part| TabLink {
            label: one.label(),
            href: one.path().to_owned(),
            is_current: one == part,
        };
        view! {
            <div class="head"><h1>"Account"</h1></div>
            <Tabs label="Account" tabs=Part::ALL.map(link).to_vec()/>
            {content()}
        }
    })
}
