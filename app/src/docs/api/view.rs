//! The reference of the API as a page.

use leptos::prelude::*;
use model::catalogue::anchor;

use super::{Answer, Field, Group, Kind, Object, Operation, Reference};
use crate::{
    chrome::{self, Chrome, Place},
    islands::{Breakable, Sentence},
    ui::{
        badge::{Badge, Tone},
        code::CodeBlock,
        highlight::Language,
        table::Table,
    },
};

/// `/docs/api`; works signed out.
#[must_use]
pub fn page(chrome: Option<&Chrome>, reference: &Reference) -> String {
    let content = || view! { <Content reference=reference.clone()/> };
    match chrome {
        Some(chrome) => chrome::page(chrome, Place::Api, "API reference", content),
        None => chrome::open_page("API reference", content),
    }
}

#[component]
fn Content(reference: Reference) -> impl IntoView {
    let Reference { about, groups, objects } = reference;
    let about = about.into_iter();
    let about = about.map(|text| view! { <p class="lead reading"><Sentence text/></p> });
    view! {
        <h1>"API reference"</h1>
        {about.collect_view()}
        <p>
            "For programs: "<a href="/api/openapi.json">"this reference as an OpenAPI document"</a>". "
            <a href="/docs/errors">"What each error code means"</a>"."
        </p>
        <div class="reference">
            <Contents groups=groups.clone() objects=objects.clone()/>
            <div class="reference-body">
                {groups.into_iter().map(|group| view! { <Area group/> }).collect_view()}
                <section class="reference-group" aria-labelledby="objects">
                    <h2 id="objects">"Objects"</h2>
                    <p class="dim">"What answers are made of."</p>
                    {objects.into_iter().map(|object| view! { <ObjectEntry object/> }).collect_view()}
                </section>
            </div>
        </div>
    }
}

#[component]
fn Contents(groups: Vec<Group>, objects: Vec<Object>) -> impl IntoView {
    let groups = groups.into_iter().map(|group| {
        let links = group.operations.into_iter().map(|operation| {
            let Operation { id, method, path, .. } = operation;
            let path = path.strip_prefix("/api").unwrap_or(&path).to_owned();
            view! { <li><a href=format!("#{id}")><span class="dim">{method}</span>" "{path}</a></li> }
        });
        let href = format!("#{}", anchor(&group.name));
        view! {
            <p class="contents-title"><a href=href>{group.name}</a></p>
            <ul>{links.collect_view()}</ul>
        }
    });
    let objects = objects.into_iter().map(|object| {
        view! { <li><ObjectLink name=object.name/></li> }
    });
    view! {
        <nav class="contents" aria-label="Operations">
            {groups.collect_view()}
            <p class="contents-title"><a href="#objects">"Objects"</a></p>
            <ul>{objects.collect_view()}</ul>
        </nav>
    }
}

#[component]
fn Area(group: Group) -> impl IntoView {
    let id = anchor(&group.name);
    let operations = group.operations.into_iter();
    view! {
        <section class="reference-group" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{group.name}</h2>
            <p class="dim"><Sentence text=group.says/></p>
            {operations.map(|operation| view! { <OperationEntry operation/> }).collect_view()}
        </section>
    }
}

#[component]
fn OperationEntry(operation: Operation) -> impl IntoView {
    let Operation { id, method, path, says, fields, answers, example } = operation;
    let href = format!("#{id}");
    let says = says.into_iter().map(|text| view! { <p><Sentence text/></p> }).collect_view();
    let fields = (!fields.is_empty())
        .then(|| view! { <Fields caption="What a call says" presence="Required" fields/> });
    let answers = answers.into_iter().map(|answer| view! { <AnswerLine answer/> }).collect_view();
    view! {
        <article class="entry" id=id>
            <h3><a href=href><Badge tone=Tone::Quiet text=method/>" "<code><Path path/></code></a></h3>
            {says}
            {fields}
            <h4>"Answers"</h4>
            <ul class="answers">{answers}</ul>
            <CodeBlock title="Request" language=Language::Shell code=example/>
        </article>
    }
}

/// A path that may be broken after its parts, where a line is too short for it.
#[component]
fn Path(path: String) -> impl IntoView {
    let parts: Vec<_> = path.split_inclusive('/').map(str::to_owned).collect();
    parts.into_iter().map(|part| view! { {part}<wbr/> }).collect_view()
}

#[component]
fn Fields(
    caption: &'static str,
    /// What is said of a field that is required.
    presence: &'static str,
    fields: Vec<Field>,
) -> impl IntoView {
    let rows = fields.into_iter().map(move |field| {
        let Field { name, place, kind, is_required, says } = field;
        let place = (!place.is_empty()).then(|| view! { " "<span class="dim">{place}</span> });
        view! {
            <tr>
                <td><code>{name}</code>{place}</td>
                <td class="free" data-label="Type"><KindWords kind/></td>
                <td data-label=presence>{if is_required { "yes" } else { "no" }}</td>
                <td class="free" data-label="Meaning"><Sentence text=says/></td>
            </tr>
        }
    });
    view! {
        <Table caption class="stacked fields">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Type"</th>
                    <th scope="col">{presence}</th>
                    <th scope="col">"Meaning"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </Table>
    }
}

#[component]
fn KindWords(kind: Kind) -> impl IntoView {
    let object = kind.object.map(|name| view! { " "<ObjectLink name/> });
    view! {
        <Sentence text=kind.words/>
        {object}
        {kind.is_nullable.then_some(" or null")}
    }
}

#[component]
fn AnswerLine(answer: Answer) -> impl IntoView {
    let Answer { status, says, object, codes } = answer;
    let tone = match status {
        ..300 => Tone::Good,
        300..500 => Tone::Warn,
        _ => Tone::Bad,
    };
    let codes = codes.into_iter().map(|code| {
        let href = format!("/docs/errors#{}", anchor(&code));
        view! { <a href=href><code><Breakable code/></code></a>" " }
    });
    let object = object.map(|name| view! { " "<ObjectLink name/> });
    view! {
        <li>
            <Badge tone text=status.to_string()/>
            <span>{says}{object}{codes.collect_view()}</span>
        </li>
    }
}

#[component]
fn ObjectEntry(object: Object) -> impl IntoView {
    let Object { name, says, fields } = object;
    let href = object_link(&name);
    let id = href.trim_start_matches('#').to_owned();
    view! {
        <article class="entry" id=id>
            <h3><a href=href>{name}</a></h3>
            <p><Sentence text=says/></p>
            <Fields caption="What it holds" presence="Always there" fields/>
        </article>
    }
}

#[component]
fn ObjectLink(name: String) -> impl IntoView {
    let href = object_link(&name);
    view! { <a href=href>{name}</a> }
}

fn object_link(name: &str) -> String {
    format!("#object-{name}")
}
