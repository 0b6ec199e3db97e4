//! Tokens with a name: made by a person for one tool, with no more than that tool needs.
//!
//! Whoever makes or revokes one notes it in the audit log of the workspaces that it opens, so these act inside a
//! transaction of the caller's.

use db::{Db, Tx, on_db};
use model::{
    Permissions, UnixMs,
    ids::{OrganizationId, TokenId, UserId},
    wire,
};
use uuid::Uuid;

use crate::{AccessToken, Accounts, Result, read_name};

/// What a token opens; by default all that is its person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scope {
    /// The most that it permits; none: whatever its person may do.
    pub permissions: Option<Permissions>,
    /// The one workspace that it is for; none: all of its person's.
    pub organization: Option<OrganizationId>,
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewNamedToken {
    /// What people call it.
    pub name: TokenName,
    /// What it opens.
    pub scope: Scope,
    /// When it stops working; none: when it is revoked.
    pub expires_at: Option<UnixMs>,
}

/// A token's name: trimmed, 1 to 100 characters, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenName(String);

/// The text is not a token's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A token's name has 1 to {} characters and no line breaks.", TokenName::MAX_CHARS)]
pub struct NotATokenName;

impl TokenName {
    /// Most characters of a name.
    pub const MAX_CHARS: usize = 100;

    /// Reads what a person typed.
    pub fn parse(text: &str) -> Result<Self, NotATokenName> {
        read_name(text, Self::MAX_CHARS).map(Self).ok_or(NotATokenName)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A token as its person sees it in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedToken {
    /// Which.
    pub id: TokenId,
    /// What it is called.
    pub name: String,
    /// What it opens.
    pub scope: Scope,
    /// When it was made.
    pub created_at: UnixMs,
    /// When it stops working; none: when it is revoked.
    pub expires_at: Option<UnixMs>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<UnixMs>,
}

impl From<NamedToken> for wire::accounts::NamedToken {
    fn from(token: NamedToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            permissions: token.scope.permissions,
            organization_id: token.scope.organization,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    permissions: Option<String>,
    organization_id: Option<Uuid>,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct OwnedRow {
    user_id: Uuid,
    #[sqlx(flatten)]
    token: Row,
}

impl TryFrom<Row> for NamedToken {
    type Error = db::Error;

    fn try_from(row: Row) -> db::Result<Self> {
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            scope: Scope {
                permissions: read_permissions(row.permissions.as_deref())?,
                organization: row.organization_id.map(Into::into),
            },
            created_at: UnixMs(row.created_at),
            expires_at: row.expires_at.map(UnixMs),
            last_used_at: row.last_used_at.map(UnixMs),
        })
    }
}

const LIST: &str =
    "SELECT id, name, permissions, organization_id, created_at, expires_at, last_used_at
    FROM access_tokens WHERE user_id = $1 AND name IS NOT NULL ORDER BY created_at, id";

const INSERT: &str = "INSERT INTO access_tokens
    (id, user_id, secret_hash, created_at, expires_at, name, permissions, organization_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

const DELETE: &str = "DELETE FROM access_tokens WHERE user_id = $1 AND id = $2 AND name IS NOT NULL
    RETURNING id, name, permissions, organization_id, created_at, expires_at, last_used_at";

const DELETE_ALL_OF: &str = "DELETE FROM access_tokens WHERE user_id = $1 AND name IS NOT NULL
    RETURNING id, name, permissions, organization_id, created_at, expires_at, last_used_at";

const DELETE_ALL: &str = "DELETE FROM access_tokens WHERE name IS NOT NULL
    RETURNING user_id, id, name, permissions, organization_id, created_at, expires_at, last_used_at";

impl Accounts {
    /// The tokens that this person has made, expired ones among them, oldest first.
    pub async fn list_tokens(&self, user: UserId) -> Result<Vec<NamedToken>> {
        let rows = on_db!(self.db.read(), c => sqlx::query_as::<_, Row>(LIST)
            .bind(user.uuid())
            .fetch_all(c)
            .await)?;
        Ok(rows.into_iter().map(NamedToken::try_from).collect::<db::Result<_>>()?)
    }
}

/// Makes a token of `user`. Its secret is not to be had again.
pub async fn insert_token(
    tx: &mut Tx,
    db: &Db,
    user: UserId,
    new: &NewNamedToken,
) -> db::Result<(NamedToken, AccessToken)> {
    let secret = AccessToken::new(db.chance());
    let token = NamedToken {
        id: db.new_id(),
        name: new.name.as_str().to_owned(),
        scope: new.scope,
        created_at: db.now(),
        expires_at: new.expires_at,
        last_used_at: None,
    };
    let touched = on_db!(tx.conn()?, c => sqlx::query(INSERT)
        .bind(token.id.uuid())
        .bind(user.uuid())
        .bind(secret.hash())
        .bind(token.created_at.0)
        .bind(token.expires_at.map(|at| at.0))
        .bind(&token.name)
        .bind(token.scope.permissions.map(Permissions::stored))
        .bind(token.scope.organization.map(OrganizationId::uuid))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    db::expect_one(touched)?;
    Ok((token, secret))
}

/// Revokes a token of `user`, and tells what it was; nothing when they have none with this id.
pub async fn delete_token(
    tx: &mut Tx,
    user: UserId,
    id: TokenId,
) -> db::Result<Option<NamedToken>> {
    let row = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(DELETE)
        .bind(user.uuid())
        .bind(id.uuid())
        .fetch_optional(c)
        .await)?;
    row.map(NamedToken::try_from).transpose()
}

/// Ends every token that `user` has made, and tells what they were.
pub async fn end_named_tokens(tx: &mut Tx, user: UserId) -> db::Result<Vec<NamedToken>> {
    let rows = on_db!(tx.conn()?, c => sqlx::query_as::<_, Row>(DELETE_ALL_OF)
        .bind(user.uuid())
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(NamedToken::try_from).collect()
}

/// Ends every token with a name that there is, and tells what they were and whose; those of one person stand together.
pub(crate) async fn end_all_named(tx: &mut Tx) -> db::Result<Vec<(UserId, NamedToken)>> {
    let rows = on_db!(tx.conn()?, c => sqlx::query_as::<_, OwnedRow>(DELETE_ALL)
        .fetch_all(c)
        .await)?;
    let mut ended: Vec<(UserId, NamedToken)> = Vec::with_capacity(rows.len());
    for row in rows {
        ended.push((row.user_id.into(), row.token.try_into()?));
    }
    ended.sort_by_key(|(user, _)| *user);
    Ok(ended)
}

/// The column's meaning; none for whatever its person may do.
pub(crate) fn read_permissions(text: Option<&str>) -> db::Result<Option<Permissions>> {
    let unknown = |error| db::Error::Stored(format!("access_tokens.permissions: {error}"));
    text.map(Permissions::from_stored).transpose().map_err(unknown)
}

#[cfg(test)]
mod tests {
    use model::Permission;

    use super::*;
    use crate::sign_in::tests::accounts_with_ada;

    fn named(name: &str) -> NewNamedToken {
        let name = TokenName::parse(name).unwrap();
        NewNamedToken { name, scope: Scope::default(), expires_at: None }
    }

    async fn made(db: &Db, user: UserId, new: &NewNamedToken) -> (NamedToken, AccessToken) {
        let mut tx = db.begin().await.unwrap();
        let made = insert_token(&mut tx, db, user, new).await.unwrap();
        tx.commit().await.unwrap();
        made
    }

    /// What the token that was revoked was called.
    async fn revoked(db: &Db, user: UserId, id: TokenId) -> Option<String> {
        let mut tx = db.begin().await.unwrap();
        let revoked = delete_token(&mut tx, user, id).await.unwrap();
        tx.commit().await.unwrap();
        revoked.map(|token| token.name)
    }

    testkit::both! {
        async fn a_named_token_opens_what_it_says_until_it_is_revoked(db: Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let scope = Scope {
                permissions: Some(Permissions::from_iter([Permission::UsersRead])),
                organization: None,
            };
            let (token, secret) = made(&db, ada.id, &NewNamedToken { scope, ..named("CI") }).await;
            db.clock().advance_ms(400 * 24 * 60 * 60 * 1_000);
            let bearer = accounts.find_token(&secret).await.unwrap().unwrap();
            assert_eq!((bearer.is_named, bearer.scope), (true, scope));
            let listed = accounts.list_tokens(ada.id).await.unwrap();
            assert_eq!(listed, [NamedToken { last_used_at: Some(db.now()), ..token.clone() }]);
            assert_eq!(revoked(&db, ada.id, token.id).await.as_deref(), Some("CI"));
            assert_eq!(accounts.find_token(&secret).await.unwrap(), None);
            assert_eq!(revoked(&db, ada.id, token.id).await, None);
        }

        async fn an_expired_token_opens_nothing_and_stays_in_the_list(db: Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let expires_at = Some(db.now().plus_ms(1_000));
            let (_, secret) = made(&db, ada.id, &NewNamedToken { expires_at, ..named("CI") }).await;
            db.clock().advance_ms(1_000);
            assert_eq!(accounts.find_token(&secret).await.unwrap(), None);
            assert_eq!(accounts.list_tokens(ada.id).await.unwrap().len(), 1);
        }

        async fn nobody_revokes_the_token_of_another(db: Db) {
            let (accounts, ada) = accounts_with_ada(&db).await;
            let (token, secret) = made(&db, ada.id, &named("CI")).await;
            assert_eq!(revoked(&db, db.new_id(), token.id).await, None);
            assert!(accounts.find_token(&secret).await.unwrap().is_some());
        }
    }
}
