//! A role of the workspace's own: its name, what it permits, and its end.

use leptos::prelude::*;
use model::{Permission, Permissions, wire::team::Role};
use workspaces::RoleName;

use super::super::RolePage;
use crate::{
    chrome::{self, Chrome, Place},
    format,
    ui::{
        button::{Submit, Weight},
        confirm::Confirm,
        field::{Checkbox, FormProblem, Hidden, TextField},
        form::Form,
    },
};

/// `/{workspace}/access/roles/new` and `/{workspace}/access/roles/{roleId}`.
#[must_use]
pub fn page(chrome: &Chrome, page: RolePage) -> String {
    let workspace = chrome.slug();
    let title = page.role.as_ref().map_or_else(|| "New role".to_owned(), |role| role.name.clone());
    chrome::page(chrome, Place::Roles, &title.clone(), move || {
        let access = format!("/{workspace}/access");
        let roles = format!("{access}/roles");
        let (own, words) = match &page.role {
            Some(role) => (role.id.to_string(), held_by(role)),
            None => ("new".to_owned(), begun(page.copied.as_deref())),
        };
        let action = format!("{roles}/{own}");
        let invitations = page.invitations;
        let delete = page.role.clone().map(|role| {
            let action = format!("{action}/delete");
            view! { <Delete role invitations action team=format!("{access}/team")/> }
        });
        view! {
            <div class="narrow">
                <p class="back"><a href=roles>"Roles"</a></p>
                <div class="head"><h1>{title.clone()}</h1></div>
                <p class="lead">{words}</p>
                <FormProblem form=page.form.clone() has_field=page.role.is_none()/>
                <RoleForm page action/>
                {delete}
            </div>
        }
    })
}

fn held_by(role: &Role) -> String {
    match role.members {
        0 => "Nobody has this role yet.".to_owned(),
        1 => "1 member has this role. What you change holds from their next request on.".to_owned(),
        some => format!(
            "{} have this role. What you change holds from their next request on.",
            format::count(some, "member")
        ),
    }
}

fn begun(copied: Option<&str>) -> String {
    match copied {
        Some(name) => format!("It begins as a copy of {name}; change what should differ."),
        None => {
            "Name it after what people with it do, and tick what they need for that.".to_owned()
        }
    }
}

#[component]
fn RoleForm(page: RolePage, action: String) -> impl IntoView {
    let RolePage { role, name, permissions, held, form, .. } = page;
    let label = if role.is_some() { "Save" } else { "Create role" };
    let begins = role.is_none();
    view! {
        <form class="card form" method="post" action=action>
            <TextField name="name" label="Name" required=true max_length=RoleName::MAX_CHARS value=name autocomplete="off"
                focused=begins form=form.clone()/>
            <Permitted permissions held form/>
            <div class="form-end"><Submit weight=Weight::Primary label=label/></div>
        </form>
    }
}

/// The catalogue with a box each. What the viewer does not hold they cannot give, and see why.
#[component]
fn Permitted(permissions: Permissions, held: Permissions, form: Form) -> impl IntoView {
    let boxes = Permission::ALL
        .iter()
        .map(|key| {
            let disabled = !held.has(*key);
            let checked = permissions.has(*key) && !disabled;
            let form = form.clone();
            view! { <Checkbox name=key.key() label=key.key() hint=key.what() checked disabled form/> }
        })
        .collect_view();
    let missing = (held != Permissions::all()).then(|| {
        view! {
            <p class="hint">"What you do not hold yourself cannot be ticked: nobody gives more than they have."</p>
        }
    });
    view! {
        <fieldset class="grants">
            <legend>"Permits"</legend>
            {missing}
            {boxes}
        </fieldset>
    }
}

#[component]
fn Delete(role: Role, invitations: i64, action: String, team: String) -> impl IntoView {
    let content = if role.members + invitations > 0 {
        let users = in_use(role.members, invitations);
        view! {
            <p>
                {users}" this role. Give those members another one and revoke those invitations on "
                <a href=team>"Team"</a>"; then it can be deleted."
            </p>
        }
        .into_any()
    } else {
        view! {
            <Confirm label="Delete this role">
                <p>"Nobody has it and no open invitation offers it. The audit log keeps what it permitted."</p>
                <form method="post" action=action>
                    <Hidden name="confirm" value="delete"/>
                    <Submit weight=Weight::Danger label="Delete"/>
                </form>
            </Confirm>
        }
        .into_any()
    };
    view! {
        <section class="card" id="delete" aria-labelledby="delete-title">
            <h2 id="delete-title">"Delete role"</h2>
            {content}
        </section>
    }
}

/// Who keeps a role from being deleted, up to the verb: `1 member has`.
fn in_use(members: i64, invitations: i64) -> String {
    let (people, letters) =
        (format::count(members, "member"), format::count(invitations, "open invitation"));
    match (members, invitations) {
        (1, 0) => format!("{people} has"),
        (_, 0) => format!("{people} have"),
        (0, 1) => format!("{letters} offers"),
        (0, _) => format!("{letters} offer"),
        _ => format!("{people} and {letters} have"),
    }
}
