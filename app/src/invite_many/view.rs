//! The list, and a table of what comes of it.

mod results;

use leptos::prelude::*;
use model::wire::team::{BulkOutcome, BulkResult, Role};
use workspaces::MOST_WISHES;

use super::{InviteManyPage, Stage};
use crate::{
    chrome::{self, Chrome, Place},
    format,
    ui::{
        button::{Submit, Weight},
        field::{RoleSelect, TextArea},
        form::Form,
        notice::{Notice, NoticeBar},
    },
};
use results::{Checked, Results};

/// `/{workspace}/access/invitations/bulk`.
#[must_use]
pub fn page(chrome: &Chrome, page: InviteManyPage) -> String {
    let workspace = chrome.slug();
    chrome::page(chrome, Place::Team, "Invite several", move || {
        let team = format!("/{workspace}/access/team");
        let bulk = format!("/{workspace}/access/invitations/bulk");
        let InviteManyPage { roles, seats, sends_mail, stage, form } = page;
        let content = match stage {
            Stage::Writing => view! { <Writing roles form action=bulk/> }.into_any(),
            Stage::Checked { results, taken } => view! {
                <Checked results seats taken sends_mail form=form.clone() action=format!("{bulk}/send")/>
                <Again roles form action=bulk/>
            }
            .into_any(),
            Stage::Sent { results } => view! {
                <NoticeBar notice=Some(summary(&results, sends_mail))/>
                <Results results sends_mail is_sent=true/>
                <p class="acts"><a class="btn" href=team.clone()>"Back to Team"</a><a href=bulk>"Invite more"</a></p>
            }
            .into_any(),
        };
        view! {
            <p class="back"><a href=team>"Team"</a></p>
            <div class="head"><h1>"Invite several at once"</h1></div>
            {content}
        }
    })
}

/// Whether an entry leads to an invitation.
const fn is_followed(result: &BulkResult) -> bool {
    matches!(result.outcome, BulkOutcome::Invited | BulkOutcome::SentAgain)
}

/// How many entries lead to one.
fn followed(results: &[BulkResult]) -> usize {
    results.iter().filter(|result| is_followed(result)).count()
}

/// How many invitations, in words.
fn invitations(number: usize) -> String {
    format::count(i64::try_from(number).unwrap_or(i64::MAX), "invitation")
}

fn summary(results: &[BulkResult], sends_mail: bool) -> Notice {
    let sent = followed(results);
    let rest = match results.len() - sent {
        0 => String::new(),
        1 => " One entry was left out; why stands beside it.".to_owned(),
        more => format!(" {more} entries were left out; why stands beside them."),
    };
    match (sent, sends_mail) {
        (0, _) => Notice::bad(format!("Nothing was sent.{rest}")),
        (sent, true) => Notice::good(format!("{} sent by mail.{rest}", invitations(sent))),
        (sent, false) => Notice::good(format!(
            "{} ready. Send each person their link: the links are shown only now.{rest}",
            invitations(sent)
        )),
    }
}

#[component]
fn Writing(roles: Vec<Role>, form: Form, action: String) -> impl IntoView {
    view! {
        <p class="lead reading">
            "Paste addresses or CSV. First you see what would come of each entry; nothing is sent before you say so."
        </p>
        <section class="card reading" aria-label="The list">
            <ListForm roles form action label="Check" weight=Weight::Primary/>
        </section>
    }
}

/// The list once more, under what came of checking it.
#[component]
fn Again(roles: Vec<Role>, form: Form, action: String) -> impl IntoView {
    view! {
        <section class="card reading" aria-labelledby="change-title">
            <h2 id="change-title">"Change the list"</h2>
            <ListForm roles form action label="Check again" weight=Weight::Plain/>
        </section>
    }
}

#[component]
fn ListForm(
    roles: Vec<Role>,
    form: Form,
    action: String,
    label: &'static str,
    weight: Weight,
) -> impl IntoView {
    let hint = format!(
        "On lines or between commas, at most {MOST_WISHES}. The name of a role behind an address gives that one; a first \
         line with headings is skipped."
    );
    view! {
        <form class="form" method="post" action=action>
            <TextArea name="list" label="Addresses" rows=8 placeholder="ana@acme.dev\nbo@acme.dev, Analyst" form=form.clone() hint/>
            <RoleSelect label="Role of the others" roles form
                hint="For every entry without a role of its own. You can give the roles that permit no more than yours."/>
            <Submit weight label=label/>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(outcome: BulkOutcome) -> BulkResult {
        BulkResult {
            typed: "ana@acme.dev".to_owned(),
            email: None,
            outcome,
            role_name: None,
            link: None,
        }
    }

    #[test]
    fn what_was_left_out_is_counted_beside_what_was_sent() {
        let results = [
            result(BulkOutcome::Invited),
            result(BulkOutcome::SentAgain),
            result(BulkOutcome::Twice),
        ];
        let told = |results: &[BulkResult], sends_mail| summary(results, sends_mail).text;
        assert_eq!(
            told(&results, true),
            "2 invitations sent by mail. One entry was left out; why stands beside it."
        );
        assert!(told(&results[..1], false).starts_with("1 invitation ready. Send each person"));
        assert_eq!(
            told(&results[2..], true),
            "Nothing was sent. One entry was left out; why stands beside it."
        );
    }
}
