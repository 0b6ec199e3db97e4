//! Asking people in: the form, the link it makes, and who has been asked.

use accounts::Email;
use leptos::prelude::*;
use model::{
    UnixMs,
    wire::team::{Invitation, Role},
};
use workspaces::INVITATION_LIFE_MS;

use super::super::{ListedInvitation, SentLink};
use crate::{
    format,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        code::CopyLine,
        field::{FormProblem, RoleSelect, TextField},
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
    access: String,
    sends_mail: bool,
) -> impl IntoView {
    let (invite, add) = (format!("{access}/invitations"), format!("{access}/team"));
    let many = format!("{invite}/bulk");
    let who =
        if sends_mail { "They get a mail with a link." } else { "You get a link to hand on." };
    let life = format::days(INVITATION_LIFE_MS);
    let hint = format!("{who} It works for this address only, once, for {life}.");
    // What is wrong with the form as a whole stands over its first field; the cursor brings it into sight.
    let focused = form.problem().is_some();
    view! {
        <section class="card" id="invite" aria-labelledby="invite-title">
            <h2 id="invite-title">"Invite someone"</h2>
            <form class="form" method="post" action=invite>
                <FormProblem form=form.clone() has_field=true/>
                <TextField name="email" label="E-mail" kind="email" required=true max_length=Email::MAX_BYTES focused
                    hint form=form.clone()/>
                <RoleSelect label="Role" roles form hint="You can give the roles that permit no more than yours."/>
                <div class="acts">
                    <Submit weight=Weight::Primary label="Invite"/>
                    <Submit weight=Weight::Plain label="Add now" to=add/>
                </div>
                <p class="hint">"“Add now” is for someone who has an account: they are a member at once, without a link."</p>
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
            <CopyLine text=link label="Copy link" what="Copy the invitation link" class="btn primary"/>
        </section>
    }
    .into_any()
}

#[component]
pub(super) fn InvitationList(
    invitations: Vec<ListedInvitation>,
    now: UnixMs,
    access: String,
    can_invite: bool,
    sends_mail: bool,
) -> impl IntoView {
    let rows = invitations
        .into_iter()
        .map(|listed| view! { <Line listed now access=access.clone() can_invite sends_mail/> })
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
    listed: ListedInvitation,
    now: UnixMs,
    access: String,
    can_invite: bool,
    sends_mail: bool,
) -> impl IntoView {
    let ListedInvitation { invitation, can_act } = listed;
    let Invitation { id, email, role_name, invited_by, is_expired, sent_at, expires_at, .. } =
        invitation;
    let (tone, word) = if is_expired { (Tone::Bad, "expired") } else { (Tone::Quiet, "waiting") };
    let until = (!is_expired).then(|| {
        let until = format::to_the_minute(&expires_at.to_string());
        view! { " "<span class="dim">{format!("until {until}")}</span> }
    });
    let by = format!("by {}", invited_by.shown_name());
    let acts = can_act.then(|| {
        let path = format!("{access}/invitations/{id}");
        view! { <Acts path email=email.clone() sends_mail/> }
    });
    let above = (can_invite && !can_act).then(|| {
        view! { <span class="dim">"offered by someone above you"</span> }
    });
    view! {
        <tr>
            <td class="free"><span><b>{email}</b>" "<Badge tone text=word/>{until}</span></td>
            <td data-label="Role">{role_name}</td>
            <td class="free" data-label="Sent"><span><Time now at=sent_at/>" "<span class="dim">{by}</span></span></td>
            <td class="row-forms">{acts}{above}</td>
        </tr>
    }
}

#[component]
fn Acts(path: String, email: String, sends_mail: bool) -> impl IntoView {
    let label = if sends_mail { "Send again" } else { "New link" };
    let preposition = if sends_mail { "to" } else { "for" };
    let (again, back) = (format!("{label} {preposition} {email}"), format!("Revoke {email}"));
    view! {
        <form method="post" action=format!("{path}/resend")>
            <Submit weight=Weight::Quiet label=label what=again/>
        </form>
        <form method="post" action=format!("{path}/revoke")>
            <Submit weight=Weight::Danger label="Revoke" what=back/>
        </form>
    }
}
