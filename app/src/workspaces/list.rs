//! Every workspace of the viewer, and those that can be had back.

use leptos::prelude::*;
use model::wire::workspaces::{DeletedOrganization, Organization};

use super::WorkspacesPage;
use crate::{
    chrome::{self, Avatar, Chrome, Place},
    format,
    ui::{
        button::{LinkButton, Submit, Weight},
        empty::Empty,
        notice::NoticeBar,
        table::Table,
    },
};

/// `/workspaces`.
#[must_use]
pub fn page(chrome: &Chrome, page: WorkspacesPage) -> String {
    chrome::page(chrome, Place::Workspaces, "Workspaces", move || {
        let WorkspacesPage { organizations, deleted, notice } = page;
        let is_empty = organizations.is_empty();
        let new = (!is_empty).then(|| {
            view! { <LinkButton weight=Weight::Primary href="/workspaces/new" label="New workspace"/> }
        });
        let list = if is_empty {
            view! { <Nothing/> }.into_any()
        } else {
            view! { <List organizations/> }.into_any()
        };
        let deleted = (!deleted.is_empty()).then(|| view! { <Deleted deleted/> });
        view! {
            <div class="head"><h1>"Workspaces"</h1><span class="grow"></span>{new}</div>
            <NoticeBar notice/>
            <section class="panel" aria-label="Your workspaces">{list}</section>
            {deleted}
        }
    })
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <Empty title="No workspace">
            <p>
                "You belong to none now. Make one, or ask someone for an invitation to theirs: its link brings you in."
            </p>
            <p><LinkButton weight=Weight::Primary href="/workspaces/new" label="New workspace"/></p>
        </Empty>
    }
}

#[component]
fn List(organizations: Vec<Organization>) -> impl IntoView {
    let rows = organizations
        .into_iter()
        .map(|Organization { name, slug, role_name, created_at, .. }| {
            let since = format::to_the_minute(&created_at.to_string());
            view! {
                <tr>
                    <td class="free">
                        <div class="who">
                            <Avatar name=name.clone() class="avatar"/>
                            <span><a class="row-link" href=format!("/{slug}")><b>{name}</b></a></span>
                        </div>
                    </td>
                    <td class="free" data-label="Address"><code>{slug}</code></td>
                    <td data-label="Your role"><span class="role">{role_name}</span></td>
                    <td data-label="Made">{since}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption="Workspaces that you belong to" class="stacked slim">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Address"</th>
                    <th scope="col">"Your role"</th>
                    <th scope="col">"Made"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Deleted(deleted: Vec<DeletedOrganization>) -> impl IntoView {
    let rows = deleted
        .into_iter()
        .map(|DeletedOrganization { id, name, until, .. }| {
            let until = format::to_the_minute(&until.to_string());
            view! {
                <tr>
                    <td class="free"><b>{name.clone()}</b></td>
                    <td data-label="Until">{until}</td>
                    <td class="row-forms">
                        <form method="post" action=format!("/workspaces/{id}/restore")>
                            <Submit weight=Weight::Plain label="Restore" what=format!("Restore {name}")/>
                        </form>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="deleted">
            <h2 class="panel-title" id="deleted">"Deleted"</h2>
            <Table caption="Deleted workspaces that you can have back" class="stacked slim">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Can be had back until"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}
