//! Extractors of the API. The order of answers is theirs: 401, then 400, then 403.

use std::collections::HashMap;

use accounts::{Device, Scope, User};
use audit::Actor;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{Extensions, Method, header, request::Parts},
};
use model::{Code, Exchange, Permission, Permissions, ids::OrganizationId};
use serde_json::{Map, Value};
use workspaces::{Caller, Forbidden};

use super::Params;
use crate::{
    Fault, Services,
    identity::{self, Identity},
};

/// A call by someone who is signed in.
#[derive(Debug)]
pub struct Call {
    /// Who.
    pub user: User,
    /// With how much of what is theirs.
    pub scope: Scope,
    /// In which exchange.
    pub exchange: Exchange,
    /// With what.
    pub params: Params,
    is_tool: bool,
}

/// A call by someone who is signed in, for one workspace.
#[derive(Debug)]
pub struct WorkspaceCall {
    call: Call,
    organization: String,
    services: Services,
}

impl Call {
    /// Who acts, for the audit log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        let person = Actor::person(self.user.id, &self.exchange);
        if !self.is_tool {
            return person;
        }
        person.through_tool(self.scope.permissions.unwrap_or(Permissions::all()))
    }

    /// Goes on only for the person themselves, signed in or with a token that they had by password: what a tool was
    /// given does not make workspaces or tokens.
    pub fn require_person(&self) -> Result<(), Fault> {
        if self.is_tool { Err(Fault::of(Code::Forbidden)) } else { Ok(()) }
    }

    /// The same for what a member does for themselves in a workspace, or as its owner. The workspace's audit log then
    /// tells that a tool wanted it; `permission` is what the act takes of others.
    pub fn require_person_in(&self, caller: &Caller, permission: Permission) -> Result<(), Fault> {
        if !self.is_tool {
            return Ok(());
        }
        let (user, organization) = (caller.user.id, caller.organization_id());
        Err(Forbidden { user, organization, permission }.into())
    }

    /// The membership in `organization`, with no more than the token opens.
    pub async fn member_of(
        &self,
        services: &Services,
        organization: &str,
    ) -> Result<Caller, Fault> {
        let forbidden = || Fault::of(Code::Forbidden);
        let organization = OrganizationId::or_nothing(organization);
        if self.scope.organization.is_some_and(|only| only != organization) {
            return Err(forbidden());
        }
        let user = self.user.clone();
        let membership = services.workspaces.find_membership(user.id, organization).await?;
        let membership = membership.ok_or_else(forbidden)?.narrowed(self.actor());
        Ok(Caller { user, membership })
    }
}

impl WorkspaceCall {
    /// With what.
    #[must_use]
    pub const fn params(&self) -> &Params {
        &self.call.params
    }

    /// Who acts, for the audit log.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.call.actor()
    }

    /// [`Call::require_person_in`].
    pub fn require_person_in(&self, caller: &Caller, permission: Permission) -> Result<(), Fault> {
        self.call.require_person_in(caller, permission)
    }

    /// The caller, when they are a member of the workspace and hold `permission` there. This, [`Self::member`] and
    /// [`Call::member_of`] are the only ways to one: whoever needs a workspace's id has asked one of them first.
    pub async fn authorise(&self, permission: Permission) -> Result<Caller, Fault> {
        let caller = self.member().await?;
        caller.require(permission)?;
        Ok(caller)
    }

    /// The same for what every member may do, whatever their role.
    pub async fn member(&self) -> Result<Caller, Fault> {
        self.call.member_of(&self.services, &self.organization).await
    }
}

impl FromRequest<Services> for Call {
    type Rejection = Fault;

    async fn from_request(request: Request, services: &Services) -> Result<Self, Fault> {
        let (mut head, body) = request.into_parts();
        let exchange = exchange_of(&head)?;
        let Identity { user, scope, is_tool } = identity::of_api(services, &head.headers).await?;
        services.pace.admit(user.id, exchange.at)?;
        let params = if matches!(head.method, Method::GET | Method::HEAD | Method::DELETE) {
            query(&mut head, services).await?
        } else {
            json_body(Request::from_parts(head, body)).await?
        };
        Ok(Self { user, scope, exchange, params, is_tool })
    }
}

impl FromRequest<Services> for WorkspaceCall {
    type Rejection = Fault;

    async fn from_request(request: Request, services: &Services) -> Result<Self, Fault> {
        let call = Call::from_request(request, services).await?;
        let organization = call.params.required_text("organizationId")?.to_owned();
        Ok(Self { call, organization, services: services.clone() })
    }
}

/// A call by anyone, with a JSON body: sign-up and sign-in.
#[derive(Debug)]
pub struct OpenCall {
    /// With what.
    pub params: Params,
    /// From where.
    pub device: Device,
    /// In which exchange.
    pub exchange: Exchange,
}

impl FromRequest<Services> for OpenCall {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &Services) -> Result<Self, Fault> {
        let exchange = exchange_in(request.extensions())?;
        let device = identity::device(Some(&exchange), request.headers());
        Ok(Self { params: json_body(request).await?, device, exchange })
    }
}

pub(crate) fn exchange_of(head: &Parts) -> Result<Exchange, Fault> {
    exchange_in(&head.extensions)
}

fn exchange_in(extensions: &Extensions) -> Result<Exchange, Fault> {
    // Absent only when a door was built without its outermost layer.
    extensions.get::<Exchange>().copied().ok_or(Fault::of(Code::InternalError))
}

async fn query(head: &mut Parts, services: &Services) -> Result<Params, Fault> {
    let Query(query) = Query::<HashMap<String, String>>::from_request_parts(head, services)
        .await
        .map_err(|_| Fault::of(Code::InvalidRequest))?;
    let fields: Map<String, Value> =
        query.into_iter().map(|(key, value)| (key, Value::String(value))).collect();
    Ok(Params::of_query(fields))
}

async fn json_body(request: Request) -> Result<Params, Fault> {
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media.and_then(|media| media.split(';').next()).unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Fault::of(Code::UnsupportedMediaType));
    }
    let bytes =
        Bytes::from_request(request, &()).await.map_err(|_| Fault::of(Code::PayloadTooLarge))?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => Ok(Params::of_body(fields)),
        Ok(_) | Err(_) => Err(Fault::invalid("body", "The body must be a JSON object.")),
    }
}
