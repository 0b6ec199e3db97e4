//! The pages' door: who looks, at which workspace.

use accounts::{Device, User};
use audit::Actor;
use axum::{
    extract::{FromRequestParts, OriginalUri, RawPathParams},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use model::{Code, Exchange, ids::LoginId};
use workspaces::Caller;

use crate::{Fault, Services, api, identity};

/// Whoever looks at a page, signed in or not.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The person, when signed in.
    pub user: Option<User>,
    /// By which login.
    pub login: Option<LoginId>,
    /// From where they look.
    pub device: Device,
    /// The exchange.
    pub exchange: Exchange,
}

/// Someone who is signed in; everyone else is sent to the sign-in page and comes back afterwards.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The person.
    pub user: User,
    /// By which login.
    pub login: LoginId,
    /// From where they look.
    pub device: Device,
    /// The exchange.
    pub exchange: Exchange,
}

/// A member of the workspace that the path's `{workspace}` names.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who, in which workspace, with which permissions.
    pub caller: Caller,
    /// The exchange.
    pub exchange: Exchange,
}

impl Visitor {
    /// The same, when they are signed in.
    #[must_use]
    pub fn viewer(self) -> Option<Viewer> {
        let Self { user, login, device, exchange } = self;
        let (user, login) = user.zip(login)?;
        Some(Viewer { user, login, device, exchange })
    }
}

impl Viewer {
    /// Whoever the cookie among `headers` belongs to.
    pub async fn find(
        services: &Services,
        exchange: Exchange,
        headers: &HeaderMap,
    ) -> Result<Option<Self>, Fault> {
        let login = identity::of_page(services, headers).await?;
        let device = identity::device(Some(&exchange), headers);
        Ok(login.map(|login| Self { user: login.user, login: login.id, device, exchange }))
    }

    /// Who acts, for the audit log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::person(self.user.id, &self.exchange)
    }
}

impl Member {
    /// Who acts, for the audit log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::person(self.caller.user.id, &self.exchange)
    }
}

impl FromRequestParts<Services> for Visitor {
    type Rejection = Fault;

    async fn from_request_parts(head: &mut Parts, services: &Services) -> Result<Self, Fault> {
        let exchange = api::exchange_of(head)?;
        let found = identity::of_page(services, &head.headers).await?;
        let (login, user) = found.map(|login| (login.id, login.user)).unzip();
        let device = identity::device(Some(&exchange), &head.headers);
        Ok(Self { user, login, device, exchange })
    }
}

impl FromRequestParts<Services> for Viewer {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, services: &Services) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(head, services)
            .await
            .map_err(IntoResponse::into_response)?;
        visitor.viewer().ok_or_else(|| to_sign_in(head, &services.instance.base_url))
    }
}

impl FromRequestParts<Services> for Member {
    type Rejection = Response;

    async fn from_request_parts(head: &mut Parts, services: &Services) -> Result<Self, Response> {
        let viewer = Viewer::from_request_parts(head, services).await?;
        let params = RawPathParams::from_request_parts(head, services)
            .await
            .map_err(|_| Fault::of(Code::NotFound).into_response())?;
        let slug = params.iter().find(|(name, _)| *name == "workspace").map(|(_, value)| value);
        let membership = services
            .workspaces
            .find_membership_by_slug(viewer.user.id, slug.unwrap_or_default())
            .await
            .map_err(|error| Fault::from(error).into_response())?
            .ok_or_else(|| Fault::of(Code::Forbidden).into_response())?;
        let caller = Caller { user: viewer.user, membership };
        Ok(Self { caller, exchange: viewer.exchange })
    }
}

fn to_sign_in(head: &Parts, base_url: &str) -> Response {
    let wanted = if head.method.is_safe() {
        let uri = head.extensions.get::<OriginalUri>().map_or(&head.uri, |uri| &uri.0);
        uri.path_and_query().map_or("/", |path| path.as_str())
    } else {
        form_page(&head.headers, base_url)
    };
    Redirect::to(&format!("/login?next={}", query_safe(wanted))).into_response()
}

/// The page whose form was sent, as the browser tells it. The form's own path cannot be opened.
fn form_page<'a>(headers: &'a HeaderMap, base_url: &str) -> &'a str {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let path = referer.and_then(|url| url.strip_prefix(base_url));
    path.filter(|path| path.starts_with('/')).unwrap_or("/")
}

/// Percent-encodes what would end or change a query value.
#[must_use]
pub fn query_safe(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
