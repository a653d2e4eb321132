//! The real functions are asked the questions of a small sample over HTTP, and the
//! answers are judged.

use evaluate::{
    ask, directory,
    directory::BEST_MATCH,
    equality,
    report::{self, Methods},
    sample::{Purpose, Sample, Settings},
    stack::OwnStack,
};

#[test]
fn a_sample_is_asked_and_judged() {
    let sample = Sample::generate(&Settings {
        seed: 1,
        customers: 150,
        questions: 60,
        purpose: Purpose::Judging,
    });
    let stack = OwnStack::start(None).expect("the functions are built beside the tests");
    let ids = stack.load(&sample.customers, 0).unwrap();
    let best_match = ask::answers(&stack.client(), &sample, ids).unwrap();
    stack.stop();

    let path = std::env::temp_dir().join(format!("evaluate-{}", std::process::id()));
    directory::write(&path, &sample).unwrap();
    directory::write_answers(&path, BEST_MATCH, &best_match).unwrap();
    directory::write_answers(&path, directory::EQUALITY, &equality::answers(&sample)).unwrap();
    assert_eq!(directory::read(&path).unwrap(), sample);
    let mut methods = Methods::new();
    for (method, answers) in directory::answers(&path).unwrap() {
        methods.entry(method).or_default().count(&sample.questions, &answers);
    }
    std::fs::remove_dir_all(&path).unwrap();

    assert_eq!(methods.len(), 2);
    for scores in methods.values() {
        let figures = scores.total.figures();
        assert_eq!(figures.questions, 60);
        assert!(figures.recall_at_1 > Some(0.2), "hardly anybody is found: {figures:?}");
    }
    let same_handle = &methods[BEST_MATCH].scenarios["same handle"];
    assert!(same_handle.right > 0, "{same_handle:?}");
    assert!(report::table(&methods).contains("| same handle |"));
    assert!(report::json(&methods).unwrap().contains("\"precisionAt1\""));
}
