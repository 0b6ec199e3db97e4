//! The catalogue of permissions, and which role holds which.

use leptos::prelude::*;
use model::{Permission, wire::team::Role};

use crate::ui::table::Table;

#[component]
pub(super) fn Matrix(roles: Vec<Role>) -> impl IntoView {
    let names = roles.iter().map(head).collect_view();
    let rows = Permission::ALL.iter().map(|key| line(*key, &roles)).collect_view();
    view! {
        <section class="panel" aria-labelledby="permissions">
            <h2 class="panel-title" id="permissions">"Permissions"</h2>
            <Table caption="Permissions by role" class="matrix">
                <thead><tr><th scope="col">"Permission"</th>{names}</tr></thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}

fn head(role: &Role) -> impl IntoView + use<> {
    view! { <th scope="col" class="role-head">{role.name.clone()}</th> }
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
