//! One origin more or less: what a click in Setup or Debug does.
//!
//! The list is read and written under the row's lock, so that clicks at the same time all count.

use audit::Actor;
use model::{
    ids::{OrganizationId, SourceId},
    wire::sources::Source,
};

use crate::{AllowedOrigin, AllowedOrigins, Result, Sources};

impl Sources {
    /// Lists `origin` too. Listed already, nothing changes.
    pub async fn add_origin(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: SourceId,
        origin: &AllowedOrigin,
    ) -> Result<Source> {
        let text = origin.to_string();
        let add = |mut source: Source| {
            if !source.allowed_origins.contains(&text) {
                AllowedOrigins::check_room(source.allowed_origins.len())?;
                source.allowed_origins.push(text);
            }
            Ok(source)
        };
        self.change(actor, organization, id, add).await
    }

    /// Lists `origin` no longer: the text of an entry, or another spelling of it. Not listed, nothing changes.
    pub async fn remove_origin(
        &self,
        actor: Actor,
        organization: OrganizationId,
        id: SourceId,
        origin: &str,
    ) -> Result<Source> {
        let serialised = origin.parse::<AllowedOrigin>().map(|entry| entry.to_string());
        let text = serialised.as_deref().unwrap_or(origin);
        let remove = |mut source: Source| {
            source.allowed_origins.retain(|listed| listed != text);
            Ok(source)
        };
        self.change(actor, organization, id, remove).await
    }
}
