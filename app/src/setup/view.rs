//! Setting up a source, from the snippet to the key.

mod install;
mod key;
mod new;
mod origins;
mod progress;
mod settings;

pub use new::new_page;

use leptos::prelude::*;
use model::wire::sources::Source;

use super::{SetupForm, SetupPage};
use crate::{
    chrome::{self, Chrome, Place},
    islands::Copy,
    ui::{
        button::{LinkButton, Weight},
        form::Form,
        notice::NoticeBar,
        picker::SourcePicker,
    },
};
use install::InstallCard;
use key::{KeyCard, StateCard};
use origins::OriginsCard;
use progress::ProgressCard;
use settings::SettingsCard;

/// Where the pages and forms of a source are.
#[derive(Debug, Clone)]
struct Paths {
    /// Setup itself, without a query.
    setup: String,
    /// Setup of this source.
    shown: String,
    /// The list of its attempts.
    debug: String,
    /// What its forms begin with.
    forms: String,
}

impl Paths {
    fn new(workspace: &str, source: &Source) -> Self {
        let setup = format!("/{workspace}/analytics/setup");
        Self {
            shown: format!("{setup}?source={}", source.slug),
            debug: format!("{setup}/debug?source={}", source.slug),
            forms: format!("{setup}/{}", source.slug),
            setup,
        }
    }
}

/// `/{workspace}/analytics/setup`.
#[must_use]
pub fn page(chrome: &Chrome, page: SetupPage) -> String {
    let workspace = chrome.slug();
    chrome::page(chrome, Place::Setup, "Setup", move || {
        let paths = Paths::new(&workspace, &page.source);
        let form_of = |wanted: SetupForm| match &page.refused {
            Some((which, form)) if *which == wanted => form.clone(),
            _ => Form::default(),
        };
        let (origin_form, settings_form) =
            (form_of(SetupForm::AddOrigin), form_of(SetupForm::Settings));
        let SetupPage { now, sources, source, install, tab, progress, can_manage, notice, .. } =
            page;
        let brief = install.install_brief.clone();
        view! {
            <div class="head">
                <h1>"Setup"</h1>
                <SourcePicker sources current=source.slug.clone() path=paths.setup.clone()/>
                <span class="grow"></span>
                <Copy text=brief label="Copy install brief" what="Copy install brief" class="btn"/>
                {can_manage.then(|| view! {
                    <LinkButton weight=Weight::Plain href=format!("{}/new", paths.setup) label="New source"/>
                })}
            </div>
            <NoticeBar notice/>
            {(!can_manage).then(|| view! {
                <p class="notice quiet">
                    <span class="sign" aria-hidden="true">"i"</span>
                    "You can see this source. Changing it takes the permission "<code>"analytics.manage"</code>"."
                </p>
            })}
            <div class="columns">
                <div class="column">
                    <InstallCard install tab paths=paths.clone()/>
                    <OriginsCard source=source.clone() form=origin_form paths=paths.clone() can_manage/>
                    <SettingsCard source=source.clone() form=settings_form paths=paths.clone() can_manage/>
                </div>
                <aside class="column" aria-label="This source">
                    <ProgressCard source=source.clone() progress now paths=paths.clone()/>
                    <KeyCard source=source.clone() paths=paths.clone() can_manage/>
                    <StateCard source paths can_manage/>
                </aside>
            </div>
        }
    })
}
