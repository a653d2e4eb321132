//! Swedish.

use super::translation::{Labels, Texts, Translation};

pub const TRANSLATION: Translation = Translation {
    tag: "sv-SE",
    labels: Labels {
        kind_individual: "Privatperson",
        kind_corporate: "Företag",
        kind_group: "Grupp",

        group_association: "Förening",
        group_club: "Klubb",
        group_household: "Hushåll",
        group_joint_account: "Gemensamt konto",
        group_membership: "Medlemskap",
        group_other: "Annat",

        level_basic: "Bas",
        level_standard: "Standard",
        level_silver: "Silver",
        level_gold: "Guld",
        level_platinum: "Platina",
        level_premium: "Premium",

        role_partner: "Partner",
        role_reseller: "Återförsäljare",
        role_customer: "Kund",

        how_referred_website: "Webbplats",
        how_referred_customer: "Kund",
        how_referred_partner: "Partner",
        how_referred_employee: "Anställd",
        how_referred_reseller: "Återförsäljare",

        industry_telecom: "Telekommunikation",
        industry_finance: "Finans",
        industry_insurance: "Försäkring",
        industry_retail: "Detaljhandel",
        industry_travel: "Resor",
        industry_healthcare: "Vård",
        industry_technology: "Teknik",
        industry_government: "Offentlig sektor",
        industry_other: "Annat",

        employment_status_part_time: "Deltid",
        employment_status_full_time: "Heltid",
        employment_status_temporary: "Tillfällig",
        employment_status_contract: "På kontrakt",
        employment_status_intern: "Praktikant",
        employment_status_unemployed: "Arbetslös",

        gender_male: "Man",
        gender_female: "Kvinna",

        marital_status_married: "Gift",
        marital_status_single: "Ogift",
        marital_status_separated: "Separerad",
        marital_status_divorced: "Skild",
        marital_status_widowed: "Änka/änkling",

        contact_billing: "Fakturering",
        contact_legal: "Juridik",

        suffix_jr: "d.y.",
        suffix_sr: "d.ä.",
        suffix_i: "I",
        suffix_ii: "II",
        suffix_iii: "III",

        education_level_high_school: "Gymnasium",
        education_level_graduate: "Universitetsexamen",
        education_level_post_graduate: "Avancerad examen",
        education_level_doctorate: "Doktorsexamen",

        postal_office: "Arbetsadress",
        postal_home: "Hemadress",
        postal_mailto: "Postadress",
        postal_billto: "Faktureringsadress",
        postal_shipto: "Leveransadress",

        phone_home: "Hemtelefon",
        phone_office: "Arbetstelefon",
        phone_mobile: "Mobiltelefon",
        phone_fax: "Faxnummer",
        phone_pager: "Personsökarnummer",

        days_weekdays: "Vardagar",
        days_weekends: "Helger",
        days_any_day: "Alla dagar",

        times_mornings: "Förmiddagar",
        times_afternoons: "Eftermiddagar",
        times_evenings: "Kvällar",
        times_day: "Dagtid",
        times_anytime: "När som helst",

        social_community: "Gemenskap",
        social_other: "Annat",

        priority_low: "Låg",
        priority_medium: "Medel",
        priority_high: "Hög",

        website_personal: "Personlig webbplats",
        website_business: "Företagets webbplats",
    },
    texts: Texts {
        unsupported: "Stöds inte här: {0}.",
        not_allowed: "{0} måste vara ett av dessa värden: {1}.",
        not_positive: "{0} måste vara ett heltal större än 0.",
        missing: "Parametern {0} måste anges.",
        unknown_attribute: "$attribute känner inte till {0}; kända är: {1}.",
        mixed: "Sid- och intervallparametrar kan inte kombineras: använd $pagenum och $pagesize eller $rangestart och $rangesize.",
        order_alone: "$order är bara möjligt tillsammans med $sort.",
        invalid: "Värdet för {0} är ogiltigt: {1}.",
        no_criterion: "Ange minst ett sökvillkor: {0}.",
        type_alone: "Enbart type räcker inte: lägg till ett annat sökvillkor.",
        bad_token: "Åtkomsttoken är ogiltig eller har gått ut.",
        no_token: "Rubriken Authorization saknas eller börjar inte med Bearer.",
        no_action: "Nyckeln tillåter inte åtgärden {0}.",
        no_path: "Den sökvägen finns inte.",
        no_method: "Den här sökvägen tillåter bara {0}.",
        no_language: "Accept-Language anger inget språk som stöds; dessa stöds: {0}.",
        no_type: "Accept anger ingen typ som stöds; dessa stöds: {0}.",
        too_large: "Begäran är större än 1 MB.",
        failed: "Något gick fel: försök igen. (trace {0})",

        too_many: "fler än {0} kunder matchar; lägg till ett villkor",
        too_broad: "det är för brett att söka på; lägg till ett villkor",
        repeated: "den får bara förekomma en gång",
        empty: "det är tomt",
        at_most: "det får vara högst {0}",
        too_long: "det får ha högst {0} tecken",
        array: "skriv en JSON-matris av objekt med texterna object, name och value",
        not_searchable: "det finns inget sökbart attribut {0}",
        activity: "skriv ett JSON-objekt med type, isRead, isSecure, mode och sentDate, vart och ett en text med ett av \
            sina värden",
        range: "skriv ett intervall som [2024-05-01T00:00:00.000Z,2024-05-31T23:59:59.999Z]; ena änden får saknas, den \
            senare står sist",
    },
};
