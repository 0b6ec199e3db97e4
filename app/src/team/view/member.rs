//! One member: role, grants, and the way out.

use leptos::prelude::*;
use model::{Permission, Permissions};

use super::super::MemberPage;
use crate::{
    chrome::{self, Chrome, Place},
    format,
    settings::LeaveCard,
    ui::{
        button::{Submit, Weight},
        code::Copyable,
        confirm::Confirm,
        field::{Checkbox, FormProblem, Hidden, Select},
        form::Form,
        notice::NoticeBar,
        table::Table,
        time::TimeOr,
    },
};

/// `/{workspace}/access/team/{memberId}`.
#[must_use]
pub fn page(chrome: &Chrome, page: MemberPage) -> String {
    let workspace = chrome.slug();
    let name = page.member.shown_name().to_owned();
    chrome::page(chrome, Place::Team, &name.clone(), move || {
        let team = format!("/{workspace}/access/team");
        let forms = format!("{team}/{}", page.member.id);
        let you = page.leave.map(|_| view! { " "<span class="dim">"that is you"</span> });
        let change = (!page.roles.is_empty()).then(|| {
            view! { <Change page=page.clone() action=format!("{forms}/change")/> }
        });
        let settings = format!("/{workspace}/settings");
        let leave = page.leave.map(|way| view! { <LeaveCard way path=settings/> });
        let remove = page.can_remove.then(|| {
            view! { <Remove name=name.clone() action=format!("{forms}/remove")/> }
        });
        let is_you = page.leave.is_some();
        let back =
            page.can_read_team.then(|| view! { <p class="back"><a href=team>"Team"</a></p> });
        view! {
            {back}
            <div class="head"><h1>{name.clone()}{you}</h1></div>
            <NoticeBar notice=page.notice.clone()/>
            <FormProblem form=page.form.clone()/>
            <div class="columns">
                <div class="column">
                    {change}
                    <Holds of_role=page.of_role grants=page.member.grants is_you/>
                </div>
                <div class="column">
                    <Facts page=page.clone()/>
                    {leave}
                    {remove}
                </div>
            </div>
        }
    })
}

#[component]
fn Facts(page: MemberPage) -> impl IntoView {
    let MemberPage { now, member, .. } = page;
    let since = format::to_the_minute(&member.created_at.to_string());
    view! {
        <section class="card" aria-labelledby="facts">
            <h2 id="facts">"Facts"</h2>
            <dl class="facts">
                <div><dt>"E-mail"</dt><dd><Copyable text=member.email what="e-mail address"/></dd></div>
                <div><dt>"Role"</dt><dd>{member.role_name}</dd></div>
                <div><dt>"Member since"</dt><dd>{since}</dd></div>
                <div><dt>"Last seen"</dt><dd><TimeOr now at=member.last_seen_at never="not yet"/></dd></div>
                <div><dt>"Member id"</dt><dd><Copyable text=member.id.to_string() what="member id"/></dd></div>
            </dl>
        </section>
    }
}

#[component]
fn Change(page: MemberPage, action: String) -> impl IntoView {
    let MemberPage { member, of_role, roles, grantable, form, .. } = page;
    let options = roles.into_iter().map(|role| (role.id.to_string(), role.name)).collect();
    // What the role permits needs no grant; one that was given is there to be taken back.
    let is_offered = |key: &Permission| !of_role.has(*key) || member.grants.has(*key);
    let beside: Vec<Permission> = grantable.iter().filter(is_offered).collect();
    let grants = (!beside.is_empty()).then(|| {
        view! { <Grants beside of_role grants=member.grants form=form.clone()/> }
    });
    view! {
        <section class="card" aria-labelledby="change">
            <h2 id="change">"Role and permissions"</h2>
            <form class="form" method="post" action=action>
                <Select name="roleId" label="Role" value=member.role_id.to_string() options form
                    hint="Holds from the next request on, on every page and token."/>
                {grants}
                <div class="form-end"><Submit weight=Weight::Primary label="Save"/></div>
            </form>
        </section>
    }
}

#[component]
fn Grants(
    beside: Vec<Permission>,
    of_role: Permissions,
    grants: Permissions,
    form: Form,
) -> impl IntoView {
    let boxes = beside
        .into_iter()
        .map(|key| {
            let checked = grants.has(key);
            let by_role = if of_role.has(key) { ". Their role permits it as well." } else { "" };
            let hint = format!("{}{by_role}", key.what());
            view! { <Checkbox name=key.key() label=key.key() hint checked form=form.clone()/> }
        })
        .collect_view();
    view! {
        <fieldset class="grants">
            <legend>"Beside the role"</legend>
            <Hidden name="grants" value="given"/>
            {boxes}
        </fieldset>
    }
}

/// What they may do, and by what.
#[component]
fn Holds(of_role: Permissions, grants: Permissions, is_you: bool) -> impl IntoView {
    let rows = Permission::ALL
        .iter()
        .map(|key| {
            let by = match (of_role.has(*key), grants.has(*key)) {
                (true, false) => "by role",
                (true, true) => "by role, and granted",
                (false, true) => "granted",
                (false, false) => "no",
            };
            view! {
                <tr>
                    <td><code>{key.key()}</code></td>
                    <td class="free" data-label="Allows">{key.what()}</td>
                    <td data-label="Held">{by}</td>
                </tr>
            }
        })
        .collect_view();
    let title = if is_you { "What you may do" } else { "What they may do" };
    view! {
        <section class="panel" aria-labelledby="holds">
            <h2 class="panel-title" id="holds">{title}</h2>
            <Table caption="Permissions and by what they are held" class="stacked slim">
                <thead>
                    <tr>
                        <th scope="col">"Permission"</th>
                        <th scope="col">"Allows"</th>
                        <th scope="col">"Held"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}

#[component]
fn Remove(name: String, action: String) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="remove">
            <h2 id="remove">"Remove"</h2>
            <Confirm label="Remove from this workspace">
                <p>
                    {name}" can no longer open this workspace. What they made stays; invitations they sent stop. Their seat is "
                    "free at once."
                </p>
                <form method="post" action=action>
                    <Hidden name="confirm" value="remove"/>
                    <Submit weight=Weight::Danger label="Remove"/>
                </form>
            </Confirm>
        </section>
    }
}
