//! Every role and what it permits.

use leptos::prelude::*;
use model::{Permission, wire::team::Role};

use super::super::RolesPage;
use crate::{
    chrome::{self, Chrome, Place},
    format,
    ui::table::Table,
};

/// `/{workspace}/access/roles`.
#[must_use]
pub fn page(chrome: &Chrome, page: RolesPage) -> String {
    chrome::page(chrome, Place::Roles, "Roles", move || {
        let RolesPage { roles } = page;
        let names = roles.iter().map(head).collect_view();
        let rows = Permission::ALL.iter().map(|key| line(*key, &roles)).collect_view();
        view! {
            <div class="head"><h1>"Roles"</h1></div>
            <p class="lead">
                "What each role permits. A member can be granted single permissions beside their role; nobody gives "
                "what they do not hold, and nobody changes someone who may do more than they."
            </p>
            <section class="panel" aria-label="Roles">
                <Table caption="Permissions by role" class="matrix">
                    <thead><tr><th scope="col">"Permission"</th>{names}</tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
            </section>
            <p class="hint">
                "Deleting the workspace and handing it over take the role Owner; the role Admin does not permit them."
            </p>
        }
    })
}

fn head(role: &Role) -> impl IntoView + use<> {
    let members = format::count(role.members, "member");
    view! { <th scope="col" class="role-head">{role.name.clone()}<span class="dim">{members}</span></th> }
}

fn line(key: Permission, roles: &[Role]) -> impl IntoView + use<> {
    let cells = roles
        .iter()
        .map(|role| {
            let (sign, said) =
                if role.permissions.has(key) { ("✓", "yes") } else { ("–", "no") };
            let class = if role.permissions.has(key) { "yes" } else { "dim" };
            let name = role.name.clone();
            view! { <td class=class data-label=name><span aria-hidden="true">{sign}</span><span class="visually-hidden">{said}</span></td> }
        })
        .collect_view();
    view! {
        <tr>
            <th scope="row"><code>{key.key()}</code><span class="dim">{key.what()}</span></th>
            {cells}
        </tr>
    }
}
