//! Two records side by side: a choice for each difference, what would come of it, and the merge.

use std::sync::Arc;

use agent::{
    customer::{ChangeMark, address, names},
    fact::{self, Section},
    text::Text,
};
use askama::Template;
use crm_domain::{
    CustomerId,
    error::{Absent, Error},
};
use crm_lambda::http::{Request, Response};
use crm_service::{MergePlan, MergeRefusal, MergeRequest, Session};

use crate::{
    difference::{PICK, Row, THEIRS},
    page::{self, Bar, INLINE, Inline, Place},
    record::Record,
};

/// The input that says what is to be done, and its value for the merge; anything else shows what would come of it.
const DO: &str = "do";
const MERGE: &str = "merge";
/// The input that overrules what speaks against it.
const FORCE: &str = "force";
/// More choices than any record has parts.
const MOST_TAKEN: usize = 500;

#[derive(Template)]
#[template(path = "merge.html")]
struct MergePage {
    inline: &'static Inline,
    bar: Bar,
    survivor: Record,
    merged: Record,
    rows: Vec<Row>,
    /// That somebody has said that these are different people.
    mark: Option<Mark>,
    /// Whether something speaks against it that nobody has decided.
    is_refused: bool,
    is_forced: bool,
    notice: Option<&'static str>,
    /// The record that would come of it, where that was asked for.
    preview: Option<Preview>,
}

struct Mark {
    reason: Option<Text>,
    made: ChangeMark,
}

struct Preview {
    name: Text,
    full_name: Option<Text>,
    sections: Vec<Section>,
    address: Vec<Text>,
}

/// Which two records, and how.
struct Wanted {
    ids: [CustomerId; 2],
    take: Vec<String>,
    force: bool,
}

/// `POST /desk/merge/{id}/{other}`, and `GET`, which compares the two.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn merge(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let wanted = Wanted::read(&request)?;
    let mut notice = None;
    if request.form_value(DO) == MERGE {
        match crm_service::merge_customers(&session, &wanted.request()).await {
            Ok(merge) => return Ok(page::see_other(&format!("/desk/merges/{}", merge.receipt.id))),
            Err(refusal) => notice = Some(told(refusal)?),
        }
    }
    Box::pin(compare(&session, &request, &wanted, notice)).await
}

impl Wanted {
    fn read(request: &Request) -> Result<Self, Error> {
        // A text that is no id names no customer.
        let id = |name| CustomerId::parse(request.path_parameter(name)).ok_or(Error::NotFound(Absent::Customer));
        let taken = request.form().iter().filter(|(_, value)| value == THEIRS);
        let taken = taken.filter_map(|(name, _)| name.strip_prefix(PICK).map(str::to_owned));
        Ok(Self {
            ids: [id("id")?, id("other")?],
            take: taken.take(MOST_TAKEN).collect(),
            force: !request.form_value(FORCE).is_empty(),
        })
    }

    fn request(&self) -> MergeRequest {
        let [survivor, merged] = self.ids;
        MergeRequest {
            survivor,
            merged,
            take: self.take.clone(),
            force: self.force,
            once: None,
        }
    }
}

/// Why it was refused, for whoever can decide about it.
fn told(refusal: MergeRefusal) -> Result<&'static str, Error> {
    match refusal {
        MergeRefusal::Conflicts(_) => {
            Ok("They may be two people: please choose a value of each marked field, or confirm that they are one.")
        }
        MergeRefusal::Distinct(_) => Ok("They are marked as different people: lift the mark first, or confirm that they are one."),
        MergeRefusal::TooMany => Ok("The record that stays holds as many merged records as one can."),
        MergeRefusal::UnknownField(_) => Ok("The data model has changed meanwhile: please look at the choices again."),
        MergeRefusal::NoSurvivor | MergeRefusal::NoMerged | MergeRefusal::SameRecord => Err(Error::NotFound(Absent::Customer)),
        MergeRefusal::Failed(error) => Err(error),
    }
}

async fn compare(session: &Session, request: &Request, wanted: &Wanted, notice: Option<&'static str>) -> Result<Response, Error> {
    let plan = match crm_service::plan_merge(session, &wanted.request()).await {
        Ok(plan) => plan,
        // Whoever comes back after the merge is led to the record that both are.
        Err(MergeRefusal::SameRecord) => return Ok(page::see_other(&crate::WAYS.to_customer(wanted.ids[0]))),
        Err(MergeRefusal::NoSurvivor | MergeRefusal::NoMerged) => return Err(Error::NotFound(Absent::Customer)),
        Err(refusal) => {
            told(refusal)?;
            return Err(Error::Malformed("The choices cannot be read.".to_owned()));
        }
    };
    let [survivor, merged] = wanted.ids.map(|id| id.to_string());
    let (survivor, merged) = (
        crm_service::find_customer(session, &survivor).await?,
        crm_service::find_customer(session, &merged).await?,
    );
    let is_asked = request.method == "POST" && notice.is_none();
    let model = session.customer_model();
    let page = MergePage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::Duplicates),
        rows: Row::all(&survivor, &merged, &plan, model),
        survivor: Record::new(&survivor, model),
        merged: Record::new(&merged, model),
        mark: plan.distinct.as_ref().map(|distinct| Mark {
            reason: distinct.reason.as_deref().map(Text::new),
            made: (&distinct.marked).into(),
        }),
        is_refused: plan.is_refused(),
        is_forced: wanted.force,
        notice,
        preview: is_asked.then(|| Preview::new(&plan, session)),
    };
    page::html(if notice.is_some() { 409 } else { 200 }, &page)
}

impl Preview {
    fn new(plan: &MergePlan, session: &Session) -> Self {
        let (customer, model) = (&plan.customer, session.customer_model());
        let (name, full_name) = names(customer, model);
        let contact = fact::contact(customer, model).into_iter();
        Self {
            name,
            full_name,
            sections: contact
                .chain(fact::other_than_contact(customer, &session.grant.settings))
                .collect(),
            address: address(customer, model),
        }
    }
}
