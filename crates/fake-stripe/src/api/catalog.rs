//! `/v1/products` and `/v1/prices`

use super::list::{Created, Paging, newest_first};
use super::{Call, Params, Patch};
use crate::calendar::{Interval, Unit};
use crate::error::{Answer, ApiError};
use crate::state::catalog::{Price, Product};
use crate::state::customer::deleted;
use crate::state::{Row, World};

const IGNORED: [&str; 9] = [
    "images",
    "marketing_features",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "tax_details",
    "type",
    "url",
];

/// The recurring part of a price.
struct Terms {
    interval: Interval,
    trial_days: Option<i64>,
}

fn terms(params: &Params) -> Answer<Option<Terms>> {
    let Some(recurring) = params.group("recurring")? else { return Ok(None) };
    let word = recurring.choice("interval", &Unit::NAMES)?;
    let word = word.ok_or_else(|| ApiError::missing("recurring[interval]"))?;
    let unit = Unit::parse(word).unwrap_or(Unit::Month);
    let count = recurring.integer("interval_count")?.unwrap_or(1);
    if count < 1 {
        let message = "Invalid integer: interval_count must be greater than or equal to 1";
        return Err(ApiError::invalid(message).param("recurring[interval_count]"));
    }
    recurring.choice("usage_type", &["licensed"])?;
    let trial_days = recurring.natural("trial_period_days")?;
    Ok(Some(Terms { interval: Interval { unit, count }, trial_days }))
}

/// What a price is, but for its product.
struct NewPrice {
    currency: String,
    unit_amount: i64,
    terms: Option<Terms>,
    nickname: Option<String>,
    lookup_key: Option<String>,
    is_active: bool,
    metadata: Option<Patch>,
}

impl NewPrice {
    fn read(params: &Params) -> Answer<Self> {
        params.choice("billing_scheme", &["per_unit"])?;
        params.ignore(&["tax_behavior", "transfer_lookup_key"]);
        let currency = params.needed("currency")?.to_lowercase();
        let amount = params.natural("unit_amount")?;
        let unit_amount = match (amount, params.filled("unit_amount_decimal")?) {
            (Some(amount), _) => amount,
            (None, Some(decimal)) => decimal.parse().map_err(|_| {
                let message = format!("Only whole amounts are kept here: {decimal}");
                ApiError::invalid(message).param("unit_amount_decimal")
            })?,
            (None, None) => return Err(ApiError::missing("unit_amount")),
        };
        Ok(Self {
            currency,
            unit_amount,
            terms: terms(params)?,
            nickname: params.nullable("nickname")?.value(),
            lookup_key: params.filled("lookup_key")?,
            is_active: params.boolean("active")?.unwrap_or(true),
            metadata: params.metadata()?,
        })
    }

    fn create(self, world: &mut World, product: String) -> String {
        let id = world.ids.id("price");
        let trial_days = self.terms.as_ref().and_then(|terms| terms.trial_days);
        world.prices.insert(Price {
            id: id.clone(),
            created: world.now(),
            product,
            currency: self.currency,
            unit_amount: self.unit_amount,
            interval: self.terms.map(|terms| terms.interval),
            trial_days,
            nickname: self.nickname,
            lookup_key: self.lookup_key,
            is_active: self.is_active,
            metadata: Patch::fresh(self.metadata),
        });
        world.emit("price.created", &id);
        id
    }
}

/// A product of this name.
struct NewProduct {
    id: Option<String>,
    name: String,
    description: Option<String>,
    unit_label: Option<String>,
    is_active: bool,
    metadata: Option<Patch>,
}

impl NewProduct {
    fn read(params: &Params) -> Answer<Self> {
        params.ignore(&IGNORED);
        Ok(Self {
            id: params.filled("id")?,
            name: params.needed("name")?,
            description: params.nullable("description")?.value(),
            unit_label: params.nullable("unit_label")?.value(),
            is_active: params.boolean("active")?.unwrap_or(true),
            metadata: params.metadata()?,
        })
    }

    fn create(self, world: &mut World) -> Answer<String> {
        let id = self.id.unwrap_or_else(|| world.ids.id("prod"));
        if world.products.has(&id) {
            let message = format!("Product already exists: {id}");
            return Err(ApiError::invalid(message).code("resource_already_exists").param("id"));
        }
        let now = world.now();
        world.products.insert(Product {
            id: id.clone(),
            created: now,
            updated: now,
            name: self.name,
            description: self.description,
            is_active: self.is_active,
            default_price: None,
            unit_label: self.unit_label,
            metadata: Patch::fresh(self.metadata),
        });
        world.emit("product.created", &id);
        Ok(id)
    }
}

pub(crate) fn create_product(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    let new = NewProduct::read(&params)?;
    let default = params.group("default_price_data")?;
    let price = default.map(|data| NewPrice::read(&data)).transpose()?;
    params.finish()?;
    let id = new.create(world)?;
    if let Some(price) = price {
        let price = price.create(world, id.clone());
        world.products.get_mut(&id).default_price = Some(price);
    }
    Ok(world.products.get(&id).render(world))
}

pub(crate) fn update_product(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    params.ignore(&IGNORED);
    let name = params.filled("name")?;
    let description = params.nullable("description")?;
    let unit_label = params.nullable("unit_label")?;
    let is_active = params.boolean("active")?;
    let default_price = params.filled("default_price")?;
    let metadata = params.metadata()?;
    params.finish()?;
    let row = world.products.find(id).ok_or_else(|| ApiError::no_such("product", id, "id"))?;
    if let Some(price) = default_price.as_deref().filter(|price| !world.prices.has(price)) {
        return Err(ApiError::no_such("price", price, "default_price"));
    }
    let (before, now) = (row.render(world), world.now());
    let row = world.products.get_mut(id);
    row.updated = now;
    row.name = name.unwrap_or_else(|| row.name.clone());
    description.write(&mut row.description);
    unit_label.write(&mut row.unit_label);
    row.is_active = is_active.unwrap_or(row.is_active);
    row.default_price = default_price.or_else(|| row.default_price.clone());
    if let Some(patch) = metadata {
        row.metadata = patch.apply(&row.metadata);
    }
    world.emit_change("product.updated", id, &before);
    Ok(world.products.get(id).render(world))
}

pub(crate) fn delete_product(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    params.finish()?;
    if !world.products.has(id) {
        return Err(ApiError::no_such("product", id, "id"));
    }
    if world.prices.iter().any(|price| price.product == id) {
        let message =
            "This product cannot be deleted because it has one or more user-created prices.";
        return Err(ApiError::invalid(message));
    }
    let object = world.products.get(id).render(world);
    world.products.remove(id);
    world.emit_object("product.deleted", object, None);
    Ok(deleted(Product::OBJECT, id))
}

pub(crate) fn list_products(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let active = call.params.boolean("active")?;
    let ids = call.params.texts("ids")?;
    call.params.finish()?;
    let is_wanted = |row: &Product| {
        created.has(row.created)
            && active.is_none_or(|active| row.is_active == active)
            && ids.as_ref().is_none_or(|ids| ids.contains(&row.id))
    };
    paging.rows(call, &newest_first(call.world.products.iter(), is_wanted))
}

pub(crate) fn create_price(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    let new = NewPrice::read(&params)?;
    let product = params.filled("product")?;
    let data = params.group("product_data")?;
    let data = data.map(|data| NewProduct::read(&data)).transpose()?;
    params.finish()?;
    let key = new.lookup_key.as_ref();
    if let Some(key) =
        key.filter(|key| world.prices.iter().any(|price| price.lookup_key.as_ref() == Some(*key)))
    {
        let message = format!("A price (`price_…`) already uses that lookup key: {key}");
        return Err(ApiError::invalid(message).param("lookup_key"));
    }
    let product = match (product, data) {
        (Some(product), _) if world.products.has(&product) => product,
        (Some(product), _) => return Err(ApiError::no_such("product", &product, "product")),
        (None, Some(data)) => data.create(world)?,
        (None, None) => return Err(ApiError::missing("product")),
    };
    let id = new.create(world, product);
    Ok(world.prices.get(&id).render(world))
}

pub(crate) fn update_price(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    params.ignore(&["tax_behavior", "transfer_lookup_key"]);
    let nickname = params.nullable("nickname")?;
    let lookup_key = params.nullable("lookup_key")?;
    let is_active = params.boolean("active")?;
    let metadata = params.metadata()?;
    params.finish()?;
    let row = world.prices.find(id).ok_or_else(|| ApiError::no_such("price", id, "price"))?;
    let before = row.render(world);
    let row = world.prices.get_mut(id);
    nickname.write(&mut row.nickname);
    lookup_key.write(&mut row.lookup_key);
    row.is_active = is_active.unwrap_or(row.is_active);
    if let Some(patch) = metadata {
        row.metadata = patch.apply(&row.metadata);
    }
    world.emit_change("price.updated", id, &before);
    Ok(world.prices.get(id).render(world))
}

pub(crate) fn list_prices(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let active = call.params.boolean("active")?;
    let product = call.params.filled("product")?;
    let currency = call.params.filled("currency")?;
    let kind = call.params.choice("type", &["one_time", "recurring"])?;
    let keys = call.params.texts("lookup_keys")?;
    call.params.finish()?;
    let is_wanted = |row: &Price| {
        created.has(row.created)
            && active.is_none_or(|active| row.is_active == active)
            && product.as_ref().is_none_or(|product| row.product == *product)
            && currency.as_ref().is_none_or(|currency| row.currency == *currency)
            && kind.is_none_or(|kind| (kind == "recurring") == row.interval.is_some())
            && keys
                .as_ref()
                .is_none_or(|keys| row.lookup_key.as_ref().is_some_and(|key| keys.contains(key)))
    };
    paging.rows(call, &newest_first(call.world.prices.iter(), is_wanted))
}
