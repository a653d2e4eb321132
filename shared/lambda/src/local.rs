//! Detects the local stack.

use std::ffi::{OsStr, OsString};

/// The environment variable by which the local stack says that it is one. The template never sets it.
pub const LOCAL_STACK: &str = "LOCAL_STACK";
/// Its value there.
pub const IS_LOCAL: &str = "1";

/// Where Lambda unpacks a function. No function can set this variable in its configuration.
const TASK_ROOT: &str = "LAMBDA_TASK_ROOT";
const LAMBDAS_TASK_ROOT: &str = "/var/task";
/// The name that Lambda gives to its execution environment.
const EXECUTION: &str = "AWS_EXECUTION_ENV";
const LAMBDAS_EXECUTION: &str = "AWS_Lambda_";

/// Whether the local stack runs this function. Never on Lambda, whatever is set there.
pub fn is_local_stack() -> bool {
    is_local(|name| std::env::var_os(name))
}

fn is_local(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let begins = |name, beginning: &str| {
        let value = variable(name).unwrap_or_default();
        value.as_encoded_bytes().starts_with(beginning.as_bytes())
    };
    let is_lambda = begins(TASK_ROOT, LAMBDAS_TASK_ROOT) || begins(EXECUTION, LAMBDAS_EXECUTION);
    !is_lambda && variable(LOCAL_STACK).as_deref() == Some(OsStr::new(IS_LOCAL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variables: &[(&str, &str)], wanted: bool) {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        assert_eq!(is_local(variable), wanted, "{variables:?}");
    }

    #[test]
    fn only_the_local_stack_is_local_and_lambda_never() {
        let own = (LOCAL_STACK, IS_LOCAL);
        check(&[own], true);
        check(&[own, (TASK_ROOT, "/home/ann/target/debug")], true);
        check(&[], false);
        check(&[(LOCAL_STACK, "")], false);
        check(&[(LOCAL_STACK, "0")], false);
        check(&[own, (TASK_ROOT, "/var/task")], false);
        check(&[own, (EXECUTION, "AWS_Lambda_provided.al2023")], false);
    }

    #[test]
    fn no_deployment_says_that_it_is_local() {
        assert!(!include_str!("../../../infra/template.yaml").contains(LOCAL_STACK));
    }
}
