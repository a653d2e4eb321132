//! American English.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "en-US",
    labels: Labels {
        kind_individual: "Individual",
        kind_corporate: "Corporate",
        kind_group: "Group",

        group_association: "Association",
        group_club: "Club",
        group_household: "Household",
        group_joint_account: "Joint Account",
        group_membership: "Membership",
        group_other: "Other",

        level_basic: "Basic",
        level_standard: "Standard",
        level_silver: "Silver",
        level_gold: "Gold",
        level_platinum: "Platinum",
        level_premium: "Premium",

        role_partner: "Partner",
        role_reseller: "Reseller",
        role_customer: "Customer",

        how_referred_website: "Website",
        how_referred_customer: "Customer",
        how_referred_partner: "Partner",
        how_referred_employee: "Employee",
        how_referred_reseller: "Reseller",

        industry_telecom: "Telecommunications",
        industry_finance: "Finance",
        industry_insurance: "Insurance",
        industry_retail: "Retail",
        industry_travel: "Travel",
        industry_healthcare: "Healthcare",
        industry_technology: "Technology",
        industry_government: "Government",
        industry_other: "Other",

        employment_status_part_time: "Part-time",
        employment_status_full_time: "Full-time",
        employment_status_temporary: "Temporary",
        employment_status_contract: "Contract",
        employment_status_intern: "Intern",
        employment_status_unemployed: "Unemployed",

        gender_male: "Male",
        gender_female: "Female",

        marital_status_married: "Married",
        marital_status_single: "Single",
        marital_status_separated: "Separated",
        marital_status_divorced: "Divorced",
        marital_status_widowed: "Widowed",

        contact_billing: "Billing",
        contact_legal: "Legal",

        suffix_jr: "Jr.",
        suffix_sr: "Sr.",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "High school",
        education_level_graduate: "Graduate",
        education_level_post_graduate: "Post graduate",
        education_level_doctorate: "Doctorate",

        postal_office: "Office address",
        postal_home: "Home address",
        postal_mailto: "Mailing address",
        postal_billto: "Bill-to address",
        postal_shipto: "Shipping address",

        phone_home: "Home phone number",
        phone_office: "Office phone number",
        phone_mobile: "Mobile phone number",
        phone_fax: "Fax number",
        phone_pager: "Pager number",

        days_weekdays: "Weekdays",
        days_weekends: "Weekends",
        days_any_day: "Any day",

        times_mornings: "Mornings",
        times_afternoons: "Afternoons",
        times_evenings: "Evenings",
        times_day: "During the day",
        times_anytime: "Anytime",

        social_community: "Community",
        social_other: "Other",

        priority_low: "Low",
        priority_medium: "Medium",
        priority_high: "High",

        website_personal: "Personal website",
        website_business: "Business website",
    },
    texts: Texts {
        unsupported: "Not supported here: {0}.",
        not_allowed: "{0} must be one of: {1}.",
        not_positive: "{0} must be a whole number greater than 0.",
        missing: "The parameter {0} is required.",
        unknown_attribute: "$attribute does not know {0}; it knows: {1}.",
        mixed: "Page and range parameters cannot be combined: use $pagenum and $pagesize, or $rangestart and $rangesize.",
        order_alone: "$order is only possible together with $sort.",
        invalid: "The value of {0} is not valid: {1}.",
        no_criterion: "Give at least one search criterion: {0}.",
        type_alone: "type is not enough by itself: add another search criterion.",
        bad_token: "The access token is not valid or has expired.",
        no_token: "The Authorization header is missing or does not begin with Bearer.",
        no_action: "The key does not allow the action {0}.",
        no_path: "There is no such path.",
        no_method: "This path allows only {0}.",
        no_language: "Accept-Language names no supported language; supported are: {0}.",
        no_type: "Accept names no supported type; supported are: {0}.",
        too_large: "The request is larger than 1 MB.",
        failed: "Something went wrong: please try again. (trace {0})",

        too_many: "more than {0} customers match; add another criterion",
        too_broad: "this is too broad to search for; add another criterion",
        repeated: "it may occur only once",
        empty: "it is empty",
        at_most: "it may be at most {0}",
        too_long: "it may have at most {0} characters",
        array: "write a JSON array of objects with the texts object, name and value",
        not_searchable: "there is no searchable attribute {0}",
        activity: "write a JSON object of type, isRead, isSecure, mode and sentDate, each a text with one of its values",
        range: "write a range such as [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; one end may be missing, the \
            later one comes last",
    },
};
