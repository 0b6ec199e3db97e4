//! What stands around every page: navigation, workspace switcher, the field that finds any id.

use leptos::prelude::*;
use model::{Permission, Permissions, UnixMs, wire::workspaces::Organization};

use crate::{document, format, islands::FindShortcut, unmatched};

/// Who looks at the page, and from which workspace.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// The viewer's address.
    pub viewer_email: String,
    /// What the viewer is called, when they said so.
    pub viewer_name: Option<String>,
    /// The workspaces the viewer is a member of.
    pub organizations: Vec<Organization>,
    /// The workspace of the page; `None` on pages that belong to none.
    pub current: Option<Organization>,
    /// The viewer's own page in the workspace, where they see what they may do and can leave.
    pub own_page: Option<String>,
    /// What the viewer may do in the workspace; nothing on pages that belong to none.
    pub may: Permissions,
    /// Whether the viewer runs this instance.
    pub is_instance_owner: bool,
    /// Refused requests of today, shown beside Debug; `None` and 0 show nothing.
    pub refused_count: Option<u64>,
    /// That the workspace's plan is not paid, for those who may see that.
    pub late: Option<LatePayment>,
    /// The id of this exchange, shown where somebody may need it.
    pub request_id: String,
}

/// A plan whose payment is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LatePayment {
    /// Until then its seats are had all the same.
    Until(UnixMs),
    /// They are had no more.
    Over,
}

impl Chrome {
    /// The place of the page's workspace in addresses; empty on pages that belong to none.
    pub(crate) fn slug(&self) -> String {
        self.current.as_ref().map(|one| one.slug.clone()).unwrap_or_default()
    }
}

/// Where a page stands in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
    Setup,
    Debug,
    Team,
    Roles,
    Audit,
    Billing,
    Settings,
    Errors,
    Api,
    Workspaces,
    NewWorkspace,
    Account,
    Unmatched,
    Stripe,
    Nowhere,
}

impl Place {
    /// The part of the product, for pages inside one.
    const fn area(self) -> Option<&'static str> {
        match self {
            Self::Setup | Self::Debug => Some("Analytics"),
            Self::Team | Self::Roles | Self::Audit => Some("Access"),
            Self::Billing | Self::Settings => Some("Workspace"),
            Self::Unmatched | Self::Stripe => Some("Instance"),
            _ => None,
        }
    }
}

/// A page inside the chrome: `name` is its name in title and crumbs.
pub(crate) fn page<V: IntoView + 'static>(
    chrome: &Chrome,
    place: Place,
    name: &str,
    content: impl FnOnce() -> V,
) -> String {
    let title = match &chrome.current {
        Some(workspace) => format!("{name} · {}", workspace.name),
        None => name.to_owned(),
    };
    document::render(&title, || {
        let (chrome, name) = (chrome.clone(), name.to_owned());
        // The page of the plan says it itself, and more.
        let late = chrome.late.filter(|_| place != Place::Billing);
        let banner = late.map(|late| view! { <LateBanner late slug=chrome.slug()/> });
        view! {
            <SkipLink/>
            <div class="shell">
                <nav class="side" aria-label="Main">
                    <Brand/>
                    <SideContent chrome=chrome.clone() place/>
                </nav>
                <div class="stage">
                    <header class="bar">
                        <details class="menu">
                            <summary aria-label="Menu"><span class="burger" aria-hidden="true"></span></summary>
                            <nav class="float" aria-label="Menu"><SideContent chrome place/></nav>
                        </details>
                        <Crumbs area=place.area() name/>
                        <FindForm/>
                    </header>
                    <main id="main" class="page">{banner}{content()}</main>
                </div>
            </div>
        }
    })
}

#[component]
fn LateBanner(late: LatePayment, slug: String) -> impl IntoView {
    let words = match late {
        LatePayment::Until(until) => format!(
            "A payment for the plan is late. The seats stay until {} at the latest.",
            format::day(&until.to_string())
        ),
        LatePayment::Over => {
            "A payment for the plan was late for too long, so the seats of the free plan count."
                .to_owned()
        }
    };
    view! {
        <div class="notice bad">
            <span class="sign" aria-hidden="true">"!"</span>
            <p>{words}" "<a href=format!("/{slug}/billing")>"See to it"</a></p>
        </div>
    }
}

/// A page for anyone, signed in or not.
pub(crate) fn open_page<V: IntoView + 'static>(name: &str, content: impl FnOnce() -> V) -> String {
    document::render(name, || {
        view! {
            <SkipLink/>
            <div class="stage open">
                <header class="bar">
                    <Brand/>
                    <span class="grow"></span>
                    <a class="btn" href="/login">"Sign in"</a>
                </header>
                <main id="main" class="page">{content()}</main>
            </div>
        }
    })
}

#[component]
fn SkipLink() -> impl IntoView {
    view! { <a class="skip" href="#main">"Skip to the content"</a> }
}

/// The mark and the name; leads to the start.
#[component]
pub(crate) fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                <rect class="brand-ground" x="1" y="1" width="18" height="18" rx="5"></rect>
                <path class="brand-stroke" d="M6 10.5l2.6 2.6L14.2 7"></path>
            </svg>
            <b>"Tiny"</b>
        </a>
    }
}

#[component]
fn SideContent(chrome: Chrome, place: Place) -> impl IntoView {
    let Chrome { viewer_email, viewer_name, organizations, current, refused_count, .. } = chrome;
    let may = |permission| chrome.may.has(permission);
    let (can_read_team, can_read_audit) = (may(Permission::UsersRead), may(Permission::AuditRead));
    let can_report = may(Permission::AnalyticsReport);
    let can_read_billing = may(Permission::BillingRead);
    view! {
        <Switcher organizations current=current.clone() place/>
        {current.map(|workspace| view! {
            {can_report.then(|| {
                view! { <WorkspaceLinks slug=workspace.slug.clone() place refused_count/> }
            })}
            {(can_read_team || can_read_audit).then(|| {
                view! { <AccessLinks slug=workspace.slug.clone() place can_read_team can_read_audit/> }
            })}
            <p class="links-title">"Workspace"</p>
            <ul class="links">
                {can_read_billing.then(|| view! {
                    <li><NavLink href=format!("/{}/billing", workspace.slug) label="Billing" is_current=place == Place::Billing/></li>
                })}
                <li><NavLink href=format!("/{}/settings", workspace.slug) label="Settings" is_current=place == Place::Settings/></li>
            </ul>
        })}
        {chrome.is_instance_owner.then(|| view! {
            <p class="links-title">"Instance"</p>
            <ul class="links">
                <li><NavLink href=unmatched::PATH label="Unmatched requests" is_current=place == Place::Unmatched/></li>
                <li><NavLink href="/instance/stripe" label="Stripe" is_current=place == Place::Stripe/></li>
            </ul>
        })}
        <div class="grow"></div>
        <ul class="links">
            <li><NavLink href="/docs/errors" label="Error reference" is_current=place == Place::Errors/></li>
            <li><NavLink href="/docs/api" label="API reference" is_current=place == Place::Api/></li>
        </ul>
        <Account email=viewer_email name=viewer_name own_page=chrome.own_page place/>
    }
}

#[component]
fn WorkspaceLinks(slug: String, place: Place, refused_count: Option<u64>) -> impl IntoView {
    let setup = format!("/{slug}/analytics/setup");
    let debug = format!("{setup}/debug");
    let refused = refused_count.filter(|count| *count > 0).map(|count| {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        view! {
            <span class="count bad" title="Refused requests today">
                {format::thousands(count)}<span class="visually-hidden">" refused today"</span>
            </span>
        }
    });
    view! {
        <ul class="links">
            <li><NavLink href=format!("/{slug}") label="Overview" is_current=place == Place::Overview/></li>
        </ul>
        <p class="links-title">"Analytics"</p>
        <ul class="links">
            <li><NavLink href=setup label="Setup" is_current=place == Place::Setup/></li>
            <li>
                <a href=debug aria-current=(place == Place::Debug).then_some("page")>"Debug "{refused}</a>
            </li>
        </ul>
    }
}

#[component]
fn AccessLinks(
    slug: String,
    place: Place,
    can_read_team: bool,
    can_read_audit: bool,
) -> impl IntoView {
    let access = format!("/{slug}/access");
    let link = |is_shown: bool, own: Place, path: &str, label: &'static str| {
        let href = format!("{access}/{path}");
        is_shown.then(|| view! { <li><NavLink href label is_current=place == own/></li> })
    };
    view! {
        <p class="links-title">"Access"</p>
        <ul class="links">
            {link(can_read_team, Place::Team, "team", "Team")}
            {link(can_read_team, Place::Roles, "roles", "Roles")}
            {link(can_read_audit, Place::Audit, "audit", "Audit log")}
        </ul>
    }
}

#[component]
fn NavLink(#[prop(into)] href: String, label: &'static str, is_current: bool) -> impl IntoView {
    view! { <a href=href aria-current=is_current.then_some("page")>{label}</a> }
}

/// The workspaces, opened under the current one.
#[component]
fn Switcher(
    organizations: Vec<Organization>,
    current: Option<Organization>,
    place: Place,
) -> impl IntoView {
    let without = if organizations.is_empty() { "No workspace yet" } else { "Workspaces" };
    let shown = current.as_ref().map_or_else(|| without.to_owned(), |one| one.name.clone());
    let links = organizations.into_iter().map(|one| {
        let is_current = current.as_ref().is_some_and(|current| current.id == one.id);
        view! {
            <li>
                <a href=format!("/{}", one.slug) aria-current=is_current.then_some("true")>
                    <Avatar name=one.name.clone() class="avatar"/>
                    <span class="name">{one.name.clone()}</span>
                    <span class="dim">{one.role_name}</span>
                </a>
            </li>
        }
    });
    let current_at = |own| (place == own).then_some("page");
    view! {
        <details class="switcher" name="float">
            <summary>
                <span class="visually-hidden">"Workspace: "</span>
                <Avatar name=shown.clone() class="avatar"/>
                <span class="name">{shown.clone()}</span>
                <span class="chev" aria-hidden="true"></span>
            </summary>
            <ul class="float">
                {links.collect_view()}
                <li class="apart"><a href="/workspaces" aria-current=current_at(Place::Workspaces)>"All workspaces"</a></li>
                <li><a href="/workspaces/new" aria-current=current_at(Place::NewWorkspace)>"New workspace"</a></li>
            </ul>
        </details>
    }
}

#[component]
fn Account(
    email: String,
    name: Option<String>,
    own_page: Option<String>,
    place: Place,
) -> impl IntoView {
    let shown = name.unwrap_or_else(|| email.clone());
    let current = (place == Place::Account).then_some("page");
    let own = own_page.map(|href| {
        view! { <a href=href aria-label="My place in this workspace">"My place"</a> }
    });
    view! {
        <div class="account">
            <Avatar name=shown.clone() class="avatar round"/>
            <a class="name" title=email href="/account" aria-current=current>{shown.clone()}</a>
            <div class="account-acts">
                {own}
                <form method="post" action="/logout"><button type="submit" class="sign-out">"Sign out"</button></form>
            </div>
        </div>
    }
}

/// The first letter of a name, in a tile.
#[component]
pub(crate) fn Avatar(name: String, class: &'static str) -> impl IntoView {
    let letter =
        name.chars().next().map_or_else(String::new, |letter| letter.to_uppercase().to_string());
    view! { <span class=class aria-hidden="true">{letter}</span> }
}

#[component]
fn Crumbs(area: Option<&'static str>, name: String) -> impl IntoView {
    view! {
        <ol class="crumbs">
            {area.map(|area| view! { <li>{area}</li> })}
            <li><b>{name}</b></li>
        </ol>
    }
}

#[component]
fn FindForm() -> impl IntoView {
    view! {
        <form class="find" role="search" action="/id">
            <label class="visually-hidden" for="find">"Search or paste any id"</label>
            <input id="find" name="id" type="search" placeholder="Search or paste any id" autocomplete="off"
                autocapitalize="none" spellcheck="false" enterkeyhint="search" required=true/>
            <FindShortcut field="find"/>
        </form>
    }
}
