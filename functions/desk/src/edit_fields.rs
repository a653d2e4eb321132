//! Editing the data model: the fields of customers, and those of cases.

use std::sync::Arc;

use agent::text::Text;
use askama::Template;
use crm_domain::{
    DataModel, FieldDefinition, FieldType, ListValue, ObjectStructure, TenantSettings,
    digest::sha256,
    error::{Error, FieldError},
    model::{
        Object,
        difference::{Difference, Effect},
    },
};
use crm_lambda::http::{Request, Response};
use crm_service::{ModelRefusal, Session};

use crate::{
    form::{Input, Kind, Problem},
    page::{self, Bar, INLINE, Inline, Place, SAVED},
    settings::{kind_of, title_of},
};

/// The input that says what is to be done, and its value for storing it; anything else shows what it would mean.
const DO: &str = "do";
const APPLY: &str = "apply";
/// The input with the digest of the model that the form was made of.
const BEFORE: &str = "before";
/// The beginnings of the inputs' names; the field's name follows.
const LABEL: &str = "label-";
const POSITION: &str = "position-";
const SEARCHABLE: &str = "searchable-";
const REQUIRED: &str = "required-";
const CHOICES: &str = "choices-";
const REMOVE: &str = "remove-";
/// The inputs of a new field.
const NEW_NAME: &str = "new-name";
const NEW_LABEL: &str = "new-label";
const NEW_TYPE: &str = "new-type";
const NEW_CHOICES: &str = "new-choices";

const CHOICES_HINT: &str = "One in each line: the stored value, = and what agents read, such as gold=Gold.";

#[derive(Template)]
#[template(path = "edit_fields.html")]
struct EditFieldsPage {
    inline: &'static Inline,
    bar: Bar,
    title: &'static str,
    action: String,
    before: String,
    rows: Vec<Row>,
    new: Vec<Input>,
    notice: Option<String>,
    /// What the changes mean, where that was asked for.
    changes: Option<Vec<Change>>,
}

/// One field of the form.
struct Row {
    name: String,
    heading: Text,
    kind: &'static str,
    label: Input,
    position: Input,
    choices: Option<Input>,
    /// Whether agents can search by it; `None` where that cannot be chosen.
    searchable: Option<bool>,
    is_required: bool,
    is_removed: bool,
}

/// A difference, in words.
struct Change {
    field: Text,
    what: String,
    meaning: Text,
    /// Whether it cannot be made here.
    is_refused: bool,
}

/// `POST /desk/settings/fields/{object}`, and `GET`, which shows the form.
///
/// # Errors
/// [`Error::UnknownPath`] for another object, and those of the operations.
pub async fn edit_fields(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let object = Object::parse(request.path_parameter("object")).ok_or(Error::UnknownPath)?;
    let settings = crm_service::present_settings(&session).await?;
    let before = model_of(settings);
    let form = Form {
        session: &session,
        request: &request,
        object,
        before: &before,
    };
    if request.method != "POST" {
        return form.show(&Problem::default(), None);
    }
    if request.form_value(BEFORE) != digest(&before) {
        let sentence = "Somebody has changed the data model since this page was made. Please look at it, and change it again.";
        return form.show_anew(sentence);
    }
    let after = match form.read() {
        Ok(after) => after,
        Err(mistakes) => return form.show(&Problem::of(Error::Invalid(mistakes))?, None),
    };
    let changes = match crm_service::plan_model(&before, &after) {
        Ok(changes) => changes,
        Err(Error::Invalid(mistakes)) => {
            let mistakes = mistakes.into_iter().map(|one| placed(one, object, &before, &after));
            return form.show(&Problem::of(Error::Invalid(mistakes.collect()))?, None);
        }
        Err(error) => return Err(error),
    };
    let refusal = crm_service::model_refusal(&changes);
    if request.form_value(DO) != APPLY || refusal.is_some() {
        let problem = refusal.map_or(Ok(Problem::default()), told)?;
        return form.show(&problem, Some(&changes));
    }
    if !changes.is_empty() {
        match crm_service::change_model(&session, &before, &after).await {
            Ok(()) => {}
            Err(refusal) => return form.show(&told(refusal)?, Some(&changes)),
        }
    }
    Ok(page::see_other(&format!("/desk/settings?{SAVED}=1")))
}

fn model_of(settings: TenantSettings) -> DataModel {
    DataModel {
        customer: settings.customer_model,
        case: settings.case_model,
    }
}

fn digest(model: &DataModel) -> String {
    let texts = Object::ALL.map(|object| serde_json::to_string(model.of(object)).unwrap_or_default());
    sha256(texts.concat().as_bytes())
}

/// Why the model was not changed.
fn told(refusal: ModelRefusal) -> Result<Problem, Error> {
    Ok(Problem::notice(match refusal {
        ModelRefusal::LosesValues => "The changes marked below cannot be made: stored values would no longer be shown.",
        ModelRefusal::NeedsBackfill => {
            "For the changes marked below, customers who are stored already have to be adapted. An operator makes them with crm model apply."
        }
        ModelRefusal::BackfillLeft => {
            "Customers are still being adapted to an earlier change. An operator completes that with crm model backfill."
        }
        ModelRefusal::Failed(error) => return Problem::of(error),
    }))
}

/// A mistake under the name of its input. The domain's check names places, such as `customer[3].label`.
fn placed(mistake: FieldError, object: Object, before: &DataModel, after: &DataModel) -> FieldError {
    let place = mistake
        .name
        .strip_prefix(object.name())
        .and_then(|rest| rest.strip_prefix('['));
    let found = place.and_then(|rest| {
        let (at, member) = rest.split_once("].")?;
        let field = after.of(object).fields.get(at.parse::<usize>().ok()?)?;
        let is_new = before.of(object).field(&field.name).is_none();
        let member = member.split(['.', '[']).next()?;
        Some(match (member, is_new) {
            ("name", true) => NEW_NAME.to_owned(),
            ("label", true) => NEW_LABEL.to_owned(),
            ("listValues", true) => NEW_CHOICES.to_owned(),
            (_, true) => NEW_TYPE.to_owned(),
            ("listValues", false) => format!("{CHOICES}{}", field.name),
            (_, false) => format!("{LABEL}{}", field.name),
        })
    });
    match found {
        Some(name) => FieldError::new(name, mistake.message),
        None => mistake,
    }
}

struct Form<'a> {
    session: &'a Session,
    request: &'a Request,
    object: Object,
    before: &'a DataModel,
}

impl Form<'_> {
    fn structure(&self) -> &ObjectStructure {
        self.before.of(self.object)
    }

    fn value(&self, beginning: &str, field: &FieldDefinition) -> &str {
        self.request.form_value(&format!("{beginning}{}", field.name))
    }

    fn is_ticked(&self, beginning: &str, field: &FieldDefinition) -> bool {
        !self.value(beginning, field).is_empty()
    }

    /// The model that was asked for.
    fn read(&self) -> Result<DataModel, Vec<FieldError>> {
        let mut mistakes = Vec::new();
        let mut placed: Vec<(usize, FieldDefinition)> = Vec::new();
        for (at, field) in self.structure().fields.iter().enumerate() {
            if self.is_ticked(REMOVE, field) {
                continue;
            }
            let position = self.value(POSITION, field).trim();
            match position.parse() {
                Ok(position) => placed.push((position, self.changed(field))),
                // A form without the input keeps the order.
                Err(_) if position.is_empty() => placed.push((at + 1, self.changed(field))),
                Err(_) => mistakes.push(FieldError::new(format!("{POSITION}{}", field.name), "must be a whole number")),
            }
        }
        // Equal positions stay in their order.
        placed.sort_by_key(|(position, _)| *position);
        let mut fields: Vec<FieldDefinition> = placed.into_iter().map(|(_, field)| field).collect();
        fields.extend(self.new_field());
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let mut after = self.before.clone();
        *match self.object {
            Object::Customer => &mut after.customer,
            Object::Case => &mut after.case,
        } = ObjectStructure { fields };
        Ok(after)
    }

    fn changed(&self, field: &FieldDefinition) -> FieldDefinition {
        let list_values = if field.field_type == FieldType::SingleSelList {
            choices(self.value(CHOICES, field))
        } else {
            Vec::new()
        };
        FieldDefinition {
            label: self.value(LABEL, field).trim().to_owned(),
            searchable: self.is_ticked(SEARCHABLE, field),
            required: self.is_ticked(REQUIRED, field),
            list_values,
            ..field.clone()
        }
    }

    fn new_field(&self) -> Option<FieldDefinition> {
        let typed = |name: &str| self.request.form_value(name).trim().to_owned();
        let (name, label) = (typed(NEW_NAME), typed(NEW_LABEL));
        if name.is_empty() && label.is_empty() {
            return None;
        }
        let field_type = FieldType::parse(&typed(NEW_TYPE)).unwrap_or(FieldType::Text);
        Some(FieldDefinition {
            list_values: choices(&typed(NEW_CHOICES)),
            ..FieldDefinition::new(&name, &label, field_type)
        })
    }

    /// The form as the model is now.
    fn show_anew(&self, sentence: &str) -> Result<Response, Error> {
        let request = Request::default();
        let form = Form {
            request: &request,
            ..*self
        };
        let page = form.page(
            &Problem::notice(sentence),
            None,
            Bar::new(self.session, self.request, Place::Settings),
        );
        page::html(409, &page)
    }

    fn show(&self, problem: &Problem, changes: Option<&[Difference]>) -> Result<Response, Error> {
        let page = self.page(problem, changes, Bar::new(self.session, self.request, Place::Settings));
        page::html(problem.status(), &page)
    }

    fn page(&self, problem: &Problem, changes: Option<&[Difference]>, bar: Bar) -> EditFieldsPage {
        let fields = self.structure().fields.iter().enumerate();
        let rows: Vec<Row> = fields.map(|(at, field)| self.row(at, field, problem)).collect();
        let new = self.new_inputs(problem);
        let inputs = rows
            .iter()
            .flat_map(|row| [&row.label, &row.position].into_iter().chain(&row.choices));
        let notice = problem.above(inputs.chain(&new));
        EditFieldsPage {
            inline: &INLINE,
            bar,
            title: title_of(self.object),
            action: format!("/desk/settings/fields/{}", self.object.name()),
            before: digest(self.before),
            notice,
            rows,
            new,
            changes: changes.map(|changes| changes.iter().map(|one| Change::new(one, self.before)).collect()),
        }
    }

    fn row(&self, at: usize, field: &FieldDefinition, problem: &Problem) -> Row {
        let is_sent = self.request.method == "POST";
        let input = |beginning: &str, label: &str, stored: String, kind| {
            let name = format!("{beginning}{}", field.name);
            let value = if is_sent {
                self.request.form_value(&name).to_owned()
            } else {
                stored
            };
            let line = Input::line(&name, label, "", self.request);
            Input { value, kind, ..line }.with_mistake_of(&problem.fields)
        };
        let stored_choices: Vec<String> = field
            .list_values
            .iter()
            .map(|one| format!("{}={}", one.value, one.name))
            .collect();
        let choices = || Input {
            hint: CHOICES_HINT.to_owned(),
            ..input(CHOICES, "Choices", stored_choices.join("\n"), Kind::Lines)
        };
        let ticked = |beginning, stored| if is_sent { self.is_ticked(beginning, field) } else { stored };
        Row {
            name: field.name.clone(),
            heading: Text::new(&field.label),
            kind: kind_of(field),
            label: input(LABEL, "Label", field.label.clone(), Kind::Line),
            position: input(POSITION, "Position", (at + 1).to_string(), Kind::Line),
            choices: (field.field_type == FieldType::SingleSelList).then(choices),
            searchable: (self.object == Object::Customer).then(|| ticked(SEARCHABLE, field.searchable)),
            is_required: ticked(REQUIRED, field.required),
            is_removed: ticked(REMOVE, false),
        }
    }

    fn new_inputs(&self, problem: &Problem) -> Vec<Input> {
        let line = |name, label, hint| Input::line(name, label, hint, self.request).with_mistake_of(&problem.fields);
        let list_value = |field_type: &FieldType| ListValue {
            name: kind_of(&FieldDefinition::new("", "", *field_type)).to_owned(),
            value: field_type.name().to_owned(),
        };
        let kinds = FieldDefinition {
            list_values: FieldType::ALL.iter().map(list_value).collect(),
            ..FieldDefinition::new(NEW_TYPE, "Kind", FieldType::SingleSelList)
        };
        vec![
            line(
                NEW_NAME,
                "Name",
                "For programs, such as loyaltyTier. It cannot be changed later.",
            ),
            line(NEW_LABEL, "Label", "What agents read."),
            Input::criterion(&kinds, self.request).with_mistake_of(&problem.fields),
            Input {
                kind: Kind::Lines,
                ..line(NEW_CHOICES, "Choices", CHOICES_HINT)
            },
        ]
    }
}

/// The values of a list, one in each line.
fn choices(text: &str) -> Vec<ListValue> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let choice = |line: &str| {
        let (value, name) = line.split_once('=').unwrap_or((line, line));
        ListValue {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
        }
    };
    lines.map(choice).collect()
}

impl Change {
    fn new(difference: &Difference, before: &DataModel) -> Self {
        let field = before.of(difference.object).field(&difference.field);
        let name = match (difference.field.as_str(), field) {
            ("", _) => "All fields",
            (name, None) => name,
            (_, Some(field)) => &field.label,
        };
        let what = match difference.change {
            "listValues" => "choices",
            "maximumLength" => "longest value",
            other => other,
        };
        Self {
            field: Text::new(name),
            what: what.to_owned(),
            meaning: Text::new(&difference.meaning),
            is_refused: difference.effect != Effect::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_has_a_value_and_what_agents_read() {
        let read = choices("gold=Gold <3\n\nsilver\n a = b=c ");
        let read: Vec<(&str, &str)> = read.iter().map(|one| (one.value.as_str(), one.name.as_str())).collect();
        assert_eq!(read, [("gold", "Gold <3"), ("silver", "silver"), ("a", "b=c")]);
    }

    #[test]
    fn a_mistake_goes_to_the_input_of_its_field() {
        let before = DataModel {
            customer: ObjectStructure::default_customer(),
            case: ObjectStructure::default_case(),
        };
        let mut after = before.clone();
        after
            .case
            .fields
            .push(FieldDefinition::new("1st", "New", FieldType::SingleSelList));
        let name = |place: &str| placed(FieldError::new(place, "is wrong"), Object::Case, &before, &after).name;
        assert_eq!(name("case[0].label"), "label-priority");
        assert_eq!(name("case[0].listValues[2].value"), "choices-priority");
        assert_eq!(name("case[3].name"), "new-name");
        assert_eq!(name("case[3].listValues"), "new-choices");
        assert_eq!(name("case"), "case");
        assert_eq!(name("customer[0].label"), "customer[0].label");
    }
}
