//! What came of each entry, or would.

use leptos::prelude::*;
use model::wire::team::{BulkOutcome, BulkResult, Seats};
use workspaces::INVITATIONS_PER_DAY;

use super::{followed, invitations};
use crate::{
    format::formula_guard,
    islands::Copy,
    ui::{
        badge::{Badge, Tone},
        button::{Submit, Weight},
        code::CopyLine,
        field::Hidden,
        form::Form,
        table::Table,
    },
};

/// What would come of the list, the seats it would take, and the button that sends it.
#[component]
pub(super) fn Checked(
    results: Vec<BulkResult>,
    seats: Seats,
    taken: i64,
    sends_mail: bool,
    form: Form,
    action: String,
) -> impl IntoView {
    let number = followed(&results);
    let field = |name: &str| form.value(name).unwrap_or_default().to_owned();
    let (list, role) = (field("list"), field("roleId"));
    let send = if number > 0 {
        view! {
            <p>{seats_in_words(seats, taken)}</p>
            <form method="post" action=action>
                <Hidden name="list" value=list/>
                <Hidden name="roleId" value=role/>
                <Submit weight=Weight::Primary label=format!("Send {}", invitations(number))/>
            </form>
        }
        .into_any()
    } else {
        view! {
            <p>
                <b>"Nothing of this can be sent. "</b>
                "Why stands beside each entry; change the list and check it again."
            </p>
        }
        .into_any()
    };
    view! {
        <Results results sends_mail is_sent=false/>
        <section class="card reading" aria-label="Send">{send}</section>
    }
}

/// The seats as they are, and as they would be.
fn seats_in_words(seats: Seats, taken: i64) -> String {
    let after = seats.used + taken;
    match (seats.limit, taken) {
        (Some(limit), 0) => {
            format!("{} of {limit} seats are used, and this takes none.", seats.used)
        }
        (Some(limit), _) => format!(
            "{} of {limit} seats are used. With these it is {after} of {limit}.",
            seats.used
        ),
        (None, _) => {
            format!("Seats in use: {} now, {after} with these. There is no limit.", seats.used)
        }
    }
}

#[component]
pub(super) fn Results(results: Vec<BulkResult>, sends_mail: bool, is_sent: bool) -> impl IntoView {
    let (title, caption) = if is_sent {
        ("What came of it", "What came of each entry")
    } else {
        ("What would come of it", "What would come of each entry")
    };
    let has_links = results.iter().any(|result| result.link.is_some());
    let link_head = has_links.then(|| view! { <th scope="col">"Link"</th> });
    let links = has_links.then(|| all_links(&results));
    let copy_all = links.map(|text| {
        view! {
            <span class="grow"></span>
            <Copy text label="Copy all links" what="Copy all links" class="btn quiet small"/>
        }
    });
    let rows = results
        .into_iter()
        .map(|result| view! { <Line result sends_mail is_sent has_links/> })
        .collect_view();
    view! {
        <section class="panel" aria-labelledby="results">
            <div class="panel-title head"><h2 id="results">{title}</h2>{copy_all}</div>
            <Table caption class="stacked">
                <thead>
                    <tr>
                        <th scope="col">"Entry"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Outcome"</th>
                        {link_head}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </section>
    }
}

/// Every address with its link behind a tab, a line each: it pastes into a spreadsheet.
fn all_links(results: &[BulkResult]) -> String {
    let line = |result: &BulkResult| {
        let (email, link) = result.email.as_ref().zip(result.link.as_ref())?;
        Some(format!("{}{email}\t{link}", formula_guard(email)))
    };
    results.iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

#[component]
fn Line(result: BulkResult, sends_mail: bool, is_sent: bool, has_links: bool) -> impl IntoView {
    let BulkResult { typed, outcome, role_name, link, .. } = result;
    let (tone, word) = told(outcome, sends_mail, is_sent);
    let link_label = link.is_some().then_some("Link");
    let link = link.map(|link| {
        let what = format!("Copy link of {typed}");
        view! {
            <CopyLine text=link label="Copy link" what class="btn small"/>
        }
    });
    let link = has_links.then(|| view! { <td class="free" data-label=link_label>{link}</td> });
    view! {
        <tr>
            <td class="free"><b>{typed.clone()}</b></td>
            <td data-label="Role">{role_name.unwrap_or_else(|| "–".to_owned())}</td>
            <td class="free" data-label="Outcome">
                <span><Badge tone text=word/>" "<span class="dim">{why(outcome)}</span></span>
            </td>
            {link}
        </tr>
    }
}

/// What comes of an entry, in a few words.
const fn told(outcome: BulkOutcome, sends_mail: bool, is_sent: bool) -> (Tone, &'static str) {
    match outcome {
        BulkOutcome::Invited if is_sent => (Tone::Good, "invited"),
        BulkOutcome::Invited => (Tone::Good, "will be invited"),
        BulkOutcome::SentAgain if is_sent && sends_mail => (Tone::Good, "sent again"),
        BulkOutcome::SentAgain if is_sent => (Tone::Good, "new link"),
        BulkOutcome::SentAgain => (Tone::Good, "gets a new link"),
        BulkOutcome::AlreadyMember => (Tone::Quiet, "already a member"),
        BulkOutcome::NoSeat => (Tone::Bad, "no seat left"),
        BulkOutcome::NotMailed => (Tone::Bad, "invited, not mailed"),
        BulkOutcome::TooMany => (Tone::Bad, "daily limit"),
        BulkOutcome::TooManyMails => (Tone::Bad, "too many mails"),
        BulkOutcome::NotAllowed => (Tone::Bad, "may not give this role"),
        BulkOutcome::NotAnEmail => (Tone::Bad, "not an address"),
        BulkOutcome::Twice => (Tone::Quiet, "twice"),
        BulkOutcome::RoleNotFound => (Tone::Bad, "unknown role"),
    }
}

/// Why, and what to do; nothing where the words before say it all.
fn why(outcome: BulkOutcome) -> String {
    let words = match outcome {
        BulkOutcome::SentAgain => "They were invited before; the link of then stops.",
        BulkOutcome::AlreadyMember => "Nothing is sent. Their role can be changed on Team.",
        BulkOutcome::NoSeat => "Revoke an open invitation or remove a member.",
        BulkOutcome::NotMailed => {
            "Too many mails are under way. Send it again on Team in a few minutes."
        }
        BulkOutcome::TooManyMails => {
            "They were sent 5 mails in an hour, or 20 in a day. Try again later."
        }
        BulkOutcome::TooMany => {
            return format!(
                "A young workspace sends {INVITATIONS_PER_DAY} invitations a day. Go on tomorrow."
            );
        }
        BulkOutcome::NotAllowed => "It permits more than yours, or someone above you invited them.",
        BulkOutcome::Twice => "The same address stands further up; that one counts.",
        BulkOutcome::RoleNotFound => "No role of this workspace has the name behind it.",
        BulkOutcome::Invited | BulkOutcome::NotAnEmail => "",
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_links_begin_with_the_address_and_calculate_nothing() {
        let result = |email: &str| BulkResult {
            typed: format!("=HYPERLINK(1) <{email}>"),
            email: Some(email.to_owned()),
            outcome: BulkOutcome::Invited,
            role_name: None,
            link: Some("https://tiny.acme.dev/invitations/abc".to_owned()),
        };
        assert_eq!(
            all_links(&[result("ana@acme.dev"), result("=cmd@acme.dev")]),
            "ana@acme.dev\thttps://tiny.acme.dev/invitations/abc\n\
             '=cmd@acme.dev\thttps://tiny.acme.dev/invitations/abc"
        );
    }

    #[test]
    fn seats_are_told_before_and_after() {
        let seats = |limit| Seats { used: 3, limit, pending: 1 };
        assert_eq!(
            seats_in_words(seats(Some(5)), 2),
            "3 of 5 seats are used. With these it is 5 of 5."
        );
        assert_eq!(
            seats_in_words(seats(Some(5)), 0),
            "3 of 5 seats are used, and this takes none."
        );
        assert_eq!(
            seats_in_words(seats(None), 2),
            "Seats in use: 3 now, 5 with these. There is no limit."
        );
    }
}
