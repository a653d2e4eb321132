//! `crm customer merge`, `unmerge` and `distinct`: merges two records of one person, undoes a merge, and marks two
//! customers as different people.

use clap::Args;
use crm_domain::{CaseId, Customer, CustomerId, MergeId, TenantSettings};
use crm_store::{Distinct, DistinctRefusal, LONGEST_REASON, Merge, MergePlan, MergeRefusal, MergeRequest, SeparateRefusal, Store};
use serde_json::json;

use super::{delete::change, view};
use crate::{
    Exit, Misuse,
    connection::failed,
    output::{Output, plural},
};

pub const ABOUT: &str = "\
Merge two records of one person. The first record survives under its id. From then on the other record's id leads to it, permanently \
and in every interface. The survivor keeps its values. It takes the other record's value where it has none, or where --take says so. \
It gets all contact points and cases, and the timeline, of both. `crm customer unmerge` undoes a merge exactly, at any later time.

The merge is refused if the two have different brands, account numbers or external ids, or are marked as different people. --force \
overrules this.";

/// The arguments of `merge`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The id of the customer who stays, such as C0SA77REZRPC
    survivor: String,
    /// The id of the customer who becomes part of it
    merged: String,
    /// A field that takes the second record's value; may be given several times. Also: externalId, brand, department,
    /// kind, preferredAgent
    #[arg(long, value_name = "FIELD")]
    take: Vec<String>,
    /// Merge in spite of conflicts
    #[arg(long)]
    force: bool,
    /// Show the resulting record and every conflict, and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// The arguments of `unmerge`.
#[derive(Debug, Args)]
pub struct UndoArguments {
    /// The receipt of the merge, such as MC0SA77REZRPC3F2A91B0
    receipt: String,
    /// A case that was opened since the merge and should go with the second record; may be given several times. All
    /// others stay
    #[arg(long = "case", value_name = "ID")]
    cases: Vec<String>,
}

/// The arguments of `distinct`.
#[derive(Debug, Args)]
pub struct DistinctArguments {
    /// The id of one of them
    one: String,
    /// The id of the other one
    other: String,
    /// The reason, shown to anybody who tries to merge them
    #[arg(long)]
    reason: Option<String>,
    /// Remove the mark
    #[arg(long, conflicts_with = "reason")]
    lift: bool,
}

pub async fn run(store: &Store, arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let settings = store.settings_get().await.map_err(failed)?;
    let request = MergeRequest {
        survivor: id(&arguments.survivor)?,
        merged: id(&arguments.merged)?,
        take: arguments.take.clone(),
        force: arguments.force,
        once: None,
    };
    let change = change("merge");
    if arguments.dry_run {
        let plan = store.merge_plan(&request, &settings, &change).await.map_err(refused)?;
        show_plan(&plan, &settings, output);
        return Ok(Exit::Passed);
    }
    let merge = Box::pin(store.customers_merge(&request, &settings, &change));
    let merge = merge.await.map_err(refused)?;
    show_merge(&merge, output);
    output.line(&format!("`crm customer unmerge {}` undoes it", merge.receipt.id));
    Ok(Exit::Passed)
}

pub async fn undo(store: &Store, arguments: &UndoArguments, output: &mut Output) -> anyhow::Result<Exit> {
    let receipt = MergeId::parse(&arguments.receipt)
        .ok_or_else(|| Misuse("a receipt is an M, an id and eight digits, such as MC0SA77REZRPC3F2A91B0".to_owned()))?;
    let case = |text: &String| CaseId::parse(text).ok_or_else(|| Misuse(format!("{text} is not the id of a case")));
    let cases: Vec<CaseId> = arguments.cases.iter().map(case).collect::<Result<_, _>>()?;
    let settings = store.settings_get().await.map_err(failed)?;
    let undone = store
        .merge_undo(receipt, &cases, &settings.customer_model, &change("unmerge"))
        .await;
    let merge = undone.map_err(not_undone)?;
    show_merge(&merge, output);
    Ok(Exit::Passed)
}

pub async fn distinct(store: &Store, arguments: &DistinctArguments, output: &mut Output) -> anyhow::Result<Exit> {
    let (one, other) = (id(&arguments.one)?, id(&arguments.other)?);
    let change = change("distinct");
    let done = if arguments.lift {
        store.distinct_delete(one, other, &change).await
    } else {
        store.distinct_put(one, other, arguments.reason.clone(), &change).await
    };
    let ids @ [one, other] = done.map_err(not_marked)?;
    output.line(&if arguments.lift {
        format!("{one} and {other} may be merged again")
    } else {
        format!("{one} and {other} are marked as different people")
    });
    output.document(&json!({"ids": ids, "distinct": !arguments.lift}));
    Ok(Exit::Passed)
}

fn id(text: &str) -> anyhow::Result<CustomerId> {
    let wrong = || {
        Misuse(format!(
            "{} is not the id of a customer, such as C0SA77REZRPC",
            view::printable(text)
        ))
    };
    Ok(CustomerId::parse(text).ok_or_else(wrong)?)
}

fn show_plan(plan: &MergePlan, settings: &TenantSettings, output: &mut Output) {
    for one in &plan.differences {
        let how = match (one.is_taken, one.is_conflict) {
            (true, _) => "taken",
            (false, true) => "a conflict",
            (false, false) => "kept",
        };
        let [ours, theirs] = [&one.survivor, &one.merged].map(|value| view::printable(value));
        output.line(&format!("{}: {ours} | {theirs}: {how}", one.name));
    }
    if let Some(distinct) = &plan.distinct {
        output.line(&words(distinct));
    }
    output.line(if plan.is_refused() {
        "the merge would be refused: --take decides a conflict, and --force overrules it"
    } else {
        "nothing was changed; without --dry-run the two would be merged"
    });
    output.document(&json!({
        "dryRun": true,
        "customer": view::customer(&plan.customer, settings),
        "differences": plan.differences,
        "distinct": plan.distinct.as_ref().map(|distinct| json!({"reason": distinct.reason, "at": distinct.marked.at.iso_seconds()})),
        "refused": plan.is_refused(),
    }));
}

fn show_merge(merge: &Merge, output: &mut Output) {
    let receipt = &merge.receipt;
    output.line(&format!(
        "receipt {}: {} was merged into {} at {} by {}",
        receipt.id,
        receipt.id.merged,
        receipt.survivor,
        receipt.made.at.iso_seconds(),
        view::who(&receipt.made.by)
    ));
    if let Some(undone) = &receipt.undone {
        output.line(&format!("undone at {} by {}", undone.at.iso_seconds(), view::who(&undone.by)));
        if !receipt.kept.is_empty() {
            output.line(&format!(
                "changed since the merge, and kept by {}: {}",
                receipt.survivor,
                receipt.kept.join(", ")
            ));
        }
    } else {
        let moved = [plural(merge.cases.len() as u64, "case"), plural(merge.events as u64, "event")];
        output.line(&format!("moved: {}", moved.join(", ")));
    }
    if merge.is_moving {
        output.line("a case that is still being created follows by itself");
    }
    output.document(&json!({
        "receipt": receipt.id,
        "survivor": receipt.survivor,
        "merged": receipt.id.merged,
        "made": view::change(&receipt.made),
        "take": receipt.take,
        "overruled": receipt.overruled,
        "cases": merge.cases,
        "events": merge.events,
        "moving": merge.is_moving,
        "undone": receipt.undone.as_ref().map(view::change),
        "kept": receipt.kept,
    }));
}

/// The mark of two different people, in words.
pub fn words(distinct: &Distinct) -> String {
    let reason = distinct
        .reason
        .as_deref()
        .map(|reason| format!(": {}", view::printable(reason)));
    format!(
        "{} said at {} that {} is a different person{}",
        view::who(&distinct.marked.by),
        distinct.marked.at.iso_seconds(),
        distinct.other,
        reason.unwrap_or_default()
    )
}

/// The records that were merged into a customer, one per line.
pub fn show_merged(customer: &Customer, output: &mut Output) {
    for merged in &customer.merged {
        let at = merged.at.iso_seconds();
        output.line(&format!("  holds {}, merged at {at}, receipt {}", merged.id, merged.receipt));
    }
}

fn refused(refusal: MergeRefusal) -> anyhow::Error {
    let sentence = match refusal {
        MergeRefusal::NoSurvivor => "there is no customer with the first id".to_owned(),
        MergeRefusal::NoMerged => "there is no customer with the second id".to_owned(),
        MergeRefusal::SameRecord => "both ids already lead to one record".to_owned(),
        MergeRefusal::UnknownField(name) => format!(
            "--take {}: there is no such field of the data model or part of a record",
            view::printable(&name)
        ),
        MergeRefusal::Conflicts(conflicts) => {
            let names: Vec<&str> = conflicts.iter().map(|one| one.name.as_str()).collect();
            format!(
                "the two may be different people: they differ in {}. --dry-run shows how; --take decides, and --force overrules",
                names.join(", ")
            )
        }
        MergeRefusal::Distinct(distinct) => format!(
            "{}. `crm customer distinct --lift` removes the mark, and --force overrules it",
            words(&distinct)
        ),
        MergeRefusal::TooMany => format!("one customer holds at most {} merged records", crm_store::MOST_MERGED),
        MergeRefusal::Failed(error) => return failed(error),
    };
    Misuse(sentence).into()
}

fn not_marked(refusal: DistinctRefusal) -> anyhow::Error {
    let sentence = match refusal {
        DistinctRefusal::NoOne => "there is no customer with the first id".to_owned(),
        DistinctRefusal::NoOther => "there is no customer with the second id".to_owned(),
        DistinctRefusal::SameRecord => "both ids lead to one record: name two customers".to_owned(),
        DistinctRefusal::LongReason => format!("--reason has at most {LONGEST_REASON} characters"),
        DistinctRefusal::NoMark => "the two are not marked as different people".to_owned(),
        DistinctRefusal::Failed(error) => return failed(error),
    };
    Misuse(sentence).into()
}

fn not_undone(refusal: SeparateRefusal) -> anyhow::Error {
    let sentence = match refusal {
        SeparateRefusal::NoSuchMerge => "there is no merge with this receipt: compare it, and --tenant and --table".to_owned(),
        SeparateRefusal::Erased(erased) => format!(
            "this merge cannot be undone: the person was erased at {} (receipt {})",
            erased.at.iso_seconds(),
            erased.number
        ),
        SeparateRefusal::Blocked(later) => format!("undo the later merge first, receipt {later}"),
        SeparateRefusal::WrongCase(case) => {
            format!("--case {case}: name only cases of the survivor that were opened since the merge")
        }
        SeparateRefusal::TooManyCases => format!("--case can be given at most {} times", crm_store::MOST_NAMED),
        SeparateRefusal::Failed(error) => return failed(error),
    };
    Misuse(sentence).into()
}
