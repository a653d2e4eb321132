//! The CRM's own terms: customers, cases, the tenant's data model. Pure: no HTTP, no AWS, no clock, no randomness.
//!
//! The types derive serde's traits, because their serde form is how they are stored. Tests of `crm_store` pin that form. No wire format
//! comes from here; each dialect has its own.

pub mod asked;
pub mod attribute;
pub mod case;
pub mod change;
pub mod contact_point;
pub mod criteria;
pub mod customer;
pub mod customer_name;
pub mod digest;
pub mod error;
pub mod event;
pub mod external;
pub mod hidden;
pub mod id;
pub mod key;
pub mod learnt;
pub mod mark;
pub mod matching;
pub mod merge;
pub mod merged;
pub mod model;
mod named;
pub mod normal;
pub mod notice;
pub mod party;
pub mod push_target;
pub mod question;
pub mod size;
pub mod tenant;
pub mod term;
pub mod timestamp;
pub mod webhook;

pub use asked::AskedIdentifier;
pub use attribute::Attributes;
pub use case::{Author, Case, CaseChange, Interaction, Status};
pub use change::{Actor, Change};
pub use contact_point::{ContactPointKey, NewContact, NewContactPoint};
pub use criteria::{Criteria, Criterion, combined_keys};
pub use customer::{Belonging, CONTACTS, Customer, FieldChange, Identifier};
pub use event::{Activity, Event, Happening, Medium, Mode};
pub use external::ExternalId;
pub use hidden::{Hidden, HiddenIdentifier};
pub use id::{CaseId, CustomerId, ErasureId, EventId};
pub use key::{KeyRecord, Permission};
pub use learnt::{Conversation, LearntAccount, LearntHandle};
pub use mark::PersonMark;
pub use merge::{Difference, Merging, Separated};
pub use merged::{MergeId, Merged};
pub use model::{DataModel, FieldDefinition, FieldType, FieldValue, ListValue, ObjectStructure, Role};
pub use notice::{Notice, NoticeKind};
pub use party::{ContactPerson, CustomerKind, Party, User};
pub use push_target::{BusArn, EventBus, PushTarget};
pub use question::{ActivityQuestion, Question, Span};
pub use tenant::{Brand, ID_IN_LINK, TenantId, TenantRecord, TenantSettings};
pub use term::{Term, TermKind};
pub use timestamp::Timestamp;
pub use webhook::{OutgoingUrl, Webhook, WebhookSecret};
