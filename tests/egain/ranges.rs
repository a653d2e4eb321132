//! Cases 19 to 25: ranges of time.

use crate::world::world;

#[track_caller]
fn check(range: &str, wanted: &[u64]) {
    world().user.check(&[("created", range)], wanted);
}

#[test]
fn case_19_the_end_of_a_range_is_included() {
    check("[2024-02-01T00:00:00.000Z,2024-03-01T00:00:00.000Z]", &[2002, 2003]);
}

#[test]
fn case_20_the_beginning_of_a_range_is_included() {
    check("[2024-03-01T00:00:00.000Z,]", &[2003, 2004]);
}

#[test]
fn case_21_a_range_may_lack_its_beginning() {
    check("[,2024-01-10T08:00:00.000Z]", &[2001]);
}

#[test]
fn case_22_a_range_combines_with_a_type() {
    let parameters = [("type", "group"), ("created", "[2024-01-01T00:00:00.000Z,]")];
    world().user.check(&parameters, &[2002]);
}

#[test]
fn case_23_invalid_ranges_are_refused() {
    for range in ["[,]", "[2024-03-01T00:00:00.000Z]", "2024-03-01"] {
        world().user.check_refused(&[("created", range)], "400-244");
    }
}

#[test]
fn case_24_a_range_that_ends_before_it_begins_is_refused() {
    let body = world().user.check_refused(
        &[("created", "[2024-04-01T00:00:00.000Z,2024-03-01T00:00:00.000Z]")],
        "400-244",
    );
    assert_eq!(body["details"][0]["key"], "created");
}

#[test]
fn case_25_a_range_may_have_another_time_zone() {
    check("[2024-03-01T01:00:00.000+01:00,2024-03-01T01:00:00.000+01:00]", &[2003]);
}
