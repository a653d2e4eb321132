//! Changes of numbering plans in the last ten years. Where the new number follows from the old one, both have the same normal form.
//!
//! Sources: the announcements in the ITU's Operational Bulletin, the national plans under ITU-T E.129, and for each change the regulator
//! that announced it. Left out, because the new number does not follow from the old one: the Philippines (2019; a digit by operator, for
//! Metro Manila), landlines of Viet Nam whose old form is a mobile number today, and Cuba (2023; some exchanges of two provinces).

/// One change of a plan.
struct Change {
    /// The country code, with `+`.
    country: &'static str,
    /// How many digits follow it in the old form.
    digits: usize,
    /// The beginnings of the old form; `?` is any digit.
    begins: &'static [&'static str],
    /// The position of the change, in digits.
    at: usize,
    /// The number of digits that are removed there.
    drop: usize,
    /// The digits that are inserted.
    add: &'static str,
    /// The country code of the new form, if it changed.
    moved_to: Option<&'static str>,
}

const fn change(country: &'static str, digits: usize, begins: &'static [&'static str], drop: usize, add: &'static str) -> Change {
    Change {
        country,
        digits,
        begins,
        at: 0,
        drop,
        add,
        moved_to: None,
    }
}

const fn moved(country: &'static str, begins: &'static [&'static str], to: &'static str) -> Change {
    Change {
        moved_to: Some(to),
        ..change(country, 8, begins, 0, "")
    }
}

const ARGENTINA: &str = "+54";
const BENIN: &str = "+229";
const BRAZIL: &str = "+55";
const COLOMBIA: &str = "+57";
const GABON: &str = "+241";
const IVORY_COAST: &str = "+225";
const KOSOVO: &str = "+383";
const MEXICO: &str = "+52";
const VIET_NAM: &str = "+84";
const ZIMBABWE: &str = "+263";

/// All changes, the first that fits counts.
const CHANGES: &[Change] = &[
    // Argentina: a 9 between the country code and a mobile number that is dialled from abroad, and nowhere else (ENACOM).
    change(ARGENTINA, 11, &["9"], 1, ""),
    // Mexico, until 3 August 2019: a 1 in the same place (IFT).
    change(MEXICO, 11, &["1"], 1, ""),
    // Brazil, area by area until 6 November 2016: mobile numbers have a ninth digit, a 9 after the area code (ANATEL).
    Change {
        at: 2,
        ..change(BRAZIL, 10, &["??6", "??7", "??8", "??9"], 0, "9")
    },
    // Benin, 30 November 2024: every number begins with 01 (ARCEP Bénin).
    change(BENIN, 8, &[""], 0, "01"),
    // Ivory Coast, 31 January 2021 (ARTCI): two digits by operator. Of landlines the third digit tells it (MTN, Moov, Orange), of mobile
    // numbers the second.
    change(IVORY_COAST, 8, &["2?0", "3?0"], 0, "25"),
    change(IVORY_COAST, 8, &["2?8", "3?8"], 0, "21"),
    change(IVORY_COAST, 8, &["2", "3"], 0, "27"),
    change(IVORY_COAST, 8, &["?0", "?1", "?2", "?3"], 0, "01"),
    change(IVORY_COAST, 8, &["?4", "?5", "?6"], 0, "05"),
    change(IVORY_COAST, 8, &["?7", "?8", "?9"], 0, "07"),
    // Gabon, 15 November 2019 (ARCEP Gabon): a digit more by operator; the old form was also written with its 0 after the country code.
    change(GABON, 7, &["1"], 0, "1"),
    change(GABON, 7, &["2", "5", "6"], 0, "6"),
    change(GABON, 7, &["4", "7"], 0, "7"),
    change(GABON, 8, &["01"], 1, "1"),
    change(GABON, 8, &["02", "05", "06"], 1, "6"),
    change(GABON, 8, &["04", "07"], 1, "7"),
    // Colombia, 1 September 2021 (CRC): 60 before every landline.
    change(COLOMBIA, 8, &["1", "2", "4", "5", "6", "7", "8"], 0, "60"),
    // Zimbabwe, 2017 (POTRAZ): area codes of three digits for Harare and Bulawayo.
    change(ZIMBABWE, 7, &["4"], 1, "242"),
    change(ZIMBABWE, 7, &["9"], 1, "292"),
    // Kosovo, February 2017 (ARKEP): a country code of its own, in the place of Serbia's, Monaco's and Slovenia's.
    moved("+381", &["28", "29", "38", "39"], KOSOVO),
    moved("+377", &["44", "45"], KOSOVO),
    moved("+386", &["43", "49"], KOSOVO),
    // Viet Nam, 15 September 2018 (MIC): mobile numbers of eleven digits, with the 0, have ten.
    change(VIET_NAM, 10, &["120"], 3, "70"),
    change(VIET_NAM, 10, &["121"], 3, "79"),
    change(VIET_NAM, 10, &["122"], 3, "77"),
    change(VIET_NAM, 10, &["123"], 3, "83"),
    change(VIET_NAM, 10, &["124"], 3, "84"),
    change(VIET_NAM, 10, &["125"], 3, "85"),
    change(VIET_NAM, 10, &["126"], 3, "76"),
    change(VIET_NAM, 10, &["127"], 3, "81"),
    change(VIET_NAM, 10, &["128"], 3, "78"),
    change(VIET_NAM, 10, &["129"], 3, "82"),
    change(VIET_NAM, 10, &["162"], 3, "32"),
    change(VIET_NAM, 10, &["163"], 3, "33"),
    change(VIET_NAM, 10, &["164"], 3, "34"),
    change(VIET_NAM, 10, &["165"], 3, "35"),
    change(VIET_NAM, 10, &["166"], 3, "36"),
    change(VIET_NAM, 10, &["167"], 3, "37"),
    change(VIET_NAM, 10, &["168"], 3, "38"),
    change(VIET_NAM, 10, &["169"], 3, "39"),
    change(VIET_NAM, 10, &["186"], 3, "56"),
    change(VIET_NAM, 10, &["188"], 3, "58"),
    change(VIET_NAM, 10, &["199"], 3, "59"),
    // Viet Nam, February to August 2017 (MIC): area codes begin with 2.
    change(VIET_NAM, 9, &["4"], 1, "24"),
    change(VIET_NAM, 9, &["20"], 2, "214"),
    change(VIET_NAM, 9, &["22"], 2, "212"),
    change(VIET_NAM, 9, &["230"], 3, "215"),
    change(VIET_NAM, 9, &["231"], 3, "213"),
    change(VIET_NAM, 9, &["240"], 3, "204"),
    change(VIET_NAM, 9, &["241"], 3, "222"),
    change(VIET_NAM, 9, &["25"], 2, "205"),
    change(VIET_NAM, 9, &["26"], 2, "206"),
    change(VIET_NAM, 9, &["27"], 2, "207"),
    change(VIET_NAM, 9, &["280"], 3, "208"),
    change(VIET_NAM, 9, &["281"], 3, "209"),
    change(VIET_NAM, 9, &["29"], 2, "216"),
    change(VIET_NAM, 9, &["30"], 2, "229"),
    change(VIET_NAM, 9, &["31"], 2, "225"),
    change(VIET_NAM, 9, &["500"], 3, "262"),
    change(VIET_NAM, 9, &["501"], 3, "261"),
    change(VIET_NAM, 9, &["510"], 3, "235"),
    change(VIET_NAM, 9, &["511"], 3, "236"),
    change(VIET_NAM, 9, &["53"], 2, "233"),
    change(VIET_NAM, 9, &["54"], 2, "234"),
    change(VIET_NAM, 9, &["57"], 2, "257"),
    change(VIET_NAM, 9, &["60"], 2, "260"),
    change(VIET_NAM, 9, &["61"], 2, "251"),
    change(VIET_NAM, 9, &["62"], 2, "252"),
    change(VIET_NAM, 9, &["63"], 2, "263"),
    change(VIET_NAM, 9, &["64"], 2, "254"),
    change(VIET_NAM, 9, &["650"], 3, "274"),
    change(VIET_NAM, 9, &["651"], 3, "271"),
    change(VIET_NAM, 9, &["66"], 2, "276"),
    change(VIET_NAM, 9, &["67"], 2, "277"),
    change(VIET_NAM, 9, &["68"], 2, "259"),
    change(VIET_NAM, 9, &["710"], 3, "292"),
    change(VIET_NAM, 9, &["711"], 3, "293"),
    change(VIET_NAM, 9, &["72"], 2, "272"),
    change(VIET_NAM, 9, &["73"], 2, "273"),
    change(VIET_NAM, 9, &["74"], 2, "294"),
    change(VIET_NAM, 9, &["75"], 2, "275"),
];

/// A number in E.164 as it is in today's plan.
pub fn current(number: String) -> String {
    CHANGES.iter().find_map(|change| change.applied(&number)).unwrap_or(number)
}

impl Change {
    fn applied(&self, number: &str) -> Option<String> {
        let old = number.strip_prefix(self.country).filter(|old| old.len() == self.digits)?;
        self.begins.iter().any(|pattern| begins(old, pattern)).then(|| {
            let (before, after) = old.split_at(self.at);
            let country = self.moved_to.unwrap_or(self.country);
            format!("{country}{before}{}{}", self.add, &after[self.drop..])
        })
    }
}

fn begins(digits: &str, pattern: &str) -> bool {
    let pairs = pattern.bytes().zip(digits.bytes());
    pattern.len() <= digits.len() && pairs.into_iter().all(|(wanted, digit)| wanted == b'?' || wanted == digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_number_becomes_the_new_one() {
        for (old, new) in [
            ("+22507123456", "+2250707123456"),
            ("+22545123456", "+2250545123456"),
            ("+22501123456", "+2250101123456"),
            ("+22520312345", "+2252720312345"),
            ("+22521812345", "+2252121812345"),
            ("+22520012345", "+2252520012345"),
            ("+22997123456", "+2290197123456"),
            ("+2416031234", "+24166031234"),
            ("+24107123456", "+24177123456"),
            ("+241011234567", "+241011234567"),
            ("+5712345678", "+576012345678"),
            ("+573212345678", "+573212345678"),
            ("+841201234567", "+84701234567"),
            ("+841699333999", "+84399333999"),
            ("+84438221234", "+842438221234"),
            ("+84312345678", "+842252345678"),
            ("+84912345678", "+84912345678"),
            ("+2634791234", "+263242791234"),
            ("+37744123456", "+38344123456"),
            ("+38649123456", "+38349123456"),
            ("+38138123456", "+38338123456"),
            ("+5215512345678", "+525512345678"),
            ("+541123456789", "+541123456789"),
            ("+5491123456789", "+541123456789"),
            ("+551187654321", "+5511987654321"),
        ] {
            assert_eq!(current(old.to_owned()), new);
            assert_eq!(current(new.to_owned()), new, "once is enough");
        }
    }

    #[test]
    fn every_change_is_well_formed() {
        for change in CHANGES {
            assert!(change.at + change.drop <= change.digits && !change.begins.is_empty());
            assert!(change.begins.iter().all(|pattern| pattern.len() >= change.drop));
        }
    }
}
