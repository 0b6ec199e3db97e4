//! The settings of a workspace, a card each.

mod exits;
mod name;
mod ownership;

use leptos::prelude::*;
use model::Permission;

use super::{SettingsForm, SettingsPage};
use crate::{
    chrome::{self, Chrome, Place},
    ui::{field::FormProblem, form::Form, notice::NoticeBar},
};
use exits::Delete;
pub(crate) use exits::LeaveCard;
use name::NameCard;
use ownership::{OfferedCard, OwnershipCard};

/// `/{workspace}/settings`.
#[must_use]
pub fn page(chrome: &Chrome, page: SettingsPage) -> String {
    let can_read_team = chrome.may.has(Permission::UsersRead);
    chrome::page(chrome, Place::Settings, "Settings", move || {
        let path = format!("/{}/settings", page.organization.slug);
        let form = |which| form_of(&page, which);
        let problem = page.refused.as_ref().map(|(_, form)| form.clone()).unwrap_or_default();
        let offered = page.offer.clone().filter(|offer| offer.is_yours);
        let ownership = offered.is_none().then(|| {
            let (page, form) = (page.clone(), form(SettingsForm::Ownership));
            view! { <OwnershipCard page form path=path.clone() can_read_team/> }
        });
        let offered = offered.map(|offer| view! { <OfferedCard offer path=path.clone()/> });
        let delete = page.is_owner.then(|| {
            let (name, form) = (page.organization.name.clone(), form(SettingsForm::Delete));
            view! { <Delete name form path=path.clone()/> }
        });
        view! {
            <div class="narrow">
                <div class="head"><h1>"Settings"</h1></div>
                <NoticeBar notice=page.notice.clone()/>
                <FormProblem form=problem/>
                {offered}
                <NameCard page=page.clone() form=form(SettingsForm::Name) path=path.clone()/>
                {ownership}
                <LeaveCard way=page.leave path/>
                {delete}
            </div>
        }
    })
}

/// What was typed into one of the page's forms, when that was refused.
fn form_of(page: &SettingsPage, which: SettingsForm) -> Form {
    match &page.refused {
        Some((refused, form)) if *refused == which => form.clone(),
        _ => Form::default(),
    }
}
