//! `crm doctor` against servers that keep the contract, or break one rule of it.

use crate::stand_in::{Defect, KEY, crm};
use serde_json::Value;
use std::process::{Command, Output};

fn doctor(url: &str, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    command
        .args(["--json", "doctor", url, "--patience", "3"])
        .args(options)
        .env("CRM_AUTH", KEY);
    let output = command.output().unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(
        !out.contains("stand-in-key") && !err.contains("stand-in-key"),
        "the key shows: {out}{err}"
    );
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr)))
}

fn ids(report: &Value, outcome: &str) -> Vec<String> {
    let checks = report["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["outcome"] == outcome)
        .map(|check| check["id"].as_str().unwrap().to_owned())
        .collect()
}

/// Checks that the doctor finds these rules broken, at least one of them a failure, and
/// explains each.
#[track_caller]
fn check_failure(defect: Defect, wanted: &[&str]) {
    let failed = failures(defect);
    for id in wanted {
        assert!(failed.contains(&(*id).to_owned()), "{defect:?}: {id} is not among {failed:?}");
    }
}

/// Like [`check_failure`], and nothing else is found.
#[track_caller]
fn check_only(defect: Defect, wanted: &[&str]) {
    assert_eq!(failures(defect), wanted, "{defect:?}");
}

/// The broken rules, each of them explained.
#[track_caller]
fn failures(defect: Defect) -> Vec<String> {
    let output = doctor(&crm(defect), &[]);
    let report = report(&output);
    for check in report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["outcome"] == "failed")
    {
        for member in ["expected", "came", "agentSees", "fix", "section", "rule"] {
            assert!(check[member].as_str().is_some_and(|text| !text.is_empty()), "{check}");
        }
    }
    assert_eq!(output.status.code(), Some(1), "{defect:?}");
    ids(&report, "failed")
}

/// Checks that the doctor warns, and exits successfully.
#[track_caller]
fn check_warning(defect: Defect, wanted: &[&str]) {
    let output = doctor(&crm(defect), &[]);
    let report = report(&output);
    assert_eq!(ids(&report, "failed"), Vec::<String>::new(), "{defect:?}");
    assert_eq!(ids(&report, "warned"), wanted, "{defect:?}");
    assert_eq!(output.status.code(), Some(0), "{defect:?}");
}

#[test]
fn a_good_server_passes_everything() {
    let output = doctor(&crm(Defect::None), &[]);
    let report = report(&output);
    assert_eq!(ids(&report, "failed"), Vec::<String>::new(), "{report:#}");
    assert_eq!(ids(&report, "warned"), Vec::<String>::new(), "{report:#}");
    assert_eq!(ids(&report, "skipped"), Vec::<String>::new(), "{report:#}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn leftovers_are_closed_or_emptied_and_listed() {
    let report = report(&doctor(&crm(Defect::None), &[]));
    let left = report["leftBehind"].as_array().unwrap();
    assert!(left.iter().any(|record| record["kind"] == "customer"));
    for record in left {
        let state = record["state"].as_str().unwrap();
        assert!(
            state == "closed" || state.starts_with("cleared, lastName is \"crm-doctor "),
            "{record}"
        );
    }
}

#[test]
fn a_visit_that_only_reads_writes_nothing() {
    let url = crm(Defect::None);
    let output = doctor(&url, &["--read-only"]);
    let report = report(&output);
    assert_eq!(ids(&report, "failed"), Vec::<String>::new(), "{report:#}");
    assert_eq!(report["leftBehind"], serde_json::json!([]));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn keys_are_examined() {
    check_failure(Defect::AnsweringWithoutKey, &["auth-missing", "auth-wrong", "auth-exact"]);
    check_only(Defect::AnyKeyWillDo, &["auth-wrong", "auth-exact"]);
    check_only(Defect::KeyPrefixWillDo, &["auth-exact"]);
    check_only(Defect::ParsingBeforeKey, &["auth-missing", "auth-wrong"]);
    check_failure(Defect::KeyInErrors, &["key-echo"]);
}

#[test]
fn the_model_is_examined() {
    check_only(Defect::NoIdInModel, &["meta-required-fields"]);
    check_failure(Defect::ListWithoutValues, &["meta-list-values"]);
}

#[test]
fn customers_are_examined() {
    check_failure(
        Defect::UpdateIs200,
        &["customer-update", "customer-update-own-id", "case-update"],
    );
    check_failure(
        Defect::UnknownFieldsIgnored,
        &["customer-unknown-field", "search-unknown-field", "case-unknown-field"],
    );
    check_failure(Defect::OneErrorAtATime, &["customer-invalid-all", "case-invalid-all"]);
    check_failure(Defect::LostUpdates, &["customer-parallel"]);
    check_only(Defect::TwoLinks, &["customer-link"]);
    check_failure(Defect::ClearsNothing, &["customer-update-clear"]);
    check_failure(Defect::WipesAbsentFields, &["customer-update-keeps"]);
    check_only(Defect::NoUnicode, &["customer-unicode"]);
    check_failure(Defect::EmailIsUnique, &["customer-shared-contact"]);
}

#[test]
fn searches_are_examined() {
    check_only(Defect::SearchNothingIs200, &["search-nothing"]);
    check_only(Defect::EndlessSearch, &["search-broad"]);
    check_only(Defect::FoundTwice, &["listed-once"]);
    check_failure(Defect::CriteriaAreAlternatives, &["search-all-criteria"]);
    check_failure(Defect::RedirectedSearch, &["search-nothing", "no-redirect"]);
}

#[test]
fn a_stale_index_is_found() {
    check_failure(Defect::StaleIndex, &["search-after-update"]);
}

#[test]
fn best_matches_are_examined() {
    check_failure(Defect::BestMatchNothingIs204, &["bestmatch-stranger", "bestmatch-empty"]);
    check_failure(Defect::BestMatchIsAnybody, &["bestmatch-stranger"]);
}

#[test]
fn cases_are_examined() {
    check_failure(Defect::NoCustomId, &["case-custom-id"]);
    check_failure(Defect::CasesLag, &["case-of-customer"]);
    check_failure(Defect::LookupLags, &["case-lookup"]);
    check_only(Defect::LocalTimes, &["case-times"]);
    check_only(Defect::ClosedCasesHidden, &["case-close"]);
}

#[test]
fn interactions_are_examined() {
    check_only(
        Defect::InteractionsReplaced,
        &["interaction-append", "interaction-empty-list"],
    );
    check_only(Defect::InteractionsDoubled, &["interaction-repeat"]);
}

#[test]
fn errors_are_examined() {
    check_failure(Defect::ErrorsAreText, &["error-shape", "content-type"]);
    check_failure(Defect::ErrorsWithoutMessage, &["error-shape"]);
    check_failure(Defect::ServerErrors, &["no-server-error"]);
}

#[test]
fn recommendations_are_warnings() {
    check_warning(Defect::CreatesTwice, &["customer-retry", "case-retry"]);
    check_warning(Defect::NullFields, &["customer-no-null"]);
    check_warning(Defect::DeadLinks, &["customer-link-opens", "case-link-opens"]);
    check_warning(Defect::CachedAnswers, &["cache-headers"]);
}

#[test]
fn slow_answers_are_a_warning_before_they_are_a_failure() {
    check_warning(Defect::Slow, &["time-half"]);
}

#[test]
fn an_index_may_lag_and_its_lag_is_reported() {
    let report = report(&doctor(&crm(Defect::IndexLags), &[]));
    assert_eq!(ids(&report, "failed"), Vec::<String>::new(), "{report:#}");
    assert!(
        report["notes"]
            .to_string()
            .contains("A search found the new customer after 1."),
        "{}",
        report["notes"]
    );
}

#[test]
fn formats_that_only_the_server_knows_are_respected() {
    let report = report(&doctor(&crm(Defect::StrictFormats), &[]));
    assert_eq!(ids(&report, "failed"), Vec::<String>::new(), "{report:#}");
    let create = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|check| check["id"] == "customer-create")
        .unwrap();
    assert!(create["note"].as_str().unwrap().contains("memberSince"), "{create}");
}

#[test]
fn a_server_that_falls_silent_ends_the_visit() {
    let output = doctor(&crm(Defect::FallsSilent), &[]);
    let report = report(&output);
    assert_eq!(report["summary"]["incomplete"], true);
    assert!(
        report["notes"].to_string().contains("stopped answering"),
        "{}",
        report["notes"]
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_wrong_key_ends_the_visit() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    let output = command
        .args(["--json", "doctor", &crm(Defect::None), "--auth", "Bearer another"])
        .output()
        .unwrap();
    assert_eq!(ids(&report(&output), "failed"), ["key-accepted"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_wrong_path_ends_the_visit() {
    let output = doctor(&crm(Defect::NoPaths), &[]);
    let report = report(&output);
    assert_eq!(ids(&report, "failed"), ["base-path"]);
    assert_eq!(report["summary"]["incomplete"], true);
}

#[test]
fn one_cause_is_one_finding_with_the_checks_that_it_breaks() {
    let url = crm(Defect::UpdateIs200);
    let report = report(&doctor(&url, &[]));
    let of = |id: &str| {
        let mut checks = report["checks"].as_array().unwrap().iter();
        checks.find(|check| check["id"] == id).unwrap()["sameCauseAs"].clone()
    };
    assert_eq!(
        (of("customer-update"), of("customer-update-own-id")),
        (Value::Null, "customer-update".into())
    );
    let (failed, causes) = (&report["summary"]["failed"], &report["summary"]["causes"]);
    assert!(causes.as_u64() < failed.as_u64(), "{causes} of {failed}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    let output = command.args(["doctor", &url, "--auth", KEY]).output().unwrap();
    let out = text(&output.stdout);
    assert!(
        out.contains("breaks too   ") && !out.contains("FAILURE customer-update-own-id"),
        "{out}"
    );
    assert!(out.contains(&format!("{failed} failed for {causes} reasons")), "{out}");
}

#[test]
fn the_command_line_is_checked() {
    for (url, word) in [("http://127.0.0.1:9", "/api/v1"), ("nowhere", "https://")] {
        let output = doctor(url, &[]);
        assert_eq!(output.status.code(), Some(2), "{url}");
        assert!(text(&output.stderr).contains(word), "{}", text(&output.stderr));
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    let output = command
        .args(["doctor", "http://127.0.0.1:9/api/v1", "--auth", "Bearer", "unquoted-key"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!text(&output.stderr).contains("unquoted-key"), "{}", text(&output.stderr));
}

#[test]
fn an_unreachable_server_is_explained() {
    let output = doctor("http://127.0.0.1:9/api/v1", &[]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stderr).contains("connection refused"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn the_text_report_has_a_summary_and_the_defects() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crm"));
    let output = command
        .args(["doctor", &crm(Defect::TwoLinks), "--auth", KEY])
        .output()
        .unwrap();
    let out = text(&output.stdout);
    for words in [
        "FAILURE customer-link:",
        "agents see",
        "fix  ",
        "stay behind",
        "breaks the contract",
        "1 failed",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(!out.contains("customer-find"), "passed checks are only counted: {out}");
}
