//! Everyone who belongs to the workspace, as a table or as cards.

use leptos::prelude::*;
use model::{UnixMs, wire::team::Member};
use web::pages::query_safe;

use crate::{
    chrome::Avatar,
    ui::{
        button::{Submit, Weight},
        empty::Empty,
        table::Table,
        time::TimeOr,
    },
};

const NEVER: &str = "not yet";

#[component]
pub(super) fn MemberList(
    members: Vec<Member>,
    now: UnixMs,
    query: String,
    is_cards: bool,
    access: String,
) -> impl IntoView {
    let team = format!("{access}/team");
    let everyone = team.clone();
    let list = match (members.is_empty(), is_cards) {
        (true, _) => view! {
            <Empty title="Nobody matches">
                <p>"Search by a part of the name or the address. "<a href=everyone>"Show everyone"</a></p>
            </Empty>
        }
        .into_any(),
        (false, true) => view! { <Cards members now team=team.clone()/> }.into_any(),
        (false, false) => view! { <Rows members now team=team.clone()/> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="members">
            <div class="toolbar">
                <h2 class="visually-hidden" id="members">"Members"</h2>
                <Search team=team.clone() query=query.clone() is_cards/>
                <Layouts team query is_cards/>
            </div>
            {list}
        </section>
    }
}

#[component]
fn Search(team: String, query: String, is_cards: bool) -> impl IntoView {
    let layout = is_cards.then(|| view! { <input type="hidden" name="view" value="cards"/> });
    view! {
        <form class="inline" role="search" aria-label="Members" action=team>
            <label class="visually-hidden" for="q">"Search by name or e-mail"</label>
            <input id="q" name="q" type="search" value=query placeholder="Search by name or e-mail"
                autocomplete="off" autocapitalize="none" spellcheck="false"/>
            {layout}
            <Submit weight=Weight::Plain label="Search"/>
        </form>
    }
}

#[component]
fn Layouts(team: String, query: String, is_cards: bool) -> impl IntoView {
    let searched: String = url_query(&query);
    let link = |label: &'static str, layout: &str, is_current: bool| {
        let href = format!("{team}?view={layout}{searched}");
        view! { <a class="chip" href=href aria-current=is_current.then_some("true")>{label}</a> }
    };
    view! {
        <div class="chips" role="group" aria-label="Layout">
            {link("Table", "table", !is_cards)}
            {link("Cards", "cards", is_cards)}
        </div>
    }
}

/// What was searched for, as a further part of a query.
fn url_query(query: &str) -> String {
    if query.is_empty() { String::new() } else { format!("&q={}", query_safe(query)) }
}

#[component]
fn Rows(members: Vec<Member>, now: UnixMs, team: String) -> impl IntoView {
    let rows = members
        .into_iter()
        .map(|member| {
            let href = format!("{team}/{}", member.id);
            let name = member.shown_name().to_owned();
            view! {
                <tr>
                    <td class="free">
                        <div class="who">
                            <Avatar name=name.clone() class="avatar round"/>
                            <span><a class="row-link" href=href><b>{name}</b></a><span class="dim">{member.email}</span></span>
                        </div>
                    </td>
                    <td data-label="Role"><span class="role">{member.role_name}</span></td>
                    <td data-label="Last seen"><TimeOr now at=member.last_seen_at never=NEVER/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption="Members" class="stacked slim">
            <thead>
                <tr>
                    <th scope="col">"Person"</th>
                    <th scope="col">"Role"</th>
                    <th scope="col">"Last seen"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Cards(members: Vec<Member>, now: UnixMs, team: String) -> impl IntoView {
    let cards = members
        .into_iter()
        .map(|member| {
            let href = format!("{team}/{}", member.id);
            let name = member.shown_name().to_owned();
            view! {
                <li class="person">
                    <Avatar name=name.clone() class="avatar round"/>
                    <a class="row-link" href=href><b>{name}</b></a>
                    <span class="dim">{member.email}</span>
                    <span class="role">{member.role_name}</span>
                    <span class="dim">"Last seen: "<TimeOr now at=member.last_seen_at never=NEVER/></span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="people">{cards}</ul> }
}

#[cfg(test)]
mod tests {
    use super::url_query;

    #[test]
    fn what_was_searched_for_cannot_end_its_place_in_the_query() {
        assert_eq!(url_query(""), "");
        assert_eq!(url_query("a&b=c ü"), "&q=a%26b%3Dc%20%C3%BC");
    }
}
