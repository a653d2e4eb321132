//! The sample data: about 200 invented customers in many scripts, with their cases, from `sample/customers.jsonl`.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use crm_domain::{
    Actor, Author, CaseChange, Criterion, FieldChange, FieldValue, Interaction, ObjectStructure, Status, Timestamp, case::Arrival,
    error::Error, normal::Region,
};
use crm_service::{Grant, NewCase, Session};
use crm_store::OnceKey;
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The time of creation of a customer without any case.
const LONG_AGO: &str = "2025-09-01T08:00:00Z";
/// How many customers are loaded concurrently.
const AT_ONCE: usize = 8;

#[derive(Deserialize)]
struct Sample {
    customer: Map<String, Value>,
    cases: Vec<SampleCase>,
}

#[derive(Deserialize)]
struct SampleCase {
    title: String,
    #[serde(default)]
    description: String,
    status: String,
    interactions: Vec<SampleInteraction>,
    #[serde(flatten)]
    custom: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SampleInteraction {
    created: String,
    body: String,
    link_url: String,
    service_id: String,
    service: String,
    content_type: String,
    author: Option<SampleAuthor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SampleAuthor {
    service: String,
    service_id: String,
    handle: String,
    name: String,
    brand_owned: bool,
}

/// Loads the sample into a tenant, unless it is there already. Returns the number of sample customers.
pub async fn load(grant: Arc<Grant>) -> Result<usize> {
    let samples: Vec<Sample> = include_str!("../sample/customers.jsonl")
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .context("the sample file is broken")?;
    let count = samples.len();
    if !is_loaded(&grant, &samples).await? {
        let loads = samples
            .into_iter()
            .enumerate()
            .map(|(number, sample)| load_one(Arc::clone(&grant), number, sample));
        futures::stream::iter(loads)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
    }
    Ok(count)
}

/// Whether the sample is loaded: a data file that is used again has it. Its last customer is looked up by the first
/// contact point.
async fn is_loaded(grant: &Arc<Grant>, samples: &[Sample]) -> Result<bool> {
    let email = samples.iter().rev().find_map(|sample| sample.customer.get("email")?.as_str());
    let session = session_at(grant, LONG_AGO)?;
    let Some((field, email)) = session.customer_model().field("email").zip(email) else {
        return Ok(false);
    };
    let criterion = Criterion::new(field, &FieldValue::Text(email.to_owned()), Region::US);
    let found = crm_service::search_customers(&session, &[criterion])
        .await
        .map_err(unloaded)?;
    Ok(!found.customers.is_empty())
}

async fn load_one(grant: Arc<Grant>, number: usize, sample: Sample) -> Result<()> {
    let first = sample
        .cases
        .iter()
        .flat_map(|case| &case.interactions)
        .map(|interaction| interaction.created.as_str())
        .min();
    let session = session_at(&grant, first.unwrap_or(LONG_AGO))?;
    let fields = fields(&sample.customer, session.customer_model())?;
    let once = |part: String| OnceKey::new("sample", "", None, &part);
    let customer = crm_service::create_customer(&session, &fields, &once(format!("{number}")))
        .await
        .map_err(unloaded)?;
    for (at, case) in sample.cases.into_iter().enumerate() {
        let session = session_at(
            &grant,
            case.interactions.first().map_or(LONG_AGO, |interaction| &interaction.created),
        )?;
        let new = NewCase {
            customer: customer.id,
            content: case_change(case, session.case_model())?,
        };
        crm_service::create_case(&session, new, &once(format!("{number}.{at}")))
            .await
            .map_err(unloaded)?;
    }
    Ok(())
}

fn session_at(grant: &Arc<Grant>, time: &str) -> Result<Session> {
    Ok(Session {
        grant: Arc::clone(grant),
        actor: Actor::default(),
        now: instant(time)?,
        links: Arc::default(),
    })
}

fn fields<'model>(values: &Map<String, Value>, model: &'model ObjectStructure) -> Result<Vec<FieldChange<'model>>> {
    let read = |(name, value): (&String, &Value)| {
        let field = model
            .field(name)
            .with_context(|| format!("the sample has an unknown field {name}"))?;
        let value = field
            .read(value, Region::US)
            .map_err(|why| anyhow!("the sample's {name} {why}"))?;
        Ok(FieldChange { field, value })
    };
    values.iter().map(read).collect()
}

fn case_change(case: SampleCase, model: &ObjectStructure) -> Result<CaseChange> {
    Ok(CaseChange {
        customer: None,
        title: Some(case.title),
        description: Some(case.description),
        status: Some(Status::parse(&case.status).context("the status of a case must be open or closed")?),
        custom: fields(&case.custom, model)?
            .into_iter()
            .map(|change| (change.field.name.clone(), change.value))
            .collect(),
        interactions: (0..).zip(case.interactions).map(interaction).collect::<Result<_>>()?,
    })
}

fn interaction((place, sample): (u32, SampleInteraction)) -> Result<Interaction> {
    let created = instant(&sample.created)?;
    Ok(Interaction {
        added: Arrival { at: created, place },
        service: sample.service,
        service_id: sample.service_id,
        created,
        body: sample.body,
        link_url: sample.link_url,
        content_type: sample.content_type,
        author: sample.author.map(|author| Author {
            service: author.service,
            service_id: author.service_id,
            handle: author.handle,
            name: author.name,
            brand_owned: author.brand_owned,
        }),
    })
}

fn instant(text: &str) -> Result<Timestamp> {
    Timestamp::parse(text).with_context(|| format!("{text} in the sample is not a time"))
}

#[expect(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
fn unloaded(error: Error) -> anyhow::Error {
    anyhow!("cannot load the sample: {}", error.log_text())
}
