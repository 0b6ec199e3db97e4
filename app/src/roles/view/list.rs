//! Every role, and what can be done with it.

use leptos::prelude::*;

use super::{
    super::{ListedRole, RolesPage},
    matrix::Matrix,
};
use crate::{
    chrome::{self, Chrome, Place},
    format,
    ui::{
        badge::{Badge, Tone},
        button::{LinkButton, Weight},
        notice::NoticeBar,
        table::Table,
    },
};

/// `/{workspace}/access/roles`.
#[must_use]
pub fn page(chrome: &Chrome, page: RolesPage) -> String {
    let workspace = chrome.slug();
    chrome::page(chrome, Place::Roles, "Roles", move || {
        let RolesPage { roles, can_manage, notice } = page;
        let path = format!("/{workspace}/access/roles");
        let new = can_manage.then(|| {
            let href = format!("{path}/new");
            view! { <LinkButton weight=Weight::Primary href label="New role"/> }
        });
        let all = roles.iter().map(|one| one.role.clone()).collect();
        view! {
            <div class="head"><h1>"Roles"</h1><span class="grow"></span>{new}</div>
            <NoticeBar notice/>
            <p class="lead reading">
                "What each role permits. A member can be granted single permissions beside their role; nobody gives "
                "what they do not hold, and nobody changes someone who may do more than they."
            </p>
            <List roles can_manage path/>
            <Matrix roles=all/>
            <p class="hint">
                "Deleting the workspace and handing it over take the role Owner; the role Admin does not permit them."
            </p>
        }
    })
}

#[component]
fn List(roles: Vec<ListedRole>, can_manage: bool, path: String) -> impl IntoView {
    let rows = roles
        .into_iter()
        .map(|listed| view! { <Line listed can_manage path=path.clone()/> })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="all-roles">
            <h2 class="panel-title" id="all-roles">"All roles"</h2>
            <Table caption="Roles and how many have them" class="stacked slim">
                <thead>
                    <tr>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Held by"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}

#[component]
fn Line(listed: ListedRole, can_manage: bool, path: String) -> impl IntoView {
    let ListedRole { role, can_change } = listed;
    let fixed = role.kind.is_some().then(|| view! { " "<Badge tone=Tone::Quiet text="fixed"/> });
    let own = format!("{path}/{}", role.id);
    let copy = format!("{path}/new?from={}", role.id);
    let act = |words: &'static str, href: String, is_shown: bool| {
        let what = format!("{words} {}", role.name);
        is_shown.then(|| view! { <a href=href aria-label=what>{words}</a> })
    };
    view! {
        <tr>
            <td class="free"><span><b>{role.name.clone()}</b>{fixed}</span></td>
            <td data-label="Held by">{format::count(role.members, "member")}</td>
            <td class="num acts-cell">
                {act("Copy", copy, can_manage)}
                {act("Edit", own.clone(), can_change)}
                {act("Delete", format!("{own}#delete"), can_change)}
            </td>
        </tr>
    }
}
