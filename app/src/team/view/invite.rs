//! Asking people in: the form, the link it makes, and who has been asked.

use leptos::prelude::*;
use model::{
    UnixMs,
    wire::team::{Invitation, Role},
};

use super::super::SentLink;
use crate::{
    islands::Copy,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        field::{FormProblem, Select, TextField},
        form::Form,
        notice::{Notice, NoticeBar},
        table::Table,
        time::Time,
    },
};

#[component]
pub(super) fn InviteCard(
    form: Form,
    roles: Vec<Role>,
    action: String,
    sends_mail: bool,
) -> impl IntoView {
    let many = format!("{action}/bulk");
    let hint = if sends_mail {
        "They get a mail with a link. It works for this address only, once, for 7 days."
    } else {
        "They get a link. It works for this address only, once, for 7 days."
    };
    // What is wrong with the form as a whole stands over its first field; the cursor brings it into sight.
    let focused = form.problem().is_some();
    let viewer = roles.iter().find(|role| role.kind.as_deref() == Some("viewer"));
    let value = viewer.or(roles.last()).map(|role| role.id.to_string()).unwrap_or_default();
    let options = roles.into_iter().map(|role| (role.id.to_string(), role.name)).collect();
    view! {
        <section class="card" id="invite" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite someone"</h2>
            <form class="form" method="post" action=action>
                <FormProblem form=form.clone()/>
                <TextField name="email" label="E-mail" kind="email" required=true focused hint form=form.clone()/>
                <Select name="roleId" label="Role" value options form
                    hint="You can give the roles that permit no more than yours."/>
                <Submit weight=Weight::Primary label="Invite"/>
            </form>
            <p><a href=many>"Invite several at once"</a></p>
        </section>
    }
}

/// What became of the invitation that was just sent: a link to hand on, which is not to be had again, or a mail.
#[component]
pub(super) fn LinkCard(sent: SentLink) -> impl IntoView {
    let SentLink { email, link, is_mailed } = sent;
    let Some(link) = link else {
        let notice = if is_mailed {
            Notice::good(format!("Invitation sent to {email}."))
        } else {
            Notice::bad(format!(
                "{email} is invited, and the mail is not under way: too many are. Send it again in a few minutes."
            ))
        };
        return view! { <NoticeBar notice=Some(notice)/> }.into_any();
    };
    view! {
        <section class="card sent" role="status" aria-labelledby="sent-title">
            <h2 id="sent-title">"Invitation ready for "{email.clone()}</h2>
            <p>
                "Send this link to "{email}". It is shown only now, and it stops when you send the invitation again."
            </p>
            <div class="copyline">
                <code class="link">{link.clone()}</code>
                <Copy text=link label="Copy link" what="Copy the invitation link" class="btn primary"/>
            </div>
        </section>
    }
    .into_any()
}

#[component]
pub(super) fn InvitationList(
    invitations: Vec<Invitation>,
    now: UnixMs,
    access: String,
    can_invite: bool,
    sends_mail: bool,
) -> impl IntoView {
    let rows = invitations
        .into_iter()
        .map(|invitation| {
            view! { <Line invitation now access=access.clone() can_invite sends_mail/> }
        })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="invitations">
            <h2 class="panel-title" id="invitations">"Invitations"</h2>
            <Table caption="People who are invited" class="stacked slim">
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Sent"</th>
                        <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}

#[component]
fn Line(
    invitation: Invitation,
    now: UnixMs,
    access: String,
    can_invite: bool,
    sends_mail: bool,
) -> impl IntoView {
    let Invitation { id, email, role_name, invited_by, is_expired, sent_at, .. } = invitation;
    let state = if is_expired {
        view! { <Badge tone=Tone::Bad text="expired"/> }
    } else {
        view! { <Badge tone=Tone::Quiet text="waiting"/> }
    };
    let by = invited_by.name.unwrap_or(invited_by.email);
    let acts = can_invite.then(|| {
        let action = |what: &str| format!("{access}/invitations/{id}/{what}");
        let label = if sends_mail { "Send again" } else { "New link" };
        let preposition = if sends_mail { "to" } else { "for" };
        let (again, back) = (format!("{label} {preposition} {email}"), format!("Revoke {email}"));
        view! {
            <form method="post" action=action("resend")>
                <Submit weight=Weight::Quiet label=label what=again/>
            </form>
            <form method="post" action=action("revoke")>
                <Submit weight=Weight::Danger label="Revoke" what=back/>
            </form>
        }
    });
    view! {
        <tr>
            <td class="free"><b>{email.clone()}</b>" "{state}</td>
            <td data-label="Role">{role_name}</td>
            <td class="free" data-label="Sent"><span><Time now at=sent_at/>" "<span class="dim">{format!("by {by}")}</span></span></td>
            <td class="row-forms">{acts}</td>
        </tr>
    }
}
