//! Making a source.

use audit::Actor;
use db::{Tx, on_db};
use model::{
    ids::OrganizationId,
    wire::sources::{FrameworkHint, Source},
};

use crate::{
    Error, NewSource, PublicKey, Result, Sources,
    change::record,
    row::origins_json,
    settings::{DEFAULT_PAYLOAD_BYTES, DEFAULT_RATE_PER_MINUTE},
    slug,
};

const INSERT: &str = "INSERT INTO sources
    (id, organization_id, name, slug, public_key, allowed_origins, framework_hint, is_active,
     max_payload_bytes, rate_limit_per_minute, require_origin, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    ON CONFLICT (organization_id, slug) DO NOTHING";

impl Sources {
    /// Makes a source with a new key. A slug that was asked for and is taken is [`Error::SlugTaken`]; one made
    /// from the name gets a number instead.
    pub async fn create_source(
        &self,
        actor: Actor,
        organization: OrganizationId,
        new: NewSource,
    ) -> Result<Source> {
        let NewSource { name, slug, allowed_origins, framework_hint } = new.check()?;
        let now = self.db.now();
        let mut source = Source {
            id: self.db.new_id(),
            organization_id: organization,
            name,
            slug: String::new(),
            public_key: PublicKey::generate(self.db.chance()).to_string(),
            allowed_origins,
            framework_hint,
            is_active: true,
            max_payload_bytes: DEFAULT_PAYLOAD_BYTES,
            rate_limit_per_minute: DEFAULT_RATE_PER_MINUTE,
            require_origin: false,
            created_at: now,
            updated_at: now,
        };
        let mut tx = self.db.begin().await?;
        if let Some(slug) = slug {
            source.slug = slug;
            if !insert(&mut tx, &source).await? {
                return Err(Error::SlugTaken);
            }
        } else {
            let mut slugs = slug::candidates(&source.name);
            loop {
                source.slug = slugs.next().ok_or(Error::SlugTaken)?;
                if insert(&mut tx, &source).await? {
                    break;
                }
            }
        }
        record(&self.db, &mut tx, actor, "source.created", None, &source).await?;
        tx.commit().await?;
        self.cache.forget();
        Ok(source)
    }
}

/// Whether the slug was free.
async fn insert(tx: &mut Tx, source: &Source) -> Result<bool, db::Error> {
    let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT)
        .bind(source.id.uuid())
        .bind(source.organization_id.uuid())
        .bind(&source.name)
        .bind(&source.slug)
        .bind(&source.public_key)
        .bind(origins_json(&source.allowed_origins))
        .bind(source.framework_hint.map(FrameworkHint::as_str))
        .bind(source.is_active)
        .bind(source.max_payload_bytes)
        .bind(source.rate_limit_per_minute)
        .bind(source.require_origin)
        .bind(source.created_at.0)
        .bind(source.updated_at.0)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(touched == 1)
}
