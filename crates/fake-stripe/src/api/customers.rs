//! `/v1/customers`

use super::list::{Created, Paging, customer_of_path, newest_first};
use super::{Call, Params, Patch};
use crate::error::{Answer, ApiError};
use crate::state::customer::Customer;
use crate::state::payment::Card;
use crate::state::{Edit, Row, World};

/// What is taken but has no effect here.
const IGNORED: [&str; 8] = [
    "address",
    "preferred_locales",
    "shipping",
    "tax",
    "tax_exempt",
    "tax_id_data",
    "cash_balance",
    "validate",
];

/// The fields that can be set, each as it will be; not touched where None.
struct Fields {
    email: Edit<String>,
    name: Edit<String>,
    description: Edit<String>,
    phone: Edit<String>,
    balance: Option<i64>,
    default_method: Edit<String>,
    metadata: Option<Patch>,
}

impl Fields {
    fn read(params: &Params) -> Answer<Self> {
        params.ignore(&IGNORED);
        let settings = params.group("invoice_settings")?;
        if let Some(settings) = &settings {
            settings.ignore(&["custom_fields", "footer", "rendering_options"]);
        }
        let method = settings.map(|settings| settings.nullable("default_payment_method"));
        Ok(Self {
            email: params.nullable("email")?,
            name: params.nullable("name")?,
            description: params.nullable("description")?,
            phone: params.nullable("phone")?,
            balance: params.integer("balance")?,
            default_method: method.transpose()?.unwrap_or_default(),
            metadata: params.metadata()?,
        })
    }

    fn write(self, row: &mut Customer) {
        self.email.write(&mut row.email);
        self.name.write(&mut row.name);
        self.description.write(&mut row.description);
        self.phone.write(&mut row.phone);
        self.default_method.write(&mut row.default_method);
        row.balance = self.balance.unwrap_or(row.balance);
        if let Some(patch) = self.metadata {
            row.metadata = patch.apply(&row.metadata);
        }
    }
}

pub(crate) fn create(call: Call<'_>) -> Answer {
    let Call { world, params, .. } = call;
    let mut fields = Fields::read(&params)?;
    let method = params.filled("payment_method")?;
    let clock = params.filled("test_clock")?;
    params.finish()?;
    if let Some(clock) = clock.as_deref().filter(|clock| !world.test_clocks.has(clock)) {
        return Err(ApiError::no_such("test clock", clock, "test_clock"));
    }
    let method = method.map(|id| usable(world, &id, None, "payment_method")).transpose()?;
    let wanted = std::mem::take(&mut fields.default_method).value();
    let wanted = wanted.map(|id| match &method {
        // A test card's id stands for the card that was just made of it.
        Some(method) if Card::of_test_id(&id).is_some() => Ok(method.clone()),
        _ => usable(world, &id, None, "invoice_settings[default_payment_method]"),
    });
    let wanted = wanted.transpose()?;
    let id = world.create_customer(None, Patch::fresh(None), clock);
    fields.write(world.customers.get_mut(&id));
    for method in method.iter().chain(wanted.iter().filter(|id| Some(*id) != method.as_ref())) {
        world.attach(method, &id);
    }
    world.customers.get_mut(&id).default_method = wanted;
    world.emit("customer.created", &id);
    Ok(world.customers.get(&id).render(world))
}

pub(crate) fn update(call: Call<'_>, id: &str) -> Answer {
    let Call { world, params, .. } = call;
    let mut fields = Fields::read(&params)?;
    params.finish()?;
    customer_of_path(world, id, "id")?;
    if let Edit::Set(method) = &fields.default_method {
        let param = "invoice_settings[default_payment_method]";
        fields.default_method = Edit::Set(usable(world, method, Some(id), param)?);
    }
    let before = world.customers.get(id).render(world);
    fields.write(world.customers.get_mut(id));
    world.emit_change("customer.updated", id, &before);
    Ok(world.customers.get(id).render(world))
}

/// A card that may be used by `customer`: one of theirs, or one made of the id of a test card.
pub(crate) fn usable(
    world: &mut World,
    id: &str,
    customer: Option<&str>,
    param: &str,
) -> Answer<String> {
    if let Some(card) = Card::of_test_id(id) {
        let made = world.create_card(card);
        if let Some(customer) = customer {
            world.attach(&made, customer);
        }
        return Ok(made);
    }
    let method = world.methods.find(id);
    let method = method.ok_or_else(|| ApiError::no_such("PaymentMethod", id, param))?;
    if method.customer.as_deref() == customer {
        return Ok(id.to_owned());
    }
    let message = "The customer does not have a payment method with the ID you passed. The payment method must be \
                   attached to the customer.";
    Err(ApiError::invalid(message).code("resource_missing").param(param))
}

pub(crate) fn delete(call: &mut Call<'_>, id: &str) -> Answer {
    call.params.finish()?;
    customer_of_path(call.world, id, "id")?;
    call.world.delete_customer(id);
    Ok(call.world.customers.get(id).render(call.world))
}

pub(crate) fn list(call: &Call<'_>) -> Answer {
    let paging = Paging::read(&call.params)?;
    let created = Created::read(&call.params)?;
    let email = call.params.filled("email")?;
    let clock = call.params.filled("test_clock")?;
    call.params.finish()?;
    let is_wanted = |row: &Customer| {
        !row.is_deleted
            && created.has(row.created)
            && email.as_ref().is_none_or(|email| row.email.as_ref() == Some(email))
            && clock.as_ref() == row.test_clock.as_ref()
    };
    paging.rows(call, &newest_first(call.world.customers.iter(), is_wanted))
}
