//! What a language's file has: a field for every label and every text. A file that lacks one, or has one that no
//! other language has, does not compile.

use crate::rules;

/// A language's words.
pub struct Translation {
    /// The language's tag, as requests name it.
    pub tag: &'static str,
    /// The labels of internal words (contract section 5.2).
    pub labels: Labels,
    /// The texts of errors (contract section 6), which are our own: clients distinguish errors by their codes. `{0}` and
    /// `{1}` are filled with names and lists from the request or the contract.
    pub texts: Texts,
}

/// Makes a struct with a field per entry, and `get`, which finds a field by its key.
macro_rules! entries {
    ($(#[$comment:meta])* $table:ident, by $key:ty { $($name:pat => $field:ident,)* }) => {
        $(#[$comment])*
        pub struct $table {
            $(pub $field: &'static str,)*
        }

        impl $table {
            /// The entry with this key, if there is one.
            pub fn get(&self, key: $key) -> Option<&'static str> {
                match key {
                    $($name => Some(self.$field),)*
                    _ => None,
                }
            }

            /// All entries with their fields' names.
            #[cfg(test)]
            pub fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($field), self.$field)),*]
            }
        }
    };
}

entries! {
    /// The labels of internal words, by attribute and word.
    Labels, by (&str, &str) {
        ("kind", "individual") => kind_individual,
        ("kind", "corporate") => kind_corporate,
        ("kind", "group") => kind_group,

        ("group", "association") => group_association,
        ("group", "club") => group_club,
        ("group", "household") => group_household,
        ("group", "joint_account") => group_joint_account,
        ("group", "membership") => group_membership,
        ("group", "other") => group_other,

        ("level", "basic") => level_basic,
        ("level", "standard") => level_standard,
        ("level", "silver") => level_silver,
        ("level", "gold") => level_gold,
        ("level", "platinum") => level_platinum,
        ("level", "premium") => level_premium,

        ("role", "partner") => role_partner,
        ("role", "reseller") => role_reseller,
        ("role", "customer") => role_customer,

        ("howReferred", "website") => how_referred_website,
        ("howReferred", "customer") => how_referred_customer,
        ("howReferred", "partner") => how_referred_partner,
        ("howReferred", "employee") => how_referred_employee,
        ("howReferred", "reseller") => how_referred_reseller,

        ("industry", "telecom") => industry_telecom,
        ("industry", "finance") => industry_finance,
        ("industry", "insurance") => industry_insurance,
        ("industry", "retail") => industry_retail,
        ("industry", "travel") => industry_travel,
        ("industry", "healthcare") => industry_healthcare,
        ("industry", "technology") => industry_technology,
        ("industry", "government") => industry_government,
        ("industry", "other") => industry_other,

        ("employmentStatus", "part-time") => employment_status_part_time,
        ("employmentStatus", "full-time") => employment_status_full_time,
        ("employmentStatus", "temporary") => employment_status_temporary,
        ("employmentStatus", "contract") => employment_status_contract,
        ("employmentStatus", "intern") => employment_status_intern,
        ("employmentStatus", "unemployed") => employment_status_unemployed,

        ("gender", "male") => gender_male,
        ("gender", "female") => gender_female,

        ("maritalStatus", "married") => marital_status_married,
        ("maritalStatus", "single") => marital_status_single,
        ("maritalStatus", "separated") => marital_status_separated,
        ("maritalStatus", "divorced") => marital_status_divorced,
        ("maritalStatus", "widowed") => marital_status_widowed,

        ("contact", "billing") => contact_billing,
        ("contact", "legal") => contact_legal,

        ("suffix", "jr.") => suffix_jr,
        ("suffix", "sr.") => suffix_sr,
        ("suffix", "i") => suffix_i,
        ("suffix", "ii") => suffix_ii,
        ("suffix", "iii") => suffix_iii,

        ("educationLevel", "high school") => education_level_high_school,
        ("educationLevel", "graduate") => education_level_graduate,
        ("educationLevel", "post graduate") => education_level_post_graduate,
        ("educationLevel", "doctorate") => education_level_doctorate,

        ("postal", "office") => postal_office,
        ("postal", "home") => postal_home,
        ("postal", "mailto") => postal_mailto,
        ("postal", "billto") => postal_billto,
        ("postal", "shipto") => postal_shipto,

        ("phone", "home") => phone_home,
        ("phone", "office") => phone_office,
        ("phone", "mobile") => phone_mobile,
        ("phone", "fax") => phone_fax,
        ("phone", "pager") => phone_pager,

        ("days", "weekdays") => days_weekdays,
        ("days", "weekends") => days_weekends,
        ("days", "any_day") => days_any_day,

        ("times", "mornings") => times_mornings,
        ("times", "afternoons") => times_afternoons,
        ("times", "evenings") => times_evenings,
        ("times", "day") => times_day,
        ("times", "anytime") => times_anytime,

        ("social", "community") => social_community,
        ("social", "other") => social_other,

        ("priority", "low") => priority_low,
        ("priority", "medium") => priority_medium,
        ("priority", "high") => priority_high,

        ("website", "personal") => website_personal,
        ("website", "business") => website_business,
    }
}

entries! {
    /// The texts of errors by their codes, and the reasons why a value is invalid.
    Texts, by &str {
        rules::UNSUPPORTED => unsupported,
        rules::NOT_ALLOWED => not_allowed,
        rules::NOT_POSITIVE => not_positive,
        rules::MISSING => missing,
        rules::UNKNOWN_ATTRIBUTE => unknown_attribute,
        rules::MIXED => mixed,
        rules::ORDER_ALONE => order_alone,
        rules::INVALID => invalid,
        rules::NO_CRITERION => no_criterion,
        rules::TYPE_ALONE => type_alone,
        rules::BAD_TOKEN => bad_token,
        rules::NO_TOKEN => no_token,
        rules::NO_ACTION => no_action,
        rules::NO_PATH => no_path,
        rules::NO_METHOD => no_method,
        rules::NO_LANGUAGE => no_language,
        rules::NO_TYPE => no_type,
        rules::TOO_LARGE => too_large,
        rules::FAILED => failed,

        "too-many" => too_many,
        "too-broad" => too_broad,
        "repeated" => repeated,
        "empty" => empty,
        "at-most" => at_most,
        "too-long" => too_long,
        "array" => array,
        "not-searchable" => not_searchable,
        "activity" => activity,
        "range" => range,
    }
}
