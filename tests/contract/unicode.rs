//! Text in every script, and characters that are not letters.

use contract_tests::client::{id_of, interaction};
use contract_tests::stack::tenant;
use serde_json::json;

/// A name that is stored unchanged as first, last and display name and found by each of these. A display name is also
/// found as first and as last name, and both of these as display name.
#[track_caller]
fn check_name(name: &str, searched: &[&str]) {
    let tenant = tenant();
    tenant.create_customer(&json!({"firstName": "Otto", "lastName": "Other", "displayName": "Otto Other"}));
    let made = ["firstName", "lastName", "displayName"].map(|field| {
        let created = tenant.create_customer(&json!({field: name}));
        assert_eq!(created[field], name);
        assert_eq!(tenant.customer(&id_of(&created)), created);
        id_of(&created)
    });
    let [first, last, display] = made.each_ref().map(String::as_str);
    for prefix in [name].iter().chain(searched) {
        tenant.expect_found(&json!({"firstName": prefix}), &[first, display]);
        tenant.expect_found(&json!({"lastName": prefix}), &[last, display]);
        tenant.expect_found(&json!({"displayName": prefix}), &[first, last, display]);
    }
}

/// Text that create, lookup and update return unchanged, in a customer, a case and an interaction.
#[track_caller]
fn check_kept(text: &str) {
    let tenant = tenant();
    let customer = tenant.create_customer(&json!({"displayName": text, "description": text, "city": text}));
    let id = id_of(&customer);
    assert_eq!(
        (&customer["displayName"], &customer["description"], &customer["city"]),
        (&json!(text), &json!(text), &json!(text))
    );
    assert_eq!(tenant.customer(&id), customer);
    let said = interaction(
        1,
        json!({"body": text, "author": {
            "service": "TWITTER", "serviceId": "77", "handle": text, "name": text, "brandOwned": false,
        }}),
    );
    let case = tenant.create_case(
        &id,
        json!({"title": text, "description": text, "product": text, "interactions": [said]}),
    );
    assert_eq!(
        (&case["title"], &case["description"], &case["product"]),
        (&json!(text), &json!(text), &json!(text))
    );
    assert_eq!(case["interactions"], json!([said]));
    assert_eq!(tenant.cases(&id), [case]);
}

#[test]
fn latin_names_are_found_without_accents() {
    check_name("Zoë", &["zoe", "ZOË", "Zo"]);
    check_name("Müller", &["muller", "MÜLLER", "mül", "Mueller", "mue"]);
    check_name("Nguyễn", &["nguyen", "NGUYỄN", "nguyê"]);
    check_name("Beyoncé", &["beyonce", "Beyoncé"]);
}

#[test]
fn names_without_accents_are_found_with_them() {
    check_name("Jose", &["José", "JOSÉ"]);
    check_name("Muller", &["Müller"]);
}

#[test]
fn composed_and_decomposed_names_are_the_same() {
    check_name("Ame\u{301}lie", &["Am\u{e9}lie", "am\u{e9}", "amelie"]);
    check_name("Am\u{e9}lie", &["Ame\u{301}lie", "AME\u{301}LIE"]);
}

#[test]
fn letters_that_fold_to_several_letters_are_found() {
    check_name("Weiß", &["weiss", "WEISS", "weiß"]);
    check_name("İbrahim", &["ibrahim", "İBRAHİM"]);
}

#[test]
fn greek_names_are_found() {
    check_name("Γιώργος", &["γιωργος", "ΓΙΏΡΓΟΣ", "γιώ"]);
}

#[test]
fn cyrillic_names_are_found() {
    check_name("Дмитрий", &["дмитрий", "ДМИ", "дм"]);
}

#[test]
fn semitic_names_are_found() {
    check_name("محمد", &["محم", "محمـــد"]);
    check_name("فاطمة", &["فاطمه"]);
    check_name("יעקב", &["יעק"]);
}

#[test]
fn indian_and_thai_names_are_found() {
    check_name("प्रिया", &["प्रि"]);
    check_name("สมชาย", &["สม"]);
}

#[test]
fn east_asian_names_are_found() {
    check_name("王小明", &["王", "王小", "王 小明", "小明", "小明 王"]);
    check_name("山田太郎", &["山田", "山田 太郎", "太郎"]);
    check_name("김민준", &["김", "김민", "김 민준", "민준"]);
    check_name("さくら", &["さく", "サクラ"]);
}

#[test]
fn names_with_signs_are_found() {
    check_name("O'Neill", &["o'neill", "O'N", "O’Neill", "OʼNeill", "ONeill", "O Neill"]);
    check_name("ONeill", &["O'Neill", "o neill"]);
    check_name("Jean-Luc", &["jean-luc", "jean"]);
}

#[test]
fn a_name_with_emoji_is_found() {
    check_name("Jane 🦊", &["jane", "jan"]);
    check_name("🇩🇪 Jürgen 👩‍👩‍👧", &["jurgen", "Jür"]);
}

#[test]
fn a_search_for_emoji_succeeds() {
    let tenant = tenant();
    tenant.create_customer(&json!({"displayName": "🦊🦊"}));
    for value in ["🦊", "👩‍👩‍👧", "\u{200d}", "\u{fe0f}"] {
        let answer = tenant.post("/customers", &json!({"displayName": value}));
        assert!([200, 204, 400, 422].contains(&answer.status), "{value:?}: {answer:?}");
    }
}

#[test]
fn a_handle_in_any_script_is_found() {
    let tenant = tenant();
    let id = id_of(&tenant.create_customer(&json!({"screenName": "@Дмитрий_77"})));
    tenant.expect_found(&json!({"screenName": "дмитрий_77"}), &[&id]);
}

#[test]
fn other_texts_in_any_script_are_found() {
    for city in ["München", "東京", "القاهرة", "São Paulo", "Łódź", "🦊"] {
        let tenant = tenant();
        let id = id_of(&tenant.create_customer(&json!({"city": city})));
        tenant.expect_found(&json!({"city": city}), &[&id]);
    }
}

#[test]
fn best_match_knows_every_script() {
    for (name, handle) in [
        ("Дмитрий Иванов", "дмитрий_77"),
        ("山田 太郎", "yamada_taro"),
        ("Zoë Müller", "zoë"),
    ] {
        let tenant = tenant();
        let id = id_of(&tenant.create_customer(&json!({"displayName": name, "twitterHandle": handle, "email": "x@example.com"})));
        tenant.expect_best(&json!({"displayName": name, "screenName": handle}), &id);
    }
}

#[test]
fn emoji_are_kept() {
    check_kept("🦊 👩‍👩‍👧 🇩🇪 👍🏽 ❤️ 1️⃣");
}

#[test]
fn every_script_is_kept() {
    check_kept("Zoë Łukasz Ψυχή Дмитрий محمد יעקב प्रिया สมชาย 王小明 さくら 김민준 𝔘𝔫𝔦𝔠𝔬𝔡𝔢");
}

#[test]
fn invisible_and_combining_characters_are_kept() {
    check_kept("a\u{301}\u{327} \u{200d}\u{200f}שלום\u{202c} \u{feff}x z\u{36f}\u{36f}\u{36f} \u{e000}\u{10ffff}y");
}

#[test]
fn composed_and_decomposed_texts_are_kept_unchanged() {
    check_kept("\u{e9}");
    check_kept("e\u{301}");
}

#[test]
fn quotes_and_markup_are_kept() {
    check_kept("\"e\" 'f' \\g <b>h</b> &amp; ${i} {{j}} %00 \\u0041 `k` --");
}

#[test]
fn line_breaks_and_tabs_of_long_texts_are_kept() {
    let text = "a\nb\r\nc\td";
    let tenant = tenant();
    let customer = tenant.create_customer(&json!({"firstName": "Jane", "description": text}));
    assert_eq!(tenant.customer(&id_of(&customer))["description"], text);
    let fields = json!({"description": text, "interactions": [interaction(1, json!({"body": text}))]});
    let case = tenant.case(&id_of(&tenant.create_case(&id_of(&customer), fields)));
    assert_eq!(
        (&case["description"], &case["interactions"][0]["body"]),
        (&json!(text), &json!(text))
    );
}

#[test]
fn control_characters_are_kept_or_refused_but_never_an_unexpected_error() {
    let tenant = tenant();
    for text in ["a\u{0}b", "\u{0}", "a\u{7}b", "\u{1b}[31m", "a\u{7f}b", "\u{ffff}"] {
        let answer = tenant.post("/customer", &json!({"city": text}));
        if answer.status == 201 {
            assert_eq!(tenant.customer(&id_of(&answer.json()))["city"], text);
        } else {
            answer.error(422, "validation_failed");
        }
    }
}
